from datetime import UTC, date, datetime

import orjson
import pytest

from app.store.encoding.stored_item import (
    ITEM_PARTS,
    EntityMarker,
    ItemPlace,
    StoredBriefing,
    StoredItem,
    entity_placeholder,
    entry_placeholder,
    items_placeholder,
    join_entities,
    split_entities,
)

PARTS = {name: [name] for name in ITEM_PARTS}
PLACE = ItemPlace(
    date=date(2026, 1, 2),
    briefing="daily:2026-01-02",
    channel="daily",
    briefing_title='AI "日報"',
    section=2,
    section_kind="headlines",
    section_title="",
    updated_at=datetime(2026, 1, 3, tzinfo=UTC),
    item="i_1",
)
OUTSIDE = {
    "date": "2026-01-02",
    "briefing": {
        "id": "daily:2026-01-02",
        "channel": "daily",
        "date": "2026-01-02",
        "title": 'AI "日報"',
    },
    "section": {"position": 2, "kind": "headlines", "title": ""},
    "updated_at": "2026-01-03T00:00:00Z",
    "links": {
        "self": "/v1/items/i_1",
        "source": "/v1/items/i_1/source",
        "briefing": "/v1/briefings/daily:2026-01-02",
    },
}
BODY = StoredItem.encode({"id": "i_1"}, PLACE, PARTS)


def object_of(members: list[bytes]) -> object:
    return orjson.loads(b"{%b}" % b",".join(members))


def test_an_item_is_read_with_the_parts_that_are_included() -> None:
    item = StoredItem.parse(BODY)
    core = {"id": "i_1", **OUTSIDE}
    assert object_of(item.select(())) == core
    assert object_of(item.select(["echoes", "details"])) == core | {
        "details": ["details"],
        "echoes": ["echoes"],
    }
    assert object_of(item.select(ITEM_PARTS)) == core | PARTS
    assert object_of([StoredItem.whole(BODY)]) == core | PARTS


def test_an_item_within_its_briefing_has_nothing_of_the_outside() -> None:
    assert object_of(StoredItem.parse(BODY).within_briefing()) == {"id": "i_1", **PARTS}


def test_text_cannot_hold_what_separates_pieces() -> None:
    body = StoredItem.encode({"title": "\0\1\2"}, PLACE, PARTS)
    assert object_of(StoredItem.parse(body).pieces[:1]) == {"title": "\0\1\2"}


def test_times_are_in_utc() -> None:
    body = StoredBriefing.encode({"at": datetime(2026, 1, 2, tzinfo=UTC)}, {})
    assert StoredBriefing.summary(body) == b'{"at":"2026-01-02T00:00:00Z"}'


def test_entities_are_replaced() -> None:
    bodies = []
    for pk in (7, None):
        parts = PARTS | {"entities": [{"entity": entity_placeholder(pk)}]}
        members = StoredItem.parse(StoredItem.encode({}, PLACE, parts)).select(["entities"])
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


@pytest.mark.parametrize("is_listed", [True, False])
def test_an_entry_is_filled_with_its_surface(is_listed: bool) -> None:
    surface = 'l"t 7\0'
    body = orjson.dumps([entry_placeholder(surface, 7, is_listed=is_listed)])
    before, marker, after = split_entities([body])
    parsed = EntityMarker.parse(marker)
    assert parsed.pk == 7
    assert orjson.loads(before + parsed.fill(b'"seven"') + after) == [
        {
            "surface": surface,
            "listed": is_listed,
            "inferred": False,
            "entity": "seven",
            "parts": [],
        }
    ]
