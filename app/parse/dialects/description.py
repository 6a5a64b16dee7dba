"""The TOML text that describes a dialect, checked key by key."""

import re
import tomllib
from pathlib import PurePosixPath
from typing import Any, get_args

from app.errors import Unreadable
from app.parse.dialects.described import Dialect, Marker
from app.parse.kinds import FieldName, Level
from app.parse.section_kinds import SectionKind
from app.parse.stated_fields import StatedField, StatedFields
from app.parse.vocabulary import undecorated

_FIELDS = (*get_args(FieldName), "tags")
_KEYS: dict[str, tuple[str, ...]] = {
    "": (
        "name",
        "match",
        "item",
        "sections",
        "sources",
        "fields",
        "importance",
        "date",
        "ignore",
    ),
    "match": ("file", "text"),
    "item": ("marker", "level", "line", "before", "title"),
    "sections": ("title", "ignore", "kinds"),
    "sources": ("base", "ignore"),
    "fields": (*_FIELDS, "separators"),
    "importance": get_args(Level),
    "date": ("pattern",),
    "ignore": ("lines",),
}
_ITEM_GROUPS = ("title", "importance")
_DAY_GROUPS = ("y", "m", "d")


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
    """Takes values out of a description and reports faults."""

    def __init__(self, values: dict[str, Any], file_name: str) -> None:
        self.values = values
        self.file_name = file_name

    def dialect(self) -> Dialect:
        """Return the checked dialect."""
        self._check_keys()
        marker = self._text("item", "marker")
        ignored = self._texts("sections", "ignore")
        separators = self._texts("fields", "separators")
        return Dialect(
            name=self._name(),
            file=self._text("match", "file"),
            text=self._pattern("match", "text"),
            marker=self._choice("item.marker", marker, get_args(Marker)),
            level=self._level(),
            title=self._grouped("item", "title", _ITEM_GROUPS),
            item_line=self._grouped("item", "line", _ITEM_GROUPS),
            line_before=self._line_before(),
            section_title=self._grouped("sections", "title", ("title",)),
            ignored_sections=frozenset(map(undecorated, ignored)),
            section_kinds=self._section_kinds(),
            base=self._text("sources", "base"),
            ignored_sources=self._texts("sources", "ignore"),
            fields=StatedFields(
                words=self._field_words(),
                separators=separators,
                separator=self._separator(separators),
                levels=self._levels(),
            ),
            date_pattern=self._grouped("date", "pattern", _DAY_GROUPS, required=_DAY_GROUPS),
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
                    raise self._fault(path, f"unknown key; expected one of: {expected}.")

    def _table(self, name: str) -> dict[str, Any]:
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            raise self._fault(name, f"{_quoted(values)} is not valid; a table is expected.")
        return values

    def _name(self) -> str:
        name = self.values.get("name", PurePosixPath(self.file_name).stem)
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
            raise self._fault(
                "name",
                f"{_quoted(name)} is not valid; expected up to 40 small letters, digits and "
                "hyphens.",
            )
        return name

    def _text(self, table: str, key: str) -> str | None:
        value = self._table(table).get(key)
        if value is not None and not isinstance(value, str):
            raise self._fault(
                f"{table}.{key}", f"{_quoted(value)} is not valid; a text is expected."
            )
        return value

    def _texts(self, table: str, key: str) -> tuple[str, ...]:
        value = self._table(table).get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self._fault(
                f"{table}.{key}",
                f"{_quoted(value)} is not valid; expected a list of texts.",
            )
        return tuple(value)

    def _pattern(self, table: str, key: str) -> re.Pattern[str] | None:
        text = self._text(table, key)
        return None if text is None else self._compiled(f"{table}.{key}", text)

    def _grouped(
        self,
        table: str,
        key: str,
        groups: tuple[str, ...],
        required: tuple[str, ...] = ("title",),
    ) -> re.Pattern[str] | None:
        """Return a pattern that has the required groups and no other named ones."""
        pattern = self._pattern(table, key)
        if pattern is None:
            return None
        path = f"{table}.{key}"
        for name in required:
            if name not in pattern.groupindex:
                example = "(?P<title>.+)" if name == "title" else f"(?P<{name}>\\d+)"
                raise self._fault(
                    path,
                    f"{_quoted(pattern.pattern)} has no group `{name}`; "
                    f"expected one, such as {example}.",
                )
        for name in pattern.groupindex:
            self._choice(f"{path}: group", name, groups)
        return pattern

    def _line_before(self) -> re.Pattern[str] | None:
        pattern = self._pattern("item", "before")
        titled = self._text("item", "line") or self._text("item", "marker") == "heading"
        if pattern and not titled:
            raise self._fault(
                "item.before",
                f"{_quoted(pattern.pattern)} is not valid alone; expected item.line or "
                "item.marker = 'heading', too.",
            )
        return pattern

    def _patterns(self, table: str, key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(self._compiled(f"{table}.{key}", text) for text in self._texts(table, key))

    def _compiled(self, key: str, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text, re.MULTILINE)
        except re.error as error:
            raise self._fault(key, f"{_quoted(text)} is not a pattern: {error}.") from None

    def _separator(self, separators: tuple[str, ...]) -> re.Pattern[str] | None:
        """Return one pattern of all separators; a space at an end of one must be in the line."""
        if "" in separators:
            raise self._fault("fields.separators", "'' is not valid; expected a mark or a space.")
        marks: list[str] = []
        for text in sorted(separators, key=len, reverse=True):
            if not text.strip():
                marks.append(r"\s+")
                continue
            before = r"\s+" if text[0].isspace() else r"\s*"
            after = r"\s+" if text[-1].isspace() else r"\s*"
            marks.append(before + re.escape(text.strip()) + after)
        return re.compile("|".join(marks)) if marks else None

    def _choice(self, key: str, value: str | None, choices: tuple[Any, ...]) -> Any:
        if value is not None and value not in choices:
            expected = ", ".join(choices)
            raise self._fault(key, f"{_quoted(value)} is not valid; expected one of: {expected}.")
        return value

    def _level(self) -> int | None:
        level = self._table("item").get("level")
        if level is not None and (not isinstance(level, int) or not 1 <= level <= 6):
            raise self._fault("item.level", f"{_quoted(level)} is not valid; expected 1 to 6.")
        return level

    def _section_kinds(self) -> dict[str, SectionKind]:
        kinds = self._table("sections").get("kinds", {})
        if not isinstance(kinds, dict):
            raise self._fault(
                "sections.kinds",
                f"{_quoted(kinds)} is not valid; expected a table of titles and kinds.",
            )
        result: dict[str, SectionKind] = {}
        for title, kind in kinds.items():
            path = f"sections.kinds.{title}"
            result[undecorated(title)] = self._choice(path, str(kind), get_args(SectionKind))
        return result

    def _field_words(self) -> dict[str, StatedField]:
        words: dict[str, StatedField] = {}
        for name in self._table("fields"):
            if name == "separators":
                continue
            for word in self._texts("fields", name):
                words[undecorated(word)] = self._choice("fields", name, _FIELDS)
        return words

    def _levels(self) -> dict[str, Level]:
        """Return the levels of labels as written, the longest label first."""
        labels: dict[str, Level] = {}
        for level in get_args(Level):
            for label in self._texts("importance", level):
                labels[label.strip()] = level
        labels.pop("", None)
        return {label: labels[label] for label in sorted(labels, key=len, reverse=True)}


def _quoted(value: object) -> str:
    """Return a value as it is written: a pattern keeps its single backslashes."""
    return f"'{value}'" if isinstance(value, str) else repr(value)
