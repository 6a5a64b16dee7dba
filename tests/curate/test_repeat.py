"""Judgements of another database are repeated once, under their id."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from app.curate.repeat import repeat
from app.errors import Conflict
from app.normalize.entities.names import name_key
from app.store.db import Database
from app.store.tables import Judgement
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

NOW = datetime(2026, 1, 3, tzinfo=UTC)
MERGE: dict[str, Any] = {
    "kind": "merge",
    "verdict": "positive",
    "left": f"k:{name_key('Bazquux')}",
    "right": f"k:{name_key('Foobar Lab')}",
    "evidence": {"text": "Bazquux → Foobar Lab"},
    "actor": "desk",
    "reason": None,
    "undoes": None,
}


def test_a_judgement_keeps_its_id_time_and_author(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="Foobar Lab, Bazquux")))
    assert repeat(database, CHANNEL, "j_one", MERGE, NOW).changed
    assert not repeat(database, CHANNEL, "j_one", MERGE, NOW).changed
    with database.read() as session:
        stored = session.exec(select(Judgement).where(Judgement.id == "j_one")).one()
    assert (stored.actor, stored.created_at) == ("desk", NOW)


def test_an_entity_that_no_document_names_is_left_out(database: Database) -> None:
    with pytest.raises(Conflict):
        repeat(database, CHANNEL, "j_one", MERGE, NOW)
