"""The audit log: who wrote what, when and through which interface."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlmodel import Session, col

from app.store.rows import delete_where_in, insert_rows, rows_where_in
from app.store.tables import AuditEvent

Door = Literal["http", "cli", "service"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Author of writes: the name of a key, `cli`, or `briefbase` for the service itself."""

    name: str
    door: Door
    request_id: str | None = None


CLI = Actor("cli", "cli")
SERVICE = Actor("briefbase", "service")
MIRROR = Actor("mirror", "cli")
RESERVED_NAMES = frozenset(actor.name for actor in (CLI, SERVICE, MIRROR))
"""Names of actors without a key; a key with one of them would write in their name."""
_actor: ContextVar[Actor] = ContextVar("actor", default=SERVICE)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act: its kind, its object and its reason."""

    action: str
    object: str
    object_id: str
    reason: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def act_as(actor: Actor) -> None:
    """Attribute the writes of this context (thread, task, command) to `actor` from now on."""
    _actor.set(actor)


def current_actor() -> Actor:
    """Return the actor of this context."""
    return _actor.get()


def log(
    session: Session, entries: Iterable[AuditEntry], now: datetime, version: int | None = None
) -> None:
    """Write acts of the current actor; `version` is that of the dataset they made, if any.

    `dataset.record` calls it for acts that change content.
    """
    actor = current_actor()
    rows = []
    for entry in entries:
        rows.append(
            {
                "at": now,
                "actor": actor.name,
                "door": actor.door,
                "request_id": actor.request_id,
                "action": entry.action,
                "object": entry.object,
                "object_id": entry.object_id,
                "version": version,
                "reason": entry.reason,
                "details": entry.details,
            }
        )

    insert_rows(session, AuditEvent, rows)


def erase(session: Session, briefing_ids: Iterable[str], hashes: Iterable[str]) -> int:
    """Erase the acts on documents with these hashes; return their number.

    Another document may have had the same id, so the hash in the details decides.
    """
    erased = set()
    known_hashes = set(hashes)
    statement = select(col(AuditEvent.pk), col(AuditEvent.details)).where(
        col(AuditEvent.object) == "briefing"
    )
    object_id = col(AuditEvent.object_id)
    for pk, details in rows_where_in(session, statement, object_id, set(briefing_ids)):
        if pk and details.get("sha256") in known_hashes:
            erased.add(pk)

    delete_where_in(session, col(AuditEvent.pk), erased)
    return len(erased)
