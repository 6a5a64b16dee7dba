from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.store.encoding.search_rowids import (
    KINDS,
    UNDATED,
    day_of,
    kind_of,
    rowid_range,
    rowid_range_of_day,
)

DATED_KINDS = [kind for kind in KINDS if kind != UNDATED]


@given(st.sampled_from(KINDS), st.dates())
def test_a_row_number_tells_kind_and_day(kind: str, day: date) -> None:
    lowest, highest = rowid_range(kind)
    for rowid in rowid_range_of_day(kind, day):
        assert kind_of(rowid) == kind
        assert lowest <= rowid <= highest < 2**63
        if kind != UNDATED:
            assert day_of(rowid) == day.toordinal()


@given(st.sampled_from(DATED_KINDS), st.dates(), st.dates())
def test_later_days_have_higher_row_numbers(kind: str, first: date, second: date) -> None:
    last_of_first, first_of_second = (
        rowid_range_of_day(kind, first)[1],
        rowid_range_of_day(kind, second)[0],
    )
    assert (first < second) == (last_of_first < first_of_second)
    between = rowid_range(kind, first.toordinal(), second.toordinal())
    assert between == (rowid_range_of_day(kind, first)[0], rowid_range_of_day(kind, second)[1])


def test_ranges_of_kinds_follow_each_other() -> None:
    spans = [rowid_range(kind) for kind in KINDS]
    for (_, highest), (lowest, _) in pairwise(spans):
        assert highest + 1 == lowest
    assert rowid_range(UNDATED, 5, 9) == rowid_range(UNDATED)
