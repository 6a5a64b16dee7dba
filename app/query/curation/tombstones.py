"""Deleted briefings: their list, and the error of their former addresses."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import Gone
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.write_params import DeletionList
from app.query.schemas.writing import TombstoneOut
from app.store.tables import Channel, GoneAddress, Tombstone


def refuse(session: Session, object_: str, object_id: str) -> None:
    """Raise Gone if a deleted briefing, one of its items or its document had this id."""
    statement = (
        select(Tombstone)
        .join(GoneAddress, col(GoneAddress.tombstone_pk) == col(Tombstone.pk))
        .where(col(GoneAddress.object_id) == object_id, col(GoneAddress.object) == object_)
        .order_by(col(Tombstone.pk).desc())
        .limit(1)
    )
    tombstone = session.execute(statement).scalars().first()
    if tombstone is None:
        return
    subject = f"The {object_} {object_id!r} is gone"
    if object_ != "briefing":
        subject += f" with the briefing {tombstone.briefing_id}"
    text = f"{subject} since {tombstone.deleted_at:%Y-%m-%d}"
    raise Gone(f"{text}: {tombstone.reason}" if tombstone.reason else f"{text}.")


def deletions(session: Session, query: DeletionList) -> Listing[TombstoneOut]:
    """Return a page of the deleted briefings, the last deleted one first."""
    columns: tuple[Any, ...] = (
        col(Tombstone.pk),
        col(Tombstone.briefing_id),
        col(Channel.id).label("channel"),
        col(Tombstone.date),
        col(Tombstone.title),
        col(Tombstone.actor),
        col(Tombstone.reason),
        col(Tombstone.deleted_at),
        col(Tombstone.purged_at),
    )
    statement = select(*columns).join(Channel, col(Channel.pk) == col(Tombstone.channel_pk))
    order = [col(Tombstone.pk).desc()]
    page = paging.page(session, statement, order, query)
    entries = []
    for row in page.rows:
        entries.append(
            TombstoneOut(
                briefing=row.briefing_id,
                channel=row.channel,
                date=row.date,
                title=row.title,
                actor=row.actor,
                reason=row.reason,
                deleted_at=row.deleted_at,
                purged_at=row.purged_at,
            )
        )
    return Listing(entries, page)
