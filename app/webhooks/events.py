"""The content of events, and whether the filters of an endpoint match them."""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from app.errors import AppError, InvalidBody
from app.query import items
from app.query.documents.ids import unprefixed_channel
from app.query.filters import stored
from app.query.request.filter_syntax import clauses
from app.query.schemas.changes import ChangeOut
from app.query.snapshot import dataset
from app.query.snapshot.refs import path
from app.query.time import changes
from app.store.tables import (
    Briefing,
    Delivery,
    Entity,
    Item,
    Mention,
    SavedSearch,
    Thread,
    ThreadMember,
    Webhook,
)

_PATHS = {"briefing": "briefings", "item": "items", "entity": "entities", "thread": "threads"}


def body(
    session: Session, webhook: Webhook, delivery: Delivery, default_channel: str
) -> bytes | None:
    """Return the JSON of an event; None if the filters leave it out, or its change is erased."""
    if delivery.change_pk is None:
        return delivery.body
    change = _change(session, delivery.change_pk)
    if change is None:
        return None
    content: dict[str, Any] = {"change": change.model_dump(mode="json")}
    if delivery.event == "search.hit":
        searches = _searches(session, change)
        if not searches:
            return None
        content["searches"] = searches
    try:
        if not _matches(session, webhook.filters, change, default_channel):
            return None
    except InvalidBody:
        # The grammar of filters changed since they were stored: better too much than nothing.
        pass
    collection = _PATHS.get(change.object)
    content["links"] = {"self": path(collection, change.object_id)} if collection else {}
    item = _item(session, change)
    if item is not None:
        content["item"] = orjson.Fragment(item)
    return message(delivery.event, delivery.at, content)


def message(kind: str, at: datetime, content: dict[str, Any]) -> bytes:
    """Return the JSON of an event in the form of Standard Webhooks."""
    return orjson.dumps({"type": kind, "timestamp": at.astimezone(UTC), "data": content})


def _change(session: Session, number: int) -> ChangeOut | None:
    for row in changes.after(session, number - 1, (), 1):
        if row.pk == number:
            return changes.entry(row, dataset.version(session).text.rpartition("-")[0])
    return None


def _item(session: Session, change: ChangeOut) -> bytes | None:
    """Return the item that an event is of, None if it has none, or it is gone."""
    item_id = change.object_id if change.object == "item" else change.details.get("item")
    if item_id is None:
        return None
    try:
        return items.one(session, item_id, None)
    except AppError:
        return None


def _searches(session: Session, change: ChangeOut) -> list[dict[str, str]]:
    """Return the saved searches with alerts that a new item matches."""
    alerts = select(SavedSearch).where(col(SavedSearch.alert)).order_by(col(SavedSearch.pk))
    hits = []
    for search in session.execute(alerts).scalars().all():
        if stored.match(session, search.filters, col(Item.id) == change.object_id):
            hits.append({"id": search.id, "name": search.name})
    return hits


def _matches(session: Session, filters: str, change: ChangeOut, default_channel: str) -> bool:
    """Return whether an item that belongs to the object of a change meets the filters."""
    if not filters:
        return True
    if change.action == "removed":
        unprefixed = unprefixed_channel(session, default_channel)
        return _is_in_channels(filters, change, unprefixed)
    return stored.match(session, filters, _items_of(change))


def _is_in_channels(filters: str, change: ChangeOut, unprefixed: str) -> bool:
    """Return whether the channel of a removed object is asked for: nothing else is known of it."""
    asked = stored.read(filters).channel
    if change.briefing is None:
        return True
    prefix, separator, _ = change.briefing.partition(":")
    channel = prefix if separator else unprefixed
    return all((channel in clause.values) != clause.negated for clause in clauses(asked))


def _items_of(change: ChangeOut) -> ColumnElement[bool]:
    """Return the condition that an item belongs to the object of a change."""
    if change.object == "briefing":
        briefings = select(col(Briefing.pk)).where(col(Briefing.id) == change.object_id)
        return col(Item.briefing_pk).in_(briefings)
    if change.object == "entity":
        ids = [change.object_id, *filter(None, (change.details.get("into"),))]
        named = (
            select(col(Mention.item_pk))
            .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
            .where(col(Entity.id).in_(ids), col(Mention.item_pk).is_not(None))
        )
        return col(Item.pk).in_(named)
    if change.object == "thread":
        members = (
            select(col(ThreadMember.item_pk))
            .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk))
            .where(col(Thread.id) == change.object_id)
        )
        return col(Item.pk).in_(members)
    item_id: str = change.details.get("item", change.object_id)
    return col(Item.id) == item_id
