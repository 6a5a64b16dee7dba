"""Reading and writing rows in batches that fit one statement.

These functions run `session.execute` or, for columns on hot paths, the connection; see `db.py` for
the two ways statements are run.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Dialect,
    Row,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel

from app.store.encoding.batches import batches

T = TypeVar("T")
Value = TypeVar("Value", int, str)
Columns = TypeVarTuple("Columns")

# Fewer rows go faster in one INSERT.
_MIN_COPIED_ROWS = 20
# NUL, and halves of surrogate pairs: YAML can write both, no database takes them.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def table_of(model: type[SQLModel]) -> Table:
    """Return the SQLAlchemy table of a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def insert_rows(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows without making an object of each; all have the keys of the first."""
    if not rows:
        return
    table = table_of(model)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if is_sqlite and _is_plain(table, rows[0]):
        _insert_by_driver(session, table, rows)
    elif len(rows) >= _MIN_COPIED_ROWS and _is_plain(table, rows[0]):
        _copy(session, table, rows)
    else:
        session.execute(insert(table), rows)


def insert_returning_pks(
    session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Insert rows and return their `pk`s, in the order of `rows`."""
    if not rows:
        return []
    table = table_of(model)
    numbered = {"pk": 0, **rows[0]}
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if is_sqlite and _is_plain(table, numbered):
        # The one writer numbers rows as SQLite would: from the largest number on.
        last_pk = session.connection().execute(select(func.max(table.c.pk))).scalar_one() or 0
        pks = list(range(last_pk + 1, last_pk + 1 + len(rows)))
        new_rows = [{"pk": pk, **row} for pk, row in zip(pks, rows, strict=True)]
        _insert_by_driver(session, table, new_rows)
        return pks

    statement = insert(table).returning(table.c.pk, sort_by_parameter_order=True)
    return list(session.execute(statement, rows).scalars())


@dataclass(frozen=True)
class _InsertPlan:
    """A statement of the driver, and what converts values: (position, processor)."""

    statement: str
    copy_statement: str
    processors: list[tuple[int, Callable[[Any], Any]]]


def _is_plain(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether rows like this one are stored as they are: no column has another value by default.

    SQLAlchemy then costs more than the database.
    """
    return all(column.name in row or not _has_default(column) for column in table.columns)


def _has_default(column: Column[Any]) -> bool:
    return column.default is not None


def _insert_by_driver(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    plan = _insert_plan(table, tuple(rows[0]), session.get_bind().dialect)
    values = _driver_values(plan, rows)
    session.connection().exec_driver_sql(plan.statement, list(map(tuple, values)))


def _driver_values(plan: _InsertPlan, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    names = tuple(rows[0])
    values = [list(map(row.__getitem__, names)) for row in rows]
    for position, process in plan.processors:
        for row_values in values:
            row_values[position] = process(row_values[position])
    return values


def _copy(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows by PostgreSQL's COPY. Raises `DBAPIError`, as an INSERT does."""
    dialect = session.get_bind().dialect
    plan = _insert_plan(table, tuple(rows[0]), dialect)
    values = _driver_values(plan, rows)
    driver_connection: Any = session.connection().connection.driver_connection
    driver_error: type[Exception] = dialect.loaded_dbapi.Error
    try:
        with (
            driver_connection.cursor() as cursor,
            cursor.copy(plan.copy_statement) as copy,
        ):
            for row_values in values:
                copy.write_row(row_values)
    except driver_error as error:
        statement = plan.copy_statement
        raise DBAPIError.instance(statement, None, error, driver_error, dialect=dialect) from error


@lru_cache(maxsize=256)
def _insert_plan(table: Table, names: tuple[str, ...], dialect: Dialect) -> _InsertPlan:
    processors: list[tuple[int, Callable[[Any], Any]]] = []
    for position, name in enumerate(names):
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if process:
            processors.append((position, process))

    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'
    copy_statement = f'COPY "{table.name}" ({columns}) FROM STDIN'
    return _InsertPlan(statement, copy_statement, processors)


def values_of(
    session: Session, column: Mapped[T], *conditions: ColumnElement[bool], distinct: bool = False
) -> list[T]:
    """Return the values of a column in the rows under `conditions`, in no particular order."""
    statement = select(column).where(*conditions)
    if distinct:
        statement = statement.distinct()
    return list(session.execute(statement).scalars())


def pks_of(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> list[int]:
    """Return the `pk`s of the rows of a table under `conditions`, in order."""
    statement = select(table_of(model).c.pk).where(*conditions)
    return sorted(session.execute(statement).scalars())


def count_rows(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    """Return the number of rows of a table under `conditions`."""
    statement = select(func.count()).select_from(table_of(model)).where(*conditions)
    return int(session.execute(statement).scalar_one())


def rows_where_in(
    session: Session,
    statement: Select[*Columns],
    column: Mapped[Any],
    values: Collection[Value],
) -> Iterator[Row[*Columns]]:
    """Yield the rows of `statement` whose `column` is one of `values`, batch by batch.

    Batches are in the order of their values; within one, the statement's own order holds.
    """
    for batch in batches(sorted(set(values))):
        yield from session.execute(statement.where(column.in_(batch)))


def columns_where_in(
    session: Session,
    statement: Select[*Columns],
    column: Mapped[Any],
    values: Collection[Value],
) -> Iterator[Row[*Columns]]:
    """Yield the rows of `statement` as `rows_where_in` does, for hot paths.

    `statement` selects columns only, and objects of the session are written already.
    """
    connection = session.connection()
    for batch in batches(sorted(set(values))):
        yield from connection.execute(statement.where(column.in_(batch)))


def delete_where_in(session: Session, column: Any, values: Collection[Value]) -> None:
    """Delete the rows of the column's table whose `column` is one of `values`."""
    table = table_of(column.class_)
    for batch in batches(sorted(set(values))):
        session.execute(delete(table).where(column.in_(batch)))


def strip_unstorable(value: Any) -> Any:
    """Return `value` with U+FFFD in place of each character that no database stores.

    `value` is a text, or lists and mappings of texts, as JSON has them. A document and a curator's
    words pass through here once, before anything is decided on them; a document's bytes are stored
    as they came.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {strip_unstorable(key): strip_unstorable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [strip_unstorable(inner) for inner in value]
    return value
