"""Webhooks and saved searches, and the log of deliveries: everything that is written of them."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.identity import stable_id
from app.store import audit
from app.store.audit import AuditEntry
from app.store.tables import Delivery, Lease, SavedSearch, Webhook

MAX_LIVE_SECRETS = 2
MAX_STORED_ANSWER_CHARS = 2_000
MAX_LOGGED_ATTEMPTS = 40
MAX_FINISHED = 1_000
"""Finished deliveries that the log of an endpoint keeps."""
TEST_EVENT = "webhook.test"


def create(session: Session, values: Mapping[str, Any], secret: str, now: datetime) -> Webhook:
    """Create a webhook with its first secret."""
    webhook = Webhook(
        id=stable_id("wh", secrets.token_hex(16)),
        status="active",
        secrets=[_secret(secret, now)],
        created_at=now,
        updated_at=now,
        created_by=audit.current_actor().name,
        **values,
    )
    session.add(webhook)
    session.flush()
    _log(session, "webhook.create", webhook, now)
    return webhook


def _secret(text: str, now: datetime) -> dict[str, Any]:
    return {"secret": text, "created_at": now.isoformat(), "expires_at": None}


def _log(session: Session, action: str, webhook: Webhook, now: datetime) -> None:
    # A query may hold a password of the endpoint, so only the host is logged.
    details = {"events": webhook.events, "status": webhook.status}
    audit.log(session, [AuditEntry(action, "webhook", webhook.id, details=details)], now)


def one(session: Session, webhook_id: str) -> Webhook:
    """Return a webhook. Raises NotFound."""
    statement = select(Webhook).where(col(Webhook.id) == webhook_id)
    webhook: Webhook | None = session.execute(statement).scalars().first()
    if webhook is None:
        raise NotFound(f"There is no webhook {webhook_id!r}.")
    return webhook


def change(session: Session, webhook_id: str, values: Mapping[str, Any], now: datetime) -> Webhook:
    """Change some columns of a webhook. Raises NotFound."""
    webhook = one(session, webhook_id)
    for name, value in values.items():
        setattr(webhook, name, value)
    webhook.updated_at = now
    session.add(webhook)
    session.flush()
    _log(session, "webhook.update", webhook, now)
    return webhook


def rotate(
    session: Session, webhook_id: str, secret: str, now: datetime, overlap: timedelta
) -> Webhook:
    """Give a webhook a new secret; the former one signs as well until the `overlap` ends."""
    webhook = one(session, webhook_id)
    former = dict(webhook.secrets[0], expires_at=(now + overlap).isoformat())
    webhook.secrets = [_secret(secret, now), former][:MAX_LIVE_SECRETS]
    webhook.updated_at = now
    session.add(webhook)
    session.flush()
    _log(session, "webhook.rotate", webhook, now)
    return webhook


def live_secrets(webhook: Webhook, now: datetime) -> list[str]:
    """Return the secrets that sign now, the newest first."""
    texts = []
    for secret in webhook.secrets:
        ending = secret["expires_at"]
        if ending is None or datetime.fromisoformat(ending) > now:
            texts.append(secret["secret"])
    return texts


def remove(session: Session, webhook_id: str, now: datetime) -> None:
    """Delete a webhook with its deliveries. Raises NotFound."""
    webhook = one(session, webhook_id)
    _log(session, "webhook.delete", webhook, now)
    session.execute(delete(Webhook).where(col(Webhook.pk) == webhook.pk))


def enqueue_test(session: Session, webhook_id: str, body: bytes, now: datetime) -> Delivery:
    """Write a test event into the outbox. Raises NotFound."""
    webhook = one(session, webhook_id)
    assert webhook.pk
    delivery = Delivery(
        id=stable_id("msg", secrets.token_hex(16)),
        webhook_pk=webhook.pk,
        event=TEST_EVENT,
        at=now,
        body=body,
        status="pending",
        due_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


def replay(
    session: Session, webhook_id: str, conditions: Iterable[ColumnElement[bool]], now: datetime
) -> int:
    """Send finished deliveries again, with the ids they had; return their number."""
    webhook = one(session, webhook_id)
    again = (
        update(Delivery)
        .where(
            col(Delivery.webhook_pk) == webhook.pk,
            col(Delivery.status).in_(("delivered", "failed")),
            *conditions,
        )
        .values(status="pending", attempts=0, due_at=now, at=now, finished_at=None)
    )
    replayed = session.execute(again)
    _log(session, "webhook.replay", webhook, now)
    return int(replayed.rowcount)  # type: ignore[attr-defined]  # a cursor result has it


def prepare(
    session: Session, bodies: Mapping[int, bytes], filtered: Iterable[int], now: datetime
) -> None:
    """Write the bodies of deliveries, and which of them the filters leave out."""
    for pk, body in bodies.items():
        session.execute(update(Delivery).where(col(Delivery.pk) == pk).values(body=body))
    for pk in filtered:
        session.execute(delete(Delivery).where(col(Delivery.pk) == pk))


def record_attempt(
    session: Session, delivery_pk: int, attempt: dict[str, Any], outcome: Mapping[str, Any]
) -> None:
    """Log an attempt and write what becomes of its delivery."""
    delivery = session.get(Delivery, delivery_pk)
    if delivery is None:
        # The endpoint was deleted meanwhile.
        return
    delivery.attempts += 1
    delivery.log = [*delivery.log, attempt][-MAX_LOGGED_ATTEMPTS:]
    for name, value in outcome.items():
        setattr(delivery, name, value)
    session.add(delivery)


def disable(session: Session, webhook_pk: int, now: datetime) -> None:
    """Disable an endpoint that is gone; what waited for it has failed."""
    webhook = session.get_one(Webhook, webhook_pk)
    webhook.status, webhook.updated_at = "disabled", now
    session.add(webhook)
    waiting = (col(Delivery.webhook_pk) == webhook_pk, col(Delivery.status) == "pending")
    session.execute(update(Delivery).where(*waiting).values(status="failed", finished_at=now))
    _log(session, "webhook.disable", webhook, now)


def prune(session: Session, webhook_pk: int) -> None:
    """Delete the oldest finished deliveries beyond `MAX_FINISHED`."""
    finished = (col(Delivery.webhook_pk) == webhook_pk, col(Delivery.status) != "pending")
    edge = (
        select(col(Delivery.pk))
        .where(*finished)
        .order_by(col(Delivery.pk).desc())
        .offset(MAX_FINISHED)
        .limit(1)
    )
    last = session.execute(edge).scalar()
    if last is not None:
        session.execute(delete(Delivery).where(*finished, col(Delivery.pk) <= last))


def take_lease(
    session: Session, name: str, holder: str, now: datetime, lifetime: timedelta
) -> bool:
    """Take or renew a lease; return whether this holder has it."""
    lease = session.get(Lease, name)
    if lease is not None and lease.holder != holder and lease.expires_at > now:
        return False
    lease = lease or Lease(name=name, holder=holder, expires_at=now)
    lease.holder, lease.expires_at = holder, now + lifetime
    session.add(lease)
    session.flush()
    return True


def drop_lease(session: Session, name: str, holder: str) -> None:
    """Give a lease back."""
    session.execute(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))


def save_search(session: Session, values: Mapping[str, Any], now: datetime) -> SavedSearch:
    """Create a saved search."""
    search = SavedSearch(
        id=stable_id("ss", secrets.token_hex(16)),
        created_at=now,
        updated_at=now,
        created_by=audit.current_actor().name,
        **values,
    )
    session.add(search)
    session.flush()
    _log_search(session, "search.create", search, now)
    return search


def _log_search(session: Session, action: str, search: SavedSearch, now: datetime) -> None:
    details = {"name": search.name, "filters": search.filters}
    audit.log(session, [AuditEntry(action, "search", search.id, details=details)], now)


def one_search(session: Session, search_id: str) -> SavedSearch:
    """Return a saved search. Raises NotFound."""
    statement = select(SavedSearch).where(col(SavedSearch.id) == search_id)
    search: SavedSearch | None = session.execute(statement).scalars().first()
    if search is None:
        raise NotFound(f"There is no saved search {search_id!r}.")
    return search


def change_search(
    session: Session, search_id: str, values: Mapping[str, Any], now: datetime
) -> SavedSearch:
    """Change some columns of a saved search. Raises NotFound."""
    search = one_search(session, search_id)
    for name, value in values.items():
        setattr(search, name, value)
    search.updated_at = now
    session.add(search)
    session.flush()
    _log_search(session, "search.update", search, now)
    return search


def remove_search(session: Session, search_id: str, now: datetime) -> None:
    """Delete a saved search. Raises NotFound."""
    search = one_search(session, search_id)
    _log_search(session, "search.delete", search, now)
    session.execute(delete(SavedSearch).where(col(SavedSearch.pk) == search.pk))
