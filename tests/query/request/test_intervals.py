from datetime import date, timedelta
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadRequest
from app.query.request.intervals import MAX_BUCKETS, numbers, spans
from app.query.schemas.shared import Interval


def test_no_interval_is_left_out() -> None:
    assert spans(date(2024, 2, 28), date(2024, 3, 1), "day")[1] == [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
    ]
    assert spans(date(2025, 12, 31), date(2026, 1, 1), "week")[1:] == (
        ["2025-12-29"],
        ["2026-01-04"],
    )
    assert spans(date(2025, 11, 22), date(2026, 2, 1), "quarter")[1] == ["2025-10-01", "2026-01-01"]
    assert spans(date.max, date.max, "year")[1:] == (["9999-01-01"], ["9999-12-31"])
    assert spans(date.max, date.max, "week")[2] == ["9999-12-31"]
    assert spans(date.min, date.min, "week")[1:] == (["0001-01-01"], ["0001-01-07"])
    with pytest.raises(BadRequest, match="coarser"):
        spans(date(1900, 1, 1), date(2025, 1, 1), "day")
    assert len(spans(date(1900, 1, 1), date(2025, 1, 1), "month")[1]) < MAX_BUCKETS


def start_of(day: date, interval: str) -> date:
    if interval == "week":
        return day - timedelta(days=day.weekday())
    month = {
        "day": day.month,
        "month": day.month,
        "quarter": (day.month - 1) // 3 * 3 + 1,
        "year": 1,
    }[interval]
    return day.replace(month=month, day=day.day if interval == "day" else 1)


@given(st.dates(), st.integers(0, 3_000), st.sampled_from(get_args(Interval)))
def test_every_day_lies_in_its_interval(first: date, more: int, interval: Interval) -> None:
    last = min(first + timedelta(days=min(more, (date.max - first).days)), date.max)
    begin, starts, ends = spans(first, last, interval)
    days = [first, first + (last - first) / 2, last]
    indexes = (numbers(np.array([day.toordinal() for day in days]), interval) - begin).tolist()
    assert (indexes[0], indexes[2]) == (0, len(starts) - 1)
    for index, day in zip(indexes, days, strict=True):
        assert starts[index] == str(start_of(day, interval))
        assert starts[index] <= str(day) <= ends[index]
    assert all(
        date.fromisoformat(end) + timedelta(1) == date.fromisoformat(start)
        for end, start in zip(ends, starts[1:], strict=False)
    )
