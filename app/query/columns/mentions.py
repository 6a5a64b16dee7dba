"""The column store: the mentions of all briefings as arrays, so that counting takes milliseconds.

Loaded from `briefing_columns` and brought to the version that a session reads, one segment of some
hundred briefings at a time. Loaded segments never change, so that readers of an older version may
go on. Rows are numbered through all segments.
"""

import threading
from collections.abc import (
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query.columns import arrays, files, rows
from app.query.columns.arrays import (
    EntityTally,
    Ints,
    Mask,
    MentionArrays,
    Segment,
    concatenated,
)
from app.query.columns.files import ColumnFiles
from app.query.columns.rows import RowColumns
from app.query.snapshot import dataset
from app.query.snapshot.budget import require_worker_thread
from app.query.snapshot.cache import VersionCaches
from app.store.db import set_timeout
from app.store.tables import BriefingColumns

SEGMENT_BRIEFINGS = 256
"""Briefings (by `pk`) of a segment. When one of them changes, its segment is loaded again."""
# A reader that began before the last change finds its version in memory.
_MAX_VERSIONS = 2
_PART_MENTIONS = 1 << 14
_COLUMNS_KEY = "mention columns"
_LOCK_KEY = "mention columns lock"


@dataclass
class MentionColumns:
    """All briefings at one version.

    Arrays of shape (n_briefings,): `briefings` (pks), `days` (ordinals), `channels` (pks).
    Arrays of shape (n_rows,): `briefing` (index of the row's briefing), the columns of its item
    `item` (pk; 0 outside of items), `ordinal`, `position`, `section`, `importance`, `is_item`, and
    `importance_rank`.
    `entities` are the sorted pks of all entities that are named.
    """

    version: str
    segments: dict[int, Segment]
    keys: dict[int, str] = field(default_factory=dict)
    """Keys of segments in files, by number; none where columns are in memory only."""
    rows: RowColumns | None = None
    """None lays the rows out in memory."""
    caches: VersionCaches = field(default_factory=VersionCaches)

    def __post_init__(self) -> None:
        """Lay the segments end to end."""
        segments = [self.segments[number] for number in sorted(self.segments)]
        self._ordered = segments
        self.newest_briefing = int(segments[-1].briefings[-1]) if segments else 0

        self.starts = np.cumsum(
            [
                0,
                *(len(segment.briefing) for segment in segments),
            ]
        )

        """First row of each segment."""
        self.briefings = concatenated(
            [segment.briefings for segment in segments],
            np.int64,
        )

        self.days = concatenated([segment.days for segment in segments], np.int32)
        self.channels = concatenated(
            [segment.channels for segment in segments],
            np.int64,
        )

        laid_out = self.rows or rows.in_memory(segments)
        self.briefing = laid_out.briefing
        self.item = laid_out.item
        self.ordinal = laid_out.ordinal
        self.position = laid_out.position
        self.section = laid_out.section
        self.importance = laid_out.importance
        self.is_item: Mask = laid_out.is_item
        self.importance_rank = laid_out.importance_rank
        self.item_count = int(self.is_item.sum())
        names = [segment.entities for segment in segments]
        self.entities = np.unique(concatenated(names, np.uint32))
        self._entity_indexes = []

        for segment in segments:
            indexes = np.searchsorted(self.entities, segment.entities)
            self._entity_indexes.append(indexes.astype(np.int32))

    @cached_property
    def items_by_briefing(self) -> Ints:
        """Number of items of each of `briefings`, shape (n_briefings,)."""
        return np.bincount(
            self.briefing[self.is_item],
            minlength=len(self.briefings),
        )

    @cached_property
    def totals(self) -> EntityTally:
        """Counts of `entities` in all rows."""
        return self.aggregate(None)

    def entity_indexes(self, pks: Iterable[int]) -> list[int]:
        """Return the indexes in `entities` of those of `pks` that are named."""
        return _indexes(self.entities, sorted(pks))

    def mentions(self, pks: Iterable[int]) -> MentionArrays:
        """Return all mentions of some entities."""
        return _joined(list(self.mention_parts(pks)))

    def mention_parts(self, pks: Iterable[int]) -> Iterator[MentionArrays]:
        """Yield the mentions of some entities by segments, in the order of rows.

        Several segments are one part while they have few: intermediate arrays of a part stay in the
        processor's cache, where those of a million mentions are new pages.
        """
        sorted_pks = sorted(pks)
        parts: list[MentionArrays] = []
        count = 0
        for start, segment in zip(self.starts, self._ordered, strict=False):
            of_segment = []
            for index in _indexes(segment.entities, sorted_pks):
                run = slice(segment.begins[index], segment.begins[index + 1])
                of_segment.append(
                    MentionArrays(segment.row[run] + start, segment.kind[run], segment.count[run])
                )

            if of_segment:
                parts.append(_by_row(of_segment))
                count += len(parts[-1].row)
            if count >= _PART_MENTIONS:
                yield _joined(parts)
                parts, count = [], 0

        if parts:
            yield _joined(parts)

    def mention_mask(self, pks: Iterable[int]) -> Mask:
        """Return which rows name one of `pks`, shape (n_rows,)."""
        mask = np.zeros(len(self.item), np.bool_)
        mask[self.mentions(pks).row] = True

        return mask

    def named_in(self, rows: Mask, pks: Iterable[int]) -> list[int]:
        """Return those of `pks` that one of `rows` names."""
        return [pk for pk in pks if rows[self.mentions([pk]).row].any()]

    def cooccurrence_counts(self, rows: Ints) -> Ints:
        """Return how many of `rows` (sorted indexes) name each entity, shape (n_entities,)."""
        counts = np.zeros(len(self.entities), np.int64)
        cuts = rows.searchsorted(self.starts).tolist()

        for number, segment in enumerate(self._ordered):
            first, last = cuts[number], cuts[number + 1]
            if first == last:
                continue

            entity_indexes = self._entity_indexes[number]
            named = segment.entities_in(rows[first:last] - self.starts[number])
            counts[entity_indexes] += np.bincount(named, minlength=len(entity_indexes))

        return counts

    def items_beside(self, pk: int) -> Ints:
        """Return how many items name each entity beside `pk`, shape (n_entities,)."""
        counts = np.zeros(len(self.entities), np.int64)
        for entity_indexes, segment in zip(self._entity_indexes, self._ordered, strict=True):
            for index in _indexes(segment.entities, [pk]):
                counts[entity_indexes] += segment.items_beside(index)

        return counts

    def aggregate(self, rows: Mask | None, kinds: Mask | None = None) -> EntityTally:
        """Return the counts of `entities` in `rows`, by mentions of `kinds`.

        None stands for all rows or all kinds.
        """
        tally = arrays.empty_tally(len(self.entities))
        first, last = tally.first, tally.last

        for number, segment in enumerate(self._ordered):
            if rows is None and kinds is None:
                part = segment.totals
            else:
                start, end = (
                    self.starts[number],
                    self.starts[number + 1],
                )

                part = segment.aggregate(
                    None if rows is None else rows[start:end],
                    kinds,
                )

            indexes = self._entity_indexes[number]
            tally.items[indexes] += part.items
            tally.mentions[indexes] += part.mentions
            tally.briefings[indexes] += part.briefings
            # 0 is no day.
            known = first[indexes]
            is_first = (known == 0) | (part.first != 0) & (part.first < known)
            first[indexes] = np.where(is_first, part.first, known)
            last[indexes] = np.maximum(last[indexes], part.last)

        return tally


def _joined(parts: Sequence[MentionArrays]) -> MentionArrays:
    """Return mentions end to end."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        none = np.zeros(0, np.uint8)
        return MentionArrays(none.astype(np.int64), none, none)

    return MentionArrays(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.count for part in parts]),
    )


def _by_row(parts: Sequence[MentionArrays]) -> MentionArrays:
    """Return the mentions of several entities in a segment, sorted by row and kind."""
    if len(parts) == 1:
        return parts[0]

    joined = _joined(parts)
    order = np.lexsort((joined.kind, joined.row))
    return MentionArrays(joined.row[order], joined.kind[order], joined.count[order])


def _indexes(sorted_values: Ints, sorted_pks: Sequence[int]) -> list[int]:
    """Return the indexes of those of `sorted_pks` that are among `sorted_values`."""
    indexes = []
    for pk, index in zip(
        sorted_pks,
        sorted_values.searchsorted(sorted_pks).tolist(),
        strict=True,
    ):
        if index < len(sorted_values) and sorted_values[index] == pk:
            indexes.append(index)

    return indexes


def mention_columns(session: Session) -> MentionColumns:
    """Return the columns of the version that `session` reads, loaded if needed.

    Raises WouldBlock in the event loop if they must be loaded.
    """
    shared: dict[str, Any] = session.info.get("cache", {})
    version = dataset.version(session).text
    loaded: dict[str, MentionColumns] = shared.get(_COLUMNS_KEY, {})
    columns = loaded.get(version)

    if columns:
        return columns

    require_worker_thread(session)
    set_timeout(session)

    with shared.setdefault(_LOCK_KEY, threading.Lock()):
        loaded = shared.get(_COLUMNS_KEY, {})
        if version in loaded:
            return loaded[version]

        columns = _load(session, version, list(loaded.values()))
        # Most answers need them.
        _ = columns.totals
        newest = sorted((*loaded.values(), columns), key=_version_number)[-_MAX_VERSIONS:]
        # A new dictionary: another thread may be reading the old one.
        shared[_COLUMNS_KEY] = {columns.version: columns for columns in newest}

        return columns


def _version_number(columns: MentionColumns) -> int:
    return _parse_version(columns.version)[1]


def _parse_version(version: str) -> tuple[str, int]:
    instance, _, number = version.rpartition("-")
    return instance, int(number)


def _load(
    session: Session,
    version: str,
    loaded: Collection[MentionColumns],
) -> MentionColumns:
    """Load the segments that changed since the newest earlier version of `loaded`."""
    instance, number = _parse_version(version)
    earlier = []

    for columns in loaded:
        other_instance, other_number = _parse_version(columns.version)
        if other_instance == instance and other_number <= number:
            earlier.append(columns)

    pk = col(BriefingColumns.briefing_pk)
    if earlier:
        before = max(earlier, key=_version_number)
        segments, keys = dict(before.segments), dict(before.keys)
        changed = select(pk).where(col(BriefingColumns.stamp) > _version_number(before))
        pks = session.execute(changed).scalars()
        numbers = sorted({briefing_pk // SEGMENT_BRIEFINGS for briefing_pk in pks})
    else:
        segments, keys = {}, {}
        numbers = list(_segment_numbers(session))

    column_files = files.column_files(session)
    for group, members in groupby(numbers, lambda number: number // files.GROUP_SEGMENTS):
        _load_group(session, column_files, group, list(members), segments, keys)

    ordered = sorted(segments)
    laid_out = column_files.rows(
        instance,
        [segments[segment_number] for segment_number in ordered],
        [keys.get(segment_number, "") for segment_number in ordered],
    )

    return MentionColumns(version, segments, keys, laid_out)


def _segment_numbers(session: Session) -> Iterator[int]:
    """Yield the numbers of the segments that have briefings, each found by one search of an index.

    Numbers of briefings may have gaps: a database copied at a distance of a million had a million
    segments between its briefings, and its warm-up took hours.
    """
    pk = col(BriefingColumns.briefing_pk)
    first = 0
    while True:
        following = select(func.min(pk)).where(pk >= first)
        briefing_pk = session.execute(following).scalar_one()
        if briefing_pk is None:
            return
        number = briefing_pk // SEGMENT_BRIEFINGS
        yield number
        first = (number + 1) * SEGMENT_BRIEFINGS


def _load_group(
    session: Session,
    column_files: ColumnFiles,
    group: int,
    numbers: Sequence[int],
    segments: dict[int, Segment],
    keys: dict[int, str],
) -> None:
    """Bring the segments of a group, and their keys, up to date; `numbers` have changed."""
    instance, _ = _parse_version(dataset.version(session).text)
    changed = {}
    if column_files:
        for number in numbers:
            first = number * SEGMENT_BRIEFINGS
            end = first + SEGMENT_BRIEFINGS
            changed[number] = files.segment_key(session, instance, first, end)

    mapped = column_files.segments(instance, group, changed)
    for number in numbers:
        segments.pop(number, None)
        keys.pop(number, None)
        segment = mapped.get(number) or _read_segment(session, number)
        if segment:
            segments[number] = segment
            keys[number] = changed.get(number, "")

    of_group = {}
    for number, segment in segments.items():
        if number // files.GROUP_SEGMENTS == group:
            of_group[number] = segment

    group_keys = {number: keys[number] for number in of_group}
    segments.update(column_files.keep_segments(instance, group, of_group, group_keys))


def _read_segment(session: Session, number: int) -> Segment | None:
    """Read a segment from the database; None if it has no briefing that is shown."""
    pk = col(BriefingColumns.briefing_pk)
    day = col(BriefingColumns.date)

    statement = select(
        pk,
        day,
        col(BriefingColumns.channel_pk),
        col(BriefingColumns.items),
        col(BriefingColumns.named),
    ).where(
        pk >= number * SEGMENT_BRIEFINGS,
        pk < (number + 1) * SEGMENT_BRIEFINGS,
        day.is_not(None),
    )

    rows = session.execute(statement.order_by(pk)).all()

    return arrays.build_segment(rows) if rows else None
