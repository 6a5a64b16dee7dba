import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from app.errors import Unavailable
from app.store import dataset, db
from app.store.db import Database, WouldBlock, data_version
from app.store.tables import Channel
from tests.conftest import copy_of, new_url
from tests.servers import free_port

_ENDLESS = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def pragma(database: Database, name: str) -> object:
    with database.writer.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def test_a_sqlite_writer_is_durable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    full = 2
    assert [
        pragma(database, name)
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    ] == ["wal", full, 1, 5000]
    assert db.sqlite.sqlite_version_info >= (3, 51, 3)
    database.close()


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"), database.read() as session:
        session.execute(text("INSERT INTO channel (id) VALUES ('x')"))


def test_a_reader_is_stopped_at_its_deadline(url: str) -> None:
    database = Database(url, read_timeout=0.2)
    begun = time.monotonic()
    with (
        pytest.raises(DBAPIError, match=r"interrupted|statement timeout"),
        database.read() as session,
    ):
        session.execute(text(_ENDLESS[database.url.get_backend_name()]))
    assert time.monotonic() - begun < 5
    with database.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    database.close()


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    count = text("SELECT count(*) FROM channel")
    with database.read() as session:
        assert session.execute(count).scalar_one() == 0
        with database.write() as writing:
            writing.execute(text("INSERT INTO channel (id) VALUES ('x')"))
        assert session.execute(count).scalar_one() == 0
    with database.read() as session:
        assert session.execute(count).scalar_one() == 1


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError), database.write() as session:
        session.execute(text("INSERT INTO channel (id) VALUES ('x')"))
        raise ZeroDivisionError
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM channel")).scalar_one() == 0


