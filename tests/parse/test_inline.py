import pytest

from app.parse.inline import (
    begins_label,
    cut_at,
    read_cells,
    read_keywords,
    read_label,
    read_lead,
    split_labels,
    unwrapped,
)
from app.parse.lines import Line


def line(text: str) -> Line:
    return Line(1, 0, len(text), text)


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("**來源**：甲", "來源", "甲"),
        ("**來源：**甲", "來源", "甲"),
        ("**來源** 甲", "來源", "甲"),
        ("__來源__: 甲", "來源", "甲"),
        ("**來源**（Sources）：甲", "來源（Sources）", "甲"),
        ("📎 **來源**：甲", "來源", "甲"),
        ("【來源】甲", "來源", "甲"),
        ("【來源】[甲](b)", "來源", "[甲](b)"),
        ("Source: 甲：乙", "Source", "甲：乙"),
        ("來源", "來源", ""),
    ],
)
def test_labels_in_every_form(text: str, label: str, rest: str) -> None:
    result = read_label(line(text))
    assert result
    assert (result.text, result.rest.text) == (label, rest)
    assert text[result.rest.start : result.rest.end] == rest


def test_a_link_is_no_label() -> None:
    result = read_label(line("[來源](https://a.example)"))
    assert result is None or not result.marked


def test_which_lines_end_a_list() -> None:
    assert begins_label("**甲**：乙")
    assert begins_label("來源：乙")
    assert begins_label("**來源** 乙")
    assert not begins_label("甲：乙")
    assert not begins_label("plain text")
    assert not begins_label("[來源](a)")


def test_a_line_is_cut_before_known_labels_in_bold() -> None:
    text = "**摘要**：甲 **乙**：丙 | **來源**：丁"
    assert [piece.text for piece in split_labels(line(text))] == [
        "**摘要**：甲 **乙**：丙",
        "**來源**：丁",
    ]


@pytest.mark.parametrize(
    ("text", "title", "rest", "linked"),
    [
        ("**甲**：乙", "甲", "乙", False),
        ("**甲：** 乙", "甲", "乙", False),
        ("**甲**。[乙](c)", "甲", "[乙](c)", False),
        ("**甲**：-12%", "甲", "-12%", False),
        ("[甲](b) — 乙", "甲", "乙", True),
        ("**[甲](b)** - 乙", "甲", "乙", True),
    ],
)
def test_leads(text: str, title: str, rest: str, linked: bool) -> None:
    lead = read_lead(line(text))
    assert lead
    assert (lead.title.text, lead.rest.text, lead.linked) == (title, rest, linked)


def test_text_without_bold_or_link_has_no_lead() -> None:
    assert read_lead(line("甲：乙")) is None


def test_emphasis_is_taken_off_only_where_it_encloses_all() -> None:
    assert unwrapped(line("***甲***")).text == "甲"
    assert unwrapped(line("_`甲`_")).text == "甲"
    assert unwrapped(line("**甲** 與 **乙**")).text == "**甲** 與 **乙**"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("甲、乙，丙,丁；戊;己", ["甲", "乙", "丙", "丁", "戊", "己"]),
        ("NVLink/NVSwitch、A/B testing", ["NVLink/NVSwitch", "A/B testing"]),
        ("甲 / 乙 / 丙", ["甲", "乙", "丙"]),
        ("甲/乙/丙/丁", ["甲", "乙", "丙", "丁"]),
        ("LLM/VLM", ["LLM/VLM"]),
        (
            "Claude（Opus、Sonnet）、1,000 卡、AT&amp;T",
            ["Claude（Opus、Sonnet）", "1,000 卡", "AT&amp;T"],
        ),
        ("ACMA（推）、昇騰 Ascend。", ["ACMA（推）", "昇騰 Ascend"]),
        ("`a b` `c`", ["a b", "c"]),
        ("#甲 #乙", ["甲", "乙"]),
        ("**甲**、[乙](c)", ["甲", "乙"]),
        ("（甲、乙", ["（甲", "乙"]),
    ],
)
def test_cells_as_written(text: str, cells: list[str]) -> None:
    assert [cell.text for cell in read_cells(line(text))] == cells


def test_keywords_are_read_like_cells() -> None:
    assert [word.text for word in read_keywords(line("`甲` `乙 丙`"))] == ["甲", "乙 丙"]


def test_cutting_keeps_places() -> None:
    assert [(piece.start, piece.text) for piece in cut_at(line("a；(b；c)；d"), "；")] == [
        (0, "a"),
        (2, "(b；c)"),
        (8, "d"),
    ]
