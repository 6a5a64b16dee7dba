"""The outbox is written in the transaction of the change."""

import pytest
from sqlmodel import col, select

from app.intake import removal
from app.intake.removal import Removal
from app.store.db import Database
from app.store.outbox import EVENT_KINDS
from app.store.tables import Delivery
from app.webhooks import endpoints
from tests.conftest import take_in
from tests.documents import document, item

TEXT = document("2026-01-01", item("甲", entities="Qwen"), item("乙"))


def subscribe(database: Database, *events: str) -> str:
    values = {"url": "https://bot.example/", "events": list(events), "filters": ""}
    return endpoints.create(database, values).webhook.id


def events(database: Database) -> list[str]:
    with database.read() as session:
        return [
            row.event for row in session.exec(select(Delivery).order_by(col(Delivery.pk))).all()
        ]


def test_an_endpoint_gets_the_kinds_it_asked_for(database: Database) -> None:
    subscribe(database, "item.created")
    everything = subscribe(database, *EVENT_KINDS)
    take_in(database, TEXT, "2026-01-01.md")
    assert events(database).count("item.created") == 4
    assert events(database).count("briefing.created") == 1
    endpoints.remove(database, everything)
    assert events(database) == ["item.created"] * 2


def test_a_change_that_is_rolled_back_leaves_no_event(database: Database) -> None:
    subscribe(database, *EVENT_KINDS)
    take_in(database, TEXT, "2026-01-01.md")
    before = events(database)
    removal.delete(database, Removal("2026-01-01", "錯", dry_run=True))
    assert events(database) == before


def test_a_purge_erases_what_was_sent(database: Database) -> None:
    subscribe(database, "item.created", "briefing.created", "briefing.deleted")
    take_in(database, TEXT, "2026-01-01.md")
    removal.delete(database, Removal("2026-01-01", "錯"))
    assert events(database)[-1] == "briefing.deleted"
    removal.purge(database, Removal("2026-01-01", "錯"))
    assert events(database) == []


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_kinds_fit_their_column(kind: str) -> None:
    assert len(kind) <= 24
