from datetime import timedelta

from app.draft.article import CollectedArticle
from app.draft.briefing import DraftBriefing, DraftTerms, compose
from app.draft.ranking import History
from app.knowledge import knowledge
from tests.draft.test_topics import NOON, article

TERMS = DraftTerms(NOON - timedelta(hours=12), NOON + timedelta(hours=12), 10)


def draft(*articles: CollectedArticle) -> DraftBriefing:
    return compose(articles, History({"c:microsoft": 3}, 5), TERMS, knowledge())


OPEN = article(
    "輝達傳擬收購新創", "知情人士說，輝達擬以 20 億美元收購一家新創公司，談判尚未結束。", 1
).article
SPORT = article("球隊贏得冠軍", "球迷在街上慶祝到深夜，市長也到場祝賀球隊。", 2).article
BARE = article("微軟的一天", "", 3).article


def test_rising_names_without_resolution_are_watched() -> None:
    (watched,) = draft(OPEN).watched
    assert watched.name == "輝達"
    assert "尚未結束" in watched.quote.text


def test_topics_that_cannot_be_quoted_or_are_of_other_fields_are_not_chosen() -> None:
    composed = draft(OPEN, SPORT, BARE)
    choices = {topic.title: topic.choice for topic in composed.topics}
    assert choices["球隊贏得冠軍"].startswith("it names no entity")
    assert choices["微軟的一天"] == "no article of it has a sentence that can be quoted"
    assert [topic.title for topic in composed.chosen] == ["輝達傳擬收購新創"]


def test_background_is_what_the_catalogue_says() -> None:
    notes = dict(draft(OPEN).background)
    assert "NVIDIA" in notes["輝達"]


def test_the_order_of_articles_changes_nothing() -> None:
    assert draft(OPEN, SPORT, BARE) == draft(BARE, OPEN, SPORT)
