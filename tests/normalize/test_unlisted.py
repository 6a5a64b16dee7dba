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


def test_a_title_that_is_only_the_name_counts_with_its_line() -> None:
    lines = (
        "- [AI] [zorb/humming](https://github.com/zorb/humming) ★1,385 — Hums along all day.",
        "- [AI] [quux/slow](https://github.com/quux/slow) ★2,385 — A slow index for patient people.",
    )
    names = unlisted("# Digest — 2026-05-09\n\n## Trending\n" + "\n".join(lines) + "\n")
    for ordinal, (name, line) in enumerate(
        zip(("zorb/humming", "quux/slow"), lines, strict=True), 1
    ):
        (mention,) = names[ordinal]
        assert (mention.surface, mention.field, mention.text) == (name, "title", line)


def test_a_repository_of_a_known_project_is_left_out() -> None:
    address = "https://github.com/zorb-lab/zorbworks"
    text = briefing(item("甲", summary=f"見 [zorb-lab/zorbworks]({address}) 的說明。"))
    assert not any(unlisted(text).values())
