"""Front matter, read within bounds: no anchors, aliases or tags, every scalar a string, size, depth and node counts capped."""

import re
import tomllib
from typing import Any

import yaml

from app.errors import TooLarge
from app.parse.draft import FrontMatter, Span

MAX_BYTES = 16 * 1024
MAX_DEPTH = 16
MAX_NODES = 2_000
# So many lines that are no YAML may be taken as plain text, one at a time, before all of them are.
_MAX_REPAIRS = 20

_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#:'"=][^:#]*?)\s*:(?:\s+(?P<value>.*))?$""")
_TOML_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[\w.-]+)\s*=\s*(?P<value>.*)$""")
# Two rules may enclose text that begins `Date: …`, too; lines such as these give it away.
_MARKDOWN = re.compile(r"#{2,6}\s+\S|\*\*\S|\|.*\|\s*$")
_ENTRY = re.compile(r"(?P<start>\s*(?:-\s+)?(?:[^\s:'\"\[{#][^:]*:\s+)?)(?P<value>\S.*?)\s*$")


class _Refused(ValueError):
    """A construct or a size that front matter may not have, and the line it stands on where that can be mended."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def looks_like_front_matter(lines: list[str], *, toml: bool = False) -> bool:
    """Whether the first line that is not blank or a comment is a key: a document may also begin with a rule."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if toml:
        return bool(_TOML_KEY.match(first) or re.match(r"\[[\w.-]+\]", first))
    if any(_MARKDOWN.match(line) for line in lines):
        return False
    return bool(_KEY.match(first)) or not any(line.strip() for line in lines)


def read_front_matter(lines: list[str], span: Span, *, toml: bool = False) -> FrontMatter:
    """The mapping between the `---` (of TOML: `+++`) lines. What is broken is read as plain text, and the problem is named."""
    if len("\n".join(lines).encode()) > MAX_BYTES:
        raise TooLarge(f"The front matter is larger than {MAX_BYTES // 1024} KiB.")
    problems: list[str] = []
    values = (
        _read_toml(lines, problems) if toml else _read_yaml(lines, span.first_line + 1, problems)
    )
    return FrontMatter(values, span, tuple(problems))


def _read_yaml(lines: list[str], first: int, problems: list[str]) -> dict[str, Any]:
    """YAML, with each line that is none quoted: `title: Daily: part 2`, `title: *bold*`, a tab, a tag."""
    rows = [
        re.sub(r"^[ \t]+", lambda blank: blank.group().replace("\t", "  "), row) for row in lines
    ]
    mended: set[int] = set()
    while True:
        found: list[str] = []
        try:
            values = _read("\n".join(rows), found)
            if not isinstance(values, dict):
                raise _Refused("it is no mapping of keys to values")
            problems.extend(found)
            return values
        except (yaml.YAMLError, _Refused, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            if str(getattr(error, "context", "")).startswith("while parsing a flow"):
                mark = getattr(error, "context_mark", mark)
            at = error.line if isinstance(error, _Refused) else mark.line if mark else None
            reason = getattr(error, "problem", None) or (
                str(error) if isinstance(error, _Refused) else "not valid YAML"
            )
        where = f" at line {first + at}" if at is not None else ""
        if (
            at is not None
            and (quoted := _quoted(rows, at, mended)) is not None
            and len(mended) < _MAX_REPAIRS
        ):
            mended.add(quoted)
            problems.append(
                f"The front matter is not plain YAML at line {first + quoted} ({reason}); its value was taken as text."
            )
            continue
        problems.append(
            f"The front matter is not plain YAML{where} ({reason}); it was read line by line."
        )
        return _read_lines(lines, _KEY)


def _quoted(rows: list[str], at: int, mended: set[int]) -> int | None:
    """Quote the value of row `at`, or of the one before it, where the parser often notices only later; which one it was."""
    for number in (at, at - 1):
        if (
            0 <= number < len(rows)
            and number not in mended
            and (match := _ENTRY.match(rows[number]))
        ):
            value = match["value"]
            if value[:1] in "|>" and len(value) <= 2:
                continue
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            rows[number] = match["start"] + "'" + value.replace("'", "''") + "'"
            return number
    return None


def _read(text: str, problems: list[str]) -> Any:
    """YAML events put together by a loop: hostile nesting meets the caps before it meets the stack."""
    root: list[Any] = []
    stack: list[tuple[Any, list[str]]] = [(root, [])]
    # The pure Python loader: the C one crashes on deep nesting.
    for count, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        line = event.start_mark.line if event.start_mark else None
        if count > MAX_NODES:
            raise _Refused(f"more than {MAX_NODES} nodes")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases are not read", line)
        tag = getattr(event, "tag", None)
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and tag not in (
            None,
            "!",
        ):
            raise _Refused("tags are not read", line)
        if isinstance(event, yaml.ScalarEvent):
            _add(stack, event.value, problems)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) > MAX_DEPTH:
                raise _Refused(f"nested deeper than {MAX_DEPTH}")
            stack.append(({} if isinstance(event, yaml.MappingStartEvent) else [], []))
        elif isinstance(event, yaml.CollectionEndEvent):
            value, _ = stack.pop()
            _add(stack, value, problems)
    return root[0] if root else {}


def _add(stack: list[tuple[Any, list[str]]], value: Any, problems: list[str]) -> None:
    into, keys = stack[-1]
    if isinstance(into, list):
        into.append(value)
    elif not keys:
        if not isinstance(value, str):
            raise _Refused("a key is no plain text")
        keys.append(value)
    else:
        key = keys.pop()
        if key in into:
            problems.append(f"The front matter gives {key!r} twice; the last one counts.")
        into[key] = value


def _read_toml(lines: list[str], problems: list[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads("\n".join(lines), parse_float=str)
        return {key: _as_text(value) for key, value in values.items()}
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        problems.append(f"The front matter is not plain TOML ({error}); it was read line by line.")
        return _read_lines(lines, _TOML_KEY)


def _as_text(value: Any, depth: int = 1) -> Any:
    if depth > MAX_DEPTH:
        raise _Refused(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        return {key: _as_text(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner, depth + 1) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_lines(lines: list[str], pattern: re.Pattern[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    key = None
    for line in lines:
        if match := pattern.match(line):
            key = match["key"].strip("'\"")
            values[key] = (match["value"] or "").strip().strip("'\"")
        elif key is not None and line.strip():
            entry = re.sub(r"^\s*-\s+", "", line).strip().strip("'\"")
            held = values[key]
            values[key] = (
                [*held, entry]
                if isinstance(held, list)
                else [entry]
                if not held
                else f"{held}\n{entry}"
            )
    return values
