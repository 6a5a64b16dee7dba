"""The current dataset version of a database, read cheaply before every answer."""

import asyncio
import time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.query.snapshot import dataset
from app.store.db import Database, sqlite


class Freshness:
    """The current dataset version of a database, whichever process changed it.

    SQLite reports a commit of any connection in microseconds (`PRAGMA data_version`), so it is
    asked each time. A PostgreSQL server is asked at most once a `lease` of seconds. A writer there
    acknowledges only after one more lease, so that no answer is older than its client knows.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._cursor: Any = None
        """The driver's own cursor: the pool's proxies cost more than the pragma."""
        self._data_version: int | None = None
        self._version: str | None = None
        self._valid_until = 0.0
        self._query: asyncio.Task[None] | None = None
        self._opening = 0

    async def current(self) -> str | None:
        """Return the version; None if the database is unreachable or in memory."""
        if self._database.in_memory:
            return None

        if self._database.is_sqlite:
            return self._read_file()

        if time.monotonic() >= self._valid_until:
            # All requests that wait share one query.
            if self._query is None:
                self._query = asyncio.create_task(self._refresh())

            await asyncio.shield(self._query)

        return self._version

    def peek(self) -> str | None:
        """Return the version if it is known to be current without waiting, else None."""
        if self._database.in_memory:
            return None
        if self._database.is_sqlite:
            return self._read_file()
        return self._version if time.monotonic() < self._valid_until else None

    def _read_file(self) -> str | None:
        self._database.follow_file()
        if self._opening != self._database.openings:
            self.close()
            self._opening = self._database.openings
        try:
            if self._connection is None:
                self._connection = self._database.reader.raw_connection()
                self._cursor = self._connection.driver_connection.cursor()

            (data_version,) = self._cursor.execute("PRAGMA data_version").fetchone()
            if data_version != self._data_version:
                row = self._cursor.execute("SELECT instance, version FROM dataset").fetchone()
                # Read after the pragma: a commit between the two is noticed next time.
                self._data_version = data_version
                self._version = f"{row[0]}-{row[1]}" if row else None
        except (sqlite.Error, SQLAlchemyError):
            self.close()

        return self._version

    async def _refresh(self) -> None:
        started = time.monotonic()
        try:
            self._version = await run_in_threadpool(self._read_server)
            self._valid_until = started + self._database.lease
        except SQLAlchemyError:
            self._version = None
        finally:
            self._query = None

    def _read_server(self) -> str:
        # From the server that is written to: a replica may lag.
        with Session(self._database.reader) as session:
            return dataset.version(session).text

    def close(self) -> None:
        """Return the connection to its pool; the next question opens another one."""
        if self._connection is not None:
            self._connection.close()

        self._connection = self._cursor = None
        self._data_version = None
        self._version = None
