"""The JSON of items and briefings equals their rows."""

import orjson
from sqlalchemy import delete, func, select, update
from sqlmodel import col

from app.store.db import Database
from app.store.derived import stored_json
from app.store.encoding.stored_item import ITEM_PARTS, StoredItem
from app.store.tables import BriefingJson, Item, ItemJson
from app.store.touched import Touched
from tests.conftest import take_in
from tests.documents import document, item


def faults(database: Database) -> list[str]:
    with database.read() as session:
        return list(stored_json.mismatches(session))


def item_rows(database: Database) -> tuple[int, int]:
    """The numbers of items, and of items with JSON."""
    with database.read() as session:
        items = session.execute(select(func.count()).select_from(Item)).scalar_one()
        stored = session.execute(select(func.count()).select_from(ItemJson)).scalar_one()
    return items, stored


def test_wrong_and_missing_json_is_found_and_written_again(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲", entities="NVIDIA"), item("乙")))
    assert faults(database) == []
    with database.write() as session:
        session.execute(delete(BriefingJson))
        first = select(Item).where(col(Item.ordinal) == 1)
        first_item = session.execute(first).scalars().one()
        damaged = update(ItemJson).where(col(ItemJson.item_pk) == first_item.pk)
        session.execute(damaged.values(body=b"{}"))
        assert stored_json.is_missing(session)
    assert faults(database) == [
        "the JSON of briefing 2026-01-02 differs from its rows",
        f"the JSON of item {first_item.id} differs from its rows",
    ]
    with database.write() as session:
        assert stored_json.rebuild(session) == 3
    assert faults(database) == []


def test_a_removed_item_leaves_no_json(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲"), item("乙")))
    assert item_rows(database) == (2, 2)
    take_in(database, document("2026-01-02", item("乙")))
    assert item_rows(database) == (1, 1)
    assert faults(database) == []


def test_the_items_beside_a_touched_item_are_written(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲"), item("乙")))
    with database.write() as session:
        pks = session.execute(select(col(Item.pk))).scalars().all()
        assert pks[0]
        session.execute(update(ItemJson).values(body=b"{}"))
        stored_json.refresh(session, Touched(items={pks[0]}))
    assert faults(database) == []


def test_an_item_has_all_its_parts(database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲", "https://a.com", entities="NVIDIA")))
    with database.read() as session:
        body = session.execute(select(col(ItemJson.body))).scalar_one()
    members = StoredItem.parse(body).select(ITEM_PARTS)
    names = set()
    for piece in members:
        # An entity is not JSON before it is filled in.
        if b'"entities"' not in piece:
            names.update(orjson.loads(b"{%b}" % piece))
    assert names >= set(ITEM_PARTS) - {"entities"}
