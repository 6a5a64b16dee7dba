"""Front matter in YAML, TOML and JSON, read within bounds.

No anchors, aliases or tags; every scalar a string; size, depth and node counts capped.
"""

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from app.errors import TooLarge
from app.parse.draft import FrontMatter, TextSpan
from app.parse.lines import Line
from app.parse.markdown import Block, MarkdownDocument

Format = Literal["yaml", "toml", "json"]

MAX_BYTES = 16 * 1024
MAX_DEPTH = 16
MAX_NODES = 2_000
# Lines that are no YAML are taken as plain text one at a time, up to this number, then all.
_MAX_REPAIRS = 20

_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#:'"=][^:#]*?)\s*:(?:\s+(?P<value>.*))?$""")
_TOML_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[\w.-]+)\s*=\s*(?P<value>.*)$""")
_TOML_TABLE = re.compile(r"\[[\w.-]+\]")
# Two rules may enclose text that begins `Date: …`, too; lines such as these are Markdown.
_MARKDOWN = re.compile(r"#{2,6}\s+\S|\*\*\S|\|.*\|\s*$")
_ENTRY = re.compile(r"(?P<start>\s*(?:-\s+)?(?:[^\s:'\"\[{#][^:]*:\s+)?)(?P<value>\S.*?)\s*$")
_LIST_KEY = re.compile(
    r"(?:items|news|stories|articles|entries|headlines|posts|links|top|picks)\s*:\s*$",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|$)")
_LIST_ENTRY = re.compile(
    r"\s*-\s+[\"']?(?:title|name|headline|標題|标题)[\"']?\s*:\s", re.IGNORECASE
)
_INDENTATION = re.compile(r"^[ \t]+")


class _Refused(ValueError):
    """A construct or a size that front matter may not have; `line` is the row, from 0."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Fence:
    """Place of the front matter: its first and last line, and the rows inside."""

    format: Format
    first: int
    last: int
    rows: tuple[str, ...]


def find_front_matter(
    lines: Sequence[Line],
) -> Fence | None:
    """Return the front matter at the head of a document, if it has any.

    Only an unindented `---` closes YAML: an indented one is text of a block scalar.
    """
    start = next(
        (index for index, line in enumerate(lines) if line.text.strip()),
        None,
    )
    if start is None:
        return None
    opening = lines[start].text.rstrip()
    if opening == "{":
        return _json_fence(lines, start)
    if opening not in ("---", "+++"):
        return None
    for index in range(start + 1, len(lines)):
        if lines[index].text.rstrip() == opening:
            rows = tuple(line.text for line in lines[start + 1 : index])
            return _fence(
                opening,
                lines[start].number,
                lines[index].number,
                rows,
            )
    return None


def listed_blocks(document: MarkdownDocument, fence: Fence) -> list[Block]:
    """Return the entries of a list such as `items:`, for a document that is nothing but that.

    YAML writes them as Markdown writes bullets with labelled lines.
    """
    for index, row in enumerate(fence.rows):
        if fence.format != "yaml" or not _LIST_KEY.match(row):
            continue
        below = (entry for entry in fence.rows[index + 1 :] if not _COMMENT.match(entry))
        if not _LIST_ENTRY.match(next(below, "")):
            continue
        listed: list[Block] = []
        for block in document.blocks(after=fence.first + index + 1):
            # A comment of YAML is a heading of Markdown: it names the entries below.
            if block.kind not in ("list", "heading") or block.last >= fence.last:
                break
            listed.append(block)
        return listed
    return []


def _fence(
    mark: str,
    first: int,
    last: int,
    rows: tuple[str, ...],
) -> Fence | None:
    kind: Format = "toml" if mark == "+++" else "yaml"
    if kind == "yaml" and _is_json("\n".join(rows)):
        kind = "json"
    elif not looks_like_front_matter(rows, toml=kind == "toml"):
        return None
    return Fence(kind, first, last, rows)


