from datetime import UTC, datetime

from sqlmodel import col, select

from app.store import dataset
from app.store.dataset import Event
from app.store.db import Database
from app.store.tables import Change, Dataset

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_versions_rise_by_one_and_events_carry_theirs(database: Database) -> None:
    for wanted in (1, 2):
        with database.write() as session:
            assert (
                dataset.record(session, [Event("added", "item", f"i{wanted}", {"a": wanted})], NOW)
                == wanted
            )
    with database.read() as session:
        assert session.exec(
            select(col(Change.version), col(Change.object_id)).order_by(col(Change.pk))
        ).all() == [(1, "i1"), (2, "i2")]
        held = session.exec(select(Dataset)).one()
        assert (held.version, held.modified_at, len(held.instance)) == (2, NOW, 8)
