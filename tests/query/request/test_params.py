"""The query string is checked once, at the edge."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import BadRequest
from app.query.request.filter_syntax import MAX_VALUES
from app.query.request.params import (
    MAX_VALUE,
    BriefingList,
    EntityList,
    HeadlinesQuery,
    ItemFilter,
    ItemList,
    TimelineQuery,
    TimelinesQuery,
)


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
    assert HeadlinesQuery.model_validate({"date": "2025-12-23"}).day == date(2025, 12, 23)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"importance": ["hgh"]}, "did you mean high"),
        ({"importance": ["high|lo"]}, "'lo' is no value of it"),
        ({"importance": ["!hgh"]}, "did you mean high"),
        ({"section": ["headline"]}, "did you mean headlines"),
        ({"kind": ["ful"]}, "did you mean full"),
        ({"has": ["sorces"]}, "did you mean sources"),
        ({"entity_type": ["company"]}, "is no value of it"),
        ({"from": "2025-12-24", "to": "2025-12-23"}, "give the earlier day as from"),
        ({"limit": 0}, "greater than or equal to 1"),
        ({"limit": 101}, "less than or equal to 100"),
        ({"entity": ["x" * (MAX_VALUE + 1)]}, "at most 256 characters"),
        ({"entity": ["\0"]}, "none of them NUL"),
        ({"entity": ["\ud800"]}, "characters"),
        ({"entity": ["a"] * (MAX_VALUES + 1)}, "at most 16 times"),
        ({"entity": ["|".join("abcdefghijklmnopq")]}, "between 1 and 16 values"),
        ({"entity": [""]}, "between 1 and 16 values"),
        ({"entity": ["!"]}, "between 1 and 16 values"),
        ({"nonsense": "1"}, "Extra inputs are not permitted"),
        ({"limit": 2**70}, "less than or equal to 100"),
        ({"from": "yesterday"}, "valid date"),
        ({"lang": "fr"}, "'zh-Hant', 'zh-Hans' or 'en'"),
    ],
)
def test_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ItemList.model_validate(given)


def test_limits_are_inclusive() -> None:
    most = ItemList.model_validate({"entity": ["x" * MAX_VALUE] * MAX_VALUES, "limit": 100})
    assert len(most.entity) == MAX_VALUES
    assert ItemList.model_validate({"from": "2025-12-23", "to": "2025-12-23", "limit": 1}).from_


def test_a_filter_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        BriefingList.model_validate({}).limit = 3  # type: ignore[misc]


def test_includes_and_fields() -> None:
    query = ItemList.model_validate(
        {"include": " details , sources", "fields": "id,entities.surface"}
    )
    assert query.names() == ("id", "entities.surface")
    assert set(query.includes()) == {"details", "sources", "entities"}
    with pytest.raises(BadRequest, match="did you mean sources"):
        ItemList.model_validate({"include": "sorces"}).includes()


def test_names_with_commas_and_ranges() -> None:
    assert TimelinesQuery.model_validate({"entities": r"A\,B, C"}).given() == ["A,B", "C"]
    assert EntityList.model_validate({"mentions": ["3..7|10.."]}).mentions == ["3..7|10.."]
    for given in (
        {"mentions": ["many"]},
        {"first_seen": ["2025-13-01"]},
        {"mentions": [""]},
        {"items": ["7..3"]},
        {"has": ["sources"]},
    ):
        with pytest.raises(ValidationError):
            EntityList.model_validate(given)


def test_what_a_walk_is_of() -> None:
    """Not what is shown of each entry."""
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


def test_timeline_bounds() -> None:
    assert TimelineQuery.model_validate({"top": 10}).interval == "day"
    with pytest.raises(ValidationError):
        TimelineQuery.model_validate({"top": 11})
