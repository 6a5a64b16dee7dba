"""Briefings: a list, one whole, its bytes, its headlines."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.errors import NotFound
from app.query import items, search
from app.query.filters import conditions as filters
from app.query.listing import description, dimensions, facets, grouping
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.params import BriefingList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import BriefingRef
from app.query.snapshot import dataset, stored_json
from app.query.snapshot.refs import path
from app.store.tables import (
    Briefing,
    Channel,
)
from app.store.tables import Document as StoredDocument

SORT_KEYS: dict[str, Any] = {
    "date": col(Briefing.date),
    "title": paging.bytewise(col(Briefing.title)),
}
_TIES = (col(Briefing.date).desc(), col(Briefing.channel_pk), col(Briefing.pk))


def find(session: Session, query: BriefingList, lang: str | None = None) -> Listing[bytes]:
    """A page of the briefings `query` asks for."""
    built = filters.briefings(session, query)
    statement = select(
        col(Briefing.pk), col(Briefing.date), col(Briefing.title), col(Briefing.channel_pk)
    ).where(*built.conditions)
    rows, _ = search.listed(
        session, query, "briefing", statement, "-date", SORT_KEYS, _TIES, query.scope()
    )
    shown = stored_json.summaries(session, [row.pk for row in rows.rows])
    return Listing(shown, rows, built.warnings, _beside(session, built, query, lang))


def buckets(session: Session, query: BriefingList, lang: str | None) -> Listing[BucketOut]:
    """The same briefings as a page of buckets."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    built = filters.briefings(session, query)
    beside = _beside(session, built, query, lang)
    built.conditions += paging.up_to_snapshot(session, newest, col(Briefing.pk))
    found, rows = grouping.buckets(session, _things(built), query, lang, query.scope(), newest)
    return Listing(found, rows, built.warnings, beside)


def _things(built: filters.Built) -> grouping.Things:
    statement = select_columns(col(Briefing.pk)).select_from(Briefing).where(*built.conditions)
    return grouping.Things(statement, col(Briefing.pk), dimensions.OF_BRIEFINGS, path("briefings"))


def _beside(
    session: Session, built: filters.Built, query: BriefingList, lang: str | None
) -> ListMeta:
    return facets.of(
        session,
        lambda: _things(built),
        query,
        lang,
        description.describe(session, "briefings", query, built.found, "-date", lang),
    )


class Known(NamedTuple):
    """A briefing that may be shown."""

    pk: int
    id: str
    date: date
    title: str
    channel: str


_KNOWN = (
    select(
        col(Briefing.pk), col(Briefing.id), col(Briefing.date), col(Briefing.title), col(Channel.id)
    )  # type: ignore[call-overload]
    .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
    .where(col(Briefing.draft).is_(False))
)
_BY_ID = _KNOWN.where(col(Briefing.id) == bindparam("id"))
_OF_CHANNEL = _KNOWN.where(col(Channel.id) == bindparam("channel"))
# An id without a channel is of the default one.
_OF_DEFAULT = _KNOWN.where(~col(Briefing.id).contains(":"))
_LATEST = _OF_CHANNEL.order_by(col(Briefing.date).desc()).limit(1)
_OF_DAY = _OF_CHANNEL.where(col(Briefing.date) == bindparam("day"))


def _first(session: Session, statement: Any, **given: Any) -> Known | None:
    row = session.connection().execute(statement, given).first()
    return Known(*row) if row else None


def _known(session: Session, statement: Any, **given: Any) -> Known | None:
    """One that is likely to be asked for again."""
    found: Known | None = dataset.recall(
        session,
        "briefings",
        (statement, *given.values()),
        lambda: _first(session, statement, **given),
    )
    return found


def get(session: Session, briefing_id: str) -> Known:
    """The briefing of an id."""
    found = _known(session, _BY_ID, id=briefing_id)
    if found is None:
        channel, _, day = briefing_id.rpartition(":")
        near = _nearby(
            session,
            _OF_CHANNEL if channel else _OF_DEFAULT,
            day,
            **({"channel": channel} if channel else {}),
        )
        raise NotFound(f"There is no briefing {briefing_id!r}{near}.")
    return found


def latest(session: Session, channel: str) -> Known:
    """The newest briefing of a channel."""
    found = _known(session, _LATEST, channel=channel)
    if found is None:
        shown = select(col(Briefing.channel_pk)).where(col(Briefing.draft).is_(False))
        known = session.exec(
            select(col(Channel.id)).where(col(Channel.pk).in_(shown)).order_by(col(Channel.id))
        ).all()
        raise NotFound(
            f"There is no briefing in channel {channel!r}{'; there are ' + ', '.join(known) if known else ' yet'}."
        )
    return found


def of_day(session: Session, channel: str, day: date) -> Known:
    """A channel's briefing of a day."""
    found = _known(session, _OF_DAY, channel=channel, day=day)
    if found is None:
        near = _nearby(session, _OF_CHANNEL, day.isoformat(), channel=channel)
        raise NotFound(f"Channel {channel!r} has no briefing of {day}{near}.")
    return found


def _nearby(session: Session, among: Any, wanted: str, **given: Any) -> str:
    """The briefings beside the day asked for, to name in the error."""
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return ""
    before = _first(
        session,
        among.where(col(Briefing.date) < day).order_by(col(Briefing.date).desc()).limit(1),
        **given,
    )
    after = _first(
        session,
        among.where(col(Briefing.date) > day).order_by(col(Briefing.date)).limit(1),
        **given,
    )
    beside = [near.id for near in (before, after) if near]
    return (
        f"; the nearest {'are' if len(beside) > 1 else 'is'} {' and '.join(beside)}"
        if beside
        else ""
    )


def source(session: Session, briefing: Known) -> StoredDocument:
    """The ingested file."""
    row = session.get(StoredDocument, briefing.pk)
    if row is None:
        raise NotFound(f"The document of briefing {briefing.id!r} is not here.")
    return row


def ref(briefing: Known) -> BriefingRef:
    """The small form of a briefing."""
    return BriefingRef(
        id=briefing.id, channel=briefing.channel, date=briefing.date, title=briefing.title
    )


def headlines(session: Session, briefing: Known, lang: str | None) -> list[bytes]:
    """The items of the focus section, in the editor's order, each as `ItemOut` in JSON."""
    return items.of_section(session, briefing.pk, "headlines", lang)


def whole(session: Session, briefing: Known, lang: str | None) -> bytes:
    """The document, structured, as `BriefingOut` in JSON."""
    return stored_json.briefing(session, briefing.pk, lang)
