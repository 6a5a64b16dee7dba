"""Rows of writers and followers: changes, audit, keys, deletions, webhooks, searches."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from app.store.tables.fields import Big, json_field, pk_field, ref_field


class Change(SQLModel, table=True):
    """One change of the content, in order, for mirrors and bots; a removal stays as a tombstone."""

    pk: int | None = pk_field()
    version: int = Field(sa_type=Big, index=True)
    """The dataset version this change made."""
    action: str = Field(max_length=8)
    """`added updated removed restored purged merged split`."""
    object: str = Field(max_length=12)
    """`document briefing item entity judgement thread watch source`."""
    object_id: str = Field(max_length=64, index=True)
    briefing: str | None = Field(default=None, max_length=64)
    """The id of the briefing that the object is, or is part of."""
    at: datetime
    actor: str | None = Field(default=None, max_length=80)
    """Author of the change (`store/audit.py`)."""
    old: str | None = Field(default=None, max_length=64)
    """The hash of the former content: of a briefing's bytes, of an item's content."""
    new: str | None = Field(default=None, max_length=64)
    payload: dict[str, Any] = json_field(dict)
    __table_args__ = (Index(None, "at", "object", "object_id"),)


class AuditEvent(SQLModel, table=True):
    """An act: who did what to which object, and when. Acts that changed content have a version."""

    __tablename__ = "audit_event"
    pk: int | None = pk_field()
    """In the order of commits: one transaction writes at a time."""
    at: datetime
    actor: str = Field(max_length=80, index=True)
    door: str = Field(max_length=8)
    """`http cli service`."""
    action: str = Field(max_length=16, index=True)
    object: str = Field(max_length=12)
    object_id: str = Field(max_length=96, index=True)
    version: int | None = Field(default=None, sa_type=Big)
    reason: str | None = None
    details: dict[str, Any] = json_field(dict)
    request_id: str | None = Field(default=None, max_length=64)


class Tombstone(SQLModel, table=True):
    """A deleted briefing. Its row and its documents remain, hidden like a draft's, until a purge.

    A purge erases title, reason and items; the tombstone itself remains.
    """

    pk: int | None = pk_field()
    briefing_pk: int | None = ref_field("briefing.pk", null=True, delete="SET NULL")
    briefing_id: str = Field(max_length=64, index=True)
    """The public id at its deletion."""
    channel_pk: int = ref_field("channel.pk", delete="RESTRICT", index=False)
    date: date
    title: str | None = None
    sha256: str | None = Field(default=None, max_length=64)
    actor: str = Field(max_length=80)
    reason: str | None = None
    deleted_at: datetime
    purged_at: datetime | None = None
    items: list[dict[str, Any]] = json_field(list)
    """Traits of its items, so that a restored item has the id it had."""


class GoneAddress(SQLModel, table=True):
    """The former address of a deleted briefing or item."""

    __tablename__ = "gone_address"
    pk: int | None = pk_field()
    tombstone_pk: int = ref_field("tombstone.pk")
    object: str = Field(max_length=12)
    """`briefing item document`."""
    object_id: str = Field(max_length=64)
    __table_args__ = (Index(None, "object_id", "object"),)


class IdempotentAnswer(SQLModel, table=True):
    """The answer to a write with an `Idempotency-Key`, for repetitions of the request."""

    __tablename__ = "idempotent_answer"
    pk: int | None = pk_field()
    actor: str = Field(max_length=80)
    key: str = Field(max_length=255)
    request: str = Field(max_length=64)
    """The hash of the request."""
    at: datetime = Field(index=True)
    status: int
    location: str | None = None
    body: bytes = Field(sa_type=LargeBinary)
    __table_args__ = (UniqueConstraint("actor", "key"),)


class ApiKey(SQLModel, table=True):
    """A key to write with. Its text is shown once and stored nowhere."""

    __tablename__ = "api_key"
    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    name: str = Field(max_length=80, index=True)
    prefix: str = Field(max_length=16, index=True)
    """The first characters of the key, to tell keys apart."""
    sha256: str = Field(max_length=64)
    scopes: list[str] = json_field(list)
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """Exact to the minute (`store/keys.py`)."""
    revoked_at: datetime | None = None


class Webhook(SQLModel, table=True):
    """An endpoint that events are sent to."""

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    url: str = Field(max_length=2048)
    events: list[str] = json_field(list)
    filters: str
    """A query string of filters of items; only events of matching things are sent."""
    description: str | None = None
    status: str = Field(max_length=8)
    """`active paused disabled`."""
    secrets: list[dict[str, Any]] = json_field(list)
    """`{secret, created_at, expires_at}`, the newest first; signing needs them in clear."""
    created_at: datetime
    updated_at: datetime
    created_by: str = Field(max_length=80)


class Delivery(SQLModel, table=True):
    """The outbox: an event for an endpoint, written in the transaction of its change."""

    pk: int | None = pk_field()
    id: str = Field(max_length=32, unique=True)
    """The `webhook-id` of every attempt."""
    webhook_pk: int = ref_field("webhook.pk", index=False)
    change_pk: int | None = Field(default=None, sa_type=Big, index=True)
    """Not a foreign key: the change log outlives the outbox. None for a test."""
    event: str = Field(max_length=24)
    at: datetime
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    status: str = Field(max_length=9)
    """`pending delivered failed filtered`."""
    attempts: int = 0
    log: list[dict[str, Any]] = json_field(list)
    """The latest attempts: `{at, status, answer, error, milliseconds}`."""
    due_at: datetime
    finished_at: datetime | None = None
    __table_args__ = (Index(None, "webhook_pk", "status", "pk"), Index(None, "status", "due_at"))


class SavedSearch(SQLModel, table=True):
    """A search that is kept by name; with `alert`, new items that match it are events."""

    __tablename__ = "saved_search"
    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    name: str = Field(max_length=80)
    filters: str
    alert: bool
    created_at: datetime
    updated_at: datetime
    created_by: str = Field(max_length=80)


class Lease(SQLModel, table=True):
    """A task that one process at a time may do."""

    name: str = Field(max_length=40, primary_key=True)
    holder: str = Field(max_length=40)
    expires_at: datetime


class MirrorPosition(SQLModel, table=True):
    """The position in the changes of another Briefbase up to which this one follows it."""

    __tablename__ = "mirror_position"
    url: str = Field(max_length=2048, primary_key=True)
    position: str = Field(max_length=64)
