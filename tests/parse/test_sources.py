import pytest

from app.parse.lines import Line
from app.parse.links import link_definitions
from app.parse.markdown import MarkdownDocument
from app.parse.sources import only_links, read_closing, read_sources


def line(text: str) -> Line:
    return Line(1, 0, len(text), text)


def pairs(
    text: str, definitions: dict[str, str] | None = None
) -> list[tuple[str | None, str | None]]:
    return [(link.label, link.target) for link in read_sources(line(text), definitions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[甲](https://a.example/x) | [乙](https://b.example)",
            [("甲", "https://a.example/x"), ("乙", "https://b.example")],
        ),
        (
            "[甲](https://a.example) · [乙](b)、[丙](c)；[丁](d)",
            [("甲", "https://a.example"), ("乙", "b"), ("丙", "c"), ("丁", "d")],
        ),
        ('[甲](https://a.example/b_(c) "標題")', [("甲", "https://a.example/b_(c)")]),
        ("<https://a.example>", [(None, "https://a.example")]),
        (
            "https://a.example/b_(c), https://d.example。",
            [(None, "https://a.example/b_(c)"), (None, "https://d.example")],
        ),
        ("甲（https://a.example）：乙", [("甲", "https://a.example")]),
        ("[甲]（https://a.example）", [("甲", "https://a.example")]),
        ("甲報：https://a.example", [("甲報", "https://a.example")]),
        ("arXiv:2507.17860", [(None, "arXiv:2507.17860")]),
        ("arXiv: 2507.17860v2 [cs.CV]", [(None, "arXiv: 2507.17860v2 [cs.CV]")]),
        ("hep-th/9901001", [(None, "hep-th/9901001")]),
        ("10.48550/arXiv.2512.00002", [(None, "10.48550/arXiv.2512.00002")]),
        ("[甲](1) | [乙](#)", [("甲", "1"), ("乙", "#")]),
        ("N/A", [(None, "N/A")]),
        ("無", [(None, "無")]),
        ("qbitai_363544_2025-12-22", [(None, "qbitai_363544_2025-12-22")]),
        ("公司新聞稿、路透社（付費）", [("公司新聞稿", None), ("路透社（付費）", None)]),
        (
            "綜合[甲](a)與[乙](b)報導，另見 https://c.example",
            [("甲", "a"), ("乙", "b"), (None, "https://c.example")],
        ),
    ],
)
def test_sources_of_every_kind(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert pairs(text) == expected


def test_references_are_looked_up() -> None:
    definitions = dict(
        link_definitions(MarkdownDocument('[a]: <https://a.example> "t"\n[B]: b').blocks())
    )
    assert pairs("[甲][A] | [b][] | [a] | [c][d]", definitions) == [
        ("甲", "https://a.example"),
        ("b", "b"),
        ("a", "https://a.example"),
        ("c", "d"),
    ]


def test_the_stretch_of_a_source_is_kept() -> None:
    text = "一：[甲](a) | [乙](b)"
    assert [text[link.span.start : link.span.end] for link in read_sources(line(text))] == [
        "一：[甲](a)",
        "[乙](b)",
    ]


@pytest.mark.parametrize(
    ("text", "rest", "label", "targets"),
    [
        ("說明。來源：[甲](a)", "說明。", "來源", ["a"]),
        ("說明（來源：[甲](a)）", "說明", "來源", ["a"]),
        ("text. Source: https://a.example", "text.", "Source", ["https://a.example"]),
        ("說明。[甲](a) | [乙](b)", "說明。", None, ["a", "b"]),
        ("text ([a](https://b_(c)))", "text", None, ["https://b_(c)"]),
        ("read the [post](a)", "read the [post](a)", None, ["a"]),
    ],
)
def test_sources_a_text_closes_with(
    text: str, rest: str, label: str | None, targets: list[str]
) -> None:
    closing = read_closing(line(text), {})
    assert closing
    assert (
        closing.text.text,
        closing.label and closing.label.text,
        [link.target for link in closing.links],
    ) == (rest, label, targets)


def test_a_link_in_the_midst_closes_nothing() -> None:
    assert read_closing(line("the [post](a) says so"), {}) is None
    assert only_links(line("[甲](a) · [乙](b)"), {})
    assert not only_links(line("見 [甲](a) 一文"), {})
