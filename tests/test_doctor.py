from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app import doctor
from app.doctor import Check
from app.settings import Settings
from app.store.db import Database
from app.store.derived.refresh import DERIVED
from app.store.migrations import current, head, migrate
from tests.conftest import CHANNEL, ENGINES, copy_of, filled, take_in
from tests.documents import briefing, item
from tests.rows import meaning

SQLITE_CHECKS = ("sqlite", "integrity", "references")
CHECKS = [
    "python",
    "sqlite",
    "schema",
    "integrity",
    "references",
    "documents",
    "entities",
    "sources",
    *DERIVED,
    "index",
]
DAMAGES = [
    ("DELETE FROM item WHERE title = 'B'", "documents"),
    ("UPDATE spelling SET count = count + 1", "spellings"),
    ("DELETE FROM alias", "aliases"),
    ("UPDATE search_document SET title = ' other ', length = length + 1", "search"),
    ("DELETE FROM search_document WHERE kind = 'source'", "search"),
    ("DELETE FROM item_json", "stored_json"),
    ("UPDATE briefing_json SET body = 'x'", "stored_json"),
    ("DELETE FROM briefing_columns", "columns"),
    ("UPDATE briefing_columns SET named = items", "columns"),
    ("UPDATE briefing_columns SET briefing_pk = briefing_pk + 100", "columns"),
    ("DELETE FROM item_link", "threads"),
    ("UPDATE item_link SET score = 0.5", "threads"),
    ("DELETE FROM thread_member", "threads"),
    ("DELETE FROM thread_member WHERE role = 'new'", "threads"),
    ("UPDATE thread_member SET role = 'update' WHERE role = 'duplicate'", "threads"),
    ("DELETE FROM judgement", "entities"),
]
"""Damages that `--repair` mends, each with a check that finds it."""
LASTING_DAMAGES = [
    ("UPDATE document SET sha256 = 'x' || briefing_pk", "documents"),
    ("DELETE FROM document", "documents"),
]
SOURCE_DAMAGES = [
    ("UPDATE briefing SET draft = true", "documents"),
    ("DELETE FROM mention", "entities"),
    ("DELETE FROM citation", "sources"),
    ("UPDATE mention SET kind = 'title' WHERE kind = 'listed'", "columns"),
]
"""Damages of rows that others are derived from."""


def examine(database: Database | str, *, repair: bool = False) -> dict[str, Check]:
    url = database
    if isinstance(database, Database):
        url = database.url.render_as_string(hide_password=False)
    settings = Settings(database_url=str(url), channel=CHANNEL)
    return {check.name: check for check in doctor.examine(settings, repair=repair)}


def faults(database: Database, *, repair: bool = False) -> list[str]:
    checks = examine(database, repair=repair)
    return [name for name, check in checks.items() if not check.ok]


STORY = [
    briefing(
        item("A", "https://a.com/story", entities="OpenAI、Nvidai"),
        item("B"),
        date=f"2026-01-{day}",
    )
    for day in ("02", "03")
]


@pytest.fixture(params=ENGINES)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Two briefings that tell one story, and one entity that a doubt keeps."""
    database = Database(copy_of(filled(request.param, *STORY), tmp_path), read_timeout=30)
    yield database
    database.close()


def on_engines(damages: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Return all damages for SQLite, and for PostgreSQL the first one of each check.

    The statements of a check are the same for all its damages; the rest is Python.
    """
    cases = [("sqlite", statement, name) for statement, name in damages]
    first = {name: statement for statement, name in reversed(damages)}
    return cases + [("postgresql", statement, name) for name, statement in first.items()]


def damaged(damages: list[tuple[str, str]]) -> pytest.MarkDecorator:
    """Run a test over `story` with each damage."""
    names = ("story", "statement", "name")
    return pytest.mark.parametrize(names, on_engines(damages), indirect=["story"])


def damage(database: Database, statement: str) -> None:
    with database.write() as session:
        session.execute(text(statement))


def test_a_sound_database_passes_every_check(loaded: Database) -> None:
    take_in(loaded, briefing(item("A"), draft="true"))
    checks = examine(loaded)
    expected = [name for name in CHECKS if loaded.is_sqlite or name not in SQLITE_CHECKS]
    assert list(checks) == expected
    assert all(check.ok for check in checks.values())
    assert checks["documents"].detail.startswith("ok: 3 documents ")
    assert checks["stored_json"].detail == "ok: 81 stored items and briefings equal their rows"


