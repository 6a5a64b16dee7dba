"""Briefings: a list, one whole, its bytes, its headlines."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.query import items, search
from app.query.curation import tombstones
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition
from app.query.filters.lookups import Resolved
from app.query.listing import (
    description,
    dimensions,
    facets,
    grouping,
)
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.briefing_params import (
    MAX_HEADLINE_DAYS,
    BriefingList,
    HeadlinesQuery,
)
from app.query.request.filter_syntax import clauses
from app.query.schemas.buckets import BucketOut
from app.query.schemas.shared import BriefingRef
from app.query.snapshot import stored_json
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.refs import path
from app.store.tables import Briefing, Channel
from app.store.tables import Document as StoredDocument

SORT_KEYS: dict[str, Any] = {
    "date": col(Briefing.date),
    "title": paging.bytewise(col(Briefing.title)),
}
# Editions of a day are in the order of their ids, the primary one first.
_ID_ORDER = paging.bytewise(col(Briefing.id))
_TIES = (
    col(Briefing.date).desc(),
    col(Briefing.channel_pk),
    _ID_ORDER,
    col(Briefing.pk),
)


def find(
    session: Session,
    query: BriefingList,
    lang: str | None = None,
) -> Listing[bytes]:
    """Return a page of the briefings that `query` asks for."""
    resolved = lookups.resolve(session, query)
    where = conditions.briefings(query, resolved)
    keys = (
        col(Briefing.pk),
        col(Briefing.date),
        col(Briefing.title),
        col(Briefing.channel_pk),
        col(Briefing.id),
    )

    statement = select(*keys).where(*where)
    rows, _ = search.page(
        session,
        query,
        "briefing",
        statement,
        "-date",
        SORT_KEYS,
        _TIES,
        query.scope(),
    )

    summaries = stored_json.summaries(session, [row.pk for row in rows.rows])

    return Listing(
        summaries,
        rows,
        resolved.warnings,
        _meta(session, where, resolved, query, lang),
    )


def buckets(session: Session, query: BriefingList, lang: str | None) -> Listing[BucketOut]:
    """Return the same briefings as a page of buckets."""
    scope = query.scope()
    snapshot = paging.snapshot_briefing(session, query.cursor, scope)
    resolved = lookups.resolve(session, query)
    where = conditions.briefings(query, resolved)
    meta = _meta(session, where, resolved, query, lang)
    where += paging.up_to_snapshot(session, snapshot, col(Briefing.pk))
    entries, rows = grouping.buckets(
        session,
        _groupable(where),
        query,
        lang,
        scope,
        snapshot,
    )

    return Listing(entries, rows, resolved.warnings, meta)


def _groupable(where: list[Condition]) -> grouping.Groupable:
    statement = select(col(Briefing.pk)).select_from(Briefing).where(*where)
    return grouping.Groupable(
        statement,
        col(Briefing.pk),
        dimensions.OF_BRIEFINGS,
        path("briefings"),
    )


def _meta(
    session: Session,
    where: list[Condition],
    resolved: Resolved,
    query: BriefingList,
    lang: str | None,
) -> ListMeta:
    text = description.describe(
        session,
        "briefings",
        query,
        resolved.pks,
        "-date",
        lang,
    )

    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    if query.facets:
        return facets.with_facets(session, _groupable(where), query, lang, meta)
    return meta


ISO_DATE_CHARS = 10


class Known(NamedTuple):
    """A briefing that is not a draft."""

    pk: int
    id: str
    date: date
    title: str
    channel: str


_KNOWN = (
    select(
        col(Briefing.pk),
        col(Briefing.id),
        col(Briefing.date),
        col(Briefing.title),
        col(Channel.id),
    )
    .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
    .where(col(Briefing.draft).is_(False))
)
_BY_ID = _KNOWN.where(col(Briefing.id) == bindparam("id"))
_OF_CHANNEL = _KNOWN.where(col(Channel.id) == bindparam("channel"))
_OF_UNPREFIXED_CHANNEL = _KNOWN.where(
    ~col(Briefing.id).contains(":"),
    col(Briefing.is_primary),
)
_PRIMARY_OF_CHANNEL = _OF_CHANNEL.where(col(Briefing.is_primary))
_LATEST = _PRIMARY_OF_CHANNEL.order_by(col(Briefing.date).desc()).limit(1)
_OF_DAY = _PRIMARY_OF_CHANNEL.where(col(Briefing.date) == bindparam("day"))
_EDITIONS_OF_DAY = _OF_CHANNEL.where(col(Briefing.date) == bindparam("day")).order_by(_ID_ORDER)
_EDITIONS: CacheKind[int, tuple[Known, ...]] = CacheKind(max_entries=10_000)
_BRIEFINGS: CacheKind[tuple[Any, ...], Known | None] = CacheKind(max_entries=10_000)


def _first(session: Session, statement: Any, **values: Any) -> Known | None:
    row = session.connection().execute(statement, values).first()
    return Known(*row) if row else None


def _cached(session: Session, statement: Any, **values: Any) -> Known | None:
    key = (statement, *values.values())
    cache = version_cache(session, _BRIEFINGS)

    return cache.get_or_make(key, lambda: _first(session, statement, **values))


def get(session: Session, briefing_id: str) -> Known:
    """Return the briefing of an id. Raises NotFound, with the nearest days, and Gone."""
    briefing = _cached(session, _BY_ID, id=briefing_id)
    if briefing is None:
        tombstones.refuse(session, "briefing", briefing_id)
        channel, _, day = briefing_id.rpartition(":")
        # An edition of a day has a suffix behind the date.
        day = day[:ISO_DATE_CHARS]
        if channel:
            near = _nearby(session, _PRIMARY_OF_CHANNEL, day, channel=channel)
        else:
            near = _nearby(session, _OF_UNPREFIXED_CHANNEL, day)

        raise NotFound(f"There is no briefing {briefing_id!r}{near}.")

    return briefing


def latest(session: Session, channel: str) -> Known:
    """Return the primary edition of a channel's newest day.

    Raises NotFound, which names the channels.
    """
    briefing = _cached(session, _LATEST, channel=channel)
    if briefing is None:
        published = select(col(Briefing.channel_pk)).where(col(Briefing.draft).is_(False))
        channels = select(col(Channel.id)).where(col(Channel.pk).in_(published))
        ids = session.execute(channels.order_by(col(Channel.id))).scalars().all()
        others = f"; there are {', '.join(ids)}" if ids else " yet"
        raise NotFound(f"There is no briefing in channel {channel!r}{others}.")

    return briefing


def of_day(session: Session, channel: str, day: date) -> Known:
    """Return the primary edition of a channel's day. Raises NotFound, with the nearest days."""
    briefing = _cached(session, _OF_DAY, channel=channel, day=day)
    if briefing is None:
        near = _nearby(
            session,
            _PRIMARY_OF_CHANNEL,
            day.isoformat(),
            channel=channel,
        )

        raise NotFound(f"Channel {channel!r} has no briefing of {day}{near}.")

    return briefing


