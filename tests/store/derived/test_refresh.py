"""Everything derived is refreshed, and rebuilt, from one list."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text
from sqlmodel import Session, col

from app.store import dataset
from app.store.db import Database
from app.store.derived import refresh
from app.store.derived.refresh import DERIVED
from app.store.tables import Briefing, BriefingJson, SearchDocument
from app.store.touched import Touched
from tests.conftest import ENGINES, copy_of, drop, filled, take_in
from tests.documents import briefing, item
from tests.rows import counts, meaning

NOW = datetime(2026, 1, 5, tzinfo=UTC)
WATCHING = "\n## 編輯洞察\n\n**關注清單**：\n\n1. NVIDIA 的下一步\n"
DAYS = (
    briefing(item("甲發表", "https://a.com/x", entities="輝達、Foo")) + WATCHING,
    briefing(item("Foo 後續", "https://a.com/x", entities="Foo"), date="2026-01-03"),
)


@pytest.fixture(params=ENGINES)
def derived(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the documents of `DAYS`."""
    opened = Database(copy_of(filled(request.param, *DAYS), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


def faults(session: Session, name: str) -> list[str]:
    return list(DERIVED[name].mismatches(session))


def test_search_documents_follow_what_was_touched(database: Database) -> None:
    take_in(database, briefing(item("A")))
    with database.write() as session:
        session.execute(delete(SearchDocument))
        pks = session.execute(select(col(Briefing.pk))).scalars()
        refresh.refresh_derived(session, Touched(briefings=set(pks)))
        keys = session.execute(select(col(SearchDocument.key))).scalars()
        assert {key.partition("/")[0] for key in keys} == {"briefing", "item"}


@pytest.mark.parametrize("name", DERIVED)
def test_derived_data_is_sound_after_ingest_and_after_a_rebuild(
    derived: Database, name: str
) -> None:
    before = meaning(derived), counts(derived)
    with derived.write() as session:
        assert faults(session, name) == []
        version = dataset.version(session)
        refresh.rebuild_derived(session, name, NOW)
        assert dataset.version(session) == (version or 0) + 1
        assert faults(session, name) == []
    assert (meaning(derived), counts(derived)) == before


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        ("UPDATE spelling SET count = 99", "spellings"),
        ("DELETE FROM spelling", "spellings"),
        ("UPDATE alias SET key = 'x'", "aliases"),
        ("DELETE FROM alias", "aliases"),
        ("UPDATE watch_term SET entity_pk = 0", "watchlist"),
        ("UPDATE search_document SET title = ' other '", "search"),
        ("DELETE FROM search_document", "search"),
        ("UPDATE item_link SET score = 0.5", "threads"),
        ("DELETE FROM thread_member", "threads"),
        ("DELETE FROM item_json", "stored_json"),
        ("UPDATE briefing_json SET body = 'x'", "stored_json"),
        ("DELETE FROM briefing_columns", "columns"),
        ("UPDATE briefing_columns SET named = items", "columns"),
    ],
)
def test_damage_is_found_and_mended_by_a_rebuild(derived: Database, damage: str, name: str) -> None:
    with derived.write() as session:
        session.execute(text(damage))
        assert faults(session, name)
        refresh.rebuild_derived(session, name, NOW)
        assert faults(session, name) == []


def test_data_that_was_never_derived_is_missing(database: Database) -> None:
    take_in(database, DAYS[0])
    with database.write() as session:
        assert refresh.missing(session) == []
        session.execute(delete(SearchDocument))
        session.execute(delete(BriefingJson))
        assert refresh.missing(session) == ["search", "stored_json"]
