"""Sparse fields: an answer reduced to the fields that the client asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from app.errors import BadRequest
from app.query.request.suggestions import fault, nearest

Tree = dict[str, "Tree"]
"""Field names with the names below each; an empty tree is the whole value."""


def field_tree(model: type[BaseModel], paths: Sequence[str]) -> Tree:
    """Return `paths` such as `importance.level` as a tree.

    Raises BadRequest for a path that `model` does not have.
    """
    tree: Tree = {}
    for path in paths:
        # A part of a field that is asked for as a whole removes nothing.
        is_covered = any(path.startswith(f"{whole}.") for whole in paths)
        _add(model, path, {} if is_covered else tree)

    return tree


def _add(model: type[BaseModel], path: str, branch: Tree) -> None:
    shape: type[BaseModel] | None = model
    steps = path.split(".")

    for depth, name in enumerate(steps, 1):
        inner = None
        if shape is not None:
            annotation = _annotation(shape, name, path)
            inner = _model_in(annotation)

            if inner is None and depth < len(steps) and not _is_mapping(annotation):
                whole = ".".join(steps[:depth])
                raise BadRequest(
                    f"fields: {path!r} is not valid; {whole!r} has no parts.",
                    [fault("fields", path, [whole])],
                )

        branch = branch.setdefault(name, {})
        shape = inner


def _annotation(shape: type[BaseModel], name: str, path: str) -> Any:
    """Return the type of a field by its public name. Raises BadRequest for an unknown one."""
    fields = {}
    for key, info in shape.model_fields.items():
        fields[info.alias or key] = info.annotation

    if name not in fields:
        raise BadRequest(
            f"fields: {path!r} is not valid; {nearest(name, fields)}",
            [fault("fields", path, fields)],
        )

    return fields[name]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the shape inside `X`, `X | None` or `list[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation

    for argument in get_args(annotation):
        model = _model_in(argument)
        if model is not None:
            return model

    return None


def _is_mapping(annotation: Any) -> bool:
    if getattr(annotation, "__origin__", annotation) is dict:
        return True

    return any(map(_is_mapping, get_args(annotation)))


def pick(value: Any, tree: Tree) -> Any:
    """Return `value` (plain JSON data) reduced to `tree`."""
    if not tree:
        return value

    if isinstance(value, list):
        return [pick(entry, tree) for entry in value]

    if isinstance(value, Mapping):
        return {name: pick(value[name], below) for name, below in tree.items() if name in value}

    return value
