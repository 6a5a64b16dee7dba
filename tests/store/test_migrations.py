from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, String, inspect, text
from sqlmodel import SQLModel

from app import ingest
from app.errors import Conflict
from app.settings import ROOT
from app.store.db import Database
from app.store.migrations import compared, current, head, migrate
from tests.conftest import CHANNEL, new_url
from tests.rows import everything, meaning


def test_tables_and_migrations_say_the_same(database: Database) -> None:
    options = {"compare_type": True, "compare_server_default": True, "include_object": compared}
    with database.reader.connect() as connection:
        assert (
            compare_metadata(
                MigrationContext.configure(connection, opts=options), SQLModel.metadata
            )
            == []
        )


def test_a_full_base_down_to_nothing_and_up_again(database: Database) -> None:
    ingest.load_seeds(database, CHANNEL)
    held = meaning(database)
    migrate(database, "base")
    assert current(database) is None
    assert set(inspect(database.reader).get_table_names()) <= {"alembic_version"}
    migrate(database)
    assert current(database) == head()
    ingest.load_seeds(database, CHANNEL)
    assert meaning(database) == held


def test_a_second_time_changes_nothing(database: Database) -> None:
    ingest.load_seeds(database, CHANNEL)
    held = everything(database)
    migrate(database)
    assert everything(database) == held


def test_rebuilding_a_table_keeps_what_refers_to_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest.load_seeds(database, CHANNEL)
    held = everything(database)

    def run(connection: Connection, revision: str) -> None:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table(
            "briefing", recreate="always" if database.is_sqlite else "never"
        ) as batch:
            if revision == "up":
                batch.add_column(Column("mood", String))
            else:
                batch.drop_column("mood")
        connection.commit()

    monkeypatch.setattr("app.store.migrations._run", run)
    for revision in ("up", "down"):
        migrate(database, revision)
        assert everything(database) == held


def test_foreign_keys_are_off_within_and_on_after(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("the pragma is SQLite's")
    seen = []

    def run(connection: Connection, revision: str) -> None:
        seen.append(connection.execute(text("PRAGMA foreign_keys")).scalar_one())
        raise ZeroDivisionError

    monkeypatch.setattr("app.store.migrations._run", run)
    with pytest.raises(ZeroDivisionError):
        migrate(database)
    with database.writer.connect() as connection:
        seen.append(connection.execute(text("PRAGMA foreign_keys")).scalar_one())
    assert seen == [0, 1]


def test_a_migration_that_would_break_references_changes_nothing(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL checks every reference itself")
    ingest.load_seeds(database, CHANNEL)
    migrate(database, "0008")
    with database.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw
        raw.execute("PRAGMA foreign_keys = OFF")
        connection.execute(text("UPDATE item SET section_pk = 999999"))
        connection.commit()
        raw.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(RuntimeError, match="79 rows"):
        migrate(database)
    assert current(database) == "0008"


def test_a_base_of_a_later_version_is_left_alone(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="9999"):
        migrate(database)
    assert current(database) == "9999"


def test_the_head_is_the_last_of_a_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == head()


def test_indexes_hold_what_is_there(database: Database) -> None:
    """Of a column that may be NULL: SQLite would look for NULL by one that holds all, and find nearly every row."""
    with database.reader.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            there = {index["name"]: index for index in inspect(connection).get_indexes(table.name)}
            for index in table.indexes:
                partial = f"{database.url.get_backend_name()}_where" in there[index.name].get(
                    "dialect_options", {}
                )
                assert partial == (
                    len(index.columns) == 1 and next(iter(index.columns)).nullable
                ), index.name


@pytest.mark.parametrize("column", ["cell_pk", "judgement_pk"])
def test_what_most_mentions_lack_is_not_looked_for_by_it(tmp_path: Path, column: str) -> None:
    database = Database(new_url("sqlite", tmp_path, migrated=True))
    asked = f"EXPLAIN QUERY PLAN SELECT pk FROM mention WHERE item_pk IN ({','.join(map(str, range(900)))}) AND {column} IS NULL"
    with database.reader.connect() as connection:
        (plan,) = connection.execute(text(asked)).scalars("detail")
    assert "ix_mention_item_pk_entity_pk" in plan
    database.close()
