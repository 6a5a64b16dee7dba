"""Engines, sessions and the transaction boundary.

SQLite: one writer at a time. It takes a lock between threads and a lock file between processes
before `BEGIN IMMEDIATE`, because a read that turns into a write fails at once under load. Readers
have an engine of their own. It cannot write, and it stops each statement at its deadline.
PostgreSQL: writers take the lock between threads, then one advisory lock. It keeps the dataset
versions in order.

Statements are run in two ways, throughout `app/store`: `session.execute` as a rule, and
`session.connection().execute` on hot paths that read columns only and need no mapped objects.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from app.errors import Unavailable
from app.store import schema
from app.store.commits import CommitGate
from app.store.engines import postgres, sqlite_file
from app.store.engines.limits import LOCK_TIMEOUT_MILLISECONDS, WouldBlock
from app.store.engines.sqlite_file import FileState, lock_error, sqlite
from app.telemetry import masked

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has BEGIN IMMEDIATE and busy_timeout only
    fcntl = None  # type: ignore[assignment]  # Windows has none

# Session and the exceptions are for rooms that import no SQL library themselves.
__all__ = [
    "DBAPIError",
    "DataError",
    "Database",
    "OperationalError",
    "PoolTimeout",
    "ProgrammingError",
    "SQLAlchemyError",
    "Session",
    "WouldBlock",
    "data_version",
    "set_timeout",
    "sqlite",
    "sqlite_rows",
]

LOOP_BUDGET_SECONDS = 0.02
"""Seconds a query may take in the event loop before it is left to a worker thread."""
COMMAND_TIMEOUT_SECONDS = 24 * 3600.0
"""Seconds a query may take on the command line, where nobody else waits for it."""
_WRITE_WAIT_SECONDS = 30.0
_LOCK_POLL_SECONDS = 0.1
_ADVISORY_LOCK_KEY = 0x62726965  # "brie"


class Database:
    """A database at `url`. `read()` and `write()` open sessions; nothing else opens connections."""

    lease = 0.2
    """Seconds a process may rely on a version that it asked a PostgreSQL server for."""

    def __init__(
        self,
        url: str,
        *,
        read_timeout: float = COMMAND_TIMEOUT_SECONDS,
        read_url: str | None = None,
    ) -> None:
        """Connect lazily to `url`, and to the PostgreSQL replica at `read_url` if there is one.

        `read_timeout` is in seconds, for each statement of a reader; PostgreSQL gets twice as long.
        It does not limit writes, nor the time between statements.
        Raises `ValueError` for a URL that is not of SQLite or PostgreSQL.
        """
        self.url = _checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.in_memory = self.is_sqlite and self.url.database in (None, "", ":memory:")
        self._thread_lock = threading.Lock()
        self.commits = CommitGate()
        self.cache: dict[str, Any] = {}
        """Values that readers computed for a version of the content, shared by all sessions."""
        self.loop: LoopConnection | None = None
        self.replica: _Replica | None = None
        self.file: FileState | None = None
        """The state of the SQLite file; None without a file."""
        self.openings = 0
        """Number of times that all connections were reopened for another file."""
        self._reopening = threading.Lock()
        if self.in_memory:
            self.writer = self.reader = sqlite_file.engine(self.url)
        elif self.is_sqlite:
            self.file = state = FileState(Path(self.url.database or ""))
            self.writer = sqlite_file.engine(self.url, state)
            self.reader = sqlite_file.engine(self.url, state, read_timeout=read_timeout)
            loop_timeout = min(LOOP_BUDGET_SECONDS, read_timeout)
            self.loop = LoopConnection(self, loop_timeout)
        else:
            timeout = 2 * read_timeout
            self.writer = postgres.engine(self.url, statement_timeout=_WRITE_WAIT_SECONDS)
            self.reader = postgres.engine(self.url, statement_timeout=timeout, read_only=True)

        if read_url:
            replica_url = _checked_url(read_url, "BRIEFBASE_READ_URL")
            self.replica = _Replica(self, replica_url, 2 * read_timeout)

    @property
    def folder(self) -> str | None:
        """The folder of the SQLite file; None without a file."""
        if not self.is_sqlite or self.in_memory or not self.url.database:
            return None
        return str(Path(self.url.database).parent)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session over one snapshot, which no later write changes.

        The replica is read if it is up to date. `session.info["cache"]` is `Database.cache`.
        """
        self.follow_file()
        engine = self.reader
        if self.replica and self.replica.is_up_to_date():
            engine = self.replica.engine
        with _reading_session(engine, {"cache": self.cache, "loop": False}) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open the one writing session: committed at the end, rolled back whole on any error."""
        with (
            self.write_lock(),
            self._noting_damage(),
            Session(self.writer, expire_on_commit=False) as session,
            ExitStack() as commit,
            session.begin(),
        ):
            self.commits.check()
            if not self.is_sqlite:
                # Waiting for other writers takes longer than any lock on rows should.
                wait = f"SET LOCAL lock_timeout = '{_WRITE_WAIT_SECONDS:.0f}s'"
                session.execute(text(wait))
                advisory = text("SELECT pg_advisory_xact_lock(:key)")
                session.execute(advisory, {"key": _ADVISORY_LOCK_KEY})
                session.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}"))
            schema.check_not_newer(session)
            yield session
            # Until after the commit: who shuts the gate knows that nothing follows.
            commit.enter_context(self.commits.passing())

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Hold the lock of the one writer.

        Threads of a PostgreSQL service wait here, too: in the connection pool they would time out.
        Raises `Unavailable` if another write takes too long.
        """
        until = time.monotonic() + _WRITE_WAIT_SECONDS
        while not self._thread_lock.acquire(timeout=_LOCK_POLL_SECONDS):
            self.commits.check()
            if time.monotonic() > until:
                raise Unavailable("Another write takes too long; try again.")
        path = None
        if self.is_sqlite and not self.in_memory:
            path = Path(f"{self.url.database}.lock")
        try:
            self.follow_file(at_once=True)
            if self.file:
                self.file.check_writable()
            with _file_lock(path, self.commits.check):
                yield
        finally:
            self._thread_lock.release()

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if self.file:
                self.file.note(error)
            raise

    def follow_file(self, *, at_once: bool = False) -> None:
        """Reopen all connections if another file is in place of the opened one.

        Looks once a second, or now if `at_once`.
        """
        if self.file is None or not (at_once or self.file.is_due()) or not self.file.is_other():
            return
        with self._reopening:
            if self.file.is_other():
                self.file.reset()
                self.openings += 1
                self.cache.clear()
                self.reader.dispose()
                self.writer.dispose()

    def wait_for_readers(self) -> None:
        """Wait until no process answers from a version before the last commit.

        A write is acknowledged after this call.
        """
        if not self.is_sqlite:
            time.sleep(self.lease)

    def close(self) -> None:
        """Close all connections."""
        if self.replica:
            self.replica.engine.dispose()
        if self.loop:
            self.loop.close()
        self.reader.dispose()
        self.writer.dispose()


