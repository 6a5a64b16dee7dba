"""What is written of items and briefings as they are shown."""

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from app import ingest
from app.store.db import Database
from app.store.derived import stored_json
from app.store.tables import BriefingJson, Item, ItemJson
from tests.conftest import take_in
from tests.documents import document, item


def faults(database: Database) -> set[str]:
    with database.read() as session:
        return set(stored_json.mismatches(session))


def test_what_is_wrong_or_missing_is_named_and_written_anew(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲", entities="NVIDIA"), item("乙")))
    assert faults(database) == set()
    with database.write() as session:
        session.execute(delete(BriefingJson))
        first = session.exec(select(Item).where(col(Item.ordinal) == 1)).one()
        session.execute(
            update(ItemJson).where(col(ItemJson.item_pk) == first.pk).values(body=b"{}")
        )
        assert stored_json.is_missing(session)
        wrong = {first.id, "2026-01-02"}
    assert faults(database) == wrong
    ingest.reindex(database)
    assert faults(database) == set()


def test_what_goes_leaves_nothing(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲"), item("乙")))
    take_in(database, document("2026-01-02", item("乙")))
    with database.read() as session:
        assert [
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Item, ItemJson)
        ] == [1, 1]
    assert faults(database) == set()
