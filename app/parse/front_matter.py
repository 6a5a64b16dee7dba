"""Front matter, read within bounds: no anchors, aliases or tags, every scalar a string, size, depth and node counts capped."""

import re
from typing import Any

import yaml

from app.errors import TooLarge
from app.parse.draft import FrontMatter, Span

MAX_BYTES = 16 * 1024
MAX_DEPTH = 16
MAX_NODES = 2_000

_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s#:'"][^:#]*?)\s*:(?:\s+(?P<value>.*))?$""")


class _Refused(ValueError):
    """A construct or a size that front matter may not have."""


def looks_like_front_matter(lines: list[str]) -> bool:
    """Whether the first line that is not blank or a comment is a key: a document may also begin with a rule."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    return bool(_KEY.match(first)) or not any(line.strip() for line in lines)


def read_front_matter(lines: list[str], span: Span) -> FrontMatter:
    """The mapping between the `---` lines. Broken YAML is read key by key instead, and the problem is named."""
    text = "\n".join(lines)
    if len(text.encode()) > MAX_BYTES:
        raise TooLarge(f"The front matter is larger than {MAX_BYTES // 1024} KiB.")
    problems: list[str] = []
    try:
        values = _read(text, problems)
        if not isinstance(values, dict):
            raise _Refused("it is no mapping of keys to values")
    except (yaml.YAMLError, _Refused, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {span.first_line + 1 + mark.line}" if mark else ""
        reason = getattr(error, "problem", None) or (str(error) if isinstance(error, _Refused) else "not valid YAML")
        problems.append(f"The front matter is not plain YAML{where} ({reason}); it was read line by line.")
        values = _read_lines(lines)
    return FrontMatter(values, span, tuple(problems))


def _read(text: str, problems: list[str]) -> Any:
    """YAML events put together by a loop: hostile nesting meets the caps before it meets the stack."""
    root: list[Any] = []
    stack: list[tuple[Any, list[str]]] = [(root, [])]
    # The pure Python loader: the C one crashes on deep nesting.
    for count, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        if count > MAX_NODES:
            raise _Refused(f"more than {MAX_NODES} nodes")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases are not read")
        tag = getattr(event, "tag", None)
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and tag not in (None, "!"):
            raise _Refused("tags are not read")
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


def _read_lines(lines: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    key = None
    for line in lines:
        if match := _KEY.match(line):
            key = match["key"].strip("'\"")
            values[key] = (match["value"] or "").strip().strip("'\"")
        elif key is not None and line.strip():
            entry = re.sub(r"^\s*-\s+", "", line).strip().strip("'\"")
            held = values[key]
            values[key] = [*held, entry] if isinstance(held, list) else [entry] if not held else f"{held}\n{entry}"
    return values
