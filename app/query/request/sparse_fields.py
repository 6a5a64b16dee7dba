"""Sparse fields: the parts of an answer a client asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from app.errors import BadRequest
from app.query.request.suggestions import fault, nearest

Tree = dict[str, "Tree"]


def field_tree(model: type[BaseModel], paths: Sequence[str]) -> Tree:
    """`paths` as a tree of names, each checked against `model`. An unknown one is refused, the nearest named."""
    tree: Tree = {}
    for path in paths:
        # A part of what is asked for whole takes nothing away.
        within = any(path.startswith(f"{whole}.") for whole in paths)
        branch: Tree = {} if within else tree
        shape: type[BaseModel] | None = model
        steps = path.split(".")
        for depth, name in enumerate(steps, 1):
            inner = None
            if shape is not None:
                fields = {
                    info.alias or key: info.annotation for key, info in shape.model_fields.items()
                }
                if name not in fields:
                    raise BadRequest(
                        f"There is no field {path!r}; {nearest(name, fields)}",
                        [fault("fields", path, fields)],
                    )
                inner = _model_in(fields[name])
                if inner is None and depth < len(steps) and not _is_mapping(fields[name]):
                    whole = ".".join(steps[:depth])
                    raise BadRequest(
                        f"The field {whole!r} has no parts; ask for it whole.",
                        [fault("fields", path, [whole])],
                    )
            branch, shape = branch.setdefault(name, {}), inner
    return tree


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The shape inside `X`, `X | None`, `list[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _is_mapping(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", annotation) is dict or any(
        map(_is_mapping, get_args(annotation))
    )


def pick(value: Any, tree: Tree) -> Any:
    """`value` (plain JSON data) reduced to `tree`; an empty tree keeps all."""
    if not tree:
        return value
    if isinstance(value, list):
        return [pick(entry, tree) for entry in value]
    if isinstance(value, Mapping):
        return {name: pick(value[name], below) for name, below in tree.items() if name in value}
    return value
