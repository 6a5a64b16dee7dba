"""Webhooks, their deliveries with attempts, and saved searches."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.webhook_params import DeliveryList, SearchesList, WebhookList
from app.query.schemas.webhooks import (
    AttemptOut,
    DeliveryOut,
    SavedSearchOut,
    SecretOut,
    WebhookOut,
)
from app.query.snapshot.refs import path
from app.store.tables import Delivery, SavedSearch, Webhook, columns_of


def webhooks(session: Session, query: WebhookList) -> Listing[WebhookOut]:
    """Return a page of webhooks, the newest first."""
    statement = select(*columns_of(Webhook))
    order = [col(Webhook.pk).desc()]
    page = paging.page(session, statement, order, query)
    return Listing([_webhook(session, row) for row in page.rows], page)


def one(session: Session, webhook_id: str) -> WebhookOut:
    """Return a webhook. Raises NotFound."""
    return _webhook(session, _row(session, webhook_id))


def _row(session: Session, webhook_id: str) -> Any:
    columns = select(*columns_of(Webhook))
    row = session.execute(columns.where(col(Webhook.id) == webhook_id)).first()
    if row is None:
        raise NotFound(f"There is no webhook {webhook_id!r}.")
    return row


def _webhook(session: Session, row: Any) -> WebhookOut:
    waiting = select(func.count()).where(
        col(Delivery.webhook_pk) == row.pk, col(Delivery.status) == "pending"
    )
    secrets = []
    for secret in row.secrets:
        ending = secret["expires_at"]
        expires_at = datetime.fromisoformat(ending) if ending else None
        created_at = datetime.fromisoformat(secret["created_at"])
        secrets.append(SecretOut(created_at=created_at, expires_at=expires_at))
    self_path = path("webhooks", row.id)
    return WebhookOut(
        id=row.id,
        url=row.url,
        events=row.events,
        filters=row.filters,
        description=row.description,
        status=row.status,
        pending=session.execute(waiting).scalar_one(),
        secrets=secrets,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        links={"self": self_path, "deliveries": f"{self_path}/deliveries"},
    )


def deliveries(session: Session, webhook_id: str, query: DeliveryList) -> Listing[DeliveryOut]:
    """Return a page of the deliveries of a webhook, the newest first. Raises NotFound."""
    webhook = _row(session, webhook_id)
    statement = select(*columns_of(Delivery))
    statement = statement.where(col(Delivery.webhook_pk) == webhook.pk)
    if query.status:
        statement = statement.where(col(Delivery.status) == query.status)
    order = [col(Delivery.pk).desc()]
    scope = query.scope(webhook_id)
    page = paging.page(session, statement, order, query, scope=scope)
    return Listing([_delivery(row) for row in page.rows], page)


def delivery(session: Session, webhook_id: str, delivery_id: str) -> DeliveryOut:
    """Return a delivery of a webhook. Raises NotFound."""
    webhook = _row(session, webhook_id)
    columns = select(*columns_of(Delivery))
    is_meant = (col(Delivery.webhook_pk) == webhook.pk, col(Delivery.id) == delivery_id)
    row = session.execute(columns.where(*is_meant)).first()
    if row is None:
        raise NotFound(f"There is no delivery {delivery_id!r} of the webhook {webhook_id}.")
    return _delivery(row)


def _delivery(row: Any) -> DeliveryOut:
    return DeliveryOut(
        id=row.id,
        event=row.event,
        at=row.at,
        status=row.status,
        due_at=row.due_at,
        finished_at=row.finished_at,
        body=orjson.loads(row.body) if row.body else None,
        attempts=[AttemptOut.model_validate(attempt) for attempt in row.log],
    )


def searches(session: Session, query: SearchesList) -> Listing[SavedSearchOut]:
    """Return a page of saved searches, the newest first."""
    statement = select(*columns_of(SavedSearch))
    order = [col(SavedSearch.pk).desc()]
    page = paging.page(session, statement, order, query)
    return Listing([_search(row) for row in page.rows], page)


def search(session: Session, search_id: str) -> SavedSearchOut:
    """Return a saved search. Raises NotFound."""
    columns = select(*columns_of(SavedSearch))
    row = session.execute(columns.where(col(SavedSearch.id) == search_id)).first()
    if row is None:
        raise NotFound(f"There is no saved search {search_id!r}.")
    return _search(row)


def _search(row: Any) -> SavedSearchOut:
    return SavedSearchOut(
        id=row.id,
        name=row.name,
        filters=row.filters,
        alert=row.alert,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        links={
            "self": path("searches", row.id),
            "items": f"/v1/items?{row.filters}",
            "feed": f"/feeds/searches/{row.id}.atom",
        },
    )
