"""Which version of the content holds now, asked cheaply before every answer."""

import asyncio
import time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.query.snapshot import dataset
from app.store.db import Database, sqlite


class Freshness:
    """The current dataset version of a base, whichever process raised it.

    SQLite tells in microseconds whether any connection has committed (`PRAGMA data_version`), so it is asked each time. A
    PostgreSQL server is asked at most once a `lease`; whoever writes there acknowledges only after one more has passed
    (`Database.settle`), so that no answer is staler than what its client knows.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._seen: int | None = None
        self._version: str | None = None
        self._until = 0.0
        self._asking: asyncio.Task[None] | None = None

    async def current(self) -> str | None:
        """The version, or None where it cannot be known: the base is away, or in memory."""
        if self._database.in_memory:
            return None
        if self._database.is_sqlite:
            return self._of_file()
        if time.monotonic() >= self._until:
            # One asks for all that wait.
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask())
            await asyncio.shield(self._asking)
        return self._version

    def _of_file(self) -> str | None:
        try:
            if self._connection is None:
                self._connection = self._database.reader.raw_connection()
            (seen,) = self._connection.execute("PRAGMA data_version").fetchone()
            if seen != self._seen:
                row = self._connection.execute("SELECT instance, version FROM dataset").fetchone()
                # Asked first, read after: what was committed between the two is noticed next time.
                self._seen, self._version = seen, f"{row[0]}-{row[1]}" if row else None
        except (sqlite.Error, SQLAlchemyError):
            self.close()
        return self._version

    async def _ask(self) -> None:
        began = time.monotonic()
        try:
            self._version = await run_in_threadpool(self._read)
            self._until = began + self._database.lease
        except SQLAlchemyError:
            self._version = None
        finally:
            self._asking = None

    def _read(self) -> str:
        # Of the base that is written to: a replica may not know yet.
        with Session(self._database.reader) as session:
            return dataset.version(session).text

    def close(self) -> None:
        """Give the connection back; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._seen = self._version = None
