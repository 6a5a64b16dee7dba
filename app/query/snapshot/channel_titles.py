"""Titles of channels: what people read in place of a channel's id, which is for programs.

A title is the one of the settings, else the one that the newest briefings of the channel share.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.series import shared_title
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import Database
from app.store.tables import Briefing, Channel

MAX_BRIEFINGS = 12
"""Newest briefings whose titles are compared."""
_SHARED: CacheKind[str, str] = CacheKind(max_entries=1_000)
_CONFIGURED = "channel titles"


def configure(database: Database, titles: Mapping[str, str]) -> None:
    """Set the titles that the settings give channels; all sessions of `database` share them."""
    database.cache[_CONFIGURED] = titles


def titles_of(session: Session, channels: Iterable[str]) -> dict[str, str]:
    """Return the titles of channels by id; a channel without one is left out."""
    configured: Mapping[str, str] = session.info.get("cache", {}).get(_CONFIGURED, {})
    shared = version_cache(session, _SHARED)
    titles = {}
    for channel in set(channels):
        title = configured.get(channel) or shared.get_or_make(
            channel, partial(_shared, session, channel)
        )
        if title:
            titles[channel] = title
    return titles


def names_of(session: Session, channels: Iterable[str]) -> dict[str, str]:
    """Return what people call channels, by id: the title, or the id where there is none."""
    ids = list(channels)
    return dict(zip(ids, ids, strict=True)) | titles_of(session, ids)


def _shared(session: Session, channel: str) -> str:
    newest = (
        select(col(Briefing.title))
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(Channel.id) == channel, col(Briefing.draft).is_(False))
        .order_by(col(Briefing.date).desc(), col(Briefing.pk))
    )
    titles = session.execute(newest.limit(MAX_BRIEFINGS)).scalars().all()
    return shared_title(titles) or ""
