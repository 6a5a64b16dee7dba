"""How values are cut for the database."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

T = TypeVar("T")

# SQLite takes 32,766 parameters a statement, older builds 999.
_CHUNK = 900
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """`values` in runs that fit one `IN (…)`."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def add(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, without an object for each of them."""
    if rows:
        session.execute(insert(SQLModel.metadata.tables[str(table.__tablename__)]), rows)


def added(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write rows, and give their numbers, in their order."""
    if not rows:
        return []
    columns = SQLModel.metadata.tables[str(table.__tablename__)]
    return list(session.execute(insert(columns).returning(columns.c.pk, sort_by_parameter_order=True), rows).scalars())


def storable(value: Any) -> Any:
    """`value` with what no database takes replaced by U+FFFD: NUL characters, and halves of surrogate pairs (YAML can write both).

    The original bytes of a document are kept beside it, untouched.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(inner) for inner in value]
    return value
