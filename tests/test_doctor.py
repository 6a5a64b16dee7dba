from pathlib import Path

import pytest
from sqlalchemy import text

from app import doctor, ingest
from app.doctor import Check
from app.settings import Settings
from app.store.db import Database
from app.store.migrations import head
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item

CHECKS = [
    "python", "sqlite", "schema", "integrity", "references", "documents", "entities", "spellings", "names", "watch list", "sources", "search",
    "answers", "threads", "facts", "index",
]  # fmt: skip


def examine(database: Database | str) -> dict[str, Check]:
    url = (
        database
        if isinstance(database, str)
        else database.url.render_as_string(hide_password=False)
    )
    return {check.name: check for check in doctor.examine(Settings(database_url=url))}


def faults(database: Database) -> list[str]:
    return [name for name, check in examine(database).items() if not check.ok]


def test_a_sound_base(database: Database) -> None:
    ingest.load_seeds(database, CHANNEL)
    take_in(database, briefing(item("A"), draft="true"))
    found = examine(database)
    assert list(found) == [
        name
        for name in CHECKS
        if database.is_sqlite or name not in ("sqlite", "integrity", "references")
    ]
    assert all(check.ok for check in found.values())
    assert found["documents"].detail.startswith("3 ")


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM item WHERE title = 'B'", "documents"),
        (
            "UPDATE document SET sha256 = 'x' WHERE briefing_pk = (SELECT min(pk) FROM briefing)",
            "documents",
        ),
        ("DELETE FROM document", "documents"),
        ("UPDATE briefing SET draft = true", "documents"),
        ("DELETE FROM mention", "entities"),
        ("UPDATE spelling SET count = count + 1", "spellings"),
        ("DELETE FROM citation", "sources"),
        ("UPDATE alembic_version SET version_num = '9999'", "schema"),
        ("UPDATE search_document SET title = ' other ', length = length + 1", "search"),
        ("DELETE FROM search_document WHERE kind = 'source'", "search"),
        ("DELETE FROM item_json", "answers"),
        ("UPDATE briefing_json SET body = 'x'", "answers"),
        ("DELETE FROM briefing_facts", "facts"),
        ("UPDATE briefing_facts SET named = items", "facts"),
        ("UPDATE briefing_facts SET briefing_pk = briefing_pk + 100", "facts"),
        ("UPDATE mention SET kind = 'title' WHERE kind = 'listed'", "facts"),
    ],
)
def test_damage_is_found(database: Database, damage: str, fault: str) -> None:
    for day in ("2026-01-02", "2026-01-03"):
        take_in(
            database, briefing(item("A", "https://a.com", entities="OpenAI"), item("B"), date=day)
        )
    with database.write() as session:
        session.execute(text(damage))
    assert fault in faults(database)


def test_a_watch_list_out_of_step_is_found(database: Database) -> None:
    ingest.load_seeds(database, CHANNEL)
    with database.write() as session:
        session.execute(text("UPDATE watch_term SET entity_pk = 0"))
    assert "watch list" in faults(database)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM item_link", "UPDATE item_link SET score = 0.5", "DELETE FROM thread_member", "DELETE FROM thread_member WHERE role = 'new'",
        "UPDATE thread_member SET role = 'update' WHERE role = 'duplicate'",
    ],
)  # fmt: skip
def test_threads_that_are_not_what_they_would_be(database: Database, damage: str) -> None:
    for day in ("2026-01-02", "2026-01-03"):
        take_in(database, briefing(item("A", "https://a.com/story"), item("B"), date=day))
    assert faults(database) == []
    with database.write() as session:
        session.execute(text(damage))
    assert faults(database) == ["threads"]


def test_rows_that_refer_to_nothing(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL checks every reference itself")
    take_in(database, briefing(item("A", entities="OpenAI")))
    with database.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw
        raw.execute("PRAGMA foreign_keys = OFF")
        connection.execute(text("UPDATE mention SET briefing_pk = 99"))
        connection.commit()
    assert faults(database) == ["references", "answers", "facts"]


def test_a_base_without_tables(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    schema = examine(url)["schema"]
    assert (schema.ok, schema.detail) == (False, f"at none, {head()} is needed: briefbase migrate")


def test_looking_makes_no_base(tmp_path: Path) -> None:
    found = examine(f"sqlite:///{tmp_path}/none.db")
    assert (found["database"].ok, "briefbase migrate" in found["database"].detail) == (False, True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_base(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no base at all, " * 100)
    assert "not a database" in examine(f"sqlite:///{tmp_path}/a.db")["database"].detail


def test_a_server_that_is_away() -> None:
    found = examine("postgresql://nobody@127.0.0.1:1/nothing")["database"]
    assert (found.ok, "refused" in found.detail) == (False, True)


def test_what_is_no_url() -> None:
    assert not examine("nonsense")["database"].ok


def test_an_index_that_is_not_of_what_is_stored(database: Database) -> None:
    take_in(database, briefing(item("A", entities="OpenAI")))
    if not database.is_sqlite:
        pytest.skip("PostgreSQL makes it in the row itself")
    with database.write() as session:
        session.execute(text("INSERT INTO search_index(rowid, title) VALUES (9999, ' nothing ')"))
    assert faults(database) == ["index"]
    ingest.reindex(database)
    assert not faults(database)
