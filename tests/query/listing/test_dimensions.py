"""Dimensions: what a key asks for."""

from datetime import date

from app.query.listing.dimensions import LEVELS, OF_BRIEFINGS, OF_ITEMS, _month, _week
from app.store.document.sections import IMPORTANCE_RANKS as RANKS


def test_levels() -> None:
    assert {level: rank for rank, level in LEVELS.items()} == RANKS


def test_weeks_and_months() -> None:
    assert _week("2025-12-22") == [("from", "2025-12-22"), ("to", "2025-12-28")]
    assert _week("9999-12-27")[1] == ("to", str(date.max))
    assert _month("2024-02") == [("from", "2024-02-01"), ("to", "2024-02-29")]
    assert _month("9999-12")[1] == ("to", str(date.max))


def test_a_key_is_asked_for_by_its_own_filter() -> None:
    for name in {*OF_ITEMS, *OF_BRIEFINGS} - {"day", "week", "month"}:
        assert (OF_ITEMS | OF_BRIEFINGS)[name].select("a|b") == [(name, r"a\|b")]
