"""Rows of segments are laid end to end."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.query.columns import rows
from app.query.columns.arrays import Segment, build_segment
from app.store.encoding.columns import ITEM, NAMED, pack

ITEMS_PER_BRIEFING = 2


def segment(first_pk: int, count: int) -> Segment:
    """Return a segment of briefings with two items each; both name an entity of their own."""
    stored: list[Any] = []
    for pk in range(first_pk, first_pk + count):
        items = [(pk * ITEMS_PER_BRIEFING + n, n, n + 1, 0, n) for n in range(ITEMS_PER_BRIEFING)]
        named = [(n + 1, n + 1, 0, 1) for n in range(ITEMS_PER_BRIEFING)]
        assert (len(items[0]), len(named[0])) == (len(ITEM), len(NAMED))
        stored.append(
            SimpleNamespace(
                briefing_pk=pk,
                date=date(2026, 1, 1),
                channel_pk=1,
                items=pack(items),
                named=pack(named),
            )
        )

    return build_segment(stored)


def test_rows_of_more_briefings_than_a_byte_counts() -> None:
    segments = [segment(1, 255), segment(256, 256), segment(512, 3)]
    laid_out = rows.in_memory(segments)
    rows_per_briefing = 1 + ITEMS_PER_BRIEFING
    assert rows.row_count(segments) == len(laid_out.item) == 514 * rows_per_briefing
    expected = np.repeat(np.arange(514), rows_per_briefing)
    assert laid_out.briefing.tolist() == expected.tolist()
    assert laid_out.item[-rows_per_briefing:].tolist() == [0, 1028, 1029]
    assert laid_out.position[:4].tolist() == [0, 1, 2, 0]
    assert laid_out.is_item.sum() == 514 * ITEMS_PER_BRIEFING


def test_only_the_rows_that_differ_are_written() -> None:
    segments = [segment(1, 3), segment(4, 2)]
    stored = rows.in_memory(segments)
    stored.item[0] = 99
    stored.fill(segments, 1)
    assert stored.item[0] == 99
    later = [segments[0], segment(4, 1)]
    stored.fill(later, 1)
    first = stored.first(rows.row_count(later))
    assert first.briefing.tolist() == np.repeat(np.arange(4), 3).tolist()
    assert rows.in_memory([]).item.tolist() == []
