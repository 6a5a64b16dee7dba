"""The columns of a table, from the shape of its rows. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Kind = Literal["string", "integer", "number", "boolean", "date", "datetime", "list", "object"]
_KINDS: dict[Any, Kind] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    date: "date",
    datetime: "datetime",
}


@dataclass(frozen=True)
class Column:
    """A column; `columns` are those of an object, or the single one of the entries of a list."""

    name: str
    kind: Kind
    nullable: bool
    description: str
    columns: tuple["Column", ...] = ()


def columns_of(shape: type[BaseModel]) -> tuple[Column, ...]:
    """Return the columns of a shape, in its order."""
    columns = []
    for name, field in shape.model_fields.items():
        columns.append(_column(name, field.annotation, _description(field)))
    return tuple(columns)


def _description(field: FieldInfo) -> str:
    return field.description or ""


def _column(name: str, annotation: Any, description: str) -> Column:
    options = [option for option in get_args(annotation) if option is not NoneType]
    nullable = NoneType in get_args(annotation)
    if nullable:
        (annotation,) = options
    origin = get_origin(annotation)
    if origin is Literal:
        return Column(name, "string", nullable, description)
    if origin is list:
        entry = _column("item", get_args(annotation)[0], "")
        return Column(name, "list", nullable, description, (entry,))
    if annotation in _KINDS:
        return Column(name, _KINDS[annotation], nullable, description)
    return Column(name, "object", nullable, description, columns_of(annotation))


@dataclass(frozen=True)
class FlatColumn:
    """A column of a flat file: its path in a row."""

    column: Column
    path: tuple[str, ...]


def flat(columns: tuple[Column, ...]) -> list[FlatColumn]:
    """Return the columns of a flat file: objects are taken apart, `importance_level`."""
    return list(_cells(columns, (), False))


def _cells(
    columns: tuple[Column, ...], path: tuple[str, ...], nullable: bool
) -> Iterator[FlatColumn]:
    for column in columns:
        inner = (*path, column.name)
        can_be_null = nullable or column.nullable
        if column.kind == "object":
            yield from _cells(column.columns, inner, can_be_null)
        else:
            name = "_".join(inner)
            leaf = Column(name, column.kind, can_be_null, column.description, column.columns)
            yield FlatColumn(leaf, inner)
