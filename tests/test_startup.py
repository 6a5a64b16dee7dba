from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import SQLModel

from app import ingest, startup
from app.reading import Task, fingerprint, forms
from app.settings import Settings
from app.store import dataset
from app.store.db import Database
from app.store.derived import refresh
from app.store.derived.refresh import DERIVED
from app.store.tables import BriefingColumns, Document, ItemJson, SearchDocument
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item
from tests.rows import counts, everything, meaning

WITHOUT_SEEDS = Settings(channel=CHANNEL, seeds=False)
WITH_SEEDS = Settings(channel=CHANNEL, seeds=True)


def test_seeds_fill_an_empty_database_once(database: Database) -> None:
    startup.prepare(database, WITHOUT_SEEDS)
    assert counts(database)["briefing"] == 0
    startup.prepare(database, WITH_SEEDS)
    before = everything(database)
    startup.prepare(database, WITH_SEEDS)
    assert everything(database) == before
    assert counts(database)["briefing"] == 2


def test_a_database_with_briefings_gets_no_seeds(database: Database) -> None:
    take_in(database, briefing(item("A")))
    startup.prepare(database, WITH_SEEDS)
    assert counts(database)["briefing"] == 1


def test_missing_columns_are_written_at_start(database: Database) -> None:
    take_in(database, briefing(item("A")))
    with database.write() as session:
        session.execute(delete(BriefingColumns))
    startup.prepare(database, WITHOUT_SEEDS)
    assert counts(database)["briefing_columns"] == 1


def test_everything_derived_is_rebuilt(database: Database) -> None:
    take_in(database, briefing(item("A", entities="OpenAI")))
    before = meaning(database)
    sizes = startup.rebuild(database)
    assert list(sizes) == list(DERIVED)
    assert meaning(database) == before


def test_documents_are_read_again_once_for_a_new_fingerprint(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH_DOCUMENTS", 4)
    tasks = []
    for day in range(1, 11):
        document = briefing(item("A", entities="OpenAI"), date=f"2026-01-{day:02}")
        tasks.append(Task("x.md", CHANNEL, document.encode()))
    assert len(list(ingest.ingest_many(database, tasks, CHANNEL))) == 10
    before = meaning(database)
    assert startup.reread_documents(database, CHANNEL) == 0
    monkeypatch.setattr(startup, "fingerprint", lambda: "another")
    assert startup.reread_documents(database, CHANNEL) == 10
    assert meaning(database) == before
    assert startup.reread_documents(database, CHANNEL) == 0


def test_only_some_documents_are_read_again(database: Database) -> None:
    for day in (1, 2):
        take_in(database, briefing(item("A"), date=f"2026-01-{day:02}"))
    with database.write() as session:
        session.execute(text("DELETE FROM item"))
        first = session.execute(text("SELECT min(pk) FROM briefing")).scalar_one()
    assert startup.reread_documents(database, CHANNEL, always=True, only=[first]) == 1
    assert counts(database)["item"] == 1


def test_an_unreadable_document_stays_as_it_is_stored(database: Database) -> None:
    take_in(database, briefing(item("A")))
    with database.write() as session:
        session.execute(update(Document).values(body=b"x"))
        dataset.set_fingerprint(session, "another")
    assert startup.reread_documents(database, CHANNEL) == 1
    assert counts(database)["item"] == 1


@pytest.fixture
def large(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Two briefings, more than a start waits for."""
    for day in (1, 2):
        take_in(database, briefing(item("A", entities="OpenAI"), date=f"2026-01-{day:02}"))
    monkeypatch.setattr(startup, "MAX_AWAITED_BRIEFINGS", 1)
    return database


def _set_fingerprint(database: Database, fingerprint: str) -> None:
    with database.write() as session:
        dataset.set_fingerprint(session, fingerprint)


def test_a_large_database_is_served_before_it_is_read_again(large: Database) -> None:
    _set_fingerprint(large, forms() + "another")
    before = everything(large)
    assert startup.prepare(large, WITHOUT_SEEDS, may_leave=True)
    assert everything(large) == before
    startup.catch_up(large, WITHOUT_SEEDS)
    assert not startup.prepare(large, WITHOUT_SEEDS, may_leave=True)


def test_a_small_database_is_read_again_first(
    large: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "MAX_AWAITED_BRIEFINGS", 2)
    _set_fingerprint(large, forms() + "another")
    assert not startup.prepare(large, WITHOUT_SEEDS, may_leave=True)
    with large.read() as session:
        assert dataset.fingerprint(session) == fingerprint()


def test_bytes_of_another_form_are_written_before_they_are_served(large: Database) -> None:
    before = meaning(large)
    with large.write() as session:
        session.execute(update(ItemJson).values(body=b"another form"))
        dataset.set_fingerprint(session, "another")
    assert startup.prepare(large, WITHOUT_SEEDS, may_leave=True)
    assert meaning(large) == before


@pytest.mark.parametrize(("table", "is_left"), [(SearchDocument, True), (BriefingColumns, False)])
def test_what_answers_are_made_of_is_not_left(
    large: Database, table: type[SQLModel], is_left: bool
) -> None:
    with large.write() as session:
        session.execute(delete(table))
    assert startup.prepare(large, WITHOUT_SEEDS, may_leave=True) == is_left
    startup.catch_up(large, WITHOUT_SEEDS)
    with large.read() as session:
        assert refresh.missing(session) == []


def test_a_start_makes_a_file_that_is_not_there(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/new.db")) as database:
        assert not startup.prepare(database, WITHOUT_SEEDS, may_leave=True)
        assert counts(database)["briefing"] == 0
