"""Days, weeks, months, quarters and years, numbered without a gap.

Arrays of dates are mapped to interval numbers at once.
"""

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import BadRequest
from app.query.schemas.shared import Interval

MAX_BUCKETS = 4_000
"""Buckets of a timeline at most: eleven years by day. A longer one needs a coarser interval."""
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# Months are counted from January of the year 1, the first month of the calendar.
_FIRST_MONTH = -1969 * 12


def numbers(days: NDArray[Any], interval: Interval) -> NDArray[np.int64]:
    """Return the interval of each of `days` (ordinals), shape (n_days,).

    Weeks begin on Monday (ISO 8601), as day 1 of the calendar does.
    """
    ordinals = days.astype(np.int64)
    if interval in _DAYS:
        return (ordinals - 1) // _DAYS[interval]

    months = (ordinals - _EPOCH).astype("datetime64[D]").astype("datetime64[M]")

    return (months.astype(np.int64) - _FIRST_MONTH) // _MONTHS[interval]


@lru_cache(maxsize=16)
def spans(first: date, last: date, interval: Interval) -> tuple[int, list[str], list[str]]:
    """Return all intervals from `first` to `last`.

    The number of the first one, the first day of each and the last day of each, as ISO dates.
    Raises BadRequest for more than `MAX_BUCKETS`.
    """
    ends = np.array([first.toordinal(), last.toordinal()])
    begin, end = numbers(ends, interval).tolist()

    if end - begin >= MAX_BUCKETS:
        message = "pass a coarser interval, or from and to"
        raise BadRequest(
            f"From {first} to {last} are more than {MAX_BUCKETS} intervals of a {interval}; "
            f"{message}",
            [{"parameter": "interval", "message": message}],
        )

    edges = np.arange(begin, end + 2)
    if interval in _DAYS:
        starts = (edges * _DAYS[interval] + 1 - _EPOCH).astype("datetime64[D]")
    else:
        months = (edges * _MONTHS[interval] + _FIRST_MONTH).astype("datetime64[M]")
        starts = months.astype("datetime64[D]")

    # The calendar ends within its last week.
    last_days = np.minimum(starts[1:] - 1, np.datetime64(date.max))

    return (
        begin,
        starts[:-1].astype(str).tolist(),
        last_days.astype(str).tolist(),
    )
