"""The outbox: events for endpoints, written in the transaction of the change they tell of.

An event is written for each endpoint that asked for its kind; whether the endpoint's filters match
is decided before the first attempt (`webhooks/events.py`).
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.identity import stable_id
from app.store.rows import delete_where_in, insert_rows, rows_where_in
from app.store.tables import Change, Delivery, Webhook

EventKind = Literal[
    "briefing.created",
    "briefing.updated",
    "briefing.deleted",
    "item.created",
    "entity.merged",
    "entity.split",
    "thread.updated",
    "watch.hit",
    "search.hit",
]
"""Kinds of events."""
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
_KINDS: Mapping[tuple[str, str], tuple[EventKind, ...]] = {
    ("briefing", "added"): ("briefing.created",),
    ("briefing", "updated"): ("briefing.updated",),
    ("briefing", "removed"): ("briefing.deleted",),
    ("item", "added"): ("item.created", "search.hit"),
    ("entity", "merged"): ("entity.merged",),
    ("entity", "split"): ("entity.split",),
    ("thread", "added"): ("thread.updated",),
    ("thread", "updated"): ("thread.updated",),
    ("thread", "removed"): ("thread.updated",),
    ("watch", "added"): ("watch.hit",),
}
"""Kinds of events by object and action of a change."""


def enqueue(session: Session, version: int, now: datetime) -> None:
    """Write the events of the changes that made `version`, in order, for each endpoint."""
    statement = select(Webhook).where(col(Webhook.status) != "disabled").order_by(col(Webhook.pk))
    webhooks = session.execute(statement).scalars().all()
    if not webhooks:
        return
    changes = (
        select(col(Change.pk), col(Change.object), col(Change.action))
        .where(col(Change.version) == version)
        .order_by(col(Change.pk))
    )
    rows: list[dict[str, Any]] = []
    for change_pk, object_, action in session.execute(changes):
        for kind in _KINDS.get((object_, action), ()):
            rows += _rows(webhooks, kind, change_pk, now)
    insert_rows(session, Delivery, rows)


def _rows(
    webhooks: Collection[Webhook], kind: EventKind, change_pk: int | None, now: datetime
) -> Iterator[dict[str, Any]]:
    for webhook in webhooks:
        if kind in webhook.events:
            yield {
                "id": stable_id("msg", webhook.id, str(change_pk), kind),
                "webhook_pk": webhook.pk,
                "change_pk": change_pk,
                "event": kind,
                "at": now,
                "status": "pending",
                "attempts": 0,
                "log": [],
                "due_at": now,
            }


def erase(session: Session, object_ids: Collection[str]) -> None:
    """Erase the events on these objects, with their deliveries."""
    statement = select(col(Change.pk))
    change_pks: set[int] = set()
    for (change_pk,) in rows_where_in(session, statement, col(Change.object_id), object_ids):
        change_pks.add(change_pk or 0)
    column: Any = col(Delivery.change_pk)
    delete_where_in(session, column, change_pks)