def _json_fence(lines: Sequence[Line], start: int) -> Fence | None:
    for index in range(start + 1, len(lines)):
        if lines[index].text.rstrip() == "}":
            rows = tuple(line.text for line in lines[start : index + 1])
            if _is_json("\n".join(rows)):
                return Fence(
                    "json",
                    lines[start].number,
                    lines[index].number,
                    rows,
                )
            return None
    return None


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] != "{" or len(text) > MAX_BYTES:
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def looks_like_front_matter(rows: Sequence[str], *, toml: bool = False) -> bool:
    """Return whether the first row that is not blank or a comment is a key.

    A document may also begin with a rule.
    """
    written = [row for row in rows if row.strip() and not row.lstrip().startswith("#")]
    first = written[0] if written else ""
    if toml:
        return bool(_TOML_KEY.match(first) or _TOML_TABLE.match(first))
    if any(_MARKDOWN.match(row) for row in rows):
        return False
    return bool(_KEY.match(first)) or not any(row.strip() for row in rows)


def read_front_matter(
    rows: Sequence[str],
    span: TextSpan,
    kind: Format = "yaml",
) -> FrontMatter:
    """Return the mapping between the fences; what is broken is read as text and named.

    Raises `TooLarge` over 16 KiB.
    """
    text = "\n".join(rows)
    if len(text.encode()) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        raise TooLarge(f"The front matter is larger than {limit} KiB; shorten it.")
    problems: list[str] = []
    if kind == "toml":
        values = _read_toml(rows, problems)
    elif kind == "json":
        values = _read_json(text, problems)
    else:
        values = _YamlReader(rows, span.first_line + 1, problems).values()
    return FrontMatter(values, span, tuple(problems))


class _YamlReader:
    """Reads YAML; each row that is none is quoted: `title: Daily: part 2`, `title: *bold*`."""

    def __init__(
        self,
        rows: Sequence[str],
        first_line: int,
        problems: list[str],
    ) -> None:
        self.original = rows
        self.rows = [_INDENTATION.sub(_without_tabs, row) for row in rows]
        self.first_line = first_line
        self.problems = problems
        self.repaired: set[int] = set()

    def values(self) -> dict[str, Any]:
        """Return the mapping, row by row as text where it cannot be repaired."""
        while True:
            repeated: list[str] = []
            try:
                values = _load("\n".join(self.rows), repeated)
            except (
                yaml.YAMLError,
                _Refused,
                RecursionError,
            ) as error:
                row, reason = _fault(error)
                if self._repair(row, reason):
                    continue
                where = f" at line {self.first_line + row}" if row is not None else ""
                self.problems.append(
                    f"The front matter is not plain YAML{where} ({reason}); "
                    "it was read line by line."
                )
                return _read_rows(self.original, _KEY)
            self.problems.extend(repeated)
            return values

    def _repair(self, row: int | None, reason: str) -> bool:
        """Quote the value of `row`, or of the one before, where the parser notices too late."""
        if row is None or len(self.repaired) >= _MAX_REPAIRS:
            return False
        for number in (row, row - 1):
            if 0 <= number < len(self.rows) and number not in self.repaired:
                quoted = _quoted(self.rows[number])
                if quoted is not None:
                    self.rows[number] = quoted
                    self.repaired.add(number)
                    self.problems.append(
                        f"The front matter is not plain YAML at line {self.first_line + number} "
                        f"({reason}); its value was taken as text."
                    )
                    return True
        return False


def _without_tabs(match: re.Match[str]) -> str:
    return match.group().replace("\t", "  ")


def _fault(
    error: Exception,
) -> tuple[int | None, str]:
    """Return the row of an error, from 0, and its reason."""
    if isinstance(error, _Refused):
        return error.line, str(error)
    mark = getattr(error, "problem_mark", None)
    if str(getattr(error, "context", "")).startswith("while parsing a flow"):
        mark = getattr(error, "context_mark", mark)
    reason = getattr(error, "problem", None) or "not valid YAML"
    return mark.line if mark else None, str(reason)


