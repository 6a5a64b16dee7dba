"""Unknown names with their sentences."""

from app.normalize.context import ContextIndex
from app.normalize.entities.catalogue import Catalogue
from app.normalize.text_ranges import TextRangeIndex, running_text
from app.normalize.unlisted import UnlistedMention, unlisted_mentions
from app.parse.briefing import parse_briefing
from tests.documents import briefing, item

CATALOGUE = Catalogue.from_records(
    [{"slug": "zorb", "type": "org", "names": {"en": "Zorbworks"}}],
)


def unlisted(text: str) -> dict[int, list[UnlistedMention]]:
    draft = parse_briefing(text.encode())
    ranges = TextRangeIndex(running_text(draft, text))
    return unlisted_mentions(text, [], ranges, ContextIndex(draft, text), CATALOGUE)


def test_a_name_comes_with_its_sentence_and_place() -> None:
    text = briefing(item("甲", summary="先說別的。團隊發布 Zorbify 了。再說別的。"))
    (mention,) = unlisted(text)[1]
    assert (mention.surface, mention.key, mention.form) == ("Zorbify", "zorbify", "latin")
    assert mention.text == "團隊發布 Zorbify 了。"
    assert text[mention.span.start : mention.span.end] == "Zorbify"


def test_a_sentence_counts_once_and_the_catalogue_is_left_out() -> None:
    text = briefing(item("甲", summary="Zorbify 與 Zorbify 及 Zorbworks。又見 Zorbify。"))
    assert [mention.text for mention in unlisted(text)[1]] == [
        "Zorbify 與 Zorbify 及 Zorbworks。",
        "又見 Zorbify。",
    ]


def test_keywords_and_tags_are_no_text() -> None:
    text = briefing(item("甲", summary="無"), tags="[Zorbify]")
    assert not any(unlisted(text).values())
