"""Segments of the column store: the mentions of some hundred briefings as arrays of numbers.

A row is a place that names entities: of each briefing first the text outside its items, then its
items in their order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.store.encoding.columns import (
    IMPORTANCE,
    ITEM,
    NAMED,
    unpack,
)

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RANKS = np.array([0 if name == "unknown" else rank for rank, name in enumerate(IMPORTANCE)])
"""Sort key of each code of importance, shape (n_codes,)."""
FREQUENT_ITEMS = 256
_ROWS_PER_FREQUENT_ITEM = 16
"""An entity is frequent in a segment if 256 items and one row in 16 name it."""
_TOTALS = "totals."
_BLOCK_ROWS = 1 << 14


@dataclass(frozen=True, slots=True)
class EntityTally:
    """Counts by entity, each of shape (n_entities,).

    `items` and `briefings` name the entity, `mentions` is how often. `first` and `last` are ordinal
    days, 0 where nothing names the entity.
    """

    items: Ints
    mentions: Ints
    briefings: Ints
    first: Ints
    last: Ints

    def where(self, entities: Mask | list[int]) -> "EntityTally":
        """Return the counts of some entities, by mask or by index."""
        return EntityTally(
            self.items[entities],
            self.mentions[entities],
            self.briefings[entities],
            self.first[entities],
            self.last[entities],
        )


def empty_tally(count: int) -> EntityTally:
    """Return the counts of `count` entities that nothing names."""
    return EntityTally(*np.zeros((5, count), np.int64))


@dataclass(frozen=True, slots=True)
class Segment:
    """Some hundred briefings.

    `entities` are sorted; the mentions of the nth, sorted by row and kind, are those from
    `begins[n]` to `begins[n + 1]`.
    """

    briefings: Ints
    """Pks, shape (n_briefings,), as `days` (ordinals) and `channels` (pks)."""
    days: Ints
    channels: Ints
    briefing: Ints
    """Index in `briefings` of each row, shape (n_rows,)."""
    items: Ints
    """Columns of `ITEM`, shape (n_rows, 5); zeros outside of items."""
    entities: Ints
    begins: Ints
    row: Ints
    """Row of each mention, shape (n_mentions,), as `kind` (a code) and `count`."""
    kind: Ints
    count: Ints
    row_entities: Ints
    """Entities named in each row, each once, as indexes in `entities`."""
    row_begins: Ints
    """Index in `row_entities` where each row begins, shape (n_rows + 1,)."""
    totals: EntityTally
    """Counts of `entities` in all rows."""
    frequent: Ints
    """Indexes in `entities` of those that many items name, sorted, shape (n_frequent,)."""
    together: Ints
    """Number of items that name a frequent entity and each other, (n_frequent, n_entities)."""
    is_mapped: bool = False
    """Whether the arrays are memory that processes share."""

    @property
    def nbytes(self) -> int:
        """Size of all arrays."""
        return sum(values.nbytes for values in self.arrays().values())

    def arrays(self) -> dict[str, Ints]:
        """Return all arrays by name, those of `totals` as `totals.NAME`."""
        named = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                named[field.name] = value

        for name in EntityTally.__slots__:
            named[_TOTALS + name] = getattr(self.totals, name)

        return named

    def items_beside(self, index: int) -> Ints:
        """Return how many items name each entity beside the one at `index` in `entities`."""
        place = int(self.frequent.searchsorted(index))
        if place < len(self.frequent) and self.frequent[place] == index:
            beside: Ints = self.together[place]
            return beside

        row = self.row[self.begins[index] : self.begins[index + 1]]
        row = row[run_starts(row)]
        in_items = row[self.items[row, 0] != 0]

        return np.bincount(self.entities_in(in_items), minlength=len(self.entities))

    def entities_in(self, rows: Ints) -> Ints:
        """Return the entities (indexes) named in `rows` (sorted indexes), once for each row."""
        lengths = np.diff(self.row_begins)
        if 3 * len(rows) > len(lengths):
            selected = np.zeros(len(lengths), np.bool_)
            selected[rows] = True
            return self.row_entities[np.repeat(selected, lengths)]

        first = self.row_begins[rows]
        last = first + lengths[rows]
        has_entities = last > first
        if not has_entities.all():
            first, last = first[has_entities], last[has_entities]

        if not len(first):
            return self.row_entities[:0]

        # The runs of the rows laid end to end: steps of one, and a jump from each to the next.
        ends = np.cumsum(last - first)
        indexes = np.ones(int(ends[-1]), np.int32)
        indexes[0] = first[0]
        indexes[ends[:-1]] = first[1:] - last[:-1] + 1

        return self.row_entities.take(np.cumsum(indexes, out=indexes))

    def aggregate(self, rows: Mask | None, kinds: Mask | None) -> EntityTally:
        """Return the counts of `entities` in `rows`, by mentions of `kinds`.

        None stands for all rows or all kinds.
        """
        entity_count = len(self.entities)
        entity = np.repeat(np.arange(entity_count), np.diff(self.begins))
        row = self.row
        count = self.count

        if rows is not None or kinds is not None:
            selected = np.ones(len(row), np.bool_) if rows is None else rows[row]
            if kinds is not None:
                selected = selected & kinds[self.kind]

            entity, row, count = (
                entity[selected],
                row[selected],
                count[selected],
            )

        briefing = self.briefing[row]
        new_entity = run_starts(entity)
        new_row = new_entity | run_starts(row)
        new_briefing = new_entity | run_starts(briefing)
        in_item = new_row & (self.items[:, 0] != 0)[row]
        first, last = self._day_bounds(entity, briefing, np.flatnonzero(new_entity))

        return EntityTally(
            np.bincount(entity[in_item], minlength=entity_count),
            np.bincount(entity, count, entity_count).astype(np.int64),
            np.bincount(entity[new_briefing], minlength=entity_count),
            first,
            last,
        )

    def _day_bounds(self, entity: Ints, briefing: Ints, runs: Ints) -> tuple[Ints, Ints]:
        """Return the first and the last day of each entity; `runs` is where its mentions begin."""
        first = np.zeros(len(self.entities), np.int64)
        last = np.zeros(len(self.entities), np.int64)

        if len(runs):
            day = self.days[briefing]
            first[entity[runs]] = np.minimum.reduceat(day, runs)
            last[entity[runs]] = np.maximum.reduceat(day, runs)

        return first, last


@dataclass(frozen=True, slots=True)
class MentionArrays:
    """Mentions of some entities, sorted by row: `count` mentions of a `kind` in a `row` each."""

    row: Ints
    kind: Ints
    count: Ints

    def row_sets(self) -> "RowSets":
        """Return the rows, each once, with the kinds of mention there."""
        runs = np.flatnonzero(run_starts(self.row))
        kinds = np.left_shift(1, self.kind, dtype=np.uint8)

        if len(runs):
            kinds = np.bitwise_or.reduceat(kinds, runs)

        return RowSets(self.row[runs], kinds)


@dataclass(frozen=True, slots=True)
class RowSets:
    """Rows, and the kinds of mention in each: one bit for each of `KINDS`."""

    row: Ints
    kinds: Ints


def concatenated(parts: Sequence[Ints], dtype: Any) -> Ints:
    """Return arrays end to end, as numbers of a type."""
    if not parts:
        return np.zeros(0, dtype)

    return np.concatenate(parts).astype(dtype, copy=False)


def blocks(count: int) -> Iterator[slice]:
    """Yield slices of `count` rows, one after the other.

    Intermediate arrays of one stay in the processor's cache; those of a million rows are new pages.
    """
    for start in range(0, count, _BLOCK_ROWS):
        yield slice(start, start + _BLOCK_ROWS)


def run_starts(values: Ints) -> Mask:
    """Return where a value differs from the one before; the first one does."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def rounded(values: Floats, digits: int) -> Floats:
    """Return each number as `round` rounds it; only `round` knows which way ties go."""
    scaled = values * 10.0**digits
    result = np.rint(scaled) / 10.0**digits
    fraction = np.abs(scaled - np.trunc(scaled))

    for index in np.flatnonzero(np.abs(fraction - 0.5) < 1e-6):
        result[index] = round(float(values[index]), digits)

    return result


