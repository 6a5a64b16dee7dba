"""Batches of reconciliation queries."""

import pytest

from app.query.names.batches import usual_form


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"query": 3}, {"query": "3"}),
        ({"query": "a", "type": {"id": "org"}}, {"query": "a", "type": "org"}),
        ({"type": [{"id": "org"}, "model"]}, {"type": ["org", "model"]}),
        ({"properties": [{"pid": "maker", "v": ["", "x"]}]},) * 2,
        ({"properties": [{"p": "maker", "v": 0}]}, {"properties": [{"pid": "maker", "v": 0}]}),
        ({"properties": [{"v": 1}, {"pid": "maker", "v": ""}]}, {"properties": []}),
        ({"properties": "x"},) * 2,
        (["x"],) * 2,
    ],
)
def test_conditions_without_a_value_are_dropped(query: object, expected: object) -> None:
    assert usual_form(query) == expected
