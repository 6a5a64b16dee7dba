"""The tombstones of deleted briefings: who deleted which one, when and why."""

from sqlalchemy import select
from sqlmodel import Session, col

from app.store.tables import Tombstone


def of_briefing(session: Session, briefing_pk: int | None) -> Tombstone | None:
    """Return the tombstone of a stored briefing, None if it is not deleted."""
    statement = select(Tombstone).where(col(Tombstone.briefing_pk) == briefing_pk)
    return session.execute(statement).scalars().first()


def newest(session: Session, briefing_id: str) -> Tombstone | None:
    """Return the last tombstone of this id that was not purged, else the last one."""
    statement = (
        select(Tombstone)
        .where(col(Tombstone.briefing_id) == briefing_id)
        .order_by(col(Tombstone.purged_at).is_not(None), col(Tombstone.pk).desc())
        .limit(1)
    )
    return session.execute(statement).scalars().first()


def sentence(tombstone: Tombstone) -> str:
    """Return a sentence on when and why a briefing was deleted."""
    text = f"The briefing {tombstone.briefing_id} was deleted on {tombstone.deleted_at:%Y-%m-%d}"
    return f"{text}: {tombstone.reason}" if tombstone.reason else f"{text}."
