"""Known and unknown names in the running text of a document."""

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.mentions import NameMatch, Scanner, lines_with
from app.normalize.scan import PartialScan, Scan
from app.parse.briefing import parse_briefing
from tests.documents import briefing, item

CATALOGUE = Catalogue.from_records(
    [{"slug": "nvidia", "type": "org", "names": {"en": "NVIDIA", "zh-Hant": "輝達"}}]
)


def scan(text: str, **spellings: str) -> Scan:
    return Scan(parse_briefing(text.encode()), text, spellings, Scanner(CATALOGUE))


def test_mentions_are_by_item_with_exact_spans() -> None:
    text = briefing(item("輝達發布", summary="NVIDIA 與 Zorbify。"), item("乙", summary="無"))
    mentions = scan(text).mentions()
    assert [text[m.span.start : m.span.end] for m in mentions[1]] == ["輝達", "NVIDIA"]
    assert [m.position for m in mentions[1]] == [1, 2]
    assert not mentions[2]


def test_further_spellings_are_mentions_and_not_unlisted() -> None:
    text = briefing(item("甲", summary="NVIDIA 與 Zorbify。"))
    assert [m.surface for m in scan(text).unlisted(CATALOGUE)[1]] == ["Zorbify"]
    known = scan(text, Zorbify="k:zorbify")
    assert "k:zorbify" in {m.node for m in known.mentions()[1]}
    assert not known.unlisted(CATALOGUE)[1]


def test_a_search_of_some_lines_completes_the_known_matches() -> None:
    text = briefing(
        item("輝達發布", summary="NVIDIA 與 Zorbify。\n輝達的 NVIDIA。"),
        item("Zorbify", summary="輝達"),
    )
    draft = parse_briefing(text.encode())
    scanner = Scanner(CATALOGUE)
    spellings = {"Zorbify": "k:zorbify"}
    known = [
        NameMatch(mention.span.start, mention.span.end, mention.node or "")
        for mentions in scan(text).mentions().values()
        for mention in mentions
    ]
    partial = PartialScan(lines_with(text, spellings), known)
    searched = Scan(draft, text, spellings, scanner, partial).mentions()
    assert searched == scan(text, **spellings).mentions()
    assert any(mention.node == "k:zorbify" for mention in searched[1])
