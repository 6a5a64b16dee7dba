"""How values are cut for the database."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy
from sqlmodel import Session, SQLModel

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def insert_rows(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, without an object for each of them."""
    if rows:
        session.execute(sqlalchemy.insert(SQLModel.metadata.tables[str(table.__tablename__)]), rows)


def insert_returning_pks(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Write rows, and give their numbers, in their order."""
    if not rows:
        return []
    columns = SQLModel.metadata.tables[str(table.__tablename__)]
    return list(
        session.execute(
            sqlalchemy.insert(columns).returning(columns.c.pk, sort_by_parameter_order=True), rows
        ).scalars()
    )


def strip_unstorable(value: Any) -> Any:
    """`value` with what no database takes replaced by U+FFFD: NUL characters, and halves of surrogate pairs (YAML can write both).

    The original bytes of a document are kept beside it, untouched.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {strip_unstorable(key): strip_unstorable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [strip_unstorable(inner) for inner in value]
    return value
