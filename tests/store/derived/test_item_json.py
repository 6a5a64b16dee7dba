import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from app.store.db import Database
from app.store.derived.item_json import item_bodies
from app.store.encoding.stored_item import EntityMarker, StoredItem, split_entities
from app.store.tables import Item
from tests.conftest import take_in
from tests.documents import briefing, item


def part(session: Session, name: str) -> list[dict[str, object]]:
    """One part of the only item; each entity is 0."""
    pk = session.execute(select(col(Item.pk))).scalar_one()
    assert pk
    members = StoredItem.parse(item_bodies(session, [pk])[pk]).select([name])
    pieces = split_entities(members[2:])
    pieces[1::2] = [EntityMarker.parse(marker).fill(b"0") for marker in pieces[1::2]]
    entries: list[dict[str, object]] = orjson.loads(b"{%b}" % b"".join(pieces))[name]
    return entries


def test_cells_come_before_entities_of_running_text(database: Database) -> None:
    text = "Qwen 與 OpenAI，再談 Qwen。"
    take_in(database, briefing(item("A", summary=text, entities="NVLink/NVSwitch、OpenAI")))
    with database.read() as session:
        entities = part(session, "entities")
    assert [(entity["surface"], entity["listed"]) for entity in entities] == [
        ("NVLink/NVSwitch", True),
        ("OpenAI", True),
        ("Qwen", False),
    ]
    parts = entities[0]["parts"]
    assert isinstance(parts, list)
    assert [cell["surface"] for cell in parts] == ["NVLink", "NVSwitch"]
    assert entities[0]["entity"] is None


def test_sources_have_their_publisher(database: Database) -> None:
    take_in(database, briefing(item("A", "[X](https://a.com/x)", "[Y](#)")))
    with database.read() as session:
        first, second = part(session, "sources")
    assert first["publisher"] == {"id": "a.com", "name": "a.com"}
    assert (first["label"], first["url"], first["status"]) == ("X", "https://a.com/x", "ok")
    assert (second["publisher"], second["status"]) == (None, "placeholder")


def test_hedged_claims_are_in_the_order_of_the_text(database: Database) -> None:
    take_in(database, briefing(item("X 疑似外洩", summary="官方宣稱無事。")))
    with database.read() as session:
        claims = part(session, "certainty")
    assert [claim["kind"] for claim in claims] == ["guessed", "claimed"]
    assert list(claims[0]) == ["kind", "field", "surface", "text", "line", "start", "end"]