def build_segment(stored_rows: Sequence[Any]) -> Segment:
    """Return a segment of rows of `briefing_columns`, sorted by briefing; at least one row."""
    items = [unpack(stored.items, ITEM) for stored in stored_rows]
    named = [unpack(stored.named, NAMED) for stored in stored_rows]
    row_counts = np.array([len(briefing_items) + 1 for briefing_items in items])
    first_rows = np.cumsum(row_counts) - row_counts
    row, entity, kind, count = np.concatenate(named).T.astype(np.int64)
    row += np.repeat(first_rows, [len(mentions) for mentions in named])
    order = np.argsort(entity << 32 | row << 8 | kind)
    entity = entity[order]
    row = row[order]
    entities, first = np.unique(entity, return_index=True)
    begins = np.append(first, len(entity))
    index = np.repeat(np.arange(len(entities)), np.diff(begins))
    once = run_starts(entity) | run_starts(row)
    named_row = compact(row[once])
    # Stable, so that numpy sorts by radix.
    by_row = np.argsort(named_row, kind="stable")
    entities_in_row = np.bincount(named_row, minlength=int(row_counts.sum()))

    segment = Segment(
        briefings=np.array(
            [stored.briefing_pk for stored in stored_rows],
            np.int64,
        ),
        days=np.array(
            [stored.date.toordinal() for stored in stored_rows],
            np.int32,
        ),
        channels=np.array(
            [stored.channel_pk for stored in stored_rows],
            np.int64,
        ),
        briefing=compact(np.repeat(np.arange(len(stored_rows)), row_counts)),
        items=_with_rows_outside(items),
        entities=entities.astype(np.uint32),
        begins=begins.astype(np.int32),
        row=compact(row),
        kind=compact(kind[order]),
        count=compact(count[order]),
        row_entities=compact(index[once][by_row]),
        row_begins=np.append(0, np.cumsum(entities_in_row)).astype(np.int32),
        totals=empty_tally(0),
        frequent=np.zeros(0, np.uint8),
        together=np.zeros((0, 0), np.uint8),
    )

    return _with_counts(segment)


