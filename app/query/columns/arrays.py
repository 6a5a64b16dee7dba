"""Columns of numbers: some hundred briefings as they are counted over, and what can be asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.store.encoding.columns import IMPORTANCE, ITEM, NAMED, unpack

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RANKS = np.array([0 if name == "unknown" else rank for rank, name in enumerate(IMPORTANCE)])
"""Of each code of importance, what items are sorted by."""


@dataclass(frozen=True, slots=True)
class EntityTally:
    """By entity: the items and briefings that name it, how often, the first and the last day (ordinals; 0 where nothing does)."""

    items: Ints
    mentions: Ints
    briefings: Ints
    first: Ints
    last: Ints

    def where(self, kept: Mask | list[int]) -> "EntityTally":
        """Those of the entities `kept`."""
        return EntityTally(
            self.items[kept],
            self.mentions[kept],
            self.briefings[kept],
            self.first[kept],
            self.last[kept],
        )


NOTHING = EntityTally(*(np.zeros(1, np.int64) for _ in range(5)))
"""Of one entity that nothing names."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some hundred briefings. `entities` are in order; the mentions of the nth, by place and kind, are those from `begins[n]` to `begins[n + 1]`."""

    briefings: Ints
    days: Ints
    channels: Ints
    briefing: Ints
    """Of each place, which one of `briefings`."""
    items: Ints
    """Of each place, the columns of `ITEM`; zeros for what stands outside."""
    entities: Ints
    begins: Ints
    place: Ints
    kind: Ints
    count: Ints
    named: Ints
    """The entities named at each place, each once: those of the nth place from `named_begins[n]` on."""
    named_begins: Ints
    counts: list[EntityTally] = field(default_factory=list)
    """Of all of it."""

    def __post_init__(self) -> None:
        """Count all of it."""
        whole = self.counted(None, None)
        self.counts.append(
            EntityTally(*(small(getattr(whole, name)) for name in EntityTally.__slots__))
        )

    def counted(self, places: Mask | None, kinds: Mask | None) -> EntityTally:
        """What is named at `places`, by mentions of `kinds`; None is all of them."""
        many = len(self.entities)
        entity = np.repeat(np.arange(many), np.diff(self.begins))
        place, count = self.place, self.count
        if places is not None or kinds is not None:
            kept = np.ones(len(place), np.bool_) if places is None else places[place]
            kept = kept if kinds is None else kept & kinds[self.kind]
            entity, place, count = entity[kept], place[kept], count[kept]
        fresh, briefing = changes(entity), self.briefing[place]
        elsewhere, another = fresh | changes(place), fresh | changes(briefing)
        runs, day = np.flatnonzero(fresh), self.days[briefing]
        first, last = np.zeros(many, np.int64), np.zeros(many, np.int64)
        if len(runs):
            first[entity[runs]], last[entity[runs]] = (
                np.minimum.reduceat(day, runs),
                np.maximum.reduceat(day, runs),
            )
        return EntityTally(
            np.bincount(entity[elsewhere & (self.items[:, 0] != 0)[place]], minlength=many),
            np.bincount(entity, count, many).astype(np.int64),
            np.bincount(entity[another], minlength=many),
            first,
            last,
        )


@dataclass(frozen=True, slots=True)
class MentionArrays:
    """Mentions of an entity or several: so many (`count`) of a `kind` at a `place`. In the order of places."""

    place: Ints
    kind: Ints
    count: Ints

    def where(self, kept: Mask) -> "MentionArrays":
        """Those that are `kept`."""
        return MentionArrays(self.place[kept], self.kind[kept], self.count[kept])

    def places(self) -> "RowSets":
        """The places, each once."""
        runs = np.flatnonzero(changes(self.place))
        kinds = np.left_shift(1, self.kind, dtype=np.uint8)
        return RowSets(
            self.place[runs], np.bitwise_or.reduceat(kinds, runs) if len(runs) else kinds
        )


@dataclass(frozen=True, slots=True)
class RowSets:
    """Places, and the kinds of mention at each: a bit for each of `KINDS`."""

    place: Ints
    kinds: Ints


def joined(parts: Sequence[Ints], kind: Any) -> Ints:
    """End to end, as numbers of a kind."""
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)


def changes(values: Ints) -> Mask:
    """Where another value begins."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def rounded(values: Floats, digits: int) -> Floats:
    """Each number as `round` rounds it; that alone knows what becomes of one in the middle."""
    scaled = values * 10.0**digits
    found = np.rint(scaled) / 10.0**digits
    for at in np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-6):
        found[at] = round(float(values[at]), digits)
    return found


def segment(rows: Sequence[Any]) -> Segment:
    """A segment of rows of `briefing_facts`, in the order of briefings, at least one."""
    items = [unpack(row.items, ITEM) for row in rows]
    named = [unpack(row.named, NAMED) for row in rows]
    many = np.array([len(held) + 1 for held in items])
    begins = np.cumsum(many) - many
    outside = np.zeros((1, len(ITEM)), np.uint32)
    place, entity, kind, count = np.concatenate(named).T.astype(np.int64)
    place += np.repeat(begins, [len(held) for held in named])
    order = np.argsort(entity << 32 | place << 8 | kind)
    entity, place = entity[order], place[order]
    entities, first = np.unique(entity, return_index=True)
    runs = np.append(first, len(entity))
    which = np.repeat(np.arange(len(entities)), np.diff(runs))
    once = changes(entity) | changes(place)
    at, who = small(place[once]), which[once]
    return Segment(
        briefings=np.array([row.briefing_pk for row in rows], np.int64),
        days=np.array([row.date.toordinal() for row in rows], np.int32),
        channels=np.array([row.channel_pk for row in rows], np.int64),
        briefing=small(np.repeat(np.arange(len(rows)), many)),
        items=np.concatenate([part for held in items for part in (outside, held)]),
        entities=entities.astype(np.uint32),
        begins=runs.astype(np.int32),
        place=small(place),
        kind=small(kind[order]),
        count=small(count[order]),
        # Stable, so that it is a sort by digits.
        named=small(who[np.argsort(at, kind="stable")]),
        named_begins=np.append(0, np.cumsum(np.bincount(at, minlength=int(many.sum())))).astype(
            np.int32
        ),
    )


def small(values: Ints) -> Ints:
    """The same numbers in as few bytes each as the greatest needs."""
    return (
        values.astype(np.min_scalar_type(int(values.max())))
        if len(values)
        else values.astype(np.uint8)
    )
