"""Forms of the ids of briefings, and the channel whose ids have no prefix."""

import pytest

from app.query.documents.ids import stored_id, unprefixed_channel
from app.store.db import Database
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

DAY = document("2026-01-02", item("a"))


def test_the_default_channel_of_an_empty_database(database: Database) -> None:
    with database.read() as session:
        assert unprefixed_channel(session, "weekly") == "weekly"
        assert stored_id(session, "weekly:2026-01-02", "weekly") == "2026-01-02"
        assert stored_id(session, "daily:2026-01-02", "weekly") == "daily:2026-01-02"


@pytest.mark.parametrize("default", [CHANNEL, "weekly"])
def test_stored_ids_decide(database: Database, default: str) -> None:
    take_in(database, DAY, channel="weekly")
    take_in(database, DAY)
    forms = {
        "2026-01-02": "2026-01-02",
        "daily:2026-01-02": "2026-01-02",
        "weekly:2026-01-02": "weekly:2026-01-02",
        "daily:2026-01-03": "2026-01-03",
        "weekly:2026-01-03": "weekly:2026-01-03",
    }
    with database.read() as session:
        assert unprefixed_channel(session, default) == CHANNEL
        assert {form: stored_id(session, form, default) for form in forms} == forms
