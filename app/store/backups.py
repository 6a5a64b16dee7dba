"""Backups of a whole database in one SQLite file: made while others write, verified, restored."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.errors import AppError, Conflict, NotFound
from app.store import copying, migrations
from app.store.db import Database, sqlite

_NAME = re.compile(r"briefbase-\d{8}T\d{6}Z\.db")
_PRIVATE = 0o600
"""A backup holds private rows: drafts, hashes of keys, deleted briefings."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified backup: its size in bytes, its documents, and the version of the dataset."""

    path: Path
    size: int
    documents: int
    version: str
    revision: str


def create(database: Database, path: Path) -> Backup:
    """Write a backup of `database` to `path` and verify it; others may write meanwhile.

    SQLite is copied by its online backup in one step, PostgreSQL row by row from one snapshot.
    Raises `Conflict` if the file exists, `AppError` if it cannot be read back whole.
    """
    if path.exists():
        raise Conflict(f"{path} exists; choose another name.")
    part = path.with_name(f".{path.name}.part")
    _remove(part)
    try:
        part.touch(_PRIVATE)
        if database.is_sqlite:
            _copy_file(database, part)
        else:
            with closing(Database(f"sqlite:///{part}")) as target:
                list(copying.copy(database, target))
        _make_single(part)
        backup = verify(part)
        part.rename(path)
        _sync(path.parent)
    finally:
        _remove(part)
    return Backup(path, backup.size, backup.documents, backup.version, backup.revision)


def _copy_file(database: Database, part: Path) -> None:
    source: Any = database.reader.raw_connection()
    try:
        with closing(sqlite.connect(part)) as target:
            # In one step: steps would begin again at every write of others.
            source.driver_connection.backup(target, pages=-1)
    finally:
        source.close()


def _make_single(part: Path) -> None:
    """Put everything into one file, and on the disk."""
    with closing(sqlite.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    _sync(part)


def verify(path: Path) -> Backup:
    """Read a backup whole: pages, references, and each document against its hash.

    Raises `NotFound` or `AppError`.
    """
    if not path.is_file():
        raise NotFound(f"There is no backup at {path}.")
    try:
        with _opened(path) as connection:
            return _verify(path, connection)
    except sqlite.Error as error:
        raise AppError(f"{path} is no backup that can be restored: {error}.") from None


def _verify(path: Path, connection: Any) -> Backup:
    (state,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if state != "ok":
        raise AppError(f"{path} is damaged: {state}.")
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise AppError(f"{path} is not whole: a row refers to a missing one.")
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision > migrations.head():
        raise Conflict(
            f"{path} is at schema {revision}, made by a later version of Briefbase; "
            f"this version knows schemas up to {migrations.head()}."
        )
    documents = 0
    for name, sha256, body in connection.execute("SELECT name, sha256, body FROM document"):
        if hashlib.sha256(body).hexdigest() != sha256:
            raise AppError(f"{path} is damaged: the document {name} has another hash.")
        documents += 1
    row = connection.execute("SELECT instance, version FROM dataset").fetchone()
    version = f"{row[0]}-{row[1]}" if row else "empty-0"
    return Backup(path, path.stat().st_size, documents, version, revision)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite.connect(uri, uri=True)) as connection:
        yield connection


def restore(database: Database, path: Path) -> Backup:
    """Replace the contents of `database` by those of a verified backup, in one transaction.

    It may be served meanwhile. It becomes a database of its own: clients that kept answers of the
    former one ask again. Raises the errors of `verify`, and `Conflict` for a PostgreSQL database
    that is not empty.
    """
    backup = verify(path)
    if database.is_sqlite:
        _restore_file(database, path)
    else:
        with closing(Database(f"sqlite:///{path}")) as source:
            list(copying.copy(source, database))
    migrations.migrate(database)
    return backup


def _restore_file(database: Database, path: Path) -> None:
    """Copy a backup over the pages of a database that others may be reading."""
    with closing(sqlite.connect(":memory:")) as fresh:
        with _opened(path) as source:
            source.backup(fresh)
        fresh.execute("UPDATE dataset SET instance = ?", [secrets.token_hex(4)])
        fresh.commit()
        with database.write_lock():
            target = database.writer.raw_connection()
            try:
                fresh.backup(target.driver_connection, pages=-1)
            finally:
                target.close()


def is_empty(database: Database) -> bool:
    """Whether a database holds no briefing yet; one without a schema is empty."""
    if database.file and not database.file.path.exists():
        return True
    if migrations.current(database) is None:
        return True
    with database.read() as session:
        return session.execute(text("SELECT 1 FROM briefing LIMIT 1")).first() is None


def create_in(database: Database, folder: Path, count: int, now: datetime) -> Backup:
    """Write a backup named by its time into `folder` and delete the oldest ones beyond `count`."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"briefbase-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    backup = create(database, folder / name)
    for path in backups_in(folder)[count:]:
        path.unlink()
    return backup


def backups_in(folder: Path) -> list[Path]:
    """Return the backups that `create_in` wrote to a folder, the latest first."""
    paths = []
    for path in folder.iterdir():
        if _NAME.fullmatch(path.name):
            paths.append(path)
    return sorted(paths, reverse=True)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(part: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal", ".lock"):
        part.with_name(part.name + ending).unlink(missing_ok=True)
