"""What a transaction touched reaches all that is derived from it."""

from sqlalchemy import delete, select
from sqlmodel import col

from app.store.db import Database
from app.store.derived.refresh import Touched, refresh_derived
from app.store.tables import Briefing, SearchDocument
from tests.conftest import take_in
from tests.documents import briefing, item


def test_what_was_touched_adds_up() -> None:
    touched = Touched(briefings={1}, items={1, 2})
    touched.add(Touched(briefings={2}, items={2, 3}, entities={4}, sources={5}))
    assert touched == Touched(briefings={1, 2}, items={1, 2, 3}, entities={4}, sources={5})


def test_search_follows(database: Database) -> None:
    take_in(database, briefing(item("A")))
    with database.write() as session:
        session.execute(delete(SearchDocument))
        refresh_derived(session, Touched(briefings=set(session.scalars(select(col(Briefing.pk))))))
        assert {
            key.partition("/")[0] for key in session.scalars(select(col(SearchDocument.key)))
        } == {"briefing", "item"}
