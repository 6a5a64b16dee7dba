from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.derived.briefing_json import briefing_bodies
from app.store.encoding.stored_item import StoredBriefing
from app.store.tables import Briefing, Item
from tests.conftest import take_in
from tests.documents import briefing, item


def whole_briefing(database: Database) -> dict[str, Any]:
    """The only briefing, with an object for each item."""
    with database.read() as session:
        pk = session.execute(select(col(Briefing.pk))).scalar_one()
        assert pk
        item_pks = session.execute(select(col(Item.pk))).scalars()
        items = {item_pk: b'"%d"' % item_pk for item_pk in item_pks if item_pk}
        body = briefing_bodies(session, [pk])[pk]
    filled: dict[str, Any] = orjson.loads(StoredBriefing.fill(body, items))
    return filled


def test_counts_equal_the_contents(database: Database) -> None:
    items = (item("A", "https://a.com", entities="OpenAI、NVLink/NVSwitch"), item("B"))
    take_in(database, briefing(*items, tags="[AI, LLM]"))
    whole = whole_briefing(database)
    counts = whole["counts"]
    assert (counts["sections"], counts["items"], counts["full"]) == (1, 2, 2)
    assert (counts["entities"], counts["sources"], counts["keywords"]) == (2, 1, 0)
    assert whole["tags"] == ["AI", "LLM"]
    assert len(whole["sections"][0]["items"]) == 2


def test_a_draft_has_no_json(database: Database) -> None:
    take_in(database, briefing(item("A"), draft="true"))
    with database.read() as session:
        pk = session.execute(select(col(Briefing.pk))).scalar_one()
        assert pk
        assert briefing_bodies(session, [pk]) == {}


def test_readings_have_their_source(seeded: Database) -> None:
    with seeded.read() as session:
        pks = [pk for pk in session.execute(select(col(Briefing.pk))).scalars() if pk]
        for body in briefing_bodies(session, pks).values():
            readings = orjson.loads(StoredBriefing.fill(body, _Any()))["readings"]
            assert readings
            for reading in readings:
                assert list(reading) == ["title", "target", "note", "source_id"]
                assert (reading["target"] is None) == (reading["source_id"] is None)


class _Any(dict[int, bytes]):
    def __missing__(self, pk: int) -> bytes:
        return b"null"
