import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.errors import Unavailable
from app.settings import ROOT
from app.store import dataset, db
from app.store.db import Database, WouldBlock, data_version
from app.store.engines import limits, postgres, sqlite_file
from tests.conftest import copy_of, new_url
from tests.servers import free_port

_COUNT_CHANNELS = text("SELECT count(*) FROM channel")
_ADD_CHANNEL = text("INSERT INTO channel (id) VALUES (:id)")
_SLOW_STATEMENTS = {
    "sqlite": (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000000)"
        " SELECT count(*) FROM n"
    ),
    "postgresql": "SELECT pg_sleep(10)",
}
_WRITES_PER_PROCESS = 10


def plain_url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def pragma(database: Database, name: str) -> object:
    with database.writer.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def channel_count(session: Session) -> int:
    return int(session.execute(_COUNT_CHANNELS).scalar_one())


def add_channel(database: Database, channel_id: str) -> None:
    with database.write() as session:
        session.execute(_ADD_CHANNEL, {"id": channel_id})


def test_a_sqlite_writer_is_durable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    full = 2
    assert [pragma(database, name) for name in names] == ["wal", full, 1, 5000]
    assert db.sqlite.sqlite_version_info >= (3, 51, 3)
    database.close()


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), database.read() as session:
        session.execute(_ADD_CHANNEL, {"id": "x"})


def test_a_reader_is_stopped_at_its_deadline(url: str) -> None:
    database = Database(url, read_timeout=0.2)
    # Readers make no file.
    database.writer.connect().close()
    statement = text(_SLOW_STATEMENTS[database.url.get_backend_name()])
    started = time.monotonic()
    with (
        pytest.raises(DBAPIError, match=r"interrupted|statement timeout"),
        database.read() as session,
    ):
        session.execute(statement)
    assert time.monotonic() - started < 5
    with database.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    database.close()


def test_time_between_statements_does_not_count(url: str) -> None:
    database = Database(url, read_timeout=0.2)
    # Readers make no file.
    database.writer.connect().close()
    with database.read() as session:
        session.execute(text("SELECT 1"))
        time.sleep(0.5)
        # Long enough to ask for the deadline.
        numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 9999)"
        count = session.execute(text(f"{numbers} SELECT count(*) FROM n")).scalar_one()
    assert count == 9999
    database.close()


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    with database.read() as session:
        assert channel_count(session) == 0
        add_channel(database, "x")
        assert channel_count(session) == 0
    with database.read() as session:
        assert channel_count(session) == 1


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError), database.write() as session:
        session.execute(_ADD_CHANNEL, {"id": "x"})
        raise ZeroDivisionError
    with database.read() as session:
        assert channel_count(session) == 0


def test_more_writers_than_connections_wait_in_line(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Together they take longer than anything waits for a connection or a lock.
    monkeypatch.setattr(postgres, "CONNECTION_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(sqlite_file, "CONNECTION_WAIT_SECONDS", 0.1)
    other = Database(plain_url(database))
    written = []

    def write(channel_id: str) -> None:
        with other.write() as session:
            session.execute(_ADD_CHANNEL, {"id": channel_id})
            time.sleep(0.02)
        written.append(channel_id)

    count = 2 * limits.POOL_SIZE
    threads = [threading.Thread(target=write, args=(f"c{number}",)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert len(written) == count


def test_a_refused_connection_says_why() -> None:
    unreachable = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with pytest.raises(DBAPIError, match="refused"), unreachable.read() as session:
        session.execute(text("SELECT 1"))
    unreachable.close()


def test_writers_wait_for_each_other_longer_than_for_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LOCK_TIMEOUT_MILLISECONDS", 50)
    url = new_url("postgresql", tmp_path, migrated=True)
    first, second = Database(url), Database(url)
    has_lock = threading.Event()

    def write() -> None:
        with first.write():
            has_lock.set()
            time.sleep(0.3)

    writer = threading.Thread(target=write)
    writer.start()
    has_lock.wait()
    with second.write() as session:
        lock_timeout = session.execute(text("SHOW lock_timeout")).scalar_one()
    writer.join()
    first.close()
    second.close()
    assert lock_timeout == "50ms"


def test_a_writer_that_waits_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_WRITE_WAIT_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path}/a.db"
    first, second = Database(url), Database(url)
    with first.write_lock():
        with pytest.raises(Unavailable, match="process"), second.write_lock():
            pass
        with pytest.raises(Unavailable, match="write"), first.write_lock():
            pass
    with second.write_lock():
        pass


# A program of its own: importing this module for a function of it takes three seconds a process.
_ADD_CHANNELS = """
import sys
from sqlalchemy import text
from app.store.db import Database
url, process, writes = sys.argv[1:]
database = Database(url)
for number in range(int(writes)):
    with database.write() as session:
        # A read that turns into a write fails at once without the write lock.
        count = session.execute(text("SELECT count(*) FROM channel")).scalar_one()
        channel = {"id": f"{process}-{number}-{count}"}
        session.execute(text("INSERT INTO channel (id) VALUES (:id)"), channel)
database.close()
"""


def test_two_processes_write_in_turn(database: Database) -> None:
    command = [sys.executable, "-c", _ADD_CHANNELS, plain_url(database)]
    writers = []
    for process in range(2):
        arguments = [*command, str(process), str(_WRITES_PER_PROCESS)]
        writers.append(subprocess.Popen(arguments, cwd=ROOT))
    assert [writer.wait() for writer in writers] == [0, 0]
    with database.read() as session:
        ids = session.execute(text("SELECT id FROM channel")).scalars().all()
    counts = sorted(int(channel_id.rpartition("-")[2]) for channel_id in ids)
    assert counts == list(range(2 * _WRITES_PER_PROCESS))


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "postgresql://u@h:port/x"])
def test_a_bad_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="BRIEFBASE_DATABASE_URL"):
        Database(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://u@h/x", "postgresql+psycopg"),
        ("postgresql+asyncpg://u@h/x", "postgresql+psycopg"),
        ("sqlite+aiosqlite:///x.db", "sqlite"),
        ("sqlite://", "sqlite"),
    ],
)
def test_the_driver_of_a_url_is_replaced(url: str, driver: str) -> None:
    database = Database(url)
    assert database.url.drivername == driver
    assert database.in_memory == (url == "sqlite://")
    database.close()


