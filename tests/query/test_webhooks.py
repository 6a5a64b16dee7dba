"""Webhooks and saved searches as they are shown."""

import pytest

from app.errors import NotFound
from app.query import webhooks as query
from app.query.request.webhook_params import DeliveryList, WebhookList
from app.store.db import Database
from app.webhooks import endpoints


def test_a_webhook_shows_what_waits_and_no_secret(database: Database) -> None:
    values = {"url": "https://bot.example/", "events": ["item.created"], "filters": ""}
    made = endpoints.create(database, values)
    endpoints.test(database, made.webhook.id)
    with database.read() as session:
        (shown,) = query.webhooks(session, WebhookList()).entries
        assert shown.pending == 1
        assert made.secret not in shown.model_dump_json()
        (waiting,) = query.deliveries(session, shown.id, DeliveryList(status="pending")).entries
        assert query.delivery(session, shown.id, waiting.id) == waiting
        assert query.deliveries(session, shown.id, DeliveryList(status="failed")).entries == []
        with pytest.raises(NotFound):
            query.delivery(session, shown.id, "msg_other")
