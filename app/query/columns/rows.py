"""The rows of all segments laid end to end, in memory or in copied pages of a mapped file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from app.query.columns.arrays import RANKS, Ints, Mask, Segment, concatenated

DTYPES: Mapping[str, Any] = {
    "briefing": np.int32,
    "item": np.uint32,
    "ordinal": np.uint32,
    "position": np.uint32,
    "section": np.uint8,
    "importance": np.uint8,
    "is_item": np.bool_,
    "importance_rank": np.uint32,
}
BYTES_PER_ROW = sum(np.dtype(dtype).itemsize for dtype in DTYPES.values())
_OF_ITEM = ("item", "ordinal", "position", "section", "importance")
"""Columns of `ITEM`, in its order."""


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Arrays of shape (n_rows,): the index of the row's briefing, and the columns of its item.

    `item` is a pk, and like its other columns 0 outside of items.
    """

    briefing: Ints
    item: Ints
    ordinal: Ints
    position: Ints
    section: Ints
    importance: Ints
    is_item: Mask
    importance_rank: Ints
    """Place of each row in the order by importance, day, ordinal and pk."""

    def first(self, count: int) -> "RowColumns":
        """Return the first `count` rows."""
        return RowColumns(*(getattr(self, field.name)[:count] for field in fields(self)))

    def fill(self, segments: Sequence[Segment], start: int) -> None:
        """Write the rows of all segments but the first `start`, which are here already."""
        row = sum(len(segment.briefing) for segment in segments[:start])
        briefing = sum(len(segment.briefings) for segment in segments[:start])
        for segment in segments[start:]:
            rows = slice(row, row + len(segment.briefing))
            # Not added at once: the segment's own numbers are bytes.
            self.briefing[rows] = segment.briefing
            self.briefing[rows] += briefing
            for number, name in enumerate(_OF_ITEM):
                getattr(self, name)[rows] = segment.items[:, number]
            np.not_equal(segment.items[:, 0], 0, out=self.is_item[rows])
            row = rows.stop
            briefing += len(segment.briefings)

    def ranked(self, segments: Sequence[Segment]) -> "RowColumns":
        """Return these rows with their places in memory, once they have all been written."""
        days = concatenated([segment.days for segment in segments], np.int32)
        keys = (self.item, self.ordinal, days[self.briefing], -RANKS[self.importance])
        order = np.lexsort(keys)
        rank = np.empty(len(order), np.uint32)
        rank[order] = np.arange(len(order), dtype=np.uint32)

        return replace(self, importance_rank=rank)


def empty_rows(count: int) -> RowColumns:
    """Return `count` rows of zeros."""
    return RowColumns(*(np.zeros(count, dtype) for dtype in DTYPES.values()))


def row_count(segments: Sequence[Segment]) -> int:
    """Return the number of rows of some segments."""
    return sum(len(segment.briefing) for segment in segments)


def in_memory(segments: Sequence[Segment]) -> RowColumns:
    """Return the rows of segments in memory of this process."""
    rows = empty_rows(row_count(segments))
    rows.fill(segments, 0)
    return rows.ranked(segments)
