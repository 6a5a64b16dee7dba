"""Rows in batches."""

from sqlalchemy import select
from sqlmodel import col

from app.query.snapshot.streams import partitions
from app.store.db import Database
from app.store.tables import Item

_ALL = select(col(Item.pk)).order_by(col(Item.pk))


def test_all_rows_come_in_batches(seeded: Database) -> None:
    with seeded.read() as session:
        pks = session.execute(_ALL).scalars().all()
        batches = list(partitions(session, _ALL, 10))
    assert [row[0] for batch in batches for row in batch] == pks
    assert {len(batch) for batch in batches[:-1]} == {10}


def test_a_closed_stream_leaves_the_session_usable(seeded: Database) -> None:
    with seeded.read() as session:
        rows = partitions(session, _ALL, 2)
        first = next(rows)
        rows.close()
        assert next(partitions(session, _ALL, 2)) == first
