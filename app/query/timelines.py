"""Timelines: what was said of an entity, or of several side by side, interval by interval, none left out."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.query import dataset, entities, families, filters, salience
from app.query.filters import Built
from app.query.params import TimelineAxis, TimelineQuery, TimelinesQuery
from app.query.refs import entity_refs
from app.query.schemas.shared import Interval, ItemRef
from app.query.schemas.timelines import AxisBucket, Bucket, Point, SeriesOut, TimelineOut, TimelinesOut, Totals
from app.store.tables import Briefing, Item, Mention

# Eleven years by day. A longer timeline is asked for by a coarser interval.
MAX_BUCKETS = 4_000
FEWEST, MOST = 2, 10


@dataclass(frozen=True)
class _Axis:
    """The intervals, what was published in each, and the conditions on a mention to lie in one."""

    first: date | None
    last: date | None
    buckets: list[AxisBucket]
    mentioned: Built


def one(session: Session, pk: int, query: TimelineQuery, lang: str | None) -> TimelineOut:
    """The timeline of an entity, with its family counted under it if asked for.

    From `from` or the first briefing to `to` or the last one, so that silence before the first mention is seen as such.
    """
    axis = _axis(session, query)
    series = _series(session, pk, axis, query, query.top, lang)
    buckets = [
        Bucket(start=bucket.start, end=bucket.end, briefings=bucket.briefings, **dict(point))
        for bucket, point in zip(axis.buckets, series.points, strict=True)
    ]
    return TimelineOut(
        entity=series.entity,
        family=query.family,
        members=series.members,
        interval=query.interval,
        from_=axis.first,
        to=axis.last,
        buckets=buckets,
        totals=series.totals,
        salience=salience.WEIGHTS,
        dataset_version=dataset.version(session).text,
        warnings=axis.mentioned.warnings,
    )


def several(session: Session, query: TimelinesQuery, lang: str | None) -> TimelinesOut:
    """Two to ten entities on one axis, in the order asked for; one that is not there is a warning."""
    given = query.given()
    if not FEWEST <= len(given) <= MOST:
        message = f"give {FEWEST} to {MOST} different entities, parted by commas; {len(given)} are given"
        raise BadRequest(f"entities: {message}", [{"parameter": "entities", "message": message}])
    axis = _axis(session, query)
    warnings, pks = list(axis.mentioned.warnings), []
    for name in given:
        try:
            pks.append(entities.resolve(session, name))
        except NotFound as error:
            warnings.append(error.detail)
    return TimelinesOut(
        family=query.family,
        interval=query.interval,
        from_=axis.first,
        to=axis.last,
        axis=axis.buckets,
        series=[_series(session, pk, axis, query, query.top, lang) for pk in dict.fromkeys(pks)],
        salience=salience.WEIGHTS,
        dataset_version=dataset.version(session).text,
        warnings=warnings,
    )


def _axis(session: Session, query: TimelineAxis) -> _Axis:
    mentioned = Built()
    filters.days(session, query, col(Mention.date), col(Mention.channel_pk), mentioned)
    shown = Built([col(Briefing.draft).is_(False)])
    filters.days(session, query, col(Briefing.date), col(Briefing.channel_pk), shown)
    published = session.execute(
        select(col(Briefing.date), func.count(func.distinct(col(Briefing.pk))), func.count(col(Item.pk)))
        .join(Item, col(Item.briefing_pk) == col(Briefing.pk), isouter=True)
        .where(*shown.conditions)
        .group_by(col(Briefing.date))
    ).all()
    days = [day for day, _, _ in published]
    first, last = query.from_ or min(days, default=None), query.to or max(days, default=None)
    briefings: Counter[date] = Counter()
    items: Counter[date] = Counter()
    for day, there, held in published:
        briefings[start_of(day, query.interval)] += there
        items[start_of(day, query.interval)] += held
    buckets = []
    for start in starts(first, last, query.interval) if first and last else []:
        following = _next(start, query.interval)
        end = following - timedelta(days=1) if following else date.max
        buckets.append(AxisBucket(start=start, end=end, briefings=briefings[start], items=items[start]))
    return _Axis(first, last, buckets, mentioned)


def _series(session: Session, pk: int, axis: _Axis, query: TimelineAxis, top: int, lang: str | None) -> SeriesOut:
    pks = families.with_members(session, [pk]) if query.family else {pk}
    conditions = [col(Mention.entity_pk).in_(sorted(pks)), *axis.mentioned.conditions]
    columns = col(Mention.date), col(Mention.briefing_pk), col(Mention.item_pk), col(Mention.kind)
    mentions = session.execute(select(*columns, func.count()).where(*conditions).group_by(*columns)).all()
    items = session.execute(
        select(
            col(Item.pk), col(Item.id), col(Item.title), col(Item.date), col(Item.section_kind), col(Item.position), col(Item.importance_level)
        )
        .where(col(Item.pk).in_(select(col(Mention.item_pk)).where(*conditions)))
        .order_by(col(Item.importance_rank).desc(), col(Item.date), col(Item.ordinal), col(Item.pk))
    ).all()  # fmt: skip
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    said: Counter[date] = Counter()
    weight: defaultdict[date, float] = defaultdict(float)
    held: defaultdict[date, list[ItemRef]] = defaultdict(list)
    for day, _, item, kind, count in mentions:
        said[start_of(day, query.interval)] += count
        if item:
            kinds[item].add(kind)
    outside = sorted((day, briefing, kind) for day, briefing, item, kind, _ in mentions if not item)
    for (day, _), own in groupby(outside, key=lambda row: row[:2]):
        weight[start_of(day, query.interval)] += salience.of_briefing(kind for _, _, kind in own)
    for item_pk, item_id, title, day, section, position, level in items:
        start = start_of(day, query.interval)
        held[start].append(ItemRef(id=item_id, title=title, date=day))
        weight[start] += salience.of_item(kinds[item_pk], section, position, level)
    return SeriesOut(
        entity=entity_refs(session, [pk], lang)[pk],
        members=families.named(session, pks - {pk}, lang),
        points=[_point(bucket, held[bucket.start], said[bucket.start], weight[bucket.start], top) for bucket in axis.buckets],
        totals=Totals(items=len(items), mentions=said.total(), briefings=len({briefing for _, briefing, _, _, _ in mentions})),
    )


def _point(bucket: AxisBucket, items: list[ItemRef], mentions: int, weight: float, top: int) -> Point:
    share = round(len(items) / bucket.items, 6) if bucket.items else None
    return Point(items=len(items), mentions=mentions, salience=round(weight, 4), share=share, top_items=items[:top])


def starts(first: date, last: date, interval: Interval) -> list[date]:
    """The first days of all intervals from `first` to `last`; too many are refused, never cut."""
    found: list[date] = []
    start: date | None = start_of(first, interval)
    while start and start <= last:
        if len(found) == MAX_BUCKETS:
            said = f"From {first} to {last} are more than {MAX_BUCKETS} intervals of a {interval}"
            message = "give a coarser one, or from and to"
            raise BadRequest(f"{said}; {message}", [{"parameter": "interval", "message": message}])
        found.append(start)
        start = _next(start, interval)
    return found


def start_of(day: date, interval: Interval) -> date:
    """The first day of the interval `day` lies in; weeks begin on Monday (ISO 8601)."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    if interval == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[interval]
    return day.replace(month=month, day=1)


def _next(start: date, interval: Interval) -> date | None:
    """The first day of the interval after; None where the calendar ends."""
    try:
        if interval in ("day", "week"):
            return start + timedelta(days=1 if interval == "day" else 7)
        months = start.month - 1 + {"month": 1, "quarter": 3, "year": 12}[interval]
        return date(start.year + months // 12, months % 12 + 1, 1)
    except (ValueError, OverflowError):
        return None
