"""Leases, and the bounds of the log."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from app.store import webhooks
from app.store.db import Database
from app.store.tables import Delivery, Webhook
from app.webhooks import endpoints

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = timedelta(seconds=20)


def test_a_lease_has_one_holder_until_it_expires(database: Database) -> None:
    with database.write() as session:
        assert webhooks.take_lease(session, "task", "one", NOW, SECONDS)
        assert not webhooks.take_lease(session, "task", "two", NOW, SECONDS)
        assert webhooks.take_lease(session, "task", "one", NOW + SECONDS / 2, SECONDS)
        assert not webhooks.take_lease(session, "task", "two", NOW + SECONDS, SECONDS)
        assert webhooks.take_lease(session, "task", "two", NOW + 2 * SECONDS, SECONDS)
        webhooks.drop_lease(session, "task", "two")
        assert webhooks.take_lease(session, "task", "one", NOW, SECONDS)


def test_the_log_keeps_the_newest(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MAX_FINISHED", 3)
    values = {"url": "https://bot.example/", "events": ["item.created"], "filters": ""}
    webhook = endpoints.create(database, values).webhook.id
    with database.write() as session:
        pk = session.exec(select(Webhook.pk)).one()
        for _ in range(6):
            delivery = webhooks.enqueue_test(session, webhook, b"{}", NOW)
            delivery.status = "delivered"
            session.add(delivery)
        webhooks.enqueue_test(session, webhook, b"{}", NOW)
        session.flush()
        webhooks.prune(session, pk or 0)
        assert session.exec(select(func.count()).select_from(Delivery)).one() == 4
