"""Engines, sessions and the transaction boundary.

SQLite: one writer at a time passes a gate (a lock between threads, a lock file between processes) before `BEGIN IMMEDIATE`,
because a read that turns into a write fails at once under load; readers have an engine of their own that cannot write and
stops a query at its deadline. PostgreSQL: writers pass the gate between threads, then take one advisory lock, which keeps the
dataset version in order.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, StaticPool
from sqlmodel import Session, create_engine

from app.errors import Unavailable

try:
    # The Python build's own SQLite may be one of 3.7.0-3.51.2, which can corrupt a WAL at reset.
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # pragma: no cover - where no wheel exists
    import sqlite3 as sqlite

try:
    import fcntl
except (
    ImportError
):  # pragma: no cover - not on Windows, where BEGIN IMMEDIATE and busy_timeout must do
    fcntl = None  # type: ignore[assignment]

# Session and the exceptions are for rooms that import no SQL library themselves.
__all__ = [
    "DBAPIError",
    "Database",
    "OperationalError",
    "PoolTimeout",
    "SQLAlchemyError",
    "Session",
    "WouldBlock",
    "data_version",
    "set_timeout",
    "sqlite",
]

POOL = 10
LOOP_BUDGET_SECONDS = 0.02
"""Seconds a query may take in the event loop before it is left to a thread."""
PATIENCE = 24 * 3600.0
"""Seconds a query may take where it keeps nobody else waiting, as on the command line; the service has its setting."""
_CONNECTION_WAIT = 2.0
_WRITE_WAIT = 30.0
_LOCK_TIMEOUT = 2_000
_ADVISORY_LOCK = 0x62726965  # "brie"


class WouldBlock(Exception):
    """What is asked of a quick session is no quick thing: ask again in a thread."""


class Database:
    """A base at `url`: `read()` and `write()` hand out sessions; nothing else opens connections."""

    lease = 0.2
    """Seconds a process may go on from a version it asked a PostgreSQL server for."""

    def __init__(
        self, url: str, *, read_timeout: float = PATIENCE, read_url: str | None = None
    ) -> None:
        self.url = _checked(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and self.url.database in (None, "", ":memory:")
        self._thread_gate = threading.Lock()
        if self.is_sqlite:
            self.writer = _sqlite_engine(self.url, memory=self.in_memory)
            self.reader = (
                self.writer
                if self.in_memory
                else _sqlite_engine(self.url, read_timeout=read_timeout)
            )
        else:
            self.writer = _postgres_engine(self.url, statement_timeout=30.0)
            self.reader = _postgres_engine(
                self.url, statement_timeout=2 * read_timeout, read_only=True
            )
        self.memo: dict[str, Any] = {}
        self.quick = (
            LoopConnection(self.url, min(LOOP_BUDGET_SECONDS, read_timeout), self.memo)
            if self.is_sqlite and not self.in_memory
            else None
        )
        self.replica = (
            _Replica(self, _checked(read_url, "BRIEFBASE_READ_URL"), 2 * read_timeout)
            if read_url
            else None
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one snapshot that sees nothing of later writes; of the replica, where there is one that is up to date.

        `session.info` has the `memo`, where readers keep for each other what they made of a version.
        """
        engine = (
            self.replica.engine if self.replica and self.replica.is_up_to_date() else self.reader
        )
        with _reading(engine, {"memo": self.memo, "quick": False}) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one writing session: committed at the end, rolled back whole on any error."""
        with self.gate(), Session(self.writer, expire_on_commit=False) as session, session.begin():
            if not self.is_sqlite:
                # Standing in line takes longer than any lock on rows should.
                session.execute(text(f"SET LOCAL lock_timeout = '{_WRITE_WAIT:.0f}s'"))
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                session.execute(text(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT}"))
            yield session

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Held by whoever writes. Threads of a PostgreSQL service wait here, too: in the pool they would time out."""
        if not self._thread_gate.acquire(timeout=_WRITE_WAIT):
            raise Unavailable("Another write takes too long; try again.")
        try:
            with _file_lock(
                None if self.in_memory or not self.is_sqlite else Path(f"{self.url.database}.lock")
            ):
                yield
        finally:
            self._thread_gate.release()

    def settle(self) -> None:
        """Wait until no process answers from before what was committed; whoever acknowledges a write does so after this."""
        if not self.is_sqlite:
            time.sleep(self.lease)

    def close(self) -> None:
        """Close all connections."""
        if self.replica:
            self.replica.engine.dispose()
        if self.quick:
            self.quick.close()
        self.reader.dispose()
        self.writer.dispose()


