"""Query strings are checked once, before anything is read."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.query.request.filter_syntax import MAX_VALUES
from app.query.request.item_params import ItemFilter, ItemList
from app.query.request.params import MAX_VALUE_CHARS, RolledUp


def test_defaults() -> None:
    query = ItemList.model_validate({})
    assert (query.limit, query.cursor, query.sort, query.from_, query.entity) == (
        20,
        None,
        None,
        None,
        [],
    )


def test_aliases_are_the_names_clients_use() -> None:
    query = ItemFilter.model_validate({"from": "2025-11-01", "to": "2025-12-31"})
    assert (query.from_, query.to) == (date(2025, 11, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"importance": ["hgh"]}, "did you mean high"),
        ({"importance": ["high|lo"]}, "'lo' is not valid"),
        ({"importance": ["!hgh"]}, "did you mean high"),
        ({"section": ["headline"]}, "did you mean headlines"),
        ({"kind": ["ful"]}, "did you mean full"),
        ({"has": ["sorces"]}, "did you mean sources"),
        ({"entity_type": ["company"]}, "'company' is not valid"),
        ({"from": "2025-12-24", "to": "2025-12-23"}, "pass the earlier day as from"),
        ({"limit": 0}, "greater than or equal to 1"),
        ({"limit": 101}, "less than or equal to 100"),
        ({"entity": ["x" * (MAX_VALUE_CHARS + 1)]}, "at most 256 characters"),
        ({"entity": ["\0"]}, "none of them NUL"),
        ({"entity": ["\ud800"]}, "characters"),
        ({"entity": ["a"] * (MAX_VALUES + 1)}, "at most 16 times"),
        ({"entity": ["|".join("abcdefghijklmnopq")]}, "expected 1 to 16 values"),
        ({"entity": [""]}, "expected 1 to 16 values"),
        ({"entity": ["!"]}, "expected 1 to 16 values"),
        ({"nonsense": "1"}, "Extra inputs are not permitted"),
        ({"limit": 2**70}, "less than or equal to 100"),
        ({"from": "yesterday"}, "expected a date as YYYY-MM-DD"),
        ({"lang": "fr"}, "'zh-Hant', 'zh-Hans' or 'en'"),
    ],
)
def test_invalid_values_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ItemList.model_validate(parameters)


def test_limits_are_inclusive() -> None:
    query = ItemList.model_validate({"entity": ["x" * MAX_VALUE_CHARS] * MAX_VALUES, "limit": 100})
    assert len(query.entity) == MAX_VALUES
    assert ItemList.model_validate({"from": "2025-12-23", "to": "2025-12-23", "limit": 1}).from_


def test_a_scope_is_the_list_its_filters_and_its_order() -> None:
    """Parameters of what is shown are no part of a scope."""
    scope = ItemList.model_validate({"sort": "title"}).scope()
    same = {
        "limit": 3,
        "cursor": "x",
        "fields": "id",
        "lang": "en",
        "include": "details",
        "facets": "section",
    }
    assert ItemList.model_validate({"sort": "title"} | same).scope() == scope
    for other in (
        {},
        {"sort": "title", "group_by": "section"},
        {"sort": "title", "family": True},
        {"sort": "title", "to": "2025-12-01"},
    ):
        assert ItemList.model_validate(other).scope() != scope
    assert ItemList().scope(1) != ItemList().scope()


@pytest.mark.parametrize(
    ("parameters", "relation", "with_family"),
    [
        ({}, None, False),
        ({"family": "true"}, "family", True),
        ({"rollup": "family"}, "family", True),
        ({"rollup": "family", "family": "true"}, "family", True),
        ({"rollup": "maker"}, "maker", False),
        ({"rollup": "all"}, "all", True),
    ],
)
def test_a_roll_up_has_one_relation(
    parameters: dict[str, str], relation: str | None, with_family: bool
) -> None:
    query = RolledUp.model_validate(parameters)
    assert (query.relation, query.with_family) == (relation, with_family)


def test_two_different_roll_ups_are_refused() -> None:
    with pytest.raises(ValidationError, match="family=true means rollup=family, but rollup is all"):
        RolledUp.model_validate({"rollup": "all", "family": "true"})
