"""A change of the version is seen at once, whichever process made it."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from app.query.snapshot import dataset as versions
from app.query.snapshot.freshness import Freshness
from app.store import dataset
from app.store.db import Database


def raise_version(database: Database) -> str:
    """Raise the version and return it."""
    with database.write() as session:
        dataset.record(session, [], datetime.now(UTC))
    with database.read() as session:
        return versions.version(session).text


def test_every_version_is_noticed(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False))

    async def follow() -> None:
        freshness = Freshness(database)
        for writer in (database, other, database, other):
            version = raise_version(writer)
            assert await freshness.current() == version
            assert await freshness.current() == version
        freshness.close()

    asyncio.run(follow())
    other.close()


def test_a_server_is_asked_once_a_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("a file is read each time")
    monkeypatch.setattr(database, "lease", 0.5)
    asked = []
    event.listen(
        database.reader, "before_cursor_execute", lambda *arguments: asked.append(arguments[2])
    )

    async def follow() -> None:
        freshness = Freshness(database)
        first = raise_version(database)
        asked.clear()
        assert set(await asyncio.gather(*(freshness.current() for _ in range(50)))) == {first}
        assert len(asked) == 1
        began = time.monotonic()
        second = raise_version(database)
        database.wait_for_readers()
        assert time.monotonic() - began >= 0.5
        assert await freshness.current() == second

    asyncio.run(follow())


def test_an_unreachable_database_has_no_version() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    assert asyncio.run(Freshness(away).current()) is None


def test_a_database_in_memory_has_no_version() -> None:
    assert asyncio.run(Freshness(Database("sqlite://")).current()) is None
