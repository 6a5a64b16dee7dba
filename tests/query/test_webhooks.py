"""Webhooks and saved searches as they are listed_webhook."""

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
        (listed_webhook,) = query.webhooks(session, WebhookList()).entries
        assert listed_webhook.pending == 1
        assert made.secret not in listed_webhook.model_dump_json()
        (waiting,) = query.deliveries(
            session, listed_webhook.id, DeliveryList(status="pending")
        ).entries
        assert query.delivery(session, listed_webhook.id, waiting.id) == waiting
        assert (
            query.deliveries(session, listed_webhook.id, DeliveryList(status="failed")).entries
            == []
        )
        with pytest.raises(NotFound):
            query.delivery(session, listed_webhook.id, "msg_other")
