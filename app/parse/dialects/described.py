"""Dialects as data: a described layout that the general reading gets wrong.

`docs/dialects.md` shows every key. A description says only what differs; all else is found.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from app.parse.dates import written_day
from app.parse.lines import Line
from app.parse.section_kinds import SectionKind
from app.parse.stated_fields import StatedFields
from app.parse.vocabulary import undecorated

Marker = Literal[
    "heading",
    "bullet",
    "paragraph",
    "linked paragraph",
    "row",
    "callout",
]

_MATCHED_CHARS = 4_000
_FOOTER_CHARS = 1_000
_ERA_CHARS = 6
_SEPARATOR = re.compile(r"[\s:：|｜‖·,，、;；—–*_-]+")
"""Marks between a title and what follows it in its line."""
_MAX_LINE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class StatedTitle:
    """A title that a dialect finds in a line; `rest` is the line after an item's title."""

    title: Line
    is_item: bool = False
    rest: tuple[Line, ...] = ()
    importance: Line | None = None


class StatedDay(NamedTuple):
    """The day that `date.pattern` of a dialect finds, or why there is none."""

    day: date | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One described layout; fields that are None or empty are left to the general reading."""

    name: str
    file: str | None = None
    text: re.Pattern[str] | None = None
    marker: Marker | None = None
    level: int | None = None
    title: re.Pattern[str] | None = None
    item_line: re.Pattern[str] | None = None
    line_before: re.Pattern[str] | None = None
    section_title: re.Pattern[str] | None = None
    ignored_sections: frozenset[str] = frozenset()
    section_kinds: Mapping[str, SectionKind] = field(default_factory=dict)
    base: str | None = None
    ignored_sources: tuple[str, ...] = ()
    fields: StatedFields = field(default_factory=StatedFields)
    date_pattern: re.Pattern[str] | None = None
    ignored_lines: tuple[re.Pattern[str], ...] = ()

    def matches(self, name: str, text: str) -> bool:
        """Return whether a document is of this dialect, by its file name and first characters.

        A dialect without a condition matches nothing by itself; it is only taken by name.
        """
        if self.file is None and self.text is None:
            return False
        if self.file is not None:
            path = PurePosixPath(name)
            if not fnmatchcase(path.name, self.file) and not fnmatchcase(name, self.file):
                return False
        return self.text is None or self.text.search(text[:_MATCHED_CHARS]) is not None

    def ignores_line(self, text: str) -> bool:
        """Return whether a line is to be left out."""
        return any(pattern.search(text[:_MAX_LINE_CHARS]) for pattern in self.ignored_lines)

    @property
    def states_titles(self) -> bool:
        """Whether lines that are no headings can be titles."""
        return self.section_title is not None or self.item_line is not None

    def titled(self, line: Line) -> StatedTitle | None:
        """Return the title that a line is by `sections.title` or has by `item.line`, if any."""
        text = line.text[:_MAX_LINE_CHARS]
        match = self.section_title.search(text) if self.section_title else None
        if match and match["title"]:
            return StatedTitle(line.cut(*match.span("title")))
        match = self.item_line.search(text) if self.item_line else None
        if match is None or not match["title"]:
            return None
        title = line.cut(*match.span("title"))
        if not match.groupdict().get("importance"):
            rest = _after_mark(line, match.end("title"))
            return StatedTitle(title, is_item=True, rest=_with_text(rest))
        start, end = match.span("importance")
        importance = line.cut(start, end)
        if end <= match.start("title"):
            rest = _after_mark(line, match.end("title"))
            return StatedTitle(title, True, _with_text(rest), importance)
        between = _after_mark(line.cut(0, start), match.end("title"))
        return StatedTitle(
            title,
            True,
            _with_text(between, _after_mark(line, end)),
            importance,
        )

    def stands_before(self, text: str) -> bool:
        """Return whether a line above an item's line belongs to that item."""
        pattern = self.line_before
        return pattern is not None and pattern.search(text[:_MAX_LINE_CHARS]) is not None

    def ignores_section(self, title: str) -> bool:
        """Return whether nothing below a heading is news."""
        return undecorated(title) in self.ignored_sections

    def section_kind(self, title: str) -> SectionKind | None:
        """Return the kind that the dialect gives a section."""
        return self.section_kinds.get(undecorated(title))

    def ignores_source(self, target: str) -> bool:
        """Return whether a link is no source."""
        return any(fnmatchcase(target, pattern) for pattern in self.ignored_sources)

    def stated_day(self, name: str, text: str) -> StatedDay:
        """Return the day of the pattern's groups `y`, `m`, `d`, or the first fault.

        The file's name and the first 4,000 characters are searched, then the last 1,000.
        """
        if self.date_pattern is None:
            return StatedDay()
        fault = ""
        for match in _day_matches(self.date_pattern, name, text):
            try:
                start = match.start("y")
                before = match.string[max(0, start - _ERA_CHARS) : start]
                return StatedDay(written_day(match["y"], match["m"], match["d"], before))
            except ValueError as error:
                fault = fault or f"matched '{match.group()}', but {error}"
        searched = "the file's name, the first 4,000 and the last 1,000 characters"
        return StatedDay(None, f"date.pattern {fault or f'matches nothing in {searched}'}")


def _day_matches(pattern: re.Pattern[str], name: str, text: str) -> Iterator[re.Match[str]]:
    yield from pattern.finditer(f"{name}\n{text[:_MATCHED_CHARS]}")
    if len(text) > _MATCHED_CHARS:
        yield from pattern.finditer(text, max(_MATCHED_CHARS, len(text) - _FOOTER_CHARS))


def _after_mark(line: Line, end: int) -> Line:
    """Return what follows `end` and the mark after it."""
    separator = _SEPARATOR.match(line.text, end)
    return line.cut(separator.end() if separator else end)


def _with_text(*lines: Line) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.text)
