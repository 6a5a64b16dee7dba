"""BibTeX, RIS, CSL-JSON and plain lines, read by real parsers."""

from dataclasses import replace
from datetime import date

import orjson
import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from app.query.schemas.shared import PublisherRef
from app.query.schemas.taxonomy import SourceSummary
from app.render.citations.bibtex import bibtex, escaped
from app.render.citations.citation import CitedWork, Citing, Kind, arxiv_month, of_source
from app.render.citations.csl import csl
from app.render.citations.lines import apa, gbt7714
from app.render.citations.ris import ris

HOME = "https://kb.example"
DOCUMENT = f"{HOME}/v1/documents/55a9#L84-90"
ITEM = CitedWork(
    key="i_2f7ah3kqxw5c",
    kind="web",
    title='昇騰 {A} 100% & B_C #1 $x \\y ~z ^w }{ "q"',
    author="每日簡報",
    container="醫療影像",
    issued=(2025, 12, 23),
    permalink=f"{HOME}/v1/items/i_2f7ah3kqxw5c",
    url=f"{HOME}/v1/items/i_2f7ah3kqxw5c",
    accessed=date(2026, 1, 5),
    version="55a9",
    lines="84-90",
    document=DOCUMENT,
    language="zh-Hant",
)
PAPER = replace(
    ITEM,
    key="s_1",
    kind="paper",
    title="SafeBench-Seq",
    author="arXiv",
    container="arXiv",
    issued=(2025, 12),
    permalink=f"{HOME}/v1/sources/s_1",
    url="https://arxiv.org/abs/2512.17527?a=%20_#x&b={c}",
    arxiv_id="2512.17527",
)
PLAIN = str.maketrans("", "", "{}\\")


def test_bibtex_is_read_back() -> None:
    library = parse_string(bibtex([ITEM, PAPER]).decode())
    assert not library.failed_blocks
    item, paper = library.entries
    assert item.key == ITEM.key
    assert item["title"] == f"{{{escaped(ITEM.title)}}}"
    assert item["author"] == "{每日簡報}"
    assert (item["date"], item["urldate"]) == ("2025-12-23", "2026-01-05")
    assert DOCUMENT in item["note"]
    # An address is never escaped.
    assert paper["url"] == "https://arxiv.org/abs/2512.17527?a=%20_#x&b=%7Bc%7D"
    assert (paper["eprint"], paper["date"]) == ("2512.17527", "2025-12")


@pytest.mark.parametrize("kind", ["web", "paper", "entity"])
def test_a_type_of_bibtex_is_known_to_all_its_readers(kind: Kind) -> None:
    (entry,) = parse_string(bibtex([replace(ITEM, kind=kind)]).decode()).entries
    assert entry.entry_type == "online"
    assert entry["organization"] == "{醫療影像}"


def test_braces_are_always_balanced() -> None:
    for title in ("{", "}", "}}{", "\\{", "a\\"):
        text = bibtex([replace(ITEM, title=title), PAPER]).decode()
        assert text.count("{") == text.count("}")
        assert len(parse_string(text).entries) == 2


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("a & b_c 100% #1 $x", r"a \& b\_c 100\% \#1 \$x"),
        ("{x}", r"\textbraceleft{}x\textbraceright{}"),
        ("\\~^", r"\textbackslash{}\textasciitilde{}\textasciicircum{}"),
        ("昇騰「一」", "昇騰「一」"),
    ],
)
def test_special_characters_are_escaped(text: str, tex: str) -> None:
    assert escaped(text) == tex


def test_ris_is_read_back() -> None:
    item, paper = rispy.loads(ris([ITEM, PAPER]).decode())
    assert (item["type_of_reference"], item["title"]) == ("ELEC", ITEM.title)
    assert (item["authors"], item["secondary_title"]) == (["每日簡報"], "醫療影像")
    assert (item["date"], item["year"], item["access_date"]) == (
        "2025/12/23",
        "2025",
        "2026/01/05",
    )
    assert DOCUMENT in item["notes"][0]
    assert paper["urls"] == [PAPER.url]
    assert (paper["type_of_reference"], paper["date"]) == ("UNPB", "2025/12")


def test_csl_names_organisations() -> None:
    item, paper = orjson.loads(csl([ITEM, PAPER]))
    assert item["author"] == [{"literal": "每日簡報"}]
    assert item["issued"] == {"date-parts": [[2025, 12, 23]]}
    assert item["accessed"] == {"date-parts": [[2026, 1, 5]]}
    assert (item["version"], item["locator"]) == ("sha256:55a9", "84-90")
    assert (paper["type"], paper["number"]) == ("article", "arXiv:2512.17527")


def test_lines_of_apa() -> None:
    line = apa([replace(ITEM, title="標題？")]).decode()
    assert line == (
        "每日簡報. (2025, December 23). 標題？ (Document sha256 55a9, lines 84–90). 醫療影像. "
        f"Retrieved January 5, 2026, from {ITEM.url} [{DOCUMENT}]\n"
    )
    nameless = apa([replace(ITEM, title="標題", author=None, issued=(), lines="7")]).decode()
    assert nameless.startswith("標題 (Document sha256 55a9, line 7). (n.d.). 醫療影像. ")


def test_lines_of_gbt7714() -> None:
    item, paper = gbt7714([replace(ITEM, title="標題"), PAPER]).decode().splitlines()
    assert item == (
        f"每日簡報. 標題[EB/OL]//醫療影像. (2025-12-23)[2026-01-05]. {ITEM.url}. "
        f"sha256:55a9: L84-90, {DOCUMENT}."
    )
    assert paper.startswith("arXiv. SafeBench-Seq[EB/OL]. (2025-12)[2026-01-05]. ")


@pytest.mark.parametrize(
    ("arxiv_id", "month"),
    [
        ("2512.17527", (2025, 12)),
        ("0704.0001", (2007, 4)),
        ("cs/0112017", (2001, 12)),
        ("math.GT/9909001", (1999, 9)),
        ("2513.00001", ()),
        ("x", ()),
    ],
)
def test_an_arxiv_id_has_its_month(arxiv_id: str, month: tuple[int, ...]) -> None:
    assert arxiv_month(arxiv_id) == month


@pytest.mark.parametrize(
    ("label", "arxiv_id", "title"),
    [
        ("A study", None, "A study"),
        ("TechCrunch", None, "https://techcrunch.com/a"),
        ("techcrunch", "2512.17527", "arXiv:2512.17527"),
        (None, "2512.17527", "arXiv:2512.17527"),
        (None, None, "https://techcrunch.com/a"),
    ],
)
def test_the_title_of_a_source_is_not_its_publisher(
    label: str | None, arxiv_id: str | None, title: str
) -> None:
    source = SourceSummary(
        id="s_a",
        url="https://techcrunch.com/a",
        arxiv_id=arxiv_id,
        status="ok",
        publisher=PublisherRef(id="techcrunch.com", name="TechCrunch"),
        label=label,
        target="https://techcrunch.com/a",
        citations=1,
        first_cited=date(2026, 1, 2),
        last_cited=date(2026, 1, 2),
        links={},
    )
    citing = Citing("https://kb.example", date(2026, 1, 5))
    assert of_source(source, None, citing).title == title