class LoopConnection:
    """Reading in the event loop of a SQLite file: over a connection of its own that is never given back, so a session costs little."""

    def __init__(self, url: URL, read_timeout: float, memo: dict[str, Any]) -> None:
        self._engine = _sqlite_engine(url, read_timeout=read_timeout)
        self._info = {"memo": memo, "quick": True}
        self._connection: Connection | None = None
        self._in_use = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session as of `Database.read`, with `quick` in its `info`: whoever would take longer than `QUICK` then, raises `Slow`."""
        if not self._in_use.acquire(blocking=False):
            raise WouldBlock
        try:
            if self._connection is None or self._connection.closed or self._connection.invalidated:
                self._connection = self._engine.connect()
            self._connection.info["deadline"] = float("inf")
            self._connection.info["seen"] = _data_version(self._connection)
            with _reading(self._connection, self._info) as session:
                yield session
        finally:
            self._in_use.release()

    def close(self) -> None:
        """Close the connection; the next session opens another."""
        with self._in_use:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._engine.dispose()


def _reading(bind: Engine | Connection, info: dict[str, Any]) -> Session:
    return Session(bind, expire_on_commit=False, autoflush=False, info=info)


def data_version(session: Session) -> tuple[object, int] | None:
    """What is equal where two quick sessions read the same snapshot; None of other sessions. Known before anything is read."""
    return (
        (session.bind, session.bind.info["seen"]) if isinstance(session.bind, Connection) else None
    )


def _data_version(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    return int(driver.execute("PRAGMA data_version").fetchone()[0])


class _Replica:
    """A PostgreSQL server that follows the one written to. One that lags is not asked.

    Compared at most once a `lease`, which whoever acknowledges a write waits for, so that nobody reads less than he knows of.
    """

    def __init__(self, primary: Database, url: URL, statement_timeout: float) -> None:
        if primary.is_sqlite or url.get_backend_name() != "postgresql":
            raise ValueError(
                "BRIEFBASE_READ_URL names a replica of a PostgreSQL base; BRIEFBASE_DATABASE_URL and it must both be postgresql://"
            )
        self.primary = primary
        self.engine = _postgres_engine(url, statement_timeout=statement_timeout, read_only=True)
        self._asking = threading.Lock()
        self._until = 0.0
        self._same = False

    def is_up_to_date(self) -> bool:
        """Whether it held all that the primary did when they were last compared."""
        with self._asking:
            if (began := time.monotonic()) >= self._until:
                # Asked first, the primary can only be the older of the two.
                wanted = _at(self.primary.reader)
                try:
                    self._same = _at(self.engine) == wanted
                except SQLAlchemyError:
                    self._same = False
                self._until = began + self.primary.lease
            return self._same


def _at(engine: Engine) -> tuple[Any, ...] | None:
    with engine.connect() as connection:
        row = connection.execute(text("SELECT instance, version FROM dataset")).first()
        return tuple(row) if row else None


def set_timeout(session: Session, seconds: float = _WRITE_WAIT) -> None:
    """Let a session that makes ready what many will ask for, or goes through all there is, take so long; as long as a write may."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().info["deadline"] = time.monotonic() + seconds
    else:
        session.execute(text(f"SET LOCAL statement_timeout = '{seconds:.0f}s'"))


