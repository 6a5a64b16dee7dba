"""Acts on webhooks and saved searches, each in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement
from sqlmodel import col

from app.errors import InvalidBody
from app.query import webhooks as query
from app.query.filters import stored
from app.query.schemas.webhooks import DeliveryOut, SavedSearchOut, SecretWebhookOut, WebhookOut
from app.store import webhooks
from app.store.db import Database
from app.store.tables import Delivery
from app.webhooks.events import message
from app.webhooks.sending import new_secret

MAX_URL_CHARS = 2_048


@dataclass(frozen=True)
class Replay:
    """Which deliveries to send again: one by its id, or those of a range of time."""

    delivery: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None


def create(database: Database, values: Mapping[str, Any]) -> SecretWebhookOut:
    """Create a webhook. Raises InvalidBody for an address or filters that are not valid."""
    _check(values)
    secret = new_secret()
    with database.write() as session:
        webhook = webhooks.create(session, values, secret, datetime.now(UTC))
        effect = SecretWebhookOut(webhook=query.one(session, webhook.id), secret=secret)
    return effect


def _check(values: Mapping[str, Any]) -> None:
    if "url" in values:
        _check_url(values["url"])
    if "filters" in values:
        stored.read(values["filters"])


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("https", "http") and bool(parts.hostname)
        is_valid = is_valid and parts.port != 0 and "@" not in parts.netloc and not parts.fragment
    except ValueError:
        is_valid = False
    if not is_valid or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidBody(
            "url: expected an https address without user name, fragment and spaces, in ASCII",
            [{"parameter": "url", "message": "is no address of an endpoint"}],
        )


def change(database: Database, webhook_id: str, values: Mapping[str, Any]) -> WebhookOut:
    """Change a webhook. Raises NotFound, and InvalidBody as `create` does."""
    _check(values)
    with database.write() as session:
        webhooks.change(session, webhook_id, values, datetime.now(UTC))
        return query.one(session, webhook_id)


def rotate(database: Database, webhook_id: str, overlap: timedelta) -> SecretWebhookOut:
    """Give a webhook a new secret; the former one signs as well during the overlap."""
    secret = new_secret()
    with database.write() as session:
        webhooks.rotate(session, webhook_id, secret, datetime.now(UTC), overlap)
        return SecretWebhookOut(webhook=query.one(session, webhook_id), secret=secret)


def remove(database: Database, webhook_id: str) -> None:
    """Delete a webhook with its deliveries. Raises NotFound."""
    with database.write() as session:
        webhooks.remove(session, webhook_id, datetime.now(UTC))


def test(database: Database, webhook_id: str) -> DeliveryOut:
    """Write a test event for a webhook, which comes after all that wait. Raises NotFound."""
    now = datetime.now(UTC)
    body = message(webhooks.TEST_EVENT, now, {"webhook": webhook_id})
    with database.write() as session:
        delivery = webhooks.enqueue_test(session, webhook_id, body, now)
        return query.delivery(session, webhook_id, delivery.id)


def replay(database: Database, webhook_id: str, request: Replay) -> int:
    """Send finished deliveries again; return their number. Raises NotFound."""
    conditions: list[ColumnElement[bool]] = []
    if request.delivery is not None:
        conditions.append(col(Delivery.id) == request.delivery)
    if request.since is not None:
        conditions.append(col(Delivery.at) >= request.since)
    if request.until is not None:
        conditions.append(col(Delivery.at) <= request.until)
    if request.status is not None:
        conditions.append(col(Delivery.status) == request.status)
    with database.write() as session:
        return webhooks.replay(
            session,
            webhook_id,
            conditions,
            datetime.now(UTC),
        )


def save_search(database: Database, values: Mapping[str, Any]) -> SavedSearchOut:
    """Create a saved search. Raises InvalidBody for filters that are not valid."""
    _check(values)
    with database.write() as session:
        search = webhooks.save_search(session, values, datetime.now(UTC))
        return query.search(session, search.id)


def change_search(database: Database, search_id: str, values: Mapping[str, Any]) -> SavedSearchOut:
    """Change a saved search. Raises NotFound and InvalidBody."""
    _check(values)
    with database.write() as session:
        webhooks.change_search(session, search_id, values, datetime.now(UTC))
        return query.search(session, search_id)


def remove_search(database: Database, search_id: str) -> None:
    """Delete a saved search. Raises NotFound."""
    with database.write() as session:
        webhooks.remove_search(session, search_id, datetime.now(UTC))
