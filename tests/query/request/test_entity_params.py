"""Query strings of entities, timelines and trends."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.query.request.entity_params import (
    TOP,
    EntityList,
    TimelineQuery,
    TimelinesQuery,
    TrendsQuery,
)
from app.query.request.params import MAX_VALUE_CHARS


def test_names_of_entities_are_separated_by_commas() -> None:
    query = TimelinesQuery.model_validate({"entities": r"A\,B, C, C"})
    assert query.names_of_entities() == ["A,B", "C"]


def test_the_length_of_each_name_is_limited() -> None:
    longest = "x" * MAX_VALUE_CHARS
    assert TimelinesQuery(entities=f"{longest},{longest}").entities
    with pytest.raises(ValidationError, match="at most 256 characters"):
        TimelinesQuery(entities=f"{longest}x,Qwen")


@pytest.mark.parametrize(
    "parameters",
    [
        {"mentions": ["many"]},
        {"first_seen": ["2025-13-01"]},
        {"mentions": [""]},
        {"items": ["7..3"]},
        {"has": ["sources"]},
        {"mention": ["cell"]},
    ],
)
def test_invalid_values_are_refused(parameters: dict[str, Any]) -> None:
    assert EntityList.model_validate({"mentions": ["3..7|10.."]}).mentions == ["3..7|10.."]
    with pytest.raises(ValidationError):
        EntityList.model_validate(parameters)


def test_top_items_are_limited() -> None:
    assert TimelineQuery.model_validate({"top": TOP}).interval == "day"
    with pytest.raises(ValidationError):
        TimelineQuery.model_validate({"top": TOP + 1})


def test_a_window_has_ninety_days_at_most() -> None:
    assert TrendsQuery.model_validate({"window": 90}).baseline == 28
    with pytest.raises(ValidationError, match="less than or equal to 90"):
        TrendsQuery.model_validate({"window": 91})
