"""Ranges of a document that are read for names, and the lines their characters are in."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.normalize.kinds import MentionKind
from app.parse.draft import DraftText, ItemDraft, Node, TextSpan

_BY_LINE_JOINT = " · "
_MIN_BY_LINE_JOINTS = 2
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class TextRange:
    """Characters `start` to `end` of a document; `ordinal` is the item's, 0 outside of items."""

    start: int
    end: int
    ordinal: int
    kind: MentionKind
    field: str


class TextRangeIndex:
    """Ranges of a document, to be looked up by position."""

    def __init__(self, ranges: Iterable[TextRange]) -> None:
        self._ranges = sorted(ranges, key=_start)
        self._starts = list(map(_start, self._ranges))

    def containing(self, start: int, end: int) -> TextRange | None:
        """Return the last range that begins at or before `start`, if it reaches to `end`."""
        index = bisect_right(self._starts, start) - 1
        if index < 0:
            return None
        text_range = self._ranges[index]
        return text_range if end <= text_range.end else None

    def whole_lines(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) of the lines that the ranges are in."""
        lines: list[tuple[int, int]] = []
        for text_range in self._ranges:
            start = text.rfind("\n", 0, text_range.start) + 1
            end = text.find("\n", text_range.end)
            lines.append((start, len(text) if end < 0 else end))
        return lines

    def of_kind(self, kind: MentionKind) -> list[tuple[int, int]]:
        """Return (start, end) of the ranges of one kind."""
        ranges: list[tuple[int, int]] = []
        for text_range in self._ranges:
            if text_range.kind != kind:
                continue

            start_and_end = (text_range.start, text_range.end)
            ranges.append(start_and_end)

        return ranges


def _start(text_range: TextRange) -> int:
    return text_range.start


class LineIndex:
    """Line numbers of a text by character; a line ends with LF, CR or CR LF."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        for line_end in _LINE_END.finditer(text):
            start = line_end.end()
            self._starts.append(start)

    def span(self, start: int, end: int) -> TextSpan:
        """Return characters `start` to `end` as a span with line numbers from 1."""
        first_line = bisect_right(self._starts, start)
        last_line = bisect_right(self._starts, end)
        return TextSpan(
            first_line,
            last_line,
            start,
            end,
        )


class NamePlaces:
    """Places of names in a document: the text at a span is the surface of its mention."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = LineIndex(text)

    def place(self, surface: str, span: TextSpan) -> tuple[str, TextSpan]:
        """Return a surface and its span inside `span`, without `#`, `**` and the like around it.

        A surface that is not there as such (`C\\#`) is all of the span's text.
        """
        start = self._text.find(surface, span.start, span.end)
        if start < 0:
            return self._text[span.start : span.end], span
        return surface, self._lines.span(start, start + len(surface))

    def place_part(self, part: str, span: TextSpan, start: int) -> tuple[str, TextSpan]:
        """Return a part of a composite and its span after `start`, without a head it shares.

        `GraphQL API` of `GraphQL/REST API` is only `GraphQL` in the text.
        """
        words = part
        while words:
            first = self._text.find(words, start, span.end)
            if first >= 0:
                return words, self._lines.span(first, first + len(words))
            words, _, _ = words.rpartition(" ")

        return self._text[span.start : span.end], span


def items_by_ordinal(draft: DraftText) -> Iterator[tuple[int, ItemDraft]]:
    """Yield (ordinal from 1, item) of all items in document order."""
    ordinal = 0
    for section in draft.body.sections:
        for item in section.items:
            ordinal += 1
            yield ordinal, item


def running_text(draft: DraftText, text: str) -> Iterator[TextRange]:
    """Yield the ranges of running text, keywords and tags; `text` is the whole document."""
    for ordinal, item in items_by_ordinal(draft):
        yield from _item_ranges(ordinal, item)
    yield from _editorial_ranges(draft)
    yield from _tag_ranges(draft, text)


def listed_cells(draft: DraftText) -> Iterator[TextRange]:
    """Yield the cells of the entity lines."""
    for ordinal, item in items_by_ordinal(draft):
        for cell in item.entities:
            yield _range(cell.span, ordinal, "listed", "entities")


def _item_ranges(ordinal: int, item: ItemDraft) -> Iterator[TextRange]:
    yield _range(item.title.span, ordinal, "title", "title")
    for paragraph in item.summary:
        yield _range(paragraph.span, ordinal, "body", "summary")

    for field, nodes in (
        ("details.technical", item.details.technical),
        ("details.applications", item.details.applications),
        ("details.takeaways", item.details.takeaways),
    ):
        for node in nodes:
            yield from _node_ranges(node, ordinal, field)

    if item.importance:
        yield _range(item.importance.span, ordinal, "body", "importance.reason")

    for extra in item.extra:
        # `hackernews · author · 7月1日` tells where an item is from; nothing there is its subject.
        if extra.text.count(_BY_LINE_JOINT) >= _MIN_BY_LINE_JOINTS:
            continue
        yield _range(extra.span, ordinal, "body", "extra")


def _node_ranges(node: Node, ordinal: int, field: str) -> Iterator[TextRange]:
    yield _range(node.span, ordinal, "body", field)
    for child in node.children:
        yield from _node_ranges(child, ordinal, field)


def _editorial_ranges(draft: DraftText) -> Iterator[TextRange]:
    """Yield insight, watch list and keywords: the text outside of items."""
    for insight in draft.body.insight:
        if insight.title:
            yield _range(insight.title.span, 0, "insight", "insight.title")
        if insight.text:
            yield _range(insight.text.span, 0, "insight", "insight.text")

    for entry in draft.body.watchlist:
        yield _range(entry.span, 0, "watchlist", "watchlist")

    for keyword in draft.body.keywords:
        yield _range(keyword.span, 0, "keyword", "keywords")


def _tag_ranges(draft: DraftText, text: str) -> Iterator[TextRange]:
    """Yield the tags of the front matter; they have no span, so each is searched after the last."""
    front = draft.front_matter.span
    if not front:
        return

    position = front.start
    for tag in draft.tags:
        start = text.find(tag, position, front.end)
        if start < 0:
            continue
        position = start + len(tag)
        yield TextRange(start, position, 0, "tag", "tags")


def _range(span: TextSpan, ordinal: int, kind: MentionKind, field: str) -> TextRange:
    return TextRange(span.start, span.end, ordinal, kind, field)
