"""Masks of clauses and ranges agree with plain Python."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import select
from sqlmodel import col

from app.query.columns.masks import any_of, covers, filter_mask, in_ranges, ordinal_range
from app.query.columns.mentions import mention_columns
from app.query.request.filter_syntax import number_range
from app.query.request.item_params import ItemFilter
from app.store.db import Database
from app.store.tables import Item
from tests.eval.search import scan

COLOURS = np.array(["red", "green", "blue"])


@pytest.mark.parametrize(
    ("texts", "mask"),
    [
        ([], None),
        (["red|blue"], [True, False, True]),
        (["!red|blue"], [False, True, False]),
        (["red|blue", "!blue"], [True, False, False]),
        (["red", "green"], [False, False, False]),
    ],
)
def test_all_clauses_hold(texts: list[str], mask: list[bool] | None) -> None:
    result = any_of(texts, lambda values: np.isin(COLOURS, values))
    assert (None if result is None else result.tolist()) == mask


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["3"], [3]),
        (["2..4"], [2, 3, 4]),
        (["..1|5.."], [0, 1, 5, 6]),
        (["!3", "2..4"], [2, 4]),
        (["7"], []),
    ],
)
def test_ranges_include_both_ends(texts: list[str], numbers: list[int]) -> None:
    mask = in_ranges(texts, np.arange(7), number_range)
    assert mask is not None
    assert np.flatnonzero(mask).tolist() == numbers


def test_a_range_of_days_is_a_range_of_ordinals() -> None:
    first, last = date(2025, 11, 1).toordinal(), date(2025, 11, 30).toordinal()
    assert ordinal_range("2025-11-01..2025-11-30") == (first, last)
    assert ordinal_range("..2025-11-30") == (None, last)
    assert ordinal_range("2025-11-01..") == (first, None)


def test_ignored_parameters_may_be_anything() -> None:
    query = ItemFilter(tag=["qwen"], section=["headlines"])
    assert not covers(query)
    assert covers(query, ignored=["tag"])
    assert covers(ItemFilter(section=["headlines"]))


def test_a_filter_without_parameters_leaves_all_items(seeded: Database) -> None:
    with seeded.read() as session:
        columns = mention_columns(session)
        mask = filter_mask(session, ItemFilter())
        assert mask is not None
        assert mask.tolist() == columns.is_item.tolist()
        assert filter_mask(session, ItemFilter(tag=["qwen"])) is None


def test_words_select_the_items_that_match(seeded: Database) -> None:
    with seeded.read() as session:
        columns = mention_columns(session)
        matching = filter_mask(session, ItemFilter(q="推理"))
        others = filter_mask(session, ItemFilter(q="-推理"))
        assert matching is not None
        assert others is not None
        in_scan = {key.removeprefix("item/") for key in scan(session, "推理", "item")}
        pks = columns.item[matching].tolist()
        ids = session.scalars(select(col(Item.id)).where(col(Item.pk).in_(pks)))
        assert set(ids) == in_scan
        assert ((matching | others) == columns.is_item).all()
        assert not (matching & others).any()
