"""Which version of the content an answer is made from, and what the base holds."""

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from app.query.schemas.dataset import ChannelInfo, Gap, InfoOut
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
    """The dataset version, which changes exactly when content does, and when it last did."""

    text: str
    modified_at: datetime | None


_VERSION = select(col(Dataset.instance), col(Dataset.version), col(Dataset.modified_at))


def version(session: Session) -> Version:
    """The version of the snapshot `session` reads."""
    if held := session.info.get("version"):
        return held  # type: ignore[no-any-return]
    memo: dict[str, Any] = session.info.get("cache", {})
    seen = data_version(session)
    if seen and (known := memo.get("version")) and known[0] == seen:
        found: Version = known[1]
    else:
        row = session.connection().execute(_VERSION).first()
        found = Version(f"{row[0]}-{row[1]}", row[2]) if row else Version("empty-0", None)
        if seen:
            memo["version"] = seen, found
    if "cache" in session.info:
        # A reading session sees one snapshot all along.
        session.info["version"] = found
    return found


def kept(session: Session, what: str, most: int) -> dict[Any, Any]:
    """What readers made of the version `session` reads, kept for each other: emptied with the version, and past `most` entries."""
    memo = session.info.get("cache")
    if memo is None:
        # Who writes may read what never comes to be.
        return {}
    now = version(session).text
    at, held = memo.get(what, ("", {}))
    if at != now or len(held) > most:
        memo[what] = now, (held := {})
    return held  # type: ignore[no-any-return]


KEPT = 10_000
"""Small things of a kind that are kept for a version."""


def recall(session: Session, what: str, key: Any, make: Callable[[], Any], most: int = KEPT) -> Any:
    """What `make` makes for a key, made once for the version `session` reads."""
    held = kept(session, what, most)
    if key not in held:
        held[key] = make()
    return held[key]


_COUNTED: dict[str, type[SQLModel]] = {
    "items": Item,
    "entities": Entity,
    "aliases": Alias,
    "mentions": Mention,
    "sources": Source,
    "publishers": Publisher,
    "citations": Citation,
    "tags": Tag,
}


def info(session: Session, name: str, program_version: str, revision: str | None) -> InfoOut:
    """What the base holds, from when to when, and the days it has no briefing of."""
    days: dict[str, list[date]] = defaultdict(list)
    rows = session.exec(
        select(col(Channel.id), col(Briefing.date))
        .join(Briefing, col(Briefing.channel_pk) == col(Channel.pk))
        .where(col(Briefing.draft).is_(False))
        .order_by(col(Channel.id), col(Briefing.date))
    )
    for channel, day in rows:
        days[channel].append(day)
    counts = {
        what: session.exec(select(func.count()).select_from(table)).one()
        for what, table in _COUNTED.items()
    }
    # Families and makers of what is named are kept, too; they count once something names them.
    counts["entities"] = session.exec(
        select(func.count(func.distinct(col(Mention.entity_pk))))
    ).one()
    now = version(session)
    return InfoOut(
        name=name,
        version=program_version,
        schema_revision=revision,
        dataset_version=now.text,
        modified_at=now.modified_at,
        counts={"briefings": sum(map(len, days.values()))} | counts,
        channels=[
            ChannelInfo(
                id=channel, briefings=len(held), first=held[0], last=held[-1], gaps=list(gaps(held))
            )
            for channel, held in days.items()
        ],
        links={
            "briefings": "/v1/briefings",
            "headlines": "/v1/headlines",
            "openapi": "/openapi.json",
            "docs": "/docs",
        },
    )


def gaps(held: list[date]) -> list[Gap]:
    """The runs of days between the first and the last of `held` (in order) that are not in it."""
    one = timedelta(days=1)
    return [
        Gap(from_=before + one, to=after - one, days=(after - before).days - 1)
        for before, after in itertools.pairwise(held)
        if after - before > one
    ]
