from datetime import UTC, datetime

import orjson

from app.store.encoding.stored_item import (
    ITEM_PARTS,
    StoredBriefing,
    StoredItem,
    entity_placeholder,
    items_placeholder,
    join_entities,
    split_entities,
)

PARTS = {name: [name] for name in ITEM_PARTS}
BODY = StoredItem.encode({"id": "i_1"}, {"date": "2026-01-02"}, PARTS)


def object_of(members: list[bytes]) -> object:
    return orjson.loads(b"{%b}" % b",".join(members))


def test_an_item_is_read_with_the_parts_that_are_included() -> None:
    item = StoredItem.parse(BODY)
    core = {"id": "i_1", "date": "2026-01-02"}
    assert object_of(item.select(())) == core
    assert object_of(item.select(["echoes", "details"])) == core | {
        "details": ["details"],
        "echoes": ["echoes"],
    }
    assert object_of(item.select(ITEM_PARTS)) == core | PARTS


def test_an_item_within_its_briefing_has_nothing_of_the_outside() -> None:
    assert object_of(StoredItem.parse(BODY).within_briefing()) == {"id": "i_1", **PARTS}


def test_text_cannot_hold_what_separates_pieces() -> None:
    body = StoredItem.encode({"title": "\0\1\2"}, {}, PARTS)
    assert object_of(StoredItem.parse(body).pieces[:1]) == {"title": "\0\1\2"}


def test_times_are_in_utc() -> None:
    body = StoredBriefing.encode({"at": datetime(2026, 1, 2, tzinfo=UTC)}, {})
    assert StoredBriefing.summary(body) == b'{"at":"2026-01-02T00:00:00Z"}'


def test_entities_are_replaced() -> None:
    bodies = []
    for pk in (7, None):
        parts = PARTS | {"entities": [{"entity": entity_placeholder(pk)}]}
        members = StoredItem.parse(StoredItem.encode({}, {}, parts)).select(["entities"])
        bodies.append(b",".join(members[2:]))
    pieces = split_entities(bodies)
    assert pieces[1::2] == [b"7"]
    pieces[1] = b'"seven"'
    assert join_entities(pieces) == [
        b'"entities":[{"entity":"seven"}]',
        b'"entities":[{"entity":null}]',
    ]


def test_a_briefing_is_filled_with_its_items() -> None:
    sections = [{"items": items_placeholder([3, 1])}, {"items": items_placeholder([])}]
    body = StoredBriefing.encode({"id": "b"}, {"sections": sections})
    assert orjson.loads(StoredBriefing.summary(body)) == {"id": "b"}
    whole = StoredBriefing.fill(body, {1: b'"one"', 3: b'"three"'})
    assert orjson.loads(whole) == {
        "id": "b",
        "sections": [{"items": ["three", "one"]}, {"items": []}],
    }
