"""Ids of briefings: the days of one channel have ids without a channel before the day.

That channel is the default one of the first ingestion. It stays when the setting changes: ids are
permanent, and another channel's day could have the same one.
"""

from sqlalchemy import exists, select
from sqlmodel import Session, col

from app.store.tables import Briefing, Channel, Tombstone


def unprefixed_channel(session: Session, default_channel: str) -> str:
    """Return the channel whose ids have no prefix: the default one in a database without such."""
    statement = (
        select(col(Channel.id))
        .join(Briefing, col(Briefing.channel_pk) == col(Channel.pk))
        .where(~col(Briefing.id).contains(":"))
        .order_by(col(Briefing.pk))
        .limit(1)
    )
    return session.execute(statement).scalar() or default_channel


def stored_id(session: Session, briefing_id: str, default_channel: str) -> str:
    """Return the id that a briefing is stored under, deleted ones included.

    An id that nothing is stored under has the form that it would be stored under.
    """
    channel, separator, day = briefing_id.rpartition(":")
    if not separator or _is_stored(session, briefing_id):
        return briefing_id
    owner = _channel_of(session, day) or unprefixed_channel(session, default_channel)
    return day if owner == channel else briefing_id


def _is_stored(session: Session, briefing_id: str) -> bool:
    is_present = exists().where(col(Briefing.id) == briefing_id)
    is_deleted = exists().where(col(Tombstone.briefing_id) == briefing_id)
    return bool(session.execute(select(is_present | is_deleted)).scalar())


def _channel_of(session: Session, briefing_id: str) -> str | None:
    statement = (
        select(col(Channel.id))
        .join(Briefing, col(Briefing.channel_pk) == col(Channel.pk))
        .where(col(Briefing.id) == briefing_id)
    )
    return session.execute(statement).scalar()
