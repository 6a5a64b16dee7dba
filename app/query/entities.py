"""Entities: a list with counts, one with its names, its timeline."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.normalize.identity import stable_id
from app.normalize.names import name_key
from app.query import dataset, filters, paging
from app.query.filters import Built, by_values
from app.query.params import EntityList, TimelineQuery, beside
from app.query.refs import entity_refs, path, shown_name
from app.query.schemas.entities import AliasOut, Bucket, EntityCounts, EntityLinks, EntityOut, EntitySummary, TimelineOut
from app.query.schemas.shared import EntityType, Interval, ItemRef
from app.store.tables import Alias, Briefing, Entity, Item, Mention

# Eleven years by day. A longer timeline is asked for by a coarser interval.
MAX_BUCKETS = 4_000


@dataclass
class Found:
    """A page of entities."""

    entities: list[EntitySummary]
    rows: paging.Rows
    warnings: list[str]


def find(session: Session, query: EntityList, lang: str | None) -> Found:
    """A page of the entities that are named under the filters, with counts under the filters."""
    built = Built()
    filters.days(session, query, col(Mention.date), col(Mention.channel_pk), built)
    built.conditions += by_values(query.section, lambda v: col(Item.section_kind).in_(v))
    counted = _counts(built.conditions, items=bool(query.section)).subquery()
    statement = select(
        col(Entity.pk), col(Entity.id), col(Entity.slug), col(Entity.name), col(Entity.names), col(Entity.type), *counted.c
    ).join(counted, counted.c.entity_pk == col(Entity.pk))
    statement = statement.where(*by_values(query.entity_type, lambda v: col(Entity.type).in_(v)))
    keys: dict[str, Any] = {
        "mentions": counted.c.mentions,
        "items": counted.c["items"],
        "briefings": counted.c.briefings,
        "first_seen": counted.c.first_seen,
        "last_seen": counted.c.last_seen,
        "name": paging.bytewise(col(Entity.name)),
    }
    order = paging.order_by(query.sort, "-mentions", keys, (keys["name"], col(Entity.id)))
    scope = f"entities/{query.model_copy(update={'cursor': None, 'limit': 1, 'fields': None, 'lang': None})!r}"
    rows = paging.page(session, statement, order, query.limit, query.cursor, scope)
    return Found([EntitySummary(**_summary(row, lang)) for row in rows.rows], rows, built.warnings)


def resolve(session: Session, value: str) -> int:
    """The entity an id, slug or spelling names. A spelling of several is refused, and they are named."""
    pks = filters.entity_pks(session, value)
    if not pks:
        raise NotFound(f"There is no entity {value!r}{beside(value, _alike(session, value))}.")
    if len(pks) > 1:
        named = sorted(entity_refs(session, pks, None).values(), key=lambda ref: ref.id)
        raise NotFound(
            f"{value!r} names {len(pks)} entities: {', '.join(f'{ref.name} ({ref.id})' for ref in named)}; ask for one by its id."
        )
    return pks.pop()


def _alike(session: Session, value: str) -> Sequence[str]:
    """Names that begin like the one asked for."""
    begins = col(Alias.key).startswith(name_key(value)[:2], autoescape=True)
    return session.execute(select(col(Alias.name)).where(begins).order_by(col(Alias.name)).limit(1_000)).scalars().all()


def one(session: Session, pk: int, lang: str | None) -> EntityOut:
    """The entity, with its names and counts over all briefings."""
    counted = _counts([col(Mention.entity_pk) == pk]).subquery()
    row = session.execute(
        select(
            col(Entity.pk),
            col(Entity.id),
            col(Entity.slug),
            col(Entity.name),
            col(Entity.names),
            col(Entity.type),
            col(Entity.family_pk),
            col(Entity.maker_pk),
            *counted.c,
        )
        .join(counted, counted.c.entity_pk == col(Entity.pk), isouter=True)
        .where(col(Entity.pk) == pk)
    ).one()
    above = {p: _become(session, p) for p in (row.family_pk, row.maker_pk) if p}
    refs = entity_refs(session, above.values(), lang)
    return EntityOut(
        **_summary(row, lang),
        names=row.names,
        aliases=_aliases(session, pk),
        family=refs.get(above.get(row.family_pk, 0)),
        maker=refs.get(above.get(row.maker_pk, 0)),
    )


def _become(session: Session, pk: int) -> int:
    """The entity that an entity was merged into, or itself."""
    own = select(func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))).where(col(Entity.pk) == pk)
    found: int = session.execute(own).scalar_one()
    return found


def _aliases(session: Session, pk: int) -> list[AliasOut]:
    """The spellings of an entity and of those merged into it, each once, its own first."""
    rows = session.execute(
        select(col(Entity.node), col(Alias.name), col(Alias.lang), col(Alias.kind), col(Alias.origin))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(or_(col(Entity.pk) == pk, col(Entity.merged_into_pk) == pk))
        .order_by(paging.bytewise(col(Alias.name)), col(Entity.pk) == pk, col(Entity.node))
    )
    found = {
        name: AliasOut(id=alias_id(node, name), name=name, lang=lang, kind=kind, origin=origin) for node, name, lang, kind, origin in rows
    }
    return list(found.values())


def alias_id(node: str, name: str) -> str:
    """The id of a spelling of the entity that the ledger knows by `node`."""
    return stable_id("a", node, name)


def merged_into(session: Session, given: str) -> str | None:
    """The id of the entity that the one with this id or slug was merged into."""
    into: Any = aliased(Entity)
    named = or_(col(Entity.id) == given, col(Entity.slug) == given.lower())
    found: str | None = session.execute(select(into.id).join(Entity, col(Entity.merged_into_pk) == into.pk).where(named)).scalar()
    return found


def _counts(conditions: list[ColumnElement[bool]], *, items: bool = False) -> Any:
    """Counts by entity of the mentions under `conditions`. A composite's cell names nobody; its parts do."""
    statement = select(
        col(Mention.entity_pk),
        func.count(func.distinct(col(Mention.item_pk))).label("items"),
        func.count().label("mentions"),
        func.count(func.distinct(col(Mention.briefing_pk))).label("briefings"),
        func.min(col(Mention.date)).label("first_seen"),
        func.max(col(Mention.date)).label("last_seen"),
    ).where(col(Mention.entity_pk).is_not(None), *conditions)
    if items:
        statement = statement.join(Item, col(Item.pk) == col(Mention.item_pk))
    return statement.group_by(col(Mention.entity_pk))