@pytest.fixture
def replicated(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """A database, and the same one with a replica that never follows."""
    primary = Database(new_url("postgresql", tmp_path, migrated=True), read_timeout=30)
    raise_version(primary)
    primary.close()
    replica_url = copy_of(primary, tmp_path)
    both = Database(plain_url(primary), read_url=replica_url, read_timeout=30)
    yield primary, both
    both.close()
    primary.close()


def raise_version(database: Database) -> None:
    with database.write() as session:
        dataset.record(session, [], datetime.now(UTC))


def answered_by(database: Database) -> tuple[str, int]:
    """The name of the database that answers, and its version."""
    with database.read() as session:
        name = session.execute(text("SELECT current_database()")).scalar_one()
        return name, session.execute(text("SELECT version FROM dataset")).scalar_one()


def test_an_up_to_date_replica_is_read(replicated: tuple[Database, Database]) -> None:
    primary, both = replicated
    assert both.replica
    assert answered_by(both) == (both.replica.engine.url.database, 1)
    raise_version(primary)
    assert answered_by(both) == (primary.url.database, 2)


def test_a_replica_is_compared_once_a_lease(
    replicated: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, both = replicated
    monkeypatch.setattr(both, "lease", 0.3)
    assert answered_by(both)[1] == 1
    raise_version(primary)
    assert answered_by(both)[1] == 1
    both.wait_for_readers()
    assert answered_by(both)[1] == 2


def test_an_unreachable_replica_is_not_read(replicated: tuple[Database, Database]) -> None:
    primary, _ = replicated
    replica_url = "postgresql://nobody@127.0.0.1:1/none"
    both = Database(plain_url(primary), read_url=replica_url, read_timeout=30)
    assert answered_by(both) == (primary.url.database, 1)
    both.close()


@pytest.mark.parametrize(
    ("url", "read_url"),
    [("sqlite:///a.db", "postgresql://u@h/x"), ("postgresql://u@h/x", "sqlite:///a.db")],
)
def test_only_postgresql_has_replicas(url: str, read_url: str) -> None:
    with pytest.raises(ValueError, match="replica of a PostgreSQL database"):
        Database(url, read_url=read_url)


@pytest.fixture
def file_database(tmp_path: Path) -> Iterator[Database]:
    database = Database(new_url("sqlite", tmp_path, migrated=True))
    yield database
    database.close()


def test_loop_sessions_share_one_connection(file_database: Database) -> None:
    loop = file_database.loop
    assert loop
    with loop.read() as session:
        version = data_version(session)
        # One session at a time; the caller reads on a worker thread instead.
        with pytest.raises(WouldBlock), loop.read():
            pass
    with loop.read() as session:
        assert data_version(session) == version
    with file_database.read() as session:
        assert data_version(session) is None


def test_a_loop_session_sees_one_snapshot(file_database: Database) -> None:
    loop = file_database.loop
    assert loop
    with loop.read() as session:
        version = data_version(session)
        assert channel_count(session) == 0
        add_channel(file_database, "one")
        assert channel_count(session) == 0
    with loop.read() as session:
        assert data_version(session) != version
        assert channel_count(session) == 1


def test_a_write_before_the_first_statement_blocks_a_loop_session(
    file_database: Database,
) -> None:
    loop = file_database.loop
    assert loop
    with loop.read() as session:
        add_channel(file_database, "one")
        # The data version of the session would not be that of its snapshot.
        with pytest.raises(WouldBlock):
            channel_count(session)
    with loop.read() as session:
        assert channel_count(session) == 1


def test_a_closed_loop_connection_opens_again(file_database: Database) -> None:
    loop = file_database.loop
    assert loop
    with loop.read() as session:
        assert channel_count(session) == 0
    file_database.close()
    with loop.read() as session:
        assert channel_count(session) == 0