def _checked(url: str, variable: str = "BRIEFBASE_DATABASE_URL") -> URL:
    try:
        parsed = make_url(
            url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url
        )
    except (ArgumentError, ValueError):
        raise ValueError(
            f"{variable} is no database URL: {url!r}. Say sqlite:///file.db or postgresql://user@host/name."
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError(
            f"{variable} names {parsed.get_backend_name()!r}; only sqlite and postgresql are served."
        )
    return parsed.set(
        drivername="sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg"
    )


@contextmanager
def _file_lock(path: Path | None) -> Iterator[None]:
    if path is None or fcntl is None:
        yield
        return
    with path.open("a") as handle:
        _lock(handle)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _lock(handle: IO[str]) -> None:
    deadline = time.monotonic() + _WRITE_WAIT
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unavailable(
                    "Another process holds the base for writing; try again."
                ) from None
            time.sleep(0.01)


def _sqlite_engine(url: URL, *, memory: bool = False, read_timeout: float | None = None) -> Engine:
    options: dict[str, Any] = (
        {"poolclass": StaticPool}
        if memory
        else {"pool_size": POOL, "max_overflow": 0, "pool_timeout": _CONNECTION_WAIT}
    )
    engine = create_engine(url, module=sqlite, connect_args={"check_same_thread": False}, **options)
    begin = "BEGIN" if read_timeout else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        # The driver's own transaction handling is off: BEGIN is said below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 5000")
        if read_timeout:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
        if read_timeout:
            connection.set_progress_handler(
                lambda: int(time.monotonic() > record.info.get("deadline", float("inf"))), 5_000
            )

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if read_timeout:
            connection.info["deadline"] = time.monotonic() + read_timeout
        connection.exec_driver_sql(begin)
        if (seen := connection.info.get("seen")) is not None and _data_version(connection) != seen:
            # Written to since it was asked which version that is.
            connection.exec_driver_sql("ROLLBACK")
            raise WouldBlock

    return engine


class _Pool:
    """The driver's pool. Opened when a connection is wanted, also after it was closed: a copy of the process must not share it."""

    def __init__(self, url: URL, settings: str) -> None:
        self._conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        # Server-side prepared statements do not survive a PgBouncer in transaction mode.
        self._kwargs: dict[str, Any] = {
            "options": settings,
            "connect_timeout": 5,
            "prepare_threshold": None,
        }
        self._opening = threading.Lock()
        self._pool: Any = None

    def connect(self) -> Any:
        """A connection of the driver's."""
        # Whose base is a file spends neither time nor memory on the driver.
        import psycopg  # noqa: PLC0415
        from psycopg_pool import ConnectionPool, PoolTimeout  # noqa: PLC0415

        with self._opening:
            if self._pool is None:
                check = ConnectionPool.check_connection
                self._pool = ConnectionPool(
                    self._conninfo,
                    kwargs=self._kwargs,
                    min_size=0,
                    max_size=POOL,
                    timeout=_CONNECTION_WAIT,
                    check=check,
                    close_returns=True,
                    open=True,
                )
            pool = self._pool
        try:
            return pool.getconn()
        except PoolTimeout:
            if pool.get_stats().get("connections_errors"):
                # Where nobody can connect, the driver says why, the pool does not.
                psycopg.connect(self._conninfo, **self._kwargs).close()
            raise

    def close(self, engine: Engine | None = None) -> None:
        with self._opening:
            pool, self._pool = self._pool, None
        if pool:
            pool.close()


def _postgres_engine(url: URL, *, statement_timeout: float, read_only: bool = False) -> Engine:
    settings = f"-c statement_timeout={int(statement_timeout * 1000)} -c lock_timeout={_LOCK_TIMEOUT} -c timezone=UTC"
    pool = _Pool(url, settings)
    engine = create_engine(url, poolclass=NullPool, creator=pool.connect)
    event.listen(engine, "engine_disposed", pool.close)
    if read_only:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine
