"""A whole base from one engine to another, row by row, and the proof that all of it arrived."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Table, func, insert, select, text, tuple_, update
from sqlmodel import SQLModel

from app.errors import AppError, Conflict
from app.store import migrations
from app.store.db import Database
from app.store.tables import Dataset

_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: its rows, and the hash of them all, the same on either side."""

    table: str
    rows: int
    sha256: str


def copy(source: Database, target: Database) -> Iterator[Copied]:
    """Copy everything into `target`, which holds nothing yet, in one transaction, table by table; what arrives is compared by hash.

    The copy is a base of its own: only its instance, which begins the dataset version, differs.
    """
    if (at := migrations.current(source)) != migrations.head():
        raise Conflict(
            f"The base to copy is at schema {at or 'none'}, {migrations.head()} is needed: briefbase migrate."
        )
    migrations.migrate(target)
    with source.reader.connect() as given, target.gate(), target.writer.begin() as taken:
        if not target.is_sqlite:
            taken.execute(text("SET LOCAL statement_timeout = 0"))
        tables = SQLModel.metadata.sorted_tables
        if held := [
            table.name
            for table in tables
            if taken.execute(select(func.count()).select_from(table)).scalar_one()
        ]:
            raise Conflict(
                f"The base to copy to holds something already ({', '.join(held[:5])}); give an empty one."
            )
        for table in tables:
            yield _copy_table(given, taken, table)
        taken.execute(
            update(SQLModel.metadata.tables[Dataset.__tablename__]).values(  # type: ignore[index]
                instance=secrets.token_hex(4)
            )
        )
        if not target.is_sqlite:
            _set_sequences(taken, tables)


def _copy_table(given: Connection, taken: Connection, table: Table) -> Copied:
    # A row may refer to one further down: such columns are filled in when all rows are there.
    inward = [
        column
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]
    keys = list(table.primary_key.columns)
    count = 0
    for rows in _chunks(given, table):
        count += len(rows)
        taken.execute(
            insert(table),
            [{**row, **dict.fromkeys((column.name for column in inward), None)} for row in rows],
        )
    for column in inward:
        for rows in _chunks(given, table):
            for row in rows:
                if row[column.name] is not None:
                    own = [key == row[key.name] for key in keys]
                    taken.execute(update(table).where(*own).values({column.name: row[column.name]}))
    there, here = content_hash(given, table), content_hash(taken, table)
    if there != here:
        raise AppError(
            f"What arrived of {table.name} is not what was sent; nothing is kept of the copy."
        )
    return Copied(table.name, count, here)


def content_hash(connection: Connection, table: Table) -> str:
    """A hash of all rows of a table, the same for the same rows on any engine."""
    digest = hashlib.sha256()
    for rows in _chunks(connection, table):
        for row in rows:
            digest.update(orjson.dumps(list(row.values()), default=bytes.hex))
    return digest.hexdigest()


def _chunks(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table in order of their keys, a bounded number at a time."""
    keys = list(table.primary_key.columns)
    statement = select(table).order_by(*keys).limit(_ROWS)
    beyond: list[Any] = []
    while rows := [dict(row) for row in connection.execute(statement.where(*beyond)).mappings()]:
        yield rows
        beyond = [tuple_(*keys) > tuple(rows[-1][key.name] for key in keys)]


def _set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    """Have PostgreSQL number new rows after those that came with their numbers."""
    for table in tables:
        key = next(iter(table.primary_key.columns))
        sequence = connection.execute(
            select(func.pg_get_serial_sequence(table.name, key.name))
        ).scalar_one()
        if sequence and (last := connection.execute(select(func.max(key))).scalar_one()):
            connection.execute(select(func.setval(sequence, last)))
