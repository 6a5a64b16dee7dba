from pathlib import Path
from typing import Literal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, String, inspect, select, text
from sqlmodel import SQLModel, col

from app import startup
from app.errors import Conflict
from app.settings import ROOT
from app.store.db import Database
from app.store.migrations import current, head, is_compared, migrate
from app.store.rows import table_of
from app.store.tables import Briefing, BriefingColumns, Mention, WatchTerm
from tests.conftest import CHANNEL, new_url, take_in
from tests.documents import briefing, item
from tests.rows import counts, everything, meaning


def pragma(database: Database, name: str) -> object:
    with database.writer.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def test_tables_equal_the_migrated_schema(database: Database) -> None:
    options = {"compare_type": True, "compare_server_default": True, "include_object": is_compared}
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_full_database_migrates_down_to_nothing_and_up_again(loaded: Database) -> None:
    before = meaning(loaded)
    migrate(loaded, "base")
    assert current(loaded) is None
    assert set(inspect(loaded.reader).get_table_names()) <= {"alembic_version"}
    migrate(loaded)
    assert current(loaded) == head()
    startup.load_seeds(loaded, CHANNEL)
    assert meaning(loaded) == before


def test_the_columns_of_briefings_survive_their_new_name(loaded: Database) -> None:
    before = everything(loaded)[str(BriefingColumns.__tablename__)]
    assert before
    migrate(loaded, "0010")
    with loaded.reader.connect() as connection:
        former = connection.execute(text("SELECT * FROM briefing_facts")).all()
    assert len(former) == len(before)
    migrate(loaded)
    assert everything(loaded)[str(BriefingColumns.__tablename__)] == before


