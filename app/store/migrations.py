"""Bringing a database to the schema of this version."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, inspect, text

from app.compiled.files import compiled_sections, content_key
from app.errors import Conflict
from app.store.db import Database, sqlite
from app.store.schema import MIGRATIONS, head

_MIGRATOR_LOCK_KEY = 7102842

__all__ = ["current", "head", "is_compared", "migrate"]


def current(database: Database) -> str | None:
    """Return the revision of a database; None for one without tables."""
    with database.reader.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_compared(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Whether Alembic compares a thing with the tables; a hook with Alembic's signature.

    The tables of the search index are not compared: they differ by engine.
    """
    return not (name or "").startswith("search_index")


def migrate(database: Database, revision: str = "head") -> None:
    """Bring `database` up, or down to an older `revision`, in one transaction.

    One migrator runs at a time. Raises `Conflict` for a schema of a later version.
    """
    with database.write_lock(), database.writer.connect() as connection:
        if database.is_sqlite:
            with _foreign_keys_off(connection):
                if revision == "head" and not inspect(connection).get_table_names():
                    _create(connection)
                _run(connection, revision)
        else:
            # Rebuilding a large table, or waiting for another migrator, may take its time.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATOR_LOCK_KEY})"))
            _run(connection, revision)


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Turn SQLite's foreign keys off: with them on, a rebuilt table loses the rows below it."""
    raw = connection.connection.driver_connection
    assert raw
    # The pragma is ignored within a transaction, so it is set before BEGIN and after ROLLBACK.
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys = ON")


def _run(connection: Connection, revision: str) -> None:
    target = head() if revision == "head" else revision
    if _revision(connection) != target:
        _run_alembic(connection, target)
        _check_references(connection)
    connection.commit()


def _create(connection: Connection) -> None:
    """Make all tables of an empty database at once: migrating it takes 0.4 s."""
    key = content_key([*sorted(MIGRATIONS.glob("**/*.py")), Path(__file__)], sqlite.sqlite_version)
    sections = compiled_sections("schema", key, _compiled)
    statements, rows = orjson.loads(sections["schema"])
    for statement in statements:
        connection.exec_driver_sql(statement)
    for table, values in rows.items():
        marks = ", ".join("?" * len(values[0]))
        insertion = f'INSERT INTO "{table}" VALUES ({marks})'
        connection.exec_driver_sql(insertion, list(map(tuple, values)))


def _compiled() -> dict[str, bytes]:
    """Return the statements and the rows of a database that was just migrated."""
    with closing(Database("sqlite://")) as database, database.writer.connect() as connection:
        with _foreign_keys_off(connection):
            _run(connection, "head")
        statements: list[str] = []
        rows: dict[str, list[list[Any]]] = {}
        for kind, name, statement in connection.exec_driver_sql(_SCHEMA):
            statements.append(statement)
            if kind == "table" and not name.startswith("search_index"):
                stored = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
                if stored:
                    rows[name] = list(map(list, stored))
    return {"schema": orjson.dumps([statements, rows])}


_SCHEMA = """
SELECT type, name, sql FROM sqlite_master
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
AND NOT (type = 'table' AND name LIKE 'search_index_%')
ORDER BY type = 'trigger', type = 'index', rowid
"""
"""Statements that make a schema; the index of search makes its own tables."""


def _check_references(connection: Connection) -> None:
    """Raise `RuntimeError` and change nothing if the migration leaves dangling references."""
    if connection.dialect.name != "sqlite":
        # PostgreSQL checks every reference itself.
        return

    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        connection.rollback()
        raise RuntimeError(
            f"The migration would leave {len(broken)} rows that refer to missing rows; "
            "nothing was changed."
        )


def _run_alembic(connection: Connection, target: str) -> None:
    # Imported here: most starts run no migration, and the import takes a quarter of a second.
    from alembic import command  # noqa: PLC0415 - slow to load
    from alembic.config import Config  # noqa: PLC0415 - slow to load
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to load

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    revision = _revision(connection)
    revisions = {known.revision for known in script.walk_revisions()}
    older: set[str] = set()
    if revision is not None:
        if revision not in revisions:
            raise Conflict(
                f"The database is at schema {revision}, made by a later version of Briefbase; "
                f"this version knows schemas up to {head()}."
            )
        older = {known.revision for known in script.iterate_revisions(revision, "base")}

    if target == "base" or target in older:
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