def test_more_writers_than_connections_wait_in_line(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer in sum than a connection or a lock is waited for.
    monkeypatch.setattr(db, "_CONNECTION_WAIT", 0.1)
    other = Database(database.url.render_as_string(hide_password=False))
    done = []

    def write(name: str) -> None:
        with other.write() as session:
            session.execute(text("INSERT INTO channel (id) VALUES (:name)"), {"name": name})
            time.sleep(0.02)
        done.append(name)

    threads = [threading.Thread(target=write, args=(f"c{at}",)) for at in range(2 * db.POOL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert len(done) == 2 * db.POOL


def test_who_cannot_connect_is_told_why() -> None:
    nobody = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with pytest.raises(DBAPIError, match="refused"), nobody.read() as session:
        session.execute(text("SELECT 1"))
    nobody.close()


def test_another_service_waits_for_longer_than_a_lock(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("the lock is PostgreSQL's")
    monkeypatch.setattr(db, "_LOCK_TIMEOUT", 50)
    other = Database(database.url.render_as_string(hide_password=False))
    inside, done = threading.Event(), []

    def hold() -> None:
        with database.write():
            inside.set()
            time.sleep(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait()
    with other.write() as session:
        done.append(session.execute(text("SHOW lock_timeout")).scalar_one())
    holder.join()
    other.close()
    assert done == ["50ms"]


def test_a_writer_that_waits_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_WRITE_WAIT", 0.05)
    one, two = Database(f"sqlite:///{tmp_path}/a.db"), Database(f"sqlite:///{tmp_path}/a.db")
    with one.gate():
        with pytest.raises(Unavailable, match="process"), two.gate():
            pass
        with pytest.raises(Unavailable, match="write"), one.gate():
            pass
    with two.gate():
        pass


def _add(url: str, at: int) -> None:
    database = Database(url)
    for number in range(20):
        with database.write() as session:
            # Read, then write: what fails at once without the gate.
            held = session.execute(text("SELECT count(*) FROM channel")).scalar_one()
            session.execute(
                text("INSERT INTO channel (id) VALUES (:name)"), {"name": f"{at}-{number}-{held}"}
            )
    database.close()


def test_two_processes_write_one_base(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    fork = multiprocessing.get_context("spawn")
    writers = [fork.Process(target=_add, args=(url, at)) for at in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with database.read() as session:
        names = session.execute(text("SELECT id FROM channel")).scalars().all()
    assert sorted(int(name.rpartition("-")[2]) for name in names) == list(range(40))


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "postgresql://u@h:port/x"])
def test_what_is_no_url_of_a_base(url: str) -> None:
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
def test_the_driver_is_ours(url: str, driver: str) -> None:
    database = Database(url)
    assert database.url.drivername == driver
    assert database.in_memory == (url == "sqlite://")
    database.close()


@pytest.fixture
def replicated(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """A base, and the same base with a copy of it beside to read from, which stays as it is."""
    primary = Database(new_url("postgresql", tmp_path, migrated=True), read_timeout=30)
    record(primary)
    primary.close()
    copied = copy_of(primary)
    both = Database(
        primary.url.render_as_string(hide_password=False), read_url=copied, read_timeout=30
    )
    yield primary, both
    both.close()
    primary.close()


def record(database: Database) -> None:
    with database.write() as session:
        dataset.record(session, [], datetime.now(UTC))


def seen(database: Database) -> tuple[str, int]:
    """Which database answers, and the version it is at."""
    with database.read() as session:
        name = session.execute(text("SELECT current_database()")).scalar_one()
        return name, session.execute(text("SELECT version FROM dataset")).scalar_one()


def test_a_replica_is_read_while_it_holds_all(replicated: tuple[Database, Database]) -> None:
    primary, both = replicated
    assert both.replica
    assert seen(both) == (both.replica.engine.url.database, 1)
    record(primary)
    assert seen(both) == (primary.url.database, 2)


def test_a_replica_is_compared_once_a_lease(
    replicated: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, both = replicated
    monkeypatch.setattr(both, "lease", 0.3)
    assert seen(both)[1] == 1
    record(primary)
    assert seen(both)[1] == 1
    both.settle()
    assert seen(both)[1] == 2


def test_a_replica_that_is_away_is_not_asked(replicated: tuple[Database, Database]) -> None:
    primary, _ = replicated
    both = Database(
        primary.url.render_as_string(hide_password=False),
        read_url="postgresql://nobody@127.0.0.1:1/none",
        read_timeout=30,
    )
    assert seen(both) == (primary.url.database, 1)
    both.close()


@pytest.mark.parametrize(
    ("url", "read_url"),
    [("sqlite:///a.db", "postgresql://u@h/x"), ("postgresql://u@h/x", "sqlite:///a.db")],
)
def test_only_postgresql_has_replicas(url: str, read_url: str) -> None:
    with pytest.raises(ValueError, match="replica of a PostgreSQL base"):
        Database(url, read_url=read_url)


def _add_channel(database: Database, name: str) -> None:
    with database.write() as session:
        session.add(Channel(id=name))


def test_quick_sessions_share_a_connection(tmp_path: Path) -> None:
    database = Database(new_url("sqlite", tmp_path, migrated=True))
    assert database.quick
    with database.quick.read() as session:
        first = data_version(session)
        # One at a time: whoever comes meanwhile does it another way.
        with pytest.raises(WouldBlock), database.quick.read():
            pass
    with database.quick.read() as session:
        assert data_version(session) == first
        assert not session.exec(select(Channel)).all()
        _add_channel(database, "one")
        # Its snapshot is from before.
        assert not session.exec(select(Channel)).all()
    with database.quick.read() as session:
        assert data_version(session) != first
        assert len(session.exec(select(Channel)).all()) == 1
    with database.quick.read() as session:
        _add_channel(database, "two")
        # What it said of its version would not be true of what it reads.
        with pytest.raises(WouldBlock):
            session.exec(select(Channel))
    with database.quick.read() as session:
        assert len(session.exec(select(Channel)).all()) == 2
    database.close()
    with database.quick.read() as session:
        assert len(session.exec(select(Channel)).all()) == 2
    with database.read() as session:
        assert data_version(session) is None
    database.close()
