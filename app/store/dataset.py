"""The version of the content, and the log of what changed at which version."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

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


def known(session: Session) -> str | None:
    """What names were known when the documents were read (a hash); None before the first one."""
    return session.exec(select(col(Dataset.knowledge))).first()


def version(session: Session) -> int | None:
    """The version of the content; None before there is any."""
    return session.exec(select(col(Dataset.version))).first()


def learn(session: Session, knowledge: str) -> None:
    """Put down that all documents were read with this knowledge."""
    dataset = session.exec(select(Dataset)).one_or_none()
    if dataset is not None:
        dataset.knowledge = knowledge
        session.add(dataset)


def touch(session: Session, entities: Iterable[int]) -> None:
    """Put down that the version to come touches the names or mentions of these (`pk`)."""
    version = (session.exec(select(col(Dataset.version))).first() or 0) + 1
    for pks in batches(sorted(set(entities))):
        session.execute(delete(EntityChange).where(col(EntityChange.entity_pk).in_(pks)))
        session.execute(insert(EntityChange), [{"entity_pk": pk, "version": version} for pk in pks])


def record(session: Session, events: Iterable[Event], now: datetime) -> int:
    """Raise the version and log `events` under it; the new version. Called once in a writing transaction."""
    dataset = session.exec(select(Dataset)).one_or_none()
    if dataset is None:
        # Two bases never share a version string, so a client that moved between them keeps nothing stale.
        dataset = Dataset(instance=secrets.token_hex(4), modified_at=now)
    dataset.version += 1
    dataset.modified_at = now
    session.add(dataset)
    session.flush()
    columns = {"version": dataset.version, "at": now}
    rows = [
        {
            **columns,
            "action": e.action,
            "object": e.object,
            "object_id": e.object_id,
            "payload": e.payload,
        }
        for e in events
    ]
    insert_rows(session, Change, rows)
    return dataset.version
