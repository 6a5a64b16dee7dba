"""The JSON that items and briefings are stored as, with the parts filled in when it is read.

Two things change without the item. Each entity is stored as its `pk`: its name depends on other
documents and on the language of the reader. The thread is not stored at all.
Control characters separate the pieces; JSON cannot hold them unescaped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

ITEM_PARTS = ("details", "entities", "sources", "certainty", "extra", "echoes")
"""Members of an item that a reader can leave out."""
_ENTITY = b"\0"
"""Around the `pk` of an entity."""
_PIECE = b"\1"
"""Between the pieces of an item or briefing."""
_ITEMS = b"\2"
"""Around the `pk`s of a section's items, which commas separate."""


def entity_placeholder(pk: int | None) -> orjson.Fragment | None:
    """Return the JSON value that stands for an entity; None for no entity."""
    if pk is None:
        return None
    return orjson.Fragment(b"%b%d%b" % (_ENTITY, pk, _ENTITY))


def items_placeholder(pks: Sequence[int]) -> orjson.Fragment:
    """Return the JSON array that stands for a section's items."""
    numbers = b",".join(b"%d" % pk for pk in pks)
    return orjson.Fragment(b"[%b%b%b]" % (_ITEMS, numbers, _ITEMS))


def split_entities(bodies: Sequence[bytes]) -> list[bytes]:
    """Cut texts into pieces: those at odd indexes are `pk`s of entities, to be replaced."""
    return _PIECE.join(bodies).split(_ENTITY)


def join_entities(pieces: Sequence[bytes]) -> list[bytes]:
    """Return the texts that `split_entities` cut, with their entities replaced."""
    return b"".join(pieces).split(_PIECE)


def join_pieces(body: bytes) -> bytes:
    """Return stored bytes as the members of JSON objects: each item with all its parts."""
    return body.replace(_PIECE, b",")


def members(value: Mapping[str, Any]) -> bytes:
    """Encode the members of a JSON object, without its braces. Times are in UTC, ending in `Z`."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)[1:-1]


@dataclass(frozen=True, slots=True)
class StoredItem:
    """The JSON of an item: its core, its fields outside of its briefing, and `ITEM_PARTS`."""

    pieces: list[bytes]
    """Members without braces, `2 + len(ITEM_PARTS)` of them."""

    @staticmethod
    def encode(
        core: Mapping[str, Any], outside: Mapping[str, Any], parts: Mapping[str, Any]
    ) -> bytes:
        """Encode an item for storage; `parts` holds a value for each of `ITEM_PARTS`."""
        pieces = [members(core), members(outside)]
        for name in ITEM_PARTS:
            pieces.append(members({name: parts[name]}))
        return _PIECE.join(pieces)

    @classmethod
    def parse(cls, body: bytes) -> "StoredItem":
        """Decode the stored bytes of an item."""
        return cls(body.split(_PIECE))

    def select(self, include: Collection[str]) -> list[bytes]:
        """Return the members of the item with those of `ITEM_PARTS` that are in `include`."""
        selected = self.pieces[:2]
        if include:
            for index, name in enumerate(ITEM_PARTS, 2):
                if name in include:
                    selected.append(self.pieces[index])
        return selected

    def within_briefing(self) -> list[bytes]:
        """Return the members of the item as its briefing shows it."""
        return [
            self.pieces[0],
            *self.pieces[2:],
        ]


class StoredBriefing:
    """The JSON of a briefing: what lists show of it, and the rest, without its items."""

    @staticmethod
    def encode(summary: Mapping[str, Any], rest: Mapping[str, Any]) -> bytes:
        """Encode a briefing for storage."""
        return members(summary) + _PIECE + members(rest)

    @staticmethod
    def summary(body: bytes) -> bytes:
        """Return the JSON object that lists show."""
        return b"{%b}" % body.split(_PIECE)[0]

    @staticmethod
    def fill(body: bytes, items: Mapping[int, bytes]) -> bytes:
        """Return the whole briefing as a JSON object; `items` has each item's JSON by `pk`."""
        pieces = body.replace(_PIECE, b",").split(_ITEMS)
        for index in range(1, len(pieces), 2):
            pieces[index] = b",".join(items[pk] for pk in _numbers(pieces[index]))
        return b"{%b}" % b"".join(pieces)


def _numbers(joined: bytes) -> Iterable[int]:
    return map(int, joined.split(b",")) if joined else ()
