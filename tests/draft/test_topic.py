from dataclasses import replace

from tests.draft.test_briefing import OPEN, draft


def test_the_title_is_that_of_the_first_article_unless_an_editor_wrote_one() -> None:
    (topic,) = draft(OPEN).chosen
    assert topic.title == OPEN.title
    assert replace(topic, written_title="T").title == "T"
