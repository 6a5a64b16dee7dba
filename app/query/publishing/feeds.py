"""Feeds: the entries of one document, newest first, and the weeks of its archive."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, null, select, text
from sqlmodel import Session, col

from app.errors import BadRequest
from app.parse.briefing import decode
from app.query import items
from app.query.documents import briefings
from app.query.filters import conditions, lookups
from app.query.request.briefing_params import BriefingList
from app.query.request.feed_params import (
    BriefingFeed,
    FeedWindow,
    ItemFeed,
    WatchFeed,
    days_of_week,
    iso_week,
)
from app.query.request.item_params import ItemList
from app.query.request.params import Days
from app.query.schemas.briefings import BriefingSummary
from app.query.schemas.feeds import (
    Archive,
    FeedBriefing,
    FeedItem,
    FeedPage,
    Origin,
    WatchChange,
    zoned,
)
from app.query.schemas.shared import EntityRef, ItemRef
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.channel_titles import names_of
from app.query.snapshot.refs import author_of
from app.store.encoding.batches import batches
from app.store.tables import (
    Briefing,
    BriefingTag,
    Channel,
    Document,
    FormerDocument,
    Item,
    WatchAnswer,
    WatchlistEntry,
)

MAX_FEED_BYTES = 512 * 1024
"""Maximum bytes of documents in the newest document of a feed of briefings, if they are several:
some 35 dailies, 1.4 MB of HTML."""
MAX_ARCHIVE_ENTRIES = 1_000_000
"""More entries than a week can have: an archive document is never cut."""
EARLIEST = timedelta(hours=1)
"""The first entry of a day is never earlier, so that the last one is of the same day."""
_PARTS = "details,entities,sources,extra"
_STEP = timedelta(days=1)
# A front matter is about a kilobyte. The feeds of all entities name the same briefings.
_ORIGINS: CacheKind[tuple[str, str], Origin] = CacheKind(max_entries=2_000)
"""By the id of the briefing and the time zone."""


def of_items(
    session: Session,
    query: ItemFeed,
    lang: str | None,
    zone: ZoneInfo,
    *,
    entity_pks: Collection[int] | None = None,
    entity: EntityRef | None = None,
    primary_only: bool = False,
) -> FeedPage:
    """Return a document of the items that `query` asks for.

    With `entity_pks`, only items that name one of them. `primary_only` leaves out the other
    editions of a day. Raises BadRequest for a value that names nothing: a feed has no warnings.
    """
    filters = query.model_dump(by_alias=True, exclude_none=True, exclude={"limit", "archive"})
    base = ItemList.model_validate({**filters, "sort": "-date", "include": _PARTS})
    descriptions: list[str | None] = []

    def find(days: Days, limit: int) -> list[Any]:
        part = base.model_copy(update={"limit": limit, "from_": days.from_, "to": days.to})
        listing = items.find(
            session,
            part,
            lang,
            entity_pks=entity_pks,
            entity=entity,
        )
        _refuse(listing.warnings)
        descriptions.append(listing.meta.human_description)
        rows = _item_rows(session, listing.rows.rows)
        return [_FeedRow(body, *row) for body, row in zip(listing.entries, rows, strict=True)]

    def edge(days: Days, sort: str) -> date | None:
        update = {"limit": 1, "from_": days.from_, "to": days.to, "sort": sort, "include": None}
        listing = items.find(
            session,
            base.model_copy(update=update),
            lang,
            entity_pks=entity_pks,
        )
        rows = _item_rows(session, listing.rows.rows)
        return rows[0][0] if rows else None

    rows, archive = _window(query, query, find, edge)
    origins = _origins(session, {row.briefing for row in rows}, zone)
    feed_items = []
    for row in rows:
        origin = origins[row.briefing]
        if primary_only and not origin.is_primary:
            continue
        published = origin.instant(row.ordinal)
        updated = origin.changed(published, row.updated_at)
        feed_items.append(
            FeedItem(
                row.body,
                origin,
                published,
                updated,
            )
        )
    return FeedPage(archive, descriptions[0] if descriptions else None, items=feed_items)


class _FeedRow(NamedTuple):
    """An item of a feed: its JSON, and its place in time."""

    body: bytes
    date: date
    ordinal: int
    updated_at: datetime
    briefing: str


_ITEM_COLUMNS: tuple[Any, ...] = (
    col(Item.pk),
    col(Item.date),
    col(Item.ordinal),
    col(Item.updated_at),
    col(Briefing.id),
)


def _item_rows(session: Session, pks: Sequence[int]) -> list[Any]:
    """Return the columns of items that `_FeedRow` needs, in the order of `pks`."""
    statement = select(*_ITEM_COLUMNS).join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
    rows = {}
    for batch in batches(pks):
        for pk, *columns in session.execute(statement.where(col(Item.pk).in_(batch))):
            rows[pk] = columns
    return [rows[pk] for pk in pks]


def _refuse(warnings: Sequence[str]) -> None:
    if warnings:
        raise BadRequest("; ".join(warnings))


def _window(
    window: FeedWindow,
    days: Days,
    find: Any,
    edge: Any,
    fitting: Callable[[Sequence[Any]], int] = len,
) -> tuple[list[Any], Archive]:
    """Return the entries of a document and its place in the archive.

    `find(days, limit)` returns entries with a `date`, the newest first; `edge(days, sort)` returns
    the date of the first entry in an order; `fitting` returns how many of the newest document's
    entries are small enough together.
    """
    if window.archive is None:
        entries = find(days, window.limit + 1)
        count = fitting(entries[: window.limit])
        # The week of the first entry that is left out may begin with entries that are not.
        hidden = entries[count:]
        older = iso_week(hidden[0].date) if hidden else None
        return entries[:count], Archive(None, older)
    monday, sunday = days_of_week(window.archive)
    entries = _between(
        days,
        monday,
        sunday,
        lambda part: find(part, MAX_ARCHIVE_ENTRIES),
    )
    before = _between(
        days,
        date.min,
        monday - _STEP,
        lambda part: edge(part, "-date"),
    )
    after = _between(
        days,
        sunday + _STEP,
        date.max,
        lambda part: edge(part, "date"),
    )
    older = iso_week(before) if before else None
    newer = iso_week(after) if after else None
    return entries or [], Archive(window.archive, older, newer)


def _between(days: Days, first: date, last: date, read: Any) -> Any:
    """Return `read` of the days that are in `days` and in a range; None if there are none."""
    first, last = max(first, days.from_ or first), min(last, days.to or last)
    if first > last:
        return None
    return read(Days.model_validate({"from": first, "to": last}))


def of_briefings(
    session: Session,
    query: BriefingFeed,
    lang: str | None,
    zone: ZoneInfo,
) -> FeedPage:
    """Return a document of the briefings that `query` asks for. Raises BadRequest."""
    filters = query.model_dump(by_alias=True, exclude_none=True, exclude={"limit", "archive"})
    base = BriefingList.model_validate({**filters, "sort": "-date"})
    descriptions: list[str | None] = []

    def find(days: Days, limit: int, sort: str = "-date") -> list[Any]:
        update = {"limit": limit, "from_": days.from_, "to": days.to, "sort": sort}
        listing = briefings.find(session, base.model_copy(update=update), lang)
        _refuse(listing.warnings)
        descriptions.append(listing.meta.human_description)
        return [BriefingSummary.model_validate_json(entry) for entry in listing.entries]

    def edge(days: Days, sort: str) -> date | None:
        entries = find(days, 1, sort)
        return entries[0].date if entries else None

    def fitting(newest: Sequence[BriefingSummary]) -> int:
        return _fitting(session, [summary.id for summary in newest])

    summaries, archive = _window(query, query, find, edge, fitting)
    ids = [summary.id for summary in summaries]
    origins = _origins(session, set(ids), zone)
    documents = _documents(session, ids)
    entries = []
    for summary in summaries:
        origin = origins[summary.id]
        updated = origin.changed(origin.moment, summary.updated_at)
        entries.append(
            FeedBriefing(
                summary,
                origin,
                updated,
                documents[summary.id],
            )
        )
    return FeedPage(archive, descriptions[0] if descriptions else None, briefings=entries)


def _fitting(session: Session, briefing_ids: Sequence[str]) -> int:
    """Return how many of the first briefings have at most `MAX_FEED_BYTES` of documents, or 1."""
    statement = select(col(Briefing.id), func.length(col(Document.body))).join(
        Document, col(Document.briefing_pk) == col(Briefing.pk)
    )
    sizes: dict[str, int] = {}
    for batch in batches(briefing_ids):
        rows = session.execute(statement.where(col(Briefing.id).in_(batch)))
        sizes.update((briefing_id, size) for briefing_id, size in rows)
    total = 0
    for number, briefing_id in enumerate(briefing_ids):
        total += sizes[briefing_id]
        if number and total > MAX_FEED_BYTES:
            return number
    return len(briefing_ids)


def _documents(session: Session, briefing_ids: Sequence[str]) -> dict[str, str]:
    """Return the text of the documents of briefings, by briefing id."""
    statement = select(col(Briefing.id), col(Document.body)).join(
        Document, col(Document.briefing_pk) == col(Briefing.pk)
    )
    texts = {}
    for batch in batches(briefing_ids):
        for briefing_id, body in session.execute(statement.where(col(Briefing.id).in_(batch))):
            texts[briefing_id] = decode(body)
    return texts


def of_watchlist(session: Session, query: WatchFeed, zone: ZoneInfo) -> FeedPage:
    """Return a document of the changes of watch lists: entries, and the items that answer them.

    Raises BadRequest for a channel that does not exist.
    """
    resolved = lookups.resolve(session, query)
    _refuse(resolved.warnings)

    def find(days: Days, limit: int) -> list[Any]:
        part = query.model_copy(update={"from_": days.from_, "to": days.to})
        changes: list[Any] = []
        for statement, day in (_added(), _answered()):
            where = conditions.days(
                part,
                resolved,
                day,
                col(Briefing.channel_pk),
            )
            order = day.desc(), text("position"), text("entry_id")
            newest = statement.where(*where).order_by(*order).limit(limit)
            changes.extend(session.execute(newest).all())
        changes.sort(key=lambda change: change.position)
        changes.sort(key=lambda change: change.date, reverse=True)
        return changes[:limit]

    def edge(days: Days, sort: str) -> date | None:
        part = query.model_copy(update={"from_": days.from_, "to": days.to})
        edges: list[date | None] = []
        for statement, day in (_added(), _answered()):
            where = conditions.days(
                part,
                resolved,
                day,
                col(Briefing.channel_pk),
            )
            limit = func.min(day) if sort == "date" else func.max(day)
            edges.append(session.execute(statement.where(*where).with_only_columns(limit)).scalar())
        covered_days = [day for day in edges if day]
        if not covered_days:
            return None
        return min(covered_days) if sort == "date" else max(covered_days)

    rows, archive = _window(query, query, find, edge)
    origins = _origins(session, {row.briefing for row in rows}, zone)
    changes = [_change(row, origins[row.briefing]) for row in rows]
    changes.sort(key=lambda change: change.published, reverse=True)
    return FeedPage(archive, changes=changes)


def _change(row: Any, origin: Origin) -> WatchChange:
    answer = None
    if row.item_id:
        answer = ItemRef(id=row.item_id, title=row.item_title, date=row.date)
    return WatchChange(row.entry_id, row.text, origin, origin.instant(row.position), answer)


def _added() -> tuple[Any, Any]:
    """Return the statement of entries of watch lists, and the column of their day."""
    day = col(WatchlistEntry.date)
    columns: tuple[Any, ...] = (
        col(WatchlistEntry.id).label("entry_id"),
        col(WatchlistEntry.text),
        day.label("date"),
        col(WatchlistEntry.position),
        col(Briefing.id).label("briefing"),
        null().label("item_id"),
        null().label("item_title"),
    )
    is_origin = col(Briefing.pk) == col(WatchlistEntry.briefing_pk)
    return select(*columns).join(Briefing, is_origin), day


def _answered() -> tuple[Any, Any]:
    """Return the statement of answers to entries, and the column of their day."""
    day = col(Item.date)
    columns: tuple[Any, ...] = (
        col(WatchlistEntry.id).label("entry_id"),
        col(WatchlistEntry.text),
        day.label("date"),
        col(Item.ordinal).label("position"),
        col(Briefing.id).label("briefing"),
        col(Item.id).label("item_id"),
        col(Item.title).label("item_title"),
    )
    statement = (
        select(*columns)
        .join(WatchAnswer, col(WatchAnswer.entry_pk) == col(WatchlistEntry.pk))
        .join(Item, col(Item.pk) == col(WatchAnswer.item_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
    )
    return statement, day


def channels(session: Session) -> list[str]:
    """Return the ids of the channels that have a briefing, in order."""
    published = select(col(Briefing.channel_pk)).where(col(Briefing.draft).is_(False))
    statement = select(col(Channel.id)).where(col(Channel.pk).in_(published))
    return list(session.execute(statement.order_by(col(Channel.id))).scalars())


_ORIGIN_COLUMNS: tuple[Any, ...] = (
    col(Briefing.pk),
    col(Briefing.id),
    col(Briefing.date),
    col(Briefing.published_at),
    col(Briefing.language),
    col(Briefing.front_matter),
    col(Briefing.is_primary),
    col(Channel.id).label("channel"),
)


def _origins(session: Session, briefing_ids: Collection[str], zone: ZoneInfo) -> dict[str, Origin]:
    """Return briefings as origins of entries, by id."""

    def read(missing: list[tuple[str, str]]) -> dict[tuple[str, str], Origin]:
        origins = _read_origins(session, [briefing_id for briefing_id, _ in missing], zone)
        return {(briefing_id, zone.key): origin for briefing_id, origin in origins.items()}

    keys = [(briefing_id, zone.key) for briefing_id in sorted(briefing_ids)]
    origins = version_cache(session, _ORIGINS).get_or_make_all(keys, read)
    return {briefing_id: origin for (briefing_id, _), origin in origins.items()}


def _read_origins(
    session: Session, briefing_ids: Sequence[str], zone: ZoneInfo
) -> dict[str, Origin]:
    origins: dict[str, Origin] = {}
    statement = select(*_ORIGIN_COLUMNS).join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
    for batch in batches(briefing_ids):
        rows = session.execute(statement.where(col(Briefing.id).in_(batch))).all()
        pks = [row.pk for row in rows]
        tags, first_at = _tags(session, pks), _first_versions(session, pks)
        names = names_of(session, {row.channel for row in rows})
        for row in rows:
            origins[row.id] = Origin(
                pk=row.pk,
                id=row.id,
                author=author_of(row.front_matter, names[row.channel]),
                date=row.date,
                moment=moment(row.date, row.published_at, zone),
                language=row.language,
                front_matter=row.front_matter,
                is_primary=row.is_primary,
                first_at=first_at.get(row.pk),
                tags=tags[row.pk],
            )
    return origins


def moment(day: date, published_at: str | None, zone: ZoneInfo) -> datetime:
    """Return the instant of the first entry of a day, in whole seconds.

    It is the document's own time if that is of the day, and at least `EARLIEST` after midnight.
    """
    earliest = datetime.combine(day, time(), zone) + EARLIEST
    if not published_at:
        return earliest
    published = datetime.fromisoformat(published_at).replace(microsecond=0)
    if published.astimezone(zone).date() != day:
        return earliest
    return max(published, earliest)


def _tags(session: Session, briefing_pks: Iterable[int]) -> defaultdict[int, list[str]]:
    """Return the front-matter tags of briefings as written, by `briefing.pk`."""
    statement = (
        select(col(BriefingTag.briefing_pk), col(BriefingTag.name))
        .where(col(BriefingTag.briefing_pk).in_(briefing_pks), col(BriefingTag.kind) == "tag")
        .order_by(col(BriefingTag.briefing_pk), col(BriefingTag.position))
    )
    tags: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in session.execute(statement):
        tags[pk].append(name)
    return tags


def _first_versions(session: Session, briefing_pks: Iterable[int]) -> dict[int, datetime]:
    """Return when the first version of a document was ingested, by `briefing.pk`.

    Documents that never changed are left out.
    """
    pk = col(FormerDocument.briefing_pk)
    statement = (
        select(pk, func.min(col(FormerDocument.first_at))).where(pk.in_(briefing_pks)).group_by(pk)
    )
    return {briefing_pk: zoned(first) for briefing_pk, first in session.execute(statement)}