def _quoted(row: str) -> str | None:
    match = _ENTRY.match(row)
    if not match:
        return None
    value = match["value"]
    if value[:1] in "|>" and len(value) <= 2:
        return None
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    escaped = value.replace("'", "''")
    return f"{match['start']}'{escaped}'"


def _load(text: str, repeated: list[str]) -> dict[str, Any]:
    """Put YAML events together in a loop: deep nesting meets the caps before the stack's end."""
    root: list[Any] = []
    stack: list[tuple[Any, list[str]]] = [(root, [])]
    # The pure Python loader: the C one crashes on deep nesting.
    for count, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        if count > MAX_NODES:
            raise _Refused(f"more than {MAX_NODES} nodes")
        _refuse_extras(event)
        if isinstance(event, yaml.ScalarEvent):
            _add(stack, event.value, repeated)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) > MAX_DEPTH:
                raise _Refused(f"nested deeper than {MAX_DEPTH}")
            stack.append(
                (
                    {}
                    if isinstance(
                        event,
                        yaml.MappingStartEvent,
                    )
                    else [],
                    [],
                )
            )
        elif isinstance(event, yaml.CollectionEndEvent):
            value, _ = stack.pop()
            _add(stack, value, repeated)
    values = root[0] if root else {}
    if not isinstance(values, dict):
        raise _Refused("it is no mapping of keys to values")
    return values


def _refuse_extras(event: yaml.Event) -> None:
    row = event.start_mark.line if event.start_mark else None
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Refused("anchors and aliases are not read", row)
    tagged = isinstance(
        event,
        (
            yaml.ScalarEvent,
            yaml.CollectionStartEvent,
        ),
    )
    if tagged and getattr(event, "tag", None) not in (
        None,
        "!",
    ):
        raise _Refused("tags are not read", row)


def _add(
    stack: list[tuple[Any, list[str]]],
    value: Any,
    repeated: list[str],
) -> None:
    container, keys = stack[-1]
    if isinstance(container, list):
        container.append(value)
    elif not keys:
        if not isinstance(value, str):
            raise _Refused("a key is no plain text")
        keys.append(value)
    else:
        key = keys.pop()
        if key in container:
            repeated.append(f"The front matter gives {key!r} twice; the last one counts.")
        container[key] = value


def _read_toml(rows: Sequence[str], problems: list[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads("\n".join(rows), parse_float=str)
        return {key: _as_text(value) for key, value in values.items()}
    except (RecursionError, ValueError) as error:
        problems.append(f"The front matter is not plain TOML ({error}); it was read line by line.")
        return _read_rows(rows, _TOML_KEY)


def _read_json(text: str, problems: list[str]) -> dict[str, Any]:
    try:
        values = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=str,
        )
        return {key: _as_text(value) for key, value in values.items()}
    except (RecursionError, ValueError) as error:
        problems.append(f"The front matter is not plain JSON ({error}); it was left out.")
        return {}


def _as_text(value: Any, depth: int = 1) -> Any:
    if depth > MAX_DEPTH:
        raise _Refused(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        return {key: _as_text(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner, depth + 1) for inner in value]
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_rows(rows: Sequence[str], pattern: re.Pattern[str]) -> dict[str, Any]:
    """Read `key: value` rows; a row without a key goes to the key above."""
    values: dict[str, Any] = {}
    key = None
    for row in rows:
        if match := pattern.match(row):
            key = match["key"].strip("'\"")
            values[key] = (match["value"] or "").strip().strip("'\"")
        elif key is not None and row.strip():
            entry = re.sub(r"^\s*-\s+", "", row).strip().strip("'\"")
            values[key] = _joined(values[key], entry)
    return values


def _joined(value: Any, entry: str) -> Any:
    if isinstance(value, list):
        return [*value, entry]
    return f"{value}\n{entry}" if value else [entry]
