"""Bringing a base to the schema of this version."""

from typing import Any

from sqlalchemy import Connection, inspect, text

from app.errors import Conflict
from app.settings import ROOT
from app.store.db import Database

_FOLDER = ROOT / "migrations"


def head() -> str:
    """The revision of this version's schema: the number of the last migration."""
    return max(path.name.partition("_")[0] for path in _FOLDER.glob("versions/[0-9]*.py"))


def current(database: Database) -> str | None:
    """The revision a base is at; None for one without tables."""
    with database.reader.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


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
    at, wanted = _revision(connection), head() if revision == "head" else revision
    if at != wanted:
        _step(connection, at, wanted)
        broken = (
            connection.execute(text("PRAGMA foreign_key_check")).all()
            if connection.dialect.name == "sqlite"
            else ()
        )
        if broken:
            connection.rollback()
            raise RuntimeError(
                f"The migration would leave {len(broken)} rows without what they refer to; nothing was changed."
            )
    connection.commit()


def _step(connection: Connection, at: str | None, wanted: str) -> None:
    # A quarter of a second that most starts need not spend.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    if at is not None and at not in {r.revision for r in script.walk_revisions()}:
        raise Conflict(
            f"The base is at schema {at}, made by a later version of Briefbase; this one knows {head()}."
        )
    backwards = wanted == "base" or (
        at is not None and wanted in {r.revision for r in script.iterate_revisions(at, "base")}
    )
    (command.downgrade if backwards else command.upgrade)(config, wanted)