def _summary(row: Any, lang: str | None) -> dict[str, Any]:
    own = path("entities", row.id)
    return {
        "id": row.id,
        "slug": row.slug,
        "name": shown_name(row.name, row.names, lang),
        "type": cast(EntityType, row.type),
        "counts": EntityCounts(items=row.items or 0, mentions=row.mentions or 0, briefings=row.briefings or 0),
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "links": EntityLinks(self=own, items=f"{own}/items", timeline=f"{own}/timeline", history=f"{own}/history"),
    }


def timeline(session: Session, pk: int, query: TimelineQuery, lang: str | None) -> TimelineOut:
    """What was said of an entity, interval by interval, none left out.

    From `from` or the first briefing to `to` or the last one, so that silence before the first mention is seen as such.
    """
    built = Built()
    filters.days(session, query, col(Mention.date), col(Mention.channel_pk), built)
    shown = Built([col(Briefing.draft).is_(False)])
    filters.days(session, query, col(Briefing.date), col(Briefing.channel_pk), shown)
    published = session.execute(
        select(col(Briefing.date), func.count(func.distinct(col(Briefing.pk))), func.count(col(Item.pk)))
        .join(Item, col(Item.briefing_pk) == col(Briefing.pk), isouter=True)
        .where(*shown.conditions)
        .group_by(col(Briefing.date))
    ).all()
    mentions = session.execute(
        select(col(Mention.date), func.count(), func.count(func.distinct(col(Mention.briefing_pk))))
        .where(col(Mention.entity_pk) == pk, *built.conditions)
        .group_by(col(Mention.date))
    ).all()
    items = session.execute(
        select(col(Item.id), col(Item.title), col(Item.date))
        .where(col(Item.pk).in_(select(col(Mention.item_pk)).where(col(Mention.entity_pk) == pk, *built.conditions)))
        .order_by(col(Item.importance_rank).desc(), col(Item.date), col(Item.ordinal), col(Item.pk))
    ).all()
    days = [day for day, _, _ in published]
    first, last = query.from_ or min(days, default=None), query.to or max(days, default=None)
    starts = _starts(first, last, query.interval) if first and last else []
    counts: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, briefings, there in published:
        counts[_start(day, query.interval)][0] += briefings
        counts[_start(day, query.interval)][1] += there
    for day, said, _ in mentions:
        counts[_start(day, query.interval)][2] += said
    held: dict[date, list[ItemRef]] = defaultdict(list)
    for item_id, title, day in items:
        held[_start(day, query.interval)].append(ItemRef(id=item_id, title=title, date=day))
    buckets = []
    for start in starts:
        briefings, there, said = counts[start]
        own = held[start]
        share = round(len(own) / there, 6) if there else None
        following = _next(start, query.interval)
        end = following - timedelta(days=1) if following else date.max
        buckets.append(
            Bucket(start=start, end=end, items=len(own), mentions=said, briefings=briefings, share=share, top_items=own[: query.top])
        )
    totals = EntityCounts(items=len(items), mentions=sum(n for _, n, _ in mentions), briefings=sum(n for _, _, n in mentions))
    return TimelineOut(
        entity=entity_refs(session, [pk], lang)[pk],
        interval=query.interval,
        from_=first,
        to=last,
        buckets=buckets,
        totals=totals,
        dataset_version=dataset.version(session).text,
        warnings=built.warnings,
    )


def _starts(first: date, last: date, interval: Interval) -> list[date]:
    """The first days of all intervals from `first` to `last`; too many are refused, never cut."""
    starts: list[date] = []
    start: date | None = _start(first, interval)
    while start and start <= last:
        if len(starts) == MAX_BUCKETS:
            said = f"From {first} to {last} are more than {MAX_BUCKETS} intervals of a {interval}"
            message = "give a coarser one, or from and to"
            raise BadRequest(f"{said}; {message}", [{"parameter": "interval", "message": message}])
        starts.append(start)
        start = _next(start, interval)
    return starts


def _start(day: date, interval: Interval) -> date:
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
