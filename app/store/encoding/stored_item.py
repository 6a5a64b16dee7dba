"""The JSON that items and briefings are stored as, with the parts filled in when it is read.

Two things change without the item. Each entity is stored as its `pk`: its name depends on other
documents and on the language of the reader. The thread is not stored at all.
Members that most items have alike are left out and filled in, too: of an item outside of its
briefing they are two thirds, of the entries of its entities four fifths.
Control characters separate the pieces; JSON cannot hold them unescaped.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

ITEM_PARTS = ("details", "entities", "sources", "certainty", "extra", "echoes")
"""Members of an item that a reader can leave out."""
_ENTITY = b"\0"
"""Around the marker of an entity: its `pk`, in an entry with a kind and the surface in JSON."""
_LISTED, _IN_TEXT = b"l", b"t"
_ENTRIES = {
    _LISTED: b'{"surface":%b,"listed":true,"inferred":false,"entity":%b,"parts":[]}',
    _IN_TEXT: b'{"surface":%b,"listed":false,"inferred":false,"entity":%b,"parts":[]}',
}
_MARKER = re.compile(rb"(\d+)([lt]?)(.*)", re.DOTALL)
_PIECE = b"\1"
"""Between the pieces of an item or briefing."""
_ITEMS = b"\2"
"""Around the `pk`s of a section's items, which commas separate."""
_VALUE = b"\3"
"""Between the values of an `ItemPlace`."""
_PLACE = (
    b'"date":"%b","briefing":{"id":"%b","channel":"%b","date":"%b","title":%b},'
    b'"section":{"position":%b,"kind":"%b","title":%b},"updated_at":"%b",'
    b'"links":{"self":"/v1/items/%b","source":"/v1/items/%b/source",'
    b'"briefing":"/v1/briefings/%b"}'
)
"""The members of an item outside of its briefing."""


def entity_placeholder(pk: int | None) -> orjson.Fragment | None:
    """Return the JSON value that stands for an entity; None for no entity."""
    if pk is None:
        return None
    return orjson.Fragment(b"%b%d%b" % (_ENTITY, pk, _ENTITY))


def entry_placeholder(surface: str, pk: int, *, is_listed: bool) -> orjson.Fragment:
    """Return the JSON value that stands for an entry of an entity that was not inferred."""
    kind = _LISTED if is_listed else _IN_TEXT
    marker = b"%d%b%b" % (pk, kind, orjson.dumps(surface))
    return orjson.Fragment(_ENTITY + marker + _ENTITY)


class EntityMarker(NamedTuple):
    """A marker between pieces: an entity by `pk`, by itself or in an entry of a surface."""

    pk: int
    kind: bytes
    surface: bytes

    @classmethod
    def parse(cls, marker: bytes) -> "EntityMarker":
        """Decode a marker."""
        match = _MARKER.fullmatch(marker)
        assert match
        pk, kind, surface = match.groups()
        return cls(int(pk), kind, surface)

    def fill(self, entity: bytes) -> bytes:
        """Return the JSON that takes the place of the marker, with the JSON of its entity."""
        return _ENTRIES[self.kind] % (self.surface, entity) if self.kind else entity


def items_placeholder(pks: Sequence[int]) -> orjson.Fragment:
    """Return the JSON array that stands for a section's items."""
    numbers = b",".join(b"%d" % pk for pk in pks)
    return orjson.Fragment(b"[%b%b%b]" % (_ITEMS, numbers, _ITEMS))


def split_entities(bodies: Sequence[bytes]) -> list[bytes]:
    """Cut texts into pieces: those at odd indexes are markers of entities, to be replaced."""
    return _PIECE.join(bodies).split(_ENTITY)


def join_entities(pieces: Sequence[bytes]) -> list[bytes]:
    """Return the texts that `split_entities` cut, with their entities replaced."""
    return b"".join(pieces).split(_PIECE)


def members(value: Mapping[str, Any]) -> bytes:
    """Encode the members of a JSON object, without its braces. Times are in UTC, ending in `Z`."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)[1:-1]


class ItemPlace(NamedTuple):
    """The place of an item: what it shows outside of its briefing."""

    date: date
    briefing: str
    channel: str
    briefing_title: str
    section: int
    """Its position."""
    section_kind: str
    section_title: str
    updated_at: datetime
    item: str

    def encode(self) -> bytes:
        """Return the values, texts without quotes but for titles."""
        values = []
        for name, value in self._asdict().items():
            encoded = orjson.dumps(value, option=orjson.OPT_UTC_Z)
            values.append(encoded if name.endswith("title") else encoded.strip(b'"'))
        return _VALUE.join(values)

    @staticmethod
    def members(encoded: bytes) -> bytes:
        """Return the members of encoded values."""
        day, briefing, channel, title, section, kind, section_title, at, item = encoded.split(
            _VALUE
        )
        of_briefing = (day, briefing, channel, day, title)
        of_section = (section, kind, section_title)
        return _PLACE % (*of_briefing, *of_section, at, item, item, briefing)


@dataclass(frozen=True, slots=True)
class StoredItem:
    """The JSON of an item: its core, its fields outside of its briefing, and `ITEM_PARTS`."""

    pieces: list[bytes]
    """Members without braces, `2 + len(ITEM_PARTS)` of them; the second is an `ItemPlace`."""

    @staticmethod
    def encode(core: Mapping[str, Any], place: ItemPlace, parts: Mapping[str, Any]) -> bytes:
        """Encode an item for storage; `parts` holds a value for each of `ITEM_PARTS`."""
        pieces = [members(core), place.encode()]
        for name in ITEM_PARTS:
            pieces.append(members({name: parts[name]}))
        return _PIECE.join(pieces)

    @classmethod
    def parse(cls, body: bytes) -> "StoredItem":
        """Decode the stored bytes of an item."""
        return cls(body.split(_PIECE))

    def select(self, include: Collection[str]) -> list[bytes]:
        """Return the members of the item with those of `ITEM_PARTS` that are in `include`."""
        selected = [self.pieces[0], ItemPlace.members(self.pieces[1])]
        if include:
            for index, name in enumerate(ITEM_PARTS, 2):
                if name in include:
                    selected.append(self.pieces[index])
        return selected

    @staticmethod
    def whole(body: bytes) -> bytes:
        """Return the members of stored bytes with all parts."""
        core, place, parts = body.split(_PIECE, 2)
        return b"%b,%b,%b" % (core, ItemPlace.members(place), parts.replace(_PIECE, b","))

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