class LoopConnection:
    """Reads a SQLite file in the event loop, over one connection that is never given back.

    So a session costs little. One session at a time.
    """

    def __init__(self, database: Database, read_timeout: float) -> None:
        """Read the file of `database`; `read_timeout` is in seconds."""
        self._database = database
        self._engine = sqlite_file.engine(
            database.url, database.file, read_timeout=read_timeout, whole_session=True
        )
        self._info = {"cache": database.cache, "loop": True}
        self._opening = 0
        self._connection: Connection | None = None
        self._in_use = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session like `Database.read`, with `session.info["loop"]` set.

        Raises `WouldBlock` if the connection is in use, and if the database is written to between
        `data_version` and the first statement. Readers raise it for what takes too long.
        """
        if not self._in_use.acquire(blocking=False):
            raise WouldBlock
        try:
            self._database.follow_file()
            if self._opening != self._database.openings:
                self._close()
                self._opening = self._database.openings
            if self._connection is None or self._connection.closed or self._connection.invalidated:
                self._connection = self._engine.connect()
            self._connection.info["deadline"] = float("inf")
            self._connection.info["data_version"] = sqlite_file.data_version(self._connection)
            with _reading_session(self._connection, self._info) as session:
                yield session
        finally:
            self._in_use.release()

    def close(self) -> None:
        """Close the connection; the next session opens another."""
        with self._in_use:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._engine.dispose()


def _reading_session(bind: Engine | Connection, info: dict[str, Any]) -> Session:
    return Session(bind, expire_on_commit=False, autoflush=False, info=info)


def data_version(session: Session) -> tuple[object, int] | None:
    """Return a key that is equal for two loop sessions over the same snapshot.

    It is known before anything is read. None for other sessions.
    """
    if not isinstance(session.bind, Connection):
        return None
    return session.bind, session.bind.info["data_version"]


def sqlite_rows(session: Session, statement: str, *values: Any) -> list[Any]:
    """Return the rows of a statement as tuples, by the driver itself, for hot paths on SQLite.

    `?` stands for each of `values`. Errors are those of `session.execute`.
    """
    bind = session.bind
    # Asking the session again takes longer than a short statement.
    is_begun = isinstance(bind, Connection) and bind.in_transaction()
    connection = bind if is_begun else session.connection()
    return sqlite_file.rows(connection, statement, values)  # type: ignore[arg-type]  # is_begun


class _Replica:
    """A PostgreSQL server that follows the primary. It is not read while it lags.

    The two are compared once a `lease` at most. A write is acknowledged after a lease, so no client
    reads less than it knows of.
    """

    def __init__(self, primary: Database, url: URL, statement_timeout: float) -> None:
        if primary.is_sqlite or url.get_backend_name() != "postgresql":
            raise ValueError(
                "BRIEFBASE_READ_URL names a replica of a PostgreSQL database; "
                "BRIEFBASE_DATABASE_URL and it must both be postgresql://"
            )

        self.primary = primary
        self.engine = postgres.engine(url, statement_timeout=statement_timeout, read_only=True)
        self._lock = threading.Lock()
        self._valid_until = 0.0
        self._is_up_to_date = False

    def is_up_to_date(self) -> bool:
        """Whether it held the version of the primary at the last comparison."""
        with self._lock:
            now = time.monotonic()
            if now >= self._valid_until:
                self._is_up_to_date = self._equals_primary()
                self._valid_until = now + self.primary.lease
            return self._is_up_to_date

    def _equals_primary(self) -> bool:
        # The primary is asked first, so its version can only be the older of the two.
        primary_version = _stored_version(self.primary.reader)
        try:
            return _stored_version(self.engine) == primary_version
        except SQLAlchemyError:
            return False


def _stored_version(engine: Engine) -> tuple[Any, ...] | None:
    with engine.connect() as connection:
        row = connection.execute(text("SELECT instance, version FROM dataset")).first()
        return tuple(row) if row else None


def set_timeout(session: Session, seconds: float = _WRITE_WAIT_SECONDS) -> None:
    """Let the statements of a reading session take this long from now on.

    For sessions that prepare what many requests will need, or that read everything.
    """
    if session.get_bind().dialect.name == "sqlite":
        info = session.connection().info
        info["timeout"] = seconds
        info["deadline"] = time.monotonic() + seconds
    else:
        # A connection that streams declares a cursor for each statement, which SET cannot have.
        session.execute(
            text(f"SET LOCAL statement_timeout = '{seconds:.0f}s'"),
            execution_options={"stream_results": False, "yield_per": None},
        )


def _checked_url(url: str, variable: str = "BRIEFBASE_DATABASE_URL") -> URL:
    # Hosting services hand out the old scheme, which SQLAlchemy no longer accepts.
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(
            f"{variable} is not a database URL: {masked(url)!r}. "
            "Expected sqlite:///file.db or postgresql://user@host/name."
        ) from None

    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ValueError(f"{variable} names {backend!r}; expected sqlite or postgresql.")
    return parsed.set(drivername="sqlite" if backend == "sqlite" else "postgresql+psycopg")


@contextmanager
def _file_lock(path: Path | None, check: Callable[[], None]) -> Iterator[None]:
    if path is None or fcntl is None:
        yield
        return

    try:
        handle = path.open("a")
    except OSError as error:
        raise lock_error(error) from None
    with handle:
        _lock_file(handle, check)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _lock_file(handle: IO[str], check: Callable[[], None]) -> None:
    """Lock a file; `check` is called while another process holds it."""
    deadline = time.monotonic() + _WRITE_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            check()
            if time.monotonic() > deadline:
                message = "Another process is writing to the database; try again."
                raise Unavailable(message) from None
            time.sleep(0.01)
