"""The version of the content, and the log of what changed at which version."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.store.tables import Change, Dataset


@dataclass(frozen=True, slots=True)
class Event:
    """One change: what happened to which object."""

    action: str
    object: str
    object_id: str
    payload: dict[str, Any]


def record(session: Session, events: Iterable[Event], now: datetime) -> int:
    """Raise the version and log `events` under it; the new version. Called once in a writing transaction."""
    dataset = session.exec(select(Dataset)).one_or_none()
    if dataset is None:
        # Two bases never share a version string, so a client that moved between them keeps nothing stale.
        dataset = Dataset(instance=secrets.token_hex(4), modified_at=now)
    dataset.version += 1
    dataset.modified_at = now
    session.add(dataset)
    session.add_all(
        Change(version=dataset.version, action=e.action, object=e.object, object_id=e.object_id, at=now, payload=e.payload) for e in events
    )
    session.flush()
    return dataset.version
