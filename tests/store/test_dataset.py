from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from app.store import dataset
from app.store.dataset import Event
from app.store.db import Database
from app.store.tables import Change, Dataset, EntityChange

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_versions_rise_by_one_and_events_carry_them(database: Database) -> None:
    for version in (1, 2):
        event = Event("added", "item", f"i{version}", {"a": version})
        with database.write() as session:
            assert dataset.record(session, [event], NOW) == version
    with database.read() as session:
        changes = select(col(Change.version), col(Change.object_id)).order_by(col(Change.pk))
        assert session.execute(changes).all() == [(1, "i1"), (2, "i2")]
        row = session.execute(select(Dataset)).scalars().one()
        assert (row.version, row.modified_at, len(row.instance)) == (2, NOW, 8)


def test_touched_entities_carry_the_next_version(database: Database) -> None:
    with database.write() as session:
        dataset.touch(session, [1, 2])
        dataset.record(session, (), NOW)
        dataset.touch(session, [2])
        rows = select(col(EntityChange.entity_pk), col(EntityChange.version))
        assert dict(session.execute(rows).all()) == {1: 1, 2: 2}


def test_a_fingerprint_is_stored(database: Database) -> None:
    with database.write() as session:
        assert dataset.fingerprint(session) is None
        dataset.record(session, (), NOW)
        dataset.set_fingerprint(session, "abc")
        assert dataset.fingerprint(session) == "abc"


def test_the_time_of_the_last_change_never_goes_backward(database: Database) -> None:
    for now in (NOW, NOW - timedelta(hours=1)):
        with database.write() as session:
            dataset.record(session, (), now)
    with database.read() as session:
        row = session.execute(select(Dataset)).scalars().one()
        assert (row.version, row.modified_at) == (2, NOW)
