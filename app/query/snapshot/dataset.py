"""The dataset version of a snapshot, and the contents of the database."""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from app.query.schemas.dataset import (
    ChannelInfo,
    Gap,
    InfoOut,
)
from app.store.db import data_version
from app.store.tables import (
    Alias,
    Briefing,
    Channel,
    Citation,
    Dataset,
    Entity,
    Item,
    Mention,
    Publisher,
    Source,
    Tag,
)


@dataclass(frozen=True, slots=True)
class Version:
    """The dataset version, which changes exactly when content does, and when it last changed."""

    text: str
    modified_at: datetime | None


_VERSION = select(
    col(Dataset.instance),
    col(Dataset.version),
    col(Dataset.modified_at),
)


def version(session: Session) -> Version:
    """Return the dataset version of the snapshot that `session` reads."""
    remembered: Version | None = session.info.get("version")
    if remembered is not None:
        return remembered

    shared: dict[str, Any] = session.info.get("cache", {})
    snapshot = data_version(session)
    latest = shared.get("version")

    if snapshot and latest and latest[0] == snapshot:
        current: Version = latest[1]
    else:
        current = _read_version(session)
        if snapshot:
            shared["version"] = snapshot, current

    if "cache" in session.info:
        # A reading session sees one snapshot until it ends.
        session.info["version"] = current

    return current


def _read_version(session: Session) -> Version:
    row = session.connection().execute(_VERSION).first()
    if row is None:
        return Version("empty-0", None)

    instance, number, modified_at = row

    return Version(f"{instance}-{number}", modified_at)


_COUNTED_TABLES: dict[str, type[SQLModel]] = {
    "items": Item,
    "entities": Entity,
    "aliases": Alias,
    "mentions": Mention,
    "sources": Source,
    "publishers": Publisher,
    "citations": Citation,
    "tags": Tag,
}


def info(
    session: Session,
    name: str,
    program_version: str,
    revision: str | None,
) -> InfoOut:
    """Return the contents of the database: counts, and the days and gaps of each channel."""
    days = _days_by_channel(session)
    counts = {"briefings": sum(map(len, days.values()))}

    for noun, table in _COUNTED_TABLES.items():
        rows = select(func.count()).select_from(table)
        counts[noun] = session.execute(rows).scalar_one()

    # Families and makers are stored before anything mentions them; they count once it does.
    mentioned = select(func.count(func.distinct(col(Mention.entity_pk))))
    counts["entities"] = session.execute(mentioned).scalar_one()
    current = version(session)

    return InfoOut(
        name=name,
        version=program_version,
        schema_revision=revision,
        dataset_version=current.text,
        modified_at=current.modified_at,
        counts=counts,
        channels=[_channel(channel, dates) for channel, dates in days.items()],
        links={
            "briefings": "/v1/briefings",
            "headlines": "/v1/headlines",
            "openapi": "/openapi.json",
            "docs": "/docs",
            "feeds": "/feeds.opml",
            "headlines_feed": "/feeds/headlines.atom",
            "items_feed": "/feeds/items.atom",
            "briefings_feed": "/feeds/briefings.atom",
            "watchlist_feed": "/feeds/watchlist.atom",
        },
    )


def _days_by_channel(
    session: Session,
) -> dict[str, list[date]]:
    days: dict[str, list[date]] = defaultdict(list)
    rows = session.execute(
        select(col(Channel.id), col(Briefing.date))
        .join(
            Briefing,
            col(Briefing.channel_pk) == col(Channel.pk),
        )
        .where(col(Briefing.draft).is_(False))
        .order_by(col(Channel.id), col(Briefing.date))
    )

    for channel, day in rows:
        days[channel].append(day)

    return days


def channels(session: Session) -> list[str]:
    """Return the ids of the channels that have a briefing, the one with the newest first."""
    newest = func.max(col(Briefing.date))
    rows = (
        select(col(Channel.id))
        .join(Briefing, col(Briefing.channel_pk) == col(Channel.pk))
        .where(col(Briefing.draft).is_(False))
        .group_by(col(Channel.id))
        .order_by(newest.desc(), col(Channel.id))
    )
    return list(session.execute(rows).scalars())


def coverage(session: Session) -> tuple[date | None, date | None]:
    """Return the first and the last day of all briefings; None without briefings."""
    days = select(func.min(col(Briefing.date)), func.max(col(Briefing.date)))
    first, last = session.execute(days.where(col(Briefing.draft).is_(False))).one()
    return first, last


def _channel(channel: str, days: list[date]) -> ChannelInfo:
    return ChannelInfo(
        id=channel,
        briefings=len(days),
        first=days[0],
        last=days[-1],
        gaps=gaps(days),
    )


def gaps(days: list[date]) -> list[Gap]:
    """Return the runs of days that are missing between the first and the last of sorted `days`."""
    step = timedelta(days=1)
    missing = []

    for before, after in itertools.pairwise(days):
        if after - before > step:
            length = (after - before).days - 1
            missing.append(
                Gap(
                    from_=before + step,
                    to=after - step,
                    days=length,
                )
            )

    return missing
