"""Dialects as data: a TOML description of a layout that the general reading gets wrong.

`docs/dialects.md` shows every key. A description says only what differs; all else is found.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, Literal, get_args

from app.errors import Unreadable
from app.parse.dates import find_day
from app.parse.kinds import FieldName, SectionKind
from app.parse.lines import Line
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
_SEPARATOR = re.compile(r"[\s:：|｜‖·,，、;；—–*_-]+")
"""Marks between a title and what follows it in its line."""
_MAX_LINE_CHARS = 2_000
_KEYS: dict[str, tuple[str, ...]] = {
    "": (
        "name",
        "match",
        "item",
        "sections",
        "sources",
        "fields",
        "date",
        "ignore",
    ),
    "match": ("file", "text"),
    "item": ("marker", "level", "line", "title"),
    "sections": ("title", "ignore", "kinds"),
    "sources": ("base", "ignore"),
    "date": ("pattern",),
    "ignore": ("lines",),
}


@dataclass(frozen=True, slots=True)
class StatedTitle:
    """A title that a dialect finds in a line; `rest` is the line after an item's title."""

    title: Line
    is_item: bool = False
    rest: Line | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """One described layout; what is None or empty is left to the general reading."""

    name: str
    file: str | None = None
    text: re.Pattern[str] | None = None
    marker: Marker | None = None
    level: int | None = None
    title: re.Pattern[str] | None = None
    item_line: re.Pattern[str] | None = None
    section_title: re.Pattern[str] | None = None
    ignored_sections: frozenset[str] = frozenset()
    section_kinds: Mapping[str, SectionKind] = field(default_factory=dict)
    base: str | None = None
    ignored_sources: tuple[str, ...] = ()
    field_words: Mapping[str, FieldName] = field(default_factory=dict)
    date_pattern: re.Pattern[str] | None = None
    ignored_lines: tuple[re.Pattern[str], ...] = ()

    def matches(self, name: str, text: str) -> bool:
        """Tell whether a document is of this dialect, by its file name and first 4,000 characters.

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
        """Tell whether a line is to be left out."""
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
        separator = _SEPARATOR.match(line.text, match.end("title"))
        rest = line.cut(separator.end() if separator else match.end("title"))
        return StatedTitle(line.cut(*match.span("title")), is_item=True, rest=rest)

    def ignores_section(self, title: str) -> bool:
        """Tell whether nothing below a heading is news."""
        return undecorated(title) in self.ignored_sections

    def section_kind(self, title: str) -> SectionKind | None:
        """Return the kind that the dialect gives a section."""
        return self.section_kinds.get(undecorated(title))

    def ignores_source(self, target: str) -> bool:
        """Tell whether a link is no source."""
        return any(fnmatchcase(target, pattern) for pattern in self.ignored_sources)

    def day(self, text: str) -> date | None:
        """Return the day of the pattern: groups `y`, `m`, `d`, or a day in its match."""
        match = self.date_pattern.search(text[:_MATCHED_CHARS]) if self.date_pattern else None
        if match is None:
            return None
        groups = match.groupdict()
        try:
            return date(
                _full_year(int(groups["y"])),
                int(groups["m"]),
                int(groups["d"]),
            )
        except (KeyError, TypeError, ValueError):
            return find_day(match[1] if match.re.groups else match.group())


def _full_year(year: int) -> int:
    """Return the year of `26` (2026) and of `115`, the year 115 of the Republic of China (2026)."""
    if year < 100:
        return 2000 + year
    return year + 1911 if year < 1000 else year


def read_dialect(text: str, file_name: str) -> Dialect:
    """Return the dialect that a TOML description states; raises `Unreadable` naming the fault."""
    try:
        values = tomllib.loads(text)
    except (
        tomllib.TOMLDecodeError,
        RecursionError,
    ) as error:
        hint = " Write patterns between single quotes." if "\\" in str(error) else ""
        raise Unreadable(f"{file_name} is not TOML: {error}.{hint}") from None
    return _Description(values, file_name).dialect()


class _Description:
    """Takes values out of a description and names what is wrong."""

    def __init__(self, values: dict[str, Any], file_name: str) -> None:
        self.values = values
        self.file_name = file_name

    def dialect(self) -> Dialect:
        """Return the checked dialect."""
        self._check_keys()
        marker = self._text("item", "marker")
        return Dialect(
            name=self._name(),
            file=self._text("match", "file"),
            text=self._pattern("match", "text"),
            marker=self._choice(
                "item.marker",
                marker,
                get_args(Marker),
            ),
            level=self._level(),
            title=self._title_pattern("item"),
            item_line=self._title_pattern("item", "line"),
            section_title=self._title_pattern("sections"),
            ignored_sections=frozenset(
                map(
                    undecorated,
                    self._texts("sections", "ignore"),
                )
            ),
            section_kinds=self._section_kinds(),
            base=self._text("sources", "base"),
            ignored_sources=self._texts("sources", "ignore"),
            field_words=self._field_words(),
            date_pattern=self._pattern("date", "pattern"),
            ignored_lines=self._patterns("ignore", "lines"),
        )

    def _fault(self, key: str, reason: str) -> Unreadable:
        return Unreadable(f"{self.file_name}: {key}: {reason}")

    def _check_keys(self) -> None:
        for table, keys in _KEYS.items():
            values = self._table(table) if table else self.values
            for key in values:
                if key not in keys:
                    path = f"{table}.{key}".strip(".")
                    expected = ", ".join(keys)
                    raise self._fault(
                        path,
                        f"unknown key; expected one of: {expected}.",
                    )

    def _table(self, name: str) -> dict[str, Any]:
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            raise self._fault(name, f"{values!r} is not valid; a table is expected.")
        return values

    def _name(self) -> str:
        name = self.values.get(
            "name",
            PurePosixPath(self.file_name).stem,
        )
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
            raise self._fault(
                "name",
                f"{name!r} is not valid; expected up to 40 small letters, digits and hyphens.",
            )
        return name

    def _text(self, table: str, key: str) -> str | None:
        value = self._table(table).get(key)
        if value is not None and not isinstance(value, str):
            raise self._fault(
                f"{table}.{key}",
                f"{value!r} is not valid; a text is expected.",
            )
        return value

    def _texts(self, table: str, key: str) -> tuple[str, ...]:
        value = self._table(table).get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self._fault(
                f"{table}.{key}",
                f"{value!r} is not valid; expected a list of texts.",
            )
        return tuple(value)

    def _pattern(self, table: str, key: str) -> re.Pattern[str] | None:
        text = self._text(table, key)
        return None if text is None else self._compiled(f"{table}.{key}", text)

    def _title_pattern(self, table: str, key: str = "title") -> re.Pattern[str] | None:
        pattern = self._pattern(table, key)
        if pattern and "title" not in pattern.groupindex:
            raise self._fault(
                f"{table}.{key}",
                f"{pattern.pattern!r} has no group `title`; expected one, such as (?P<title>.+).",
            )
        return pattern

    def _patterns(self, table: str, key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(self._compiled(f"{table}.{key}", text) for text in self._texts(table, key))

    def _compiled(self, key: str, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text, re.MULTILINE)
        except re.error as error:
            raise self._fault(
                key,
                f"{text!r} is not a pattern: {error}.",
            ) from None

    def _choice(
        self,
        key: str,
        value: str | None,
        choices: tuple[Any, ...],
    ) -> Any:
        if value is not None and value not in choices:
            expected = ", ".join(choices)
            raise self._fault(
                key,
                f"{value!r} is not valid; expected one of: {expected}.",
            )
        return value

    def _level(self) -> int | None:
        level = self._table("item").get("level")
        if level is not None and (not isinstance(level, int) or not 1 <= level <= 6):
            raise self._fault(
                "item.level",
                f"{level!r} is not valid; expected 1 to 6.",
            )
        return level

    def _section_kinds(
        self,
    ) -> dict[str, SectionKind]:
        kinds = self._table("sections").get("kinds", {})
        if not isinstance(kinds, dict):
            raise self._fault(
                "sections.kinds",
                f"{kinds!r} is not valid; expected a table of titles and kinds.",
            )
        result: dict[str, SectionKind] = {}
        for title, kind in kinds.items():
            chosen = self._choice(
                f"sections.kinds.{title}",
                str(kind),
                get_args(SectionKind),
            )
            result[undecorated(title)] = chosen
        return result

    def _field_words(self) -> dict[str, FieldName]:
        words: dict[str, FieldName] = {}
        for name in self._table("fields"):
            chosen = self._choice("fields", name, get_args(FieldName))
            for word in self._texts("fields", name):
                words[undecorated(word)] = chosen
        return words
