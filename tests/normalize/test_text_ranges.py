"""Ranges of a document and their lines."""

import pytest

from app.normalize.text_ranges import (
    LineIndex,
    TextRange,
    TextRangeIndex,
    items_by_ordinal,
    listed_cells,
    running_text,
)
from app.parse.briefing import parse_briefing
from tests.documents import briefing, item

TEXT = briefing(
    item("First", summary="千問。", entities="NVIDIA"),
    item("Second", entities="Qwen、輝達"),
    tags="[輝達, Qwen]",
)
DRAFT = parse_briefing(TEXT.encode())


def test_items_are_numbered_through_the_document() -> None:
    assert [(ordinal, numbered.title.text) for ordinal, numbered in items_by_ordinal(DRAFT)] == [
        (1, "First"),
        (2, "Second"),
    ]


def test_a_range_has_its_kind_field_and_item() -> None:
    ranges = {TEXT[p.start : p.end]: p for p in running_text(DRAFT, TEXT)}
    title, summary, tag = ranges["First"], ranges["千問。"], ranges["輝達"]
    assert (title.ordinal, title.kind, title.field) == (1, "title", "title")
    assert (summary.ordinal, summary.kind, summary.field) == (1, "body", "summary")
    assert (tag.ordinal, tag.kind, tag.field) == (0, "tag", "tags")


def test_cells_of_the_entity_lines_are_ranges() -> None:
    cells = [(TEXT[p.start : p.end], p.ordinal) for p in listed_cells(DRAFT)]
    assert cells == [("NVIDIA", 1), ("Qwen", 2), ("輝達", 2)]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(0, 3, None), (4, 9, "a"), (9, 12, None), (12, 15, "b"), (14, 16, None)],
)
def test_a_range_contains_only_what_lies_within_it(start: int, end: int, field: str | None) -> None:
    index = TextRangeIndex([TextRange(10, 15, 0, "keyword", "b"), TextRange(4, 9, 0, "body", "a")])
    text_range = index.containing(start, end)
    assert (text_range and text_range.field) == field
    assert index.of_kind("keyword") == [(10, 15)]


def test_lines_end_with_any_line_end() -> None:
    lines = LineIndex("a\nb\r\nc\rd")
    spans = [lines.span(index, index + 1) for index in (0, 2, 5, 7)]
    assert [span.first_line for span in spans] == [1, 2, 3, 4]
    assert lines.span(0, 8).last_line == 4
