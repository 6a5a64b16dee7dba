"""The version of the content, and the log of what changed at which version.

`record` is the end of every transaction that changes content: a reader of changes (a change
log, an outbox) is served from there.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.store import audit, outbox
from app.store.audit import AuditEntry
from app.store.encoding.batches import batches
from app.store.rows import insert_rows
from app.store.tables import Change, Dataset, EntityChange


@dataclass(frozen=True, slots=True)
class Event:
    """One change: what happened to which object."""

    action: str
    object: str
    object_id: str
    payload: dict[str, Any]
    old: str | None = None
    """The hash of the former content, None where there was none."""
    new: str | None = None

    @property
    def briefing(self) -> str | None:
        """The id of the briefing that the object is, or is part of."""
        if self.object == "briefing":
            return self.object_id
        briefing: str | None = self.payload.get("briefing")
        return briefing


def fingerprint(session: Session) -> str | None:
    """Return the fingerprint of the code and data that last read the documents, if any."""
    return session.execute(select(col(Dataset.knowledge))).scalars().first()


def version(session: Session) -> int | None:
    """Return the version of the content; None before there is any."""
    return session.execute(select(col(Dataset.version))).scalars().first()


def set_fingerprint(session: Session, fingerprint: str) -> None:
    """Record the hash of what all documents were read with."""
    session.execute(update(Dataset).values(knowledge=fingerprint))


def touch(session: Session, entity_pks: Iterable[int]) -> None:
    """Record that the next version changes the names or mentions of these entities."""
    next_version = (version(session) or 0) + 1
    for pks in batches(sorted(set(entity_pks))):
        session.execute(
            delete(EntityChange).where(
                col(EntityChange.entity_pk).in_(pks),
            )
        )
        rows = [{"entity_pk": pk, "version": next_version} for pk in pks]
        insert_rows(session, EntityChange, rows)


def record(
    session: Session, events: Iterable[Event], now: datetime, entries: Iterable[AuditEntry] = ()
) -> int:
    """Raise the version, log `events` and the audit `entries` under it and return it.

    Call it once in a writing transaction, after everything derived was refreshed. Rows of both
    logs are numbered in the order of commits, because one transaction writes at a time.
    """
    dataset = session.execute(select(Dataset)).scalars().one_or_none()
    if dataset is None:
        # Two databases never share a version string, so no client keeps answers of the other one.
        dataset = Dataset(instance=secrets.token_hex(4), modified_at=now)

    dataset.version += 1
    # A clock that was set back must not make clients take the change for an old one.
    dataset.modified_at = max(now, dataset.modified_at)
    session.add(dataset)
    session.flush()
    rows = []
    actor = audit.current_actor()
    for event in events:
        rows.append(
            {
                "version": dataset.version,
                "at": now,
                "actor": actor.name,
                "old": event.old,
                "new": event.new,
                "action": event.action,
                "object": event.object,
                "object_id": event.object_id,
                "briefing": event.briefing,
                "payload": event.payload,
            }
        )

    insert_rows(session, Change, rows)
    outbox.enqueue(session, dataset.version, now)
    audit.log(session, entries, now, dataset.version)
    return dataset.version
