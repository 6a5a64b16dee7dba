"""The public shapes: every field is said, unknown ones are refused."""

import inspect
from types import ModuleType

import pytest
from pydantic import BaseModel, ValidationError

from app.query.schemas import (
    briefings,
    buckets,
    dataset,
    entities,
    items,
    lists,
    search,
    shared,
    taxonomy,
)
from app.query.schemas.dataset import Gap
from app.query.schemas.shared import EntityRef

MODULES: list[ModuleType] = [
    briefings,
    buckets,
    dataset,
    entities,
    items,
    lists,
    search,
    shared,
    taxonomy,
]
SHAPES = sorted(
    {
        shape
        for module in MODULES
        for _, shape in inspect.getmembers(module, inspect.isclass)
        if issubclass(shape, shared.Out)
    },
    key=lambda shape: shape.__name__,
)
# What a list leaves out unless `include` asks for it.
OPTIONAL = {
    ("ItemOut", name)
    for name in (
        "details",
        "entities",
        "sources",
        "certainty",
        "extra",
        "echoes",
        "mentions",
        "match",
    )
}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_field_is_said(shape: type[BaseModel]) -> None:
    optional = {
        (shape.__name__, name)
        for name, field in shape.model_fields.items()
        if not field.is_required()
    }
    assert {pair for pair in optional if pair[0] != "Headlines"} <= OPTIONAL


def test_nothing_else_is_said() -> None:
    with pytest.raises(ValidationError):
        EntityRef.model_validate({"id": "e_1", "slug": "a", "name": "A", "type": "other", "pk": 1})


def test_names_python_cannot_write() -> None:
    gap = Gap.model_validate({"from": "2026-01-01", "to": "2026-01-02", "days": 2})
    assert gap.model_dump(mode="json") == {"from": "2026-01-01", "to": "2026-01-02", "days": 2}
