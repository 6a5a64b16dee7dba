from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.store.encoding.search_rowids import KINDS, UNDATED, day_of, kind_of, span, spot


@given(st.sampled_from(KINDS), st.dates())
def test_a_number_tells_kind_and_day(kind: str, day: date) -> None:
    for number in spot(kind, day):
        assert kind_of(number) == kind
        lowest, highest = span(kind)
        assert lowest <= number <= highest < 2**63
    if kind != UNDATED:
        assert [day_of(number) for number in spot(kind, day)] == [day.toordinal()] * 2


@given(st.sampled_from([kind for kind in KINDS if kind != UNDATED]), st.dates(), st.dates())
def test_later_days_have_higher_numbers(kind: str, one: date, other: date) -> None:
    assert (one < other) == (spot(kind, one)[1] < spot(kind, other)[0])
    assert span(kind, one.toordinal(), other.toordinal()) == (
        spot(kind, one)[0],
        spot(kind, other)[1],
    )


def test_kinds_keep_apart() -> None:
    spans = [span(kind) for kind in KINDS]
    assert all(before[1] + 1 == after[0] for before, after in pairwise(spans))
    assert span(UNDATED, 5, 9) == span(UNDATED)
