"""Answers within a bound: as many entries as fit, the cut announced, a cursor to go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel

from app.errors import BadRequest
from app.mcp.arguments import Walked
from app.mcp.shapes import ToolAnswer
from app.mcp.tokens import BYTES_PER_TOKEN, tokens
from app.query.request.cursors import decode_cursor, encode_cursor
from app.query.request.paging import PageRows

_CUTS = ((600, 3), (300, 3), (150, 3), (80, 3), (40, 3), (20, 1))
"""Characters that texts, and entries that lists are cut to until one entry fits."""
_FRAME_BYTES = 240
"""Bytes of an answer around its entries: counts, what was cut, names of properties."""
_WHOLE = frozenset(("id", "cite", "next_cursor", "dataset_version", "cut"))
"""Properties that are never cut."""
_UNBROKEN = frozenset(("url", "slug"))
"""Properties that are whole or absent: a part of one leads nowhere."""
Entries = Sequence[BaseModel]


@dataclass(frozen=True, slots=True)
class Slice:
    """Entries of a list from the cursor on, the number of all, and the cursor behind them."""

    entries: Entries
    total: int
    next_cursor: str | None
    cursor_after: Callable[[int], str] | None = None
    """Returns the cursor behind the first entries, by their number; None if unknown."""

    @classmethod
    def of(cls, entries: Entries, rows: PageRows) -> "Slice":
        """Return the entries made of the rows of a page."""
        return cls(entries, rows.total, rows.next_cursor, rows.cursor_after)


Walk = Callable[[int], Slice]
"""Returns the first entries from the cursor on, at most as many as asked for."""


def walk_of(
    version: str, arguments: Walked, total: int, entries: Callable[[int, int], Entries]
) -> Walk:
    """Return the walk through a list that has no cursors; `entries` returns a range of it.

    Its cursors are valid for one dataset version. Raises BadRequest for any other.
    """
    scope = f"{version}/{arguments.asked()}"
    start = 0
    if arguments.cursor:
        start = _start(arguments.cursor, scope)

    def cursor_after(count: int) -> str:
        return encode_cursor(scope, [start + count])

    def walk(limit: int) -> Slice:
        count = min(limit, total - start)
        following = cursor_after(count) if start + count < total else None
        return Slice(entries(start, start + count), total, following, cursor_after)

    return walk


def _start(cursor: str, scope: str) -> int:
    try:
        key = decode_cursor(cursor, scope).key
    except BadRequest:
        key = []
    if len(key) != 1 or type(key[0]) is not int:
        raise BadRequest(
            "cursor: belongs to other arguments or to an older version of the data; "
            "call again without it."
        )
    return key[0]


def fitted(shape: type[ToolAnswer], head: dict[str, Any], walk: Walk, arguments: Walked) -> bytes:
    """Return an answer in JSON with as many entries as fit into `max_tokens`."""
    largest = arguments.max_tokens
    whole = walk(arguments.limit)
    count = _count(whole, head, largest)
    while count > 0:
        part = _first(whole, count, walk)
        body = _body(shape, head, part)
        if tokens(body) <= largest:
            return body
        count -= 1
    part = _first(whole, 1, walk) if whole.entries else whole
    body = _body(shape, head, part)
    return body if tokens(body) <= largest else _shortened_body(body, largest)


def _first(whole: Slice, count: int, walk: Walk) -> Slice:
    """Return the first entries of a slice."""
    if count >= len(whole.entries):
        return whole
    if whole.cursor_after is None:
        return walk(count)
    # The first `count` of a list are the list of `count`: asking again costs a second search.
    return Slice(whole.entries[:count], whole.total, whole.cursor_after(count))


def _count(whole: Slice, head: dict[str, Any], largest: int) -> int:
    """Return a number of entries that fits but for the length of the cursor behind them."""
    size = len(orjson.dumps(head, default=_plain)) + len(whole.next_cursor or "") + _FRAME_BYTES
    for index, entry in enumerate(whole.entries):
        size += len(orjson.dumps(_plain(entry))) + 1
        if size > largest * BYTES_PER_TOKEN:
            return index
    return len(whole.entries)


def _body(shape: type[ToolAnswer], head: dict[str, Any], part: Slice) -> bytes:
    count = len(part.entries)
    cut = None
    if part.next_cursor:
        cut = (
            f"{count} of {part.total} entries are shown; for more, call again with the same "
            "arguments and `cursor` set to `next_cursor`."
        )
    values = {key: value for key, value in head.items() if value not in (None, [], {}, "")}
    answer = shape.model_validate(
        values
        | {
            "total": part.total,
            "shown": count,
            "cut": cut,
            "next_cursor": part.next_cursor,
            "entries": part.entries,
        }
    )
    return orjson.dumps(_plain(answer))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    raise TypeError(type(value).__name__)


def _shortened_body(body: bytes, largest: int) -> bytes:
    """Return an answer with shorter texts and lists, which it announces."""
    answer = orjson.loads(body)
    for chars, entries in _CUTS:
        shorter = _shortened(answer, chars, entries)
        shorter["cut"] = (
            f"Texts are cut to {chars} characters (…), lists to {entries}; longer addresses are "
            f"left out. Raise max_tokens for all. {answer.get('cut', '')}"
        ).rstrip()
        shortened = orjson.dumps(shorter)
        if tokens(shortened) <= largest:
            return shortened
    return shortened


def _shortened(value: Any, chars: int, entries: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= chars else value[:chars] + "…"
    if isinstance(value, list):
        return [_shortened(entry, chars, entries) for entry in value[:entries]]
    if not isinstance(value, dict):
        return value
    shorter = {}
    for key, part in value.items():
        if key in _WHOLE:
            shorter[key] = part
        elif key not in _UNBROKEN or len(part) <= chars:
            shorter[key] = _shortened(part, chars, entries)
    return shorter
