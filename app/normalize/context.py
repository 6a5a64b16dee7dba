"""Ranges of text around the items that are read for names, by-lines left out.

The ranges of `text_ranges` come first: what lies in one of them is never context.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from app.normalize.text_ranges import TextRange, TextRangeIndex, items_by_ordinal
from app.parse.bylines import has_byline
from app.parse.draft import Body, DraftText, SectionDraft, TextSpan

# A list of contents repeats the titles of the items.
_ANCHOR_LINK = "](#"
_NEWLINE = re.compile(r"\n")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|%%.*?(?:%%|\Z)", re.DOTALL)


class ContextIndex:
    """Ranges of context of one document, to be looked up by position."""

    def __init__(self, draft: DraftText, text: str) -> None:
        self._text = text
        self._index = TextRangeIndex(context_ranges(draft))
        self._comments = [match.span() for match in _COMMENT.finditer(text)]
        self._comment_ends = [end for _, end in self._comments]
        self._line_starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        self._ignored_lines: dict[int, bool] = {}
        """By the first character that is read: a long line has thousands of names."""

    def containing(self, start: int, end: int) -> TextRange | None:
        """Return the range with characters `start` to `end`; None in by-lines and comments."""
        text_range = self._index.containing(start, end)
        if text_range is None:
            return None
        comment = bisect_right(self._comment_ends, start)
        if comment < len(self._comments) and self._comments[comment][0] < end:
            return None
        if self._is_ignored(text_range, start):
            return None

        return text_range

    def _is_ignored(self, text_range: TextRange, start: int) -> bool:
        """Return whether the line of character `start` is a by-line or an entry of contents."""
        line = bisect_right(self._line_starts, start)
        first = max(self._line_starts[line - 1], text_range.start)
        is_ignored = self._ignored_lines.get(first)
        if is_ignored is None:
            is_last = line == len(self._line_starts)
            end = len(self._text) if is_last else self._line_starts[line]
            words = self._text[first:end].removesuffix("\n")
            is_ignored = _ANCHOR_LINK in words or has_byline(words)
            self._ignored_lines[first] = is_ignored
        return is_ignored


def context_ranges(draft: DraftText) -> Iterator[TextRange]:
    """Yield the ranges of context: labels and second titles of items, and text of no item."""
    for ordinal, item in items_by_ordinal(draft):
        for label in item.labels:
            yield _range(label.span, "labels", ordinal)
        for title in item.alternative_titles:
            yield _range(title.span, "alternative_titles", ordinal)

    for section in draft.body.sections:
        yield from _section_ranges(section)

    yield from _special_ranges(draft.body)


def _section_ranges(section: SectionDraft) -> Iterator[TextRange]:
    # The heading of a section of a known kind is the same every day: it names no news.
    if section.kind == "other":
        yield _range(section.title.span, "section.title")
    if section.blurb:
        yield _range(section.blurb.span, "section.blurb")

    for note in section.notes:
        yield _range(note.span, "section.notes")
    for container in section.containers:
        yield _range(container.title.span, "section.group")


def _special_ranges(body: Body) -> Iterator[TextRange]:
    for passage in body.preamble:
        yield _range(passage.span, "preamble")
    for reading in body.readings:
        yield _range(reading.span, "readings")
    for note in body.background:
        yield _range(note.span, "background")
    for label in body.labels:
        yield _range(label.span, "labels")


def _range(span: TextSpan, field: str, ordinal: int = 0) -> TextRange:
    return TextRange(span.start, span.end, ordinal, "context", field)