def test_the_story_is_sound(story: Database) -> None:
    assert faults(story) == []


@damaged([*DAMAGES, *LASTING_DAMAGES, *SOURCE_DAMAGES])
def test_damage_is_found(story: Database, statement: str, name: str) -> None:
    damage(story, statement)
    assert name in faults(story)


@damaged(DAMAGES)
def test_damage_is_mended(story: Database, statement: str, name: str) -> None:
    before = meaning(story)
    damage(story, statement)
    assert faults(story, repair=True) == []
    assert faults(story) == []
    if name != "entities":
        assert meaning(story) == before


@damaged(SOURCE_DAMAGES)
def test_derived_data_follows_damaged_rows(story: Database, statement: str, name: str) -> None:
    damage(story, statement)
    examine(story, repair=True)
    assert set(faults(story)) <= {"documents"}


@damaged(LASTING_DAMAGES)
def test_bytes_cannot_be_mended(story: Database, statement: str, name: str) -> None:
    damage(story, statement)
    check = examine(story, repair=True)[name]
    assert not check.ok
    assert check.detail.startswith("2 mismatches: 2026-01-02: the bytes are not those")
    assert "ingest the document again" in check.detail


def test_a_damaged_watch_list_is_found_and_mended(loaded: Database) -> None:
    before = meaning(loaded)
    damage(loaded, "UPDATE watch_term SET entity_pk = 0")
    assert faults(loaded) == ["watchlist"]
    assert faults(loaded, repair=True) == []
    assert meaning(loaded) == before


def test_dangling_references_are_found(story: Database) -> None:
    if not story.is_sqlite:
        pytest.skip("PostgreSQL checks every reference itself")
    with story.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw
        raw.execute("PRAGMA foreign_keys = OFF")
        connection.execute(text("UPDATE mention SET briefing_pk = 99"))
        connection.commit()
    checks = examine(story)
    assert not checks["references"].ok
    assert "a row of mention refers to a missing row of briefing" in checks["references"].detail


def test_an_unsound_index_is_found_and_mended(story: Database) -> None:
    if not story.is_sqlite:
        pytest.skip("PostgreSQL generates its index from each row")
    damage(story, "INSERT INTO search_index(rowid, title) VALUES (9999, ' nothing ')")
    assert faults(story) == ["index"]
    assert faults(story, repair=True) == []


def test_faults_are_counted_and_the_first_are_shown() -> None:
    assert doctor._result([], "2 rows are fine") == "ok: 2 rows are fine"
    assert doctor._result(["a"], "") == "1 mismatch: a"
    assert doctor._result(list("abcdefg"), "") == "7 mismatches: a; b; c; d; e; and 2 more"


def test_a_database_without_tables_has_no_schema(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    schema = examine(url)["schema"]
    assert not schema.ok
    assert schema.detail == f"at revision none; {head()} is needed: briefbase migrate"


def test_an_old_schema_is_mended(database: Database) -> None:
    migrate(database, "0010")
    assert faults(database) == ["schema"]
    assert faults(database, repair=True) == []
    assert current(database) == head()


def test_a_later_schema_cannot_be_mended(database: Database) -> None:
    damage(database, "UPDATE alembic_version SET version_num = '9999'")
    assert faults(database) == ["schema"]
    check = examine(database, repair=True)["schema"]
    assert not check.ok
    assert "made by a later version" in check.detail


def test_a_check_creates_no_database(tmp_path: Path) -> None:
    check = examine(f"sqlite:///{tmp_path}/none.db", repair=True)["database"]
    assert not check.ok
    assert "briefbase migrate" in check.detail
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_a_database_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("not a database at all, " * 100)
    assert "not a database" in examine(f"sqlite:///{tmp_path}/a.db")["database"].detail


def test_an_unreachable_server_is_a_fault() -> None:
    check = examine("postgresql://nobody@127.0.0.1:1/nothing")["database"]
    assert not check.ok
    assert "refused" in check.detail


def test_a_bad_url_is_a_fault() -> None:
    assert not examine("nonsense")["database"].ok
