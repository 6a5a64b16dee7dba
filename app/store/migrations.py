"""Bringing a base to the schema of this version."""

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.errors import Conflict
from app.settings import ROOT
from app.store.db import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def head() -> str:
    """The revision of this version's schema."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision
    return revision


def current(database: Database) -> str | None:
    """The revision a base is at; None for one without tables."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def compared(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Whether Alembic compares a thing with the tables: not what the search index is made of, which differs by engine."""
    return not (name or "").startswith("search_index")


def migrate(database: Database, revision: str = "head") -> None:
    """Bring `database` up (or down, to an older `revision`); one transaction, one migrator at a time."""
    with database.gate(), database.writer.connect() as connection:
        if database.is_sqlite:
            # With foreign keys on, rebuilding a table deletes the rows that refer to it. The pragma is ignored within BEGIN.
            raw = connection.connection.driver_connection
            assert raw
            raw.execute("PRAGMA foreign_keys = OFF")
            try:
                _run(connection, revision)
            finally:
                # Ignored inside a transaction: one that failed is given up first.
                connection.rollback()
                raw.execute("PRAGMA foreign_keys = ON")
        else:
            # Rebuilding a large table, or waiting for another migrator, may take its time.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(7102842)"))
            _run(connection, revision)


def _run(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    at = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(config)
    wanted = script.get_current_head() if revision == "head" else revision
    if at is not None and at not in {r.revision for r in script.walk_revisions()}:
        raise Conflict(f"The base is at schema {at}, made by a later version of Briefbase; this one knows {script.get_current_head()}.")
    if at != wanted:
        backwards = wanted == "base" or (at is not None and wanted in {r.revision for r in script.iterate_revisions(at, "base")})
        (command.downgrade if backwards else command.upgrade)(config, revision)
    if at != wanted and connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            connection.rollback()
            raise RuntimeError(f"The migration would leave {len(broken)} rows without what they refer to; nothing was changed.")
    connection.commit()
