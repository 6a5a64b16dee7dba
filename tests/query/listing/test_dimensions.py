"""Dimensions: the filters that select a key."""

from datetime import date

from app.query.listing.dimensions import LEVELS_BY_RANK, OF_BRIEFINGS, OF_ITEMS
from app.store.document.sections import IMPORTANCE_RANKS as RANKS


def test_levels_have_the_ranks_of_the_store() -> None:
    assert {level: rank for rank, level in LEVELS_BY_RANK.items()} == RANKS


def test_a_week_or_month_selects_its_days() -> None:
    assert OF_ITEMS["week"].select("2025-12-22") == [("from", "2025-12-22"), ("to", "2025-12-28")]
    assert OF_ITEMS["week"].select("9999-12-27")[1] == ("to", str(date.max))
    assert OF_ITEMS["month"].select("2024-02") == [("from", "2024-02-01"), ("to", "2024-02-29")]
    assert OF_ITEMS["month"].select("9999-12")[1] == ("to", str(date.max))


def test_a_key_is_selected_by_the_filter_of_its_dimension() -> None:
    for name in {*OF_ITEMS, *OF_BRIEFINGS} - {"day", "week", "month"}:
        assert (OF_ITEMS | OF_BRIEFINGS)[name].select("a|b") == [(name, r"a\|b")]
