"""Days, weeks, months, quarters and years on the calendar, numbered without a gap, so that many dates are put into them at once."""

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadRequest
from app.query.schemas.shared import Interval

MAX_BUCKETS = 4_000
"""Eleven years by day. A longer timeline is asked for by a coarser interval."""
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# Months are counted from January of the year 1, in which the calendar begins.
_FIRST_MONTH = -1969 * 12


def numbers(days: NDArray[Any], interval: Interval) -> NDArray[np.int64]:
    """The interval each of `days` (ordinals) lies in; weeks begin on Monday (ISO 8601), as the calendar does."""
    if interval in ("day", "week"):
        return (days.astype(np.int64) - 1) // (1 if interval == "day" else 7)
    months = (
        (days.astype(np.int64) - _EPOCH)
        .astype("datetime64[D]")
        .astype("datetime64[M]")
        .astype(np.int64)
    )
    return (months - _FIRST_MONTH) // _MONTHS[interval]


@lru_cache(maxsize=16)
def spans(first: date, last: date, interval: Interval) -> tuple[int, list[str], list[str]]:
    """All intervals from `first` to `last`: the number of the first, the day each begins and the day it ends. Too many are refused, never cut."""
    begin, end = (
        int(number) for number in numbers(np.array([first.toordinal(), last.toordinal()]), interval)
    )
    if end - begin >= MAX_BUCKETS:
        said = f"From {first} to {last} are more than {MAX_BUCKETS} intervals of a {interval}"
        message = "give a coarser one, or from and to"
        raise BadRequest(f"{said}; {message}", [{"parameter": "interval", "message": message}])
    edges = np.arange(begin, end + 2)
    if interval in ("day", "week"):
        starts = (edges * (1 if interval == "day" else 7) + 1 - _EPOCH).astype("datetime64[D]")
    else:
        starts = (
            (edges * _MONTHS[interval] + _FIRST_MONTH)
            .astype("datetime64[M]")
            .astype("datetime64[D]")
        )
    # The last week of the calendar is cut by its end.
    ends = np.minimum(starts[1:] - 1, np.datetime64(date.max))
    return begin, starts[:-1].astype(str).tolist(), ends.astype(str).tolist()