def without_languages(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row, without what older schemas lose.

    Reading again gives the languages of briefings and unlisted names; nothing gives who wrote what.
    """
    with database.write() as session:
        session.execute(text("UPDATE briefing SET language = NULL"))
        session.execute(text("UPDATE change SET actor = NULL, old = NULL, new = NULL"))
        session.execute(text("DELETE FROM audit_event"))
    rows = everything(database)
    rows.pop("unlisted_name")
    return rows


def test_documents_and_editions_survive_the_older_schema(loaded: Database) -> None:
    take_in(loaded, briefing(item("甲")), name="2026-01-02-pm.md")
    before = without_languages(loaded)
    migrate(loaded, "0012")
    names = {column["name"] for column in inspect(loaded.reader).get_columns("briefing")}
    assert not {"edition", "language", "is_primary"} & names
    assert not inspect(loaded.reader).has_table("former_document")
    migrate(loaded)
    after = without_languages(loaded)
    # The first time of a version is lost; that of the last change takes its place.
    before.pop("document"), after.pop("document")
    assert after == before
    with loaded.read() as session:
        statement = select(col(Briefing.edition)).order_by(col(Briefing.date))
        assert list(session.execute(statement).scalars()) == ["", "", "pm"]


def test_the_older_schema_takes_one_document_a_day(loaded: Database) -> None:
    take_in(loaded, briefing(item("甲")), name="2026-01-02-am.md")
    take_in(loaded, briefing(item("乙")), name="2026-01-02-pm.md")
    before = everything(loaded)
    with pytest.raises(RuntimeError, match="several documents"):
        migrate(loaded, "0012")
    assert everything(loaded) == before


def test_mentions_and_their_children_survive_the_removed_column(loaded: Database) -> None:
    before = without_languages(loaded)
    assert before[str(WatchTerm.__tablename__)], "rows that refer to mentions"
    migrate(loaded, "0011")
    columns = {column["name"] for column in inspect(loaded.reader).get_columns("mention")}
    indexes = {index["name"] for index in inspect(loaded.reader).get_indexes("mention")}
    assert "judgement_pk" in columns
    assert "ix_mention_judgement_pk" in indexes
    migrate(loaded)
    assert without_languages(loaded) == before
    mention = inspect(loaded.reader).get_columns("mention")
    assert {column["name"] for column in mention} == set(table_of(Mention).columns.keys())


def test_cascades_work_after_the_removed_column(loaded: Database) -> None:
    migrate(loaded, "0011")
    migrate(loaded)
    with loaded.write() as session:
        session.execute(text("DELETE FROM mention"))
    assert counts(loaded)["watch_term"] == 0


def test_migrating_again_changes_nothing(loaded: Database) -> None:
    before = everything(loaded)
    migrate(loaded)
    assert everything(loaded) == before


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(
    loaded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(loaded)

    def run(connection: Connection, revision: str) -> None:
        operations = Operations(MigrationContext.configure(connection))
        recreate: Literal["always", "never"] = "always" if loaded.is_sqlite else "never"
        with operations.batch_alter_table("briefing", recreate=recreate) as batch:
            if revision == "up":
                batch.add_column(Column("mood", String))
            else:
                batch.drop_column("mood")
        connection.commit()

    monkeypatch.setattr("app.store.migrations._run", run)
    for revision in ("up", "down"):
        migrate(loaded, revision)
        assert everything(loaded) == before


def test_foreign_keys_are_off_during_a_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(new_url("sqlite", tmp_path, migrated=True))
    states = []

    def run(connection: Connection, revision: str) -> None:
        states.append(connection.execute(text("PRAGMA foreign_keys")).scalar_one())
        raise ZeroDivisionError

    monkeypatch.setattr("app.store.migrations._run", run)
    with pytest.raises(ZeroDivisionError):
        migrate(database)
    states.append(pragma(database, "foreign_keys"))
    assert states == [0, 1]
    database.close()


def test_a_migration_that_would_break_references_changes_nothing(tmp_path: Path) -> None:
    # PostgreSQL checks every reference itself.
    database = Database(new_url("sqlite", tmp_path, seeded=True))
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
    database.close()


def test_a_schema_of_a_later_version_is_left_alone(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="9999"):
        migrate(database)
    assert current(database) == "9999"


def test_head_is_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == head()


def test_indexes_of_one_nullable_column_are_partial(database: Database) -> None:
    option = f"{database.url.get_backend_name()}_where"
    with database.reader.connect() as connection:
        inspector = inspect(connection)
        for table in SQLModel.metadata.sorted_tables:
            stored = {index["name"]: index for index in inspector.get_indexes(table.name)}
            for index in table.indexes:
                columns = list(index.columns)
                is_partial = option in stored[str(index.name)].get("dialect_options", {})
                expected = len(columns) == 1 and bool(columns[0].nullable)
                assert is_partial == expected, index.name


def test_a_search_for_null_uses_another_index(tmp_path: Path) -> None:
    # A full index of `cell_pk` would lead SQLite to nearly all mentions.
    database = Database(new_url("sqlite", tmp_path, migrated=True))
    items = ",".join(map(str, range(900)))
    statement = f"SELECT pk FROM mention WHERE item_pk IN ({items}) AND cell_pk IS NULL"
    with database.reader.connect() as connection:
        (plan,) = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")).scalars("detail")
    assert "ix_mention_item_pk_entity_pk" in plan
    database.close()


def _schema(database: Database) -> set[tuple[str, str]]:
    statement = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    with database.read() as session:
        return {(kind, name) for kind, name in session.execute(text(statement))}


@pytest.mark.parametrize("name", ["", "/new.db"])
def test_a_new_database_has_the_schema_that_migrations_make(name: str, tmp_path: Path) -> None:
    new = Database(f"sqlite:///{tmp_path}{name}" if name else "sqlite://")
    migrated = Database(f"sqlite:///{tmp_path}/migrated.db")
    migrate(migrated, "0001")
    migrate(migrated)
    migrate(new)
    assert _schema(new) == _schema(migrated)
    assert current(new) == head()
    assert counts(new) == counts(migrated)
    new.close()
    migrated.close()
