"""A SQLite file: engines that write it and that only read it, and its state while it is served.

A file on a read-only disk without a log is opened as immutable, as SQLite cannot share memory
there. Whether the file is still the same is asked before each write (`FileState`).
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import create_engine

from app.errors import Unavailable
from app.store.encoding.json_columns import encode_json
from app.store.engines import faults
from app.store.engines.limits import CONNECTION_WAIT_SECONDS, POOL_SIZE, WouldBlock

try:
    # The Python build's own SQLite may be one of 3.7.0-3.51.2, which can corrupt a WAL at reset.
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # pragma: no cover - where no wheel exists
    import sqlite3 as sqlite

__all__ = ["FileState", "connect_to_read", "data_version", "engine", "lock_error", "rows", "sqlite"]

LOOK_SECONDS = 1.0
"""Seconds between two checks of the file by readers; writers check it each time."""
MIN_FREE_BYTES = 1024 * 1024
"""Free bytes below which a disk counts as full: a document takes about half of that."""
Identity = tuple[int, int]
"""Device and number of a file."""


class FileState:
    """The state of a database file. `is_other` says that connections must be reopened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity: Identity | None = None
        """The file that connections were opened on; None before the first one."""
        self.is_immutable = False
        """Whether readers took the file as one that cannot change."""
        self.is_damaged = False
        self._look_at = 0.0

    def opened(self, *, immutable: bool) -> None:
        """Note that a connection was opened."""
        self.identity = self.identity or self._present()
        self.is_immutable = self.is_immutable or immutable

    def reset(self) -> None:
        """Forget the file, after all connections were closed."""
        self.identity = None
        self.is_immutable = self.is_damaged = False

    def note(self, error: BaseException) -> None:
        """Note the damage that an error reports."""
        if faults.reason(error) in (faults.DAMAGED, faults.NOT_A_DATABASE):
            self.is_damaged = True

    def is_due(self) -> bool:
        """Whether readers should check the file again; they do so once a second."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_SECONDS
        return True

    def is_other(self) -> bool:
        """Whether another file is in place of the opened one, or a read-only one can be written."""
        if self.identity is None:
            return False
        if self.is_immutable and not self.is_read_only():
            return True
        present = self._present()
        return present is not None and present != self.identity

    def check_writable(self) -> None:
        """Raise Unavailable if a write would be lost or make damage worse."""
        if self.identity and self._present() is None:
            raise _nothing_written(faults.MISSING)
        if self.is_damaged:
            raise _nothing_written(faults.DAMAGED)

    def is_read_only(self) -> bool:
        """Whether file or folder cannot be written."""
        folder = self.path.absolute().parent
        return not (os.access(self.path, os.W_OK) and os.access(folder, os.W_OK))

    def fault(self) -> str | None:
        """Return the present fault of storage, None without one."""
        if self._present() is None:
            return faults.MISSING
        if self.is_damaged:
            return faults.DAMAGED
        if self.is_read_only():
            return faults.READ_ONLY
        space = os.statvfs(self.path)
        if space.f_bavail * space.f_frsize < MIN_FREE_BYTES:
            return faults.FULL
        return None

    def _present(self) -> Identity | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


def _nothing_written(fault: str) -> Unavailable:
    return Unavailable(f"{fault} Nothing was written.")


def lock_error(error: OSError) -> Exception:
    """Return the error of a lock file that cannot be opened."""
    fault = faults.reason(error)
    return _nothing_written(fault) if fault else error


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
            # Deferred, so it waits for no lock; SQLAlchemy takes ten times as long.
            connection.connection.driver_connection.execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
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
