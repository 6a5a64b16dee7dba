"""Gaps of a timeline: runs of intervals without briefings; long ones take few columns. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Axis = Sequence[Mapping[str, Any]]
"""Intervals with `start`, `end` and `briefings`."""
MIN_GAP_COLUMNS = 3
"""Columns of a long gap, at least: its mark needs some width."""
GAP_SHARE = 0.08
"""Width of a long gap as a share of the intervals that are drawn whole."""
MIN_COLUMNS = 12
"""Columns of a chart that long gaps are not shortened below: two bars would fill the page."""


@dataclass(frozen=True, slots=True)
class AxisGap:
    """Intervals `first` to `last` of an axis, without briefings, from the day `start` to `end`."""

    first: int
    last: int
    start: str
    end: str

    @property
    def intervals(self) -> int:
        """Number of intervals."""
        return self.last - self.first + 1

    @property
    def days(self) -> int:
        """Number of days."""
        return (date.fromisoformat(self.end) - date.fromisoformat(self.start)).days + 1


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """A column of a chart: the interval at `first`, or the part of a long gap that starts there."""

    first: int
    gap: AxisGap | None = None


def gaps_of(axis: Axis) -> list[AxisGap]:
    """Return the runs of intervals without briefings, in order."""
    runs: list[AxisGap] = []
    for index, interval in enumerate(axis):
        if interval["briefings"]:
            continue
        first, start = index, str(interval["start"])
        if runs and runs[-1].last == index - 1:
            before = runs.pop()
            first, start = before.first, before.start
        runs.append(AxisGap(first, index, start, str(interval["end"])))
    return runs


def columns_of(axis: Axis) -> list[ChartColumn]:
    """Return the columns of a chart: one for each interval, a few for each long gap.

    The columns of a gap divide its intervals evenly, so that all columns have one width. No gap is
    drawn wider than a longer one.
    """
    gaps = gaps_of(axis)
    width = _gap_columns(len(axis), gaps)
    long = {gap.first: gap for gap in gaps if gap.intervals > width}
    columns: list[ChartColumn] = []
    index = 0
    while index < len(axis):
        gap = long.get(index)
        if gap is None:
            columns.append(ChartColumn(index))
            index += 1
            continue
        for part in range(width):
            columns.append(ChartColumn(gap.first + part * gap.intervals // width, gap))
        index = gap.last + 1
    return columns


def _gap_columns(intervals: int, gaps: Sequence[AxisGap]) -> int:
    """Return the number of columns of a long gap."""
    long = [gap.intervals for gap in gaps if gap.intervals > MIN_GAP_COLUMNS]
    whole = intervals - sum(long)
    missing = (MIN_COLUMNS - whole) / max(len(long), 1)
    return max(MIN_GAP_COLUMNS, math.ceil(GAP_SHARE * whole), math.ceil(missing))
