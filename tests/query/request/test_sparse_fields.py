"""Sparse fields."""

from typing import Any

import pytest
from pydantic import BaseModel

from app.errors import BadRequest
from app.query.request.sparse_fields import Tree, field_tree, pick
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.dataset import Gap, InfoOut
from app.query.schemas.items import ItemOut, NodeOut


@pytest.mark.parametrize(
    ("model", "paths", "tree"),
    [
        (ItemOut, [], {}),
        (ItemOut, ["id", "title"], {"id": {}, "title": {}}),
        (
            ItemOut,
            ["importance.level", "importance.label"],
            {"importance": {"level": {}, "label": {}}},
        ),
        (ItemOut, ["entities.entity.name"], {"entities": {"entity": {"name": {}}}}),
        (Gap, ["from"], {"from": {}}),
        (NodeOut, ["children.children.text"], {"children": {"children": {"text": {}}}}),
        (BriefingOut, ["front_matter.cover.image"], {"front_matter": {"cover": {"image": {}}}}),
        (InfoOut, ["counts.items"], {"counts": {"items": {}}}),
    ],
)
def test_field_tree(model: type[BaseModel], paths: list[str], tree: Tree) -> None:
    assert field_tree(model, paths) == tree


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("titel", "did you mean title"),
        ("importance.lvl", "did you mean level"),
        ("title.x", "has no parts"),
        ("entities.entity.nam", "did you mean name"),
        ("", "is not valid"),
        ("id.", "has no parts"),
        (".id", "is not valid"),
    ],
)
def test_unknown_fields_are_refused(path: str, message: str) -> None:
    with pytest.raises(BadRequest, match=message) as caught:
        field_tree(ItemOut, [path])
    assert caught.value.errors[0]["parameter"] == "fields"


@pytest.mark.parametrize(
    ("value", "tree", "left"),
    [
        ({"a": 1, "b": 2}, {}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"b": {}}, {"b": 2}),
        ({"a": [{"x": 1, "y": 2}, {"x": 3}]}, {"a": {"y": {}}}, {"a": [{"y": 2}, {}]}),
        ({"a": None}, {"a": {"x": {}}}, {"a": None}),
        ({"a": 1}, {"missing": {}}, {}),
        ({"b": 1, "a": 2}, {"a": {}, "b": {}}, {"a": 2, "b": 1}),
    ],
)
def test_pick(value: Any, tree: Tree, left: Any) -> None:
    assert pick(value, tree) == left


def test_a_whole_and_a_part_of_it() -> None:
    """Asking for less cannot take away what was asked for whole."""
    assert pick({"a": {"x": 1, "y": 2}}, field_tree(_Outer, ["a", "a.x"])) == {
        "a": {"x": 1, "y": 2}
    }
    assert pick({"a": {"x": 1, "y": 2}}, field_tree(_Outer, ["a.x", "a"])) == {
        "a": {"x": 1, "y": 2}
    }


class _Inner(BaseModel):
    x: int
    y: int


class _Outer(BaseModel):
    a: _Inner
