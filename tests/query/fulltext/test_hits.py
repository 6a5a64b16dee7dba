"""All hits as arrays: what rows give, and read once for a version."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.fulltext import hits, matching
from app.query.fulltext.language import SearchQuery
from app.query.request.params import Searched
from app.store.db import Database, WouldBlock
from app.store.encoding.search_rowids import KINDS
from app.store.tables import SearchDocument
from tests.conftest import take_in
from tests.documents import briefing, item


@pytest.fixture
def stored(database: Database) -> Database:
    for day in range(1, 4):
        entries = [item(f"推理 {number} Qwen", entities="推理引擎") for number in range(3)]
        take_in(database, briefing(*entries, item("模型"), date=f"2026-01-0{day}"), f"{day}.md")
    return database


def pks(session: Session, q: str, kind: str) -> list[int]:
    query = matching.parse(session, Searched(q=q, expand=False))
    assert query
    statement = select(col(SearchDocument.ref_pk)).where(
        col(SearchDocument.kind) == kind, matching.condition(session, query, kind)
    )
    return sorted(session.scalars(statement))


def test_items_are_those_of_the_rows(stored: Database) -> None:
    with stored.read() as session:
        for q in ("推理", "推理 -1", "qwen", "nothing"):
            query = matching.parse(session, Searched(q=q, expand=False))
            assert query
            assert hits.item_pks(session, query).tolist() == pks(session, q, "item"), q


def test_many_items_are_looked_up_in_memory(
    stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "_MAX_LOOKUPS", 2)
    with stored.read() as session:
        query = matching.parse(session, Searched(q="推理", expand=False))
        assert query
        assert hits.item_pks(session, query).tolist() == pks(session, "推理", "item")


def test_hits_are_split_by_kind(stored: Database) -> None:
    with stored.read() as session:
        if not matching.is_sqlite(session):
            pytest.skip("row ids belong to SQLite's index")
        query = matching.parse(session, Searched(q="qw", expand=False))
        assert query
        rowids = hits.rowids_by_kind(session, matching.expressions(query, KINDS))
        counts = {kind: len(of_kind) for kind, of_kind in rowids.items()}
        assert counts == {kind: len(pks(session, "qw", kind)) for kind in KINDS}


def test_many_items_are_not_looked_up_on_the_event_loop(
    stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stored.read() as session:
        if not matching.is_sqlite(session):
            pytest.skip("PostgreSQL is not asked on the event loop")
        query, other = parsed(session, "推理"), parsed(session, "模型")
        session.info["loop"] = True
        assert len(hits.item_pks(session, query)) == 9
        monkeypatch.setattr(hits, "_MAX_LOOKUPS", 2)
        with pytest.raises(WouldBlock):
            hits.item_pks(session, other)


def parsed(session: Session, q: str) -> SearchQuery:
    query = matching.parse(session, Searched(q=q, expand=False))
    assert query
    return query
