"""Gaps of timelines: runs without briefings, and the columns of long ones."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from app.explorer.gaps import MIN_COLUMNS, MIN_GAP_COLUMNS, ChartColumn, columns_of, gaps_of

FIRST = date(2026, 1, 1)


def axis(*runs: int) -> list[dict[str, Any]]:
    """Return days: runs with a briefing a day and runs without, in turns."""
    days: list[dict[str, Any]] = []
    for number, length in enumerate(runs):
        for _ in range(length):
            text = (FIRST + timedelta(len(days))).isoformat()
            days.append({"start": text, "end": text, "briefings": 1 - number % 2})
    return days


def test_gaps_are_runs_with_their_days() -> None:
    first, second = gaps_of(axis(1, 2, 1, 1))
    assert (first.first, first.last, first.days) == (1, 2, 2)
    assert (first.start, first.end) == ("2026-01-02", "2026-01-03")
    assert (second.first, second.last, second.days) == (4, 4, 1)
    assert gaps_of(axis(3)) == []


def test_short_gaps_take_their_own_width() -> None:
    days = axis(20, 2, 20, 4, 3)
    assert columns_of(days) == [ChartColumn(index) for index in range(len(days))]


def test_a_long_gap_takes_few_columns_that_divide_it_evenly() -> None:
    days = axis(30, 300, 30)
    columns = columns_of(days)
    (gap,) = gaps_of(days)
    parts = [column.first for column in columns if column.gap == gap]
    assert MIN_GAP_COLUMNS <= len(parts) <= 6
    assert parts[0] == 30
    assert {after - before for before, after in pairwise(parts)} == {60}
    assert [column.first for column in columns if not column.gap] == [*range(30), *range(330, 360)]


def test_two_days_far_apart_do_not_fill_the_page() -> None:
    columns = columns_of(axis(1, 200, 1))
    assert len(columns) == MIN_COLUMNS
    assert columns[-1].first == 201
    # No gap looks longer than a longer one.
    gaps = [column.gap for column in columns_of(axis(20, 5, 20, 50, 1)) if column.gap]
    assert len(set(gaps)) == 2
    assert gaps.count(gaps[0]) == gaps.count(gaps[-1])
    # Each gap of several takes its part.
    assert len(columns_of(axis(1, 50, 1, 50, 1))) >= MIN_COLUMNS


def test_an_empty_axis_has_no_columns() -> None:
    assert columns_of([]) == []