_OF_DAYS = _PRIMARY_OF_CHANNEL.where(
    col(Briefing.date) >= bindparam("first"), col(Briefing.date) <= bindparam("last")
)


def of_days(session: Session, channel: str, first: date, last: date) -> list[Known]:
    """Return the primary editions of a channel's days. Raises NotFound without a channel."""
    latest(session, channel)
    values: dict[str, Any] = {"channel": channel, "first": first, "last": last}
    rows: Any = session.connection().execute(_OF_DAYS, values)
    return [Known(*row) for row in rows]


def other_editions(session: Session, briefing: Known) -> tuple[Known, ...]:
    """Return the other editions of a briefing's day, in the order of their ids."""

    def read() -> tuple[Known, ...]:
        values: dict[str, Any] = {"channel": briefing.channel, "day": briefing.date}
        rows: Any = session.connection().execute(_EDITIONS_OF_DAY, values)
        editions = []
        for row in rows.all():
            if row[0] != briefing.pk:
                editions.append(Known(*row))
        return tuple(editions)

    return version_cache(session, _EDITIONS).get_or_make(briefing.pk, read)


def _nearby(session: Session, briefings: Any, text: str, **values: Any) -> str:
    """Return the end of a "not found" message: the briefings before and after a day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""

    published = col(Briefing.date)
    before = briefings.where(published < day).order_by(published.desc()).limit(1)
    after = briefings.where(published > day).order_by(published).limit(1)
    ids = []

    for statement in (before, after):
        briefing = _first(session, statement, **values)
        if briefing:
            ids.append(briefing.id)

    if not ids:
        return ""

    return f"; the nearest {'are' if len(ids) > 1 else 'is'} {' and '.join(ids)}"


def source(session: Session, briefing: Known) -> StoredDocument:
    """Return the ingested file. Raises NotFound if it is not stored."""
    row = session.get(StoredDocument, briefing.pk)
    if row is None:
        raise NotFound(f"The document of briefing {briefing.id!r} is not stored.")

    return row


def ref(briefing: Known) -> BriefingRef:
    """Return the small form of a briefing."""
    return BriefingRef(
        id=briefing.id,
        channel=briefing.channel,
        date=briefing.date,
        title=briefing.title,
    )


def headlines(
    session: Session, briefing: Known, lang: str | None, importance: Sequence[str] = ()
) -> list[bytes]:
    """Return the items of the headlines section, in order, as `ItemOut` in JSON.

    `importance` is a filter as items have it.
    """
    section = items.of_section(session, briefing.pk, "headlines", lang)
    if not importance:
        return section
    return [item for item in section if _is_of_importance(item, importance)]


def _is_of_importance(item: bytes, importance: Sequence[str]) -> bool:
    stated = orjson.loads(item)["importance"]
    level = "none" if stated is None else stated["level"] or "unknown"
    return all((level in clause.values) != clause.negated for clause in clauses(importance))


def of_headlines(session: Session, query: HeadlinesQuery, default_channel: str) -> list[Known]:
    """Return the briefings whose headlines are asked for, the newest first; at least one.

    Raises BadRequest for an excluded channel and NotFound for a period without briefings.
    """
    channels: list[str] = []
    for clause in clauses(query.channel):
        if clause.negated:
            message = "name the channels to show; ! is not possible here"
            raise BadRequest(f"channel: {message}", [{"parameter": "channel", "message": message}])
        channels.extend(clause.values)
    briefings = []
    for channel in dict.fromkeys(channels or [default_channel]):
        if query.from_:
            last = query.to or latest(session, channel).date
            first = max(query.from_, last - timedelta(days=MAX_HEADLINE_DAYS - 1))
            briefings.extend(of_days(session, channel, first, last))
        elif query.day:
            briefings.append(of_day(session, channel, query.day))
        else:
            briefings.append(latest(session, channel))
    if not briefings:
        raise NotFound(f"There is no briefing from {query.from_} to {query.to or 'now'}.")
    return sorted(briefings, key=lambda briefing: briefing.date, reverse=True)


def whole(session: Session, briefing: Known, lang: str | None) -> bytes:
    """Return the structured document, as `BriefingOut` in JSON."""
    json = stored_json.briefing(session, briefing.pk, lang)
    links = b""
    for relation, neighbour in zip(("prev", "next"), neighbours(session, briefing), strict=True):
        if neighbour:
            links += b',"%s":%s' % (relation.encode(), orjson.dumps(path("briefings", neighbour)))

    # The links of the briefing come before its front matter, the only free form.
    start = json.index(b'"links":{')
    end = json.index(b"}", start)

    return json[:end] + links + json[end:]


def neighbours(session: Session, briefing: Known) -> tuple[str | None, str | None]:
    """Return the ids of the previous and the next briefing of the channel, None without one."""
    published = col(Briefing.date)
    before = _OF_CHANNEL.where(published < briefing.date).order_by(published.desc())
    after = _OF_CHANNEL.where(published > briefing.date).order_by(published)
    previous = _first(session, before.limit(1), channel=briefing.channel)
    following = _first(session, after.limit(1), channel=briefing.channel)

    return previous and previous.id, following and following.id
