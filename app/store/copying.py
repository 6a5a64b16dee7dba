"""Copying a whole database from one engine to another, row by row, with a proof by hashes."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, func, insert, select, text, tuple_, update
from sqlmodel import SQLModel

from app.errors import AppError, Conflict
from app.store import migrations
from app.store.db import Database
from app.store.rows import table_of
from app.store.tables import Dataset

_ROWS_PER_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table: its number of rows, and the hash of them all, equal on both sides."""

    table: str
    rows: int
    sha256: str


def copy(source: Database, target: Database) -> Iterator[CopiedTable]:
    """Copy everything into the empty `target`, in one transaction, and yield each table.

    The copy is a database of its own: only its instance, which begins the dataset version,
    differs. Raises `Conflict` if the source is at another schema or the target is not empty,
    `AppError` if a table arrives with another hash.
    """
    _check_schema(source)
    migrations.migrate(target)
    tables = SQLModel.metadata.sorted_tables
    with (
        source.reader.connect() as reading,
        target.write_lock(),
        target.writer.begin() as writing,
    ):
        if not target.is_sqlite:
            writing.execute(text("SET LOCAL statement_timeout = 0"))
        _check_empty(writing, tables)
        for table in tables:
            yield _copy_table(reading, writing, table)
        writing.execute(update(table_of(Dataset)).values(instance=secrets.token_hex(4)))
        if not target.is_sqlite:
            _set_sequences(writing, tables)


def _check_schema(source: Database) -> None:
    revision, head = migrations.current(source), migrations.head()
    if revision != head:
        raise Conflict(
            f"The database to copy is at schema {revision or 'none'}; {head} is needed. "
            "Run briefbase migrate on it first."
        )


def _check_empty(connection: Connection, tables: Sequence[Table]) -> None:
    filled = []
    for table in tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            filled.append(table.name)
    if filled:
        raise Conflict(
            f"The database to copy to is not empty ({', '.join(filled[:5])}); pass an empty one."
        )


def _copy_table(reading: Connection, writing: Connection, table: Table) -> CopiedTable:
    self_references = _self_references(table)
    blank = {column.name: None for column in self_references}
    count = 0
    for rows in _chunks(reading, table):
        count += len(rows)
        writing.execute(insert(table), [row | blank for row in rows])

    for column in self_references:
        _copy_self_reference(reading, writing, table, column)
    expected, arrived = content_hash(reading, table), content_hash(writing, table)
    if expected != arrived:
        raise AppError(
            f"The rows of {table.name} did not arrive as they were sent; the copy was undone."
        )

    return CopiedTable(table.name, count, arrived)


def _self_references(table: Table) -> list[Column[Any]]:
    """Return the columns that refer to rows of the same table.

    A row may refer to a later one, so these columns are filled in when all rows are there.
    """
    columns = []
    for column in table.columns:
        if any(key.column.table is table for key in column.foreign_keys):
            columns.append(column)

    return columns


def _copy_self_reference(
    reading: Connection, writing: Connection, table: Table, column: Column[Any]
) -> None:
    keys = list(table.primary_key.columns)
    for rows in _chunks(reading, table):
        for row in rows:
            if row[column.name] is None:
                continue
            same_row = [key == row[key.name] for key in keys]
            values = {column.name: row[column.name]}
            writing.execute(update(table).where(*same_row).values(values))


def content_hash(connection: Connection, table: Table) -> str:
    """Return a hash of all rows of a table, equal for equal rows on any engine."""
    digest = hashlib.sha256()
    for rows in _chunks(connection, table):
        for row in rows:
            digest.update(orjson.dumps(list(row.values()), default=bytes.hex))
    return digest.hexdigest()


def _chunks(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table in order of their keys, `_ROWS_PER_CHUNK` at a time."""
    keys = list(table.primary_key.columns)
    statement = select(table).order_by(*keys).limit(_ROWS_PER_CHUNK)
    rows = _mappings(connection, statement)
    while rows:
        yield rows
        last = tuple(rows[-1][key.name] for key in keys)
        rows = _mappings(
            connection,
            statement.where(
                tuple_(*keys) > last,
            ),
        )


def _mappings(connection: Connection, statement: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def _set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    """Have PostgreSQL number new rows after those that were copied with their numbers."""
    for table in tables:
        key = next(iter(table.primary_key.columns))
        of_key = select(
            func.pg_get_serial_sequence(table.name, key.name),
        )
        sequence = connection.execute(of_key).scalar_one()
        highest = connection.execute(select(func.max(key))).scalar_one()
        if sequence and highest:
            connection.execute(select(func.setval(sequence, highest)))