def segment_of(arrays: Mapping[str, Ints]) -> Segment:
    """Return the mapped segment of the arrays that `Segment.arrays` returned."""
    named = dict(arrays)
    totals = EntityTally(*(named.pop(_TOTALS + name) for name in EntityTally.__slots__))

    return Segment(**named, totals=totals, is_mapped=True)


def _with_counts(segment: Segment) -> Segment:
    """Return a segment with its totals and the counts of its frequent entities."""
    tally = segment.aggregate(None, None)
    compacted = [compact(getattr(tally, name)) for name in EntityTally.__slots__]
    row_count = len(segment.briefing)
    fewest = max(FREQUENT_ITEMS, row_count // _ROWS_PER_FREQUENT_ITEM)
    frequent = np.flatnonzero(tally.items >= fewest)
    together = np.zeros((len(frequent), len(segment.entities)), np.int64)
    for place, index in enumerate(frequent.tolist()):
        together[place] = segment.items_beside(index)

    return replace(
        segment,
        totals=EntityTally(*compacted),
        frequent=compact(frequent),
        together=compact(together),
    )


def _with_rows_outside(items: Sequence[Ints]) -> Ints:
    """Return the items of all briefings, before those of each a row of zeros."""
    outside = np.zeros((1, len(ITEM)), np.uint32)
    parts = []

    for briefing_items in items:
        parts.append(outside)
        parts.append(briefing_items)

    return np.concatenate(parts)


def compact(values: Ints) -> Ints:
    """Return the same numbers in the fewest bytes each that the greatest needs."""
    if not values.size:
        return values.astype(np.uint8)

    return values.astype(np.min_scalar_type(int(values.max())))
