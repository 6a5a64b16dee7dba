"""Public shapes: every field is required and described, unknown fields are refused."""

import importlib
import inspect
import pkgutil

import pytest
from pydantic import BaseModel, ValidationError

from app.query import schemas
from app.query.schemas import shared
from app.query.schemas.dataset import Gap
from app.query.schemas.shared import EntityRef


def _shapes() -> list[type[shared.Out]]:
    shapes: set[type[shared.Out]] = set()
    for module in pkgutil.iter_modules(schemas.__path__):
        members = inspect.getmembers(
            importlib.import_module(f"{schemas.__name__}.{module.name}"),
            inspect.isclass,
        )
        for _, member in members:
            if issubclass(member, shared.Out):
                shapes.add(member)
    return sorted(shapes, key=lambda shape: (shape.__module__, shape.__name__))


SHAPES = _shapes()
# A list omits these fields unless `include` names them.
OPTIONAL_FIELDS = {
    "details",
    "entities",
    "sources",
    "certainty",
    "extra",
    "echoes",
    "mentions",
    "match",
}


# The reconciliation specification tells a value's type by the member that is there.
OPTIONAL_FIELDS_BY_SHAPE = {
    "ItemOut": OPTIONAL_FIELDS,
    "Candidates": {"error"},
    "PropertyMeta": {"service", "type"},
    "ValueOut": {"date", "id", "name", "number", "text", "float", "int", "bool", "str"},
    "DayLinks": {"next", "prev"},
    # The profile of data packages knows no null.
    "DataPackageOut": {"created"},
}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_field_is_required(shape: type[BaseModel]) -> None:
    optional_fields = set()
    for name, field in shape.model_fields.items():
        if not field.is_required():
            optional_fields.add(name)
    assert optional_fields <= OPTIONAL_FIELDS_BY_SHAPE.get(shape.__name__, set())


def test_every_shape_and_field_has_a_description() -> None:
    undescribed = []
    for shape in SHAPES:
        if not inspect.getdoc(shape):
            undescribed.append(shape.__name__)
        for name, field in shape.model_fields.items():
            if not field.description:
                undescribed.append(f"{shape.__name__}.{name}")
    assert undescribed == []


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        EntityRef.model_validate({"id": "e_1", "slug": "a", "name": "A", "type": "other", "pk": 1})


def test_a_field_can_have_a_name_that_python_reserves() -> None:
    gap = Gap.model_validate({"from": "2026-01-01", "to": "2026-01-02", "days": 2})
    assert gap.model_dump(mode="json") == {"from": "2026-01-01", "to": "2026-01-02", "days": 2}
