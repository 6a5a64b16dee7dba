"""Engines of a SQLite file: one that writes, and others that only read.

A file on a read-only disk without a log is opened as immutable, as SQLite cannot share memory
there. Whether the file is still the same is asked before each write (`file_state.py`).
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import create_engine

from app.store.encoding.json_columns import encode_json
from app.store.engines.file_state import FileState
from app.store.engines.limits import CONNECTION_WAIT_SECONDS, POOL_SIZE, WouldBlock

try:
    # The Python build's own SQLite may be one of 3.7.0-3.51.2, which can corrupt a WAL at reset.
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # pragma: no cover - where no wheel exists
    import sqlite3 as sqlite

__all__ = ["connect_to_read", "data_version", "engine", "rows", "sqlite"]


def data_version(connection: Connection) -> int:
    """Return a number that changes with each commit of another connection."""
    driver: Any = connection.connection.driver_connection
    return int(driver.execute("PRAGMA data_version").fetchone()[0])


def rows(connection: Connection, statement: str, values: Sequence[Any]) -> list[Any]:
    """Return the rows of a statement by the driver, in a tenth of the time that others take.

    The connection must have begun a transaction. Raises `DBAPIError` as its other methods do.
    """
    if not connection.info.get("is_whole_session", True):
        _start_deadline(connection)
    driver: Any = connection.connection.driver_connection
    try:
        return list(driver.execute(statement, values))
    except sqlite.Error as error:
        raise DBAPIError.instance(
            statement, tuple(values), error, sqlite.Error, dialect=connection.dialect
        ) from error


def engine(
    url: URL,
    state: FileState | None = None,
    *,
    read_timeout: float | None = None,
    whole_session: bool = False,
) -> Engine:
    """Return an engine that writes, or with a `read_timeout` (seconds) one that only reads.

    `state` is that of the file, None for a database in memory. The timeout is for each statement,
    or for a `whole_session` with the time between statements.
    """
    options: dict[str, Any] = {"poolclass": StaticPool}
    if state:
        options = {
            "pool_size": POOL_SIZE,
            "max_overflow": 0,
            "pool_timeout": CONNECTION_WAIT_SECONDS,
        }

    if state and read_timeout:
        options["creator"] = lambda: connect_to_read(state)

    options["json_serializer"] = encode_json
    opened = create_engine(url, module=sqlite, connect_args={"check_same_thread": False}, **options)
    begin = "BEGIN" if read_timeout else "BEGIN IMMEDIATE"

    @event.listens_for(opened, "connect")
    def _connect(connection: Any, record: Any) -> None:
        # The driver's own transaction handling is off: `_begin` runs BEGIN.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 5000")
        if read_timeout:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
            if state:
                state.opened(immutable=False)

        cursor.close()

        def is_past_deadline() -> int:
            return int(time.monotonic() > record.info.get("deadline", float("inf")))

        if read_timeout:
            connection.set_progress_handler(is_past_deadline, 5_000)

    @event.listens_for(opened, "begin")
    def _begin(connection: Any) -> None:
        if read_timeout:
            connection.info["timeout"] = read_timeout
            connection.info["is_whole_session"] = whole_session
            connection.info["deadline"] = time.monotonic() + read_timeout
        connection.exec_driver_sql(begin)
        expected = connection.info.get("data_version")
        if expected is not None and data_version(connection) != expected:
            # Another connection has written since the session's data version was read.
            connection.exec_driver_sql("ROLLBACK")
            raise WouldBlock

    if read_timeout and not whole_session:
        event.listen(opened, "before_cursor_execute", _start_deadline)
    return opened


def connect_to_read(state: FileState) -> Any:
    """Connect to a file that exists; a missing one must not be created by its readers."""
    uri = state.path.absolute().as_uri()
    connection = sqlite.connect(f"{uri}?mode=rw", uri=True, check_same_thread=False)
    is_immutable = False
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite.OperationalError:
        connection.close()
        if not state.is_read_only() or _has_log(state.path):
            raise
        is_immutable = True
        uri += "?mode=ro&immutable=1"
        connection = sqlite.connect(uri, uri=True, check_same_thread=False)
    state.opened(immutable=is_immutable)
    return connection


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _start_deadline(connection: Connection, *_: object) -> None:
    """Give a statement its whole time: Python's time since the last statement does not count."""
    connection.info["deadline"] = time.monotonic() + connection.info["timeout"]
