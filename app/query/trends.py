"""What rises and fades: how often items name an entity in the last days, against the days before.

The statistic is the Pearson residual (O - E) / √E of the window's count. E is the entity's count in window and baseline together
times the window's share of all items published in both (A. Agresti, "Categorical Data Analysis", 3.3.1). Only what was published is counted in, so
days without a briefing weigh nothing in either.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any, cast
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query import filters, paging, salience
from app.query.filters import Built, by_values
from app.query.params import Days, TrendsQuery
from app.query.refs import entity_refs
from app.query.schemas.related import StatisticOut
from app.query.schemas.shared import EntityRef
from app.query.schemas.trends import Stretch, TrendOut
from app.store.tables import Briefing, Entity, Item, Mention

STATISTIC = StatisticOut(
    name="Pearson residual",
    formula="(items - expected) / √expected; expected = (items + baseline) · items of the window / items of window and baseline",
    source="Agresti 2002, Categorical Data Analysis, 3.3.1",
    also="below about ±2 it may well be chance; entities that fewer than `support` items of both stretches name are left out",
)
# Fewer briefings than these are hardly a baseline.
_FEW = 3


@dataclass
class Found:
    """A page of entities, and what they were counted in."""

    trends: list[TrendOut]
    rows: paging.Rows
    window: Stretch
    baseline: Stretch
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class _Trend:
    pk: int
    items: frozenset[int]
    baseline: int
    expected: float
    residual: float
    members: frozenset[int]


def expected(now: int, before: int, items_now: int, items_before: int) -> float:
    """How many of `items_now` would name what `now` of them and `before` of `items_before` name, were it named alike in both."""
    return (now + before) * items_now / (items_now + items_before) if items_now + items_before else 0.0


def residual(seen: int, wanted: float) -> float:
    """How far a count is from what was expected, in standard deviations of a Poisson count; 0 where nothing is expected."""
    return round((seen - wanted) / sqrt(wanted), 4) if wanted else 0.0


def find(session: Session, query: TrendsQuery, lang: str | None) -> Found:
    """A page of the entities that `query` asks for, those furthest from what was expected first."""
    newest = paging.horizon(session, query.cursor, query.scope())
    built = Built(paging.up_to(session, newest, col(Item.briefing_pk)))
    filters.days(session, Days(channel=query.channel), col(Item.date), col(Item.channel_pk), built)
    sections = by_values(query.section, lambda v: col(Item.section_kind).in_(v))
    shown = Built([col(Briefing.draft).is_(False), *paging.up_to(session, newest, col(Briefing.pk))])
    filters.days(session, Days(channel=query.channel), col(Briefing.date), col(Briefing.channel_pk), shown)
    last = query.until or session.execute(select(func.max(col(Briefing.date))).where(*shown.conditions)).scalar_one() or date(2000, 1, 1)
    first = _back(last, query.window - 1)
    window = _stretch(session, first, last, shown, [*built.conditions, *sections])
    before = _back(first, 1)
    baseline = _stretch(session, _back(before, query.baseline - 1), before, shown, [*built.conditions, *sections])
    trends = _trends(session, query, window, baseline, [*built.conditions, *sections])
    refs = entity_refs(session, (trend.pk for trend in trends), None)
    ranked = [(_place(query, trend, refs[trend.pk].id), trend) for trend in trends if _goes(query, trend)]
    rows = paging.among(ranked, query.limit, query.cursor, query.scope(), newest)
    warnings = [*built.warnings]
    if baseline.briefings < _FEW:
        held = f"{baseline.briefings} briefing{'s' if baseline.briefings != 1 else ''}"
        warnings.append(f"The baseline from {baseline.from_} to {baseline.to} holds {held}: hardly anything to compare with.")
    if not window.briefings:
        warnings.append(f"The window from {window.from_} to {window.to} holds no briefing.")
    page = cast(list[_Trend], rows.rows)
    return Found(_outs(session, page, query, window, lang), rows, window, baseline, warnings)


def _back(day: date, days: int) -> date:
    # Whoever asks for the year 1 has no days before it.
    return day - timedelta(min(days, (day - date.min).days))


def _stretch(session: Session, first: date, last: date, shown: Built, conditions: list[Any]) -> Stretch:
    briefings = select(func.count()).select_from(Briefing).where(col(Briefing.date).between(first, last), *shown.conditions)
    items = select(func.count()).select_from(Item).where(col(Item.date).between(first, last), *conditions)
    return Stretch(from_=first, to=last, briefings=session.execute(briefings).scalar_one(), items=session.execute(items).scalar_one())


def _trends(session: Session, query: TrendsQuery, window: Stretch, baseline: Stretch, conditions: list[Any]) -> list[_Trend]:
    """All entities that enough items of both stretches name."""
    pairs = (
        select(col(Mention.entity_pk), col(Item.pk), col(Item.date))
        .join(Mention, col(Mention.item_pk) == col(Item.pk))
        .where(col(Item.date).between(baseline.from_, window.to), *conditions, col(Mention.entity_pk).is_not(None))
        .distinct()
    )
    naming: defaultdict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    members: defaultdict[int, set[int]] = defaultdict(set)
    rows = session.execute(pairs).all()
    heads = _heads(session) if query.family else {}
    for entity, item, day in rows:
        for head in [entity, *heads.get(entity, ())]:
            naming[head][day < window.from_].add(item)
            members[head] |= {entity} - {head}
    kept = {pk: sets for pk, sets in naming.items() if len(sets[0]) + len(sets[1]) >= query.support}
    if types := by_values(query.entity_type, lambda v: col(Entity.type).in_(v)):
        kept = {pk: kept[pk] for pk in _of_type(session, kept, types)}
    found = []
    for pk, (now, before) in kept.items():
        wanted = expected(len(now), len(before), window.items, baseline.items)
        found.append(_Trend(pk, frozenset(now), len(before), round(wanted, 4), residual(len(now), wanted), frozenset(members[pk])))
    return found


def _heads(session: Session) -> dict[int, list[int]]:
    """The families above each entity that is of one, the nearest first."""
    rows = session.execute(select(col(Entity.pk), col(Entity.family_pk)).where(col(Entity.family_pk).is_not(None)))
    above = {pk: family for pk, family in rows if pk}
    found: dict[int, list[int]] = {}
    for pk in above:
        chain: list[int] = []
        at = above.get(pk)
        while at and at not in chain and at != pk:
            chain.append(at)
            at = above.get(at)
        found[pk] = chain
    return found


def _of_type(session: Session, pks: Collection[int], types: list[Any]) -> Iterable[int]:
    wanted = sorted(pks)
    for start in range(0, len(wanted), 900):
        held = select(col(Entity.pk)).where(col(Entity.pk).in_(wanted[start : start + 900]), *types)
        yield from (pk for pk in session.execute(held).scalars() if pk)


def _goes(query: TrendsQuery, trend: _Trend) -> bool:
    return trend.residual != 0 if query.direction is None else (trend.residual > 0) == (query.direction == "rising") and trend.residual != 0


def _place(query: TrendsQuery, trend: _Trend, own: str) -> paging.Place:
    if query.sort == "items":
        return (-len(trend.items), -abs(trend.residual), own)
    return (-abs(trend.residual), -len(trend.items), own)


def _outs(session: Session, page: list[_Trend], query: TrendsQuery, window: Stretch, lang: str | None) -> list[TrendOut]:
    refs = entity_refs(session, {pk for trend in page for pk in (trend.pk, *trend.members)}, lang)
    own = {trend.pk: sorted({trend.pk, *trend.members}) for trend in page}
    weights = _salience(session, page, own)
    channels = select(col(Mention.entity_pk), func.min(col(Mention.date))).group_by(col(Mention.entity_pk))
    built = Built()
    filters.days(session, Days(channel=query.channel), col(Mention.date), col(Mention.channel_pk), built)
    seen: dict[int, date] = {}
    named = sorted({pk for pks in own.values() for pk in pks})
    for start in range(0, len(named), 900):
        some = channels.where(col(Mention.entity_pk).in_(named[start : start + 900]), *built.conditions)
        seen |= {pk: day for pk, day in session.execute(some) if pk}
    shown = []
    for trend in page:
        ref = refs[trend.pk]
        first = min(seen[pk] for pk in own[trend.pk] if pk in seen)
        asked = {"entity": ref.id, "from": window.from_, "to": window.to} | ({"family": "true"} if query.family else {})
        given = [(name, value) for name in ("channel", "section") for value in getattr(query, name)]
        shown.append(
            TrendOut(
                **dict(ref),
                items=len(trend.items),
                baseline=trend.baseline,
                expected=trend.expected,
                residual=trend.residual,
                salience=weights[trend.pk],
                new=first >= window.from_,
                first_seen=first,
                members=sorted((refs[pk] for pk in trend.members), key=_by_name),
                links={"self": f"/v1/entities/{ref.id}", "items": f"/v1/items?{urlencode([*asked.items(), *given])}"},
            )
        )
    return shown


def _by_name(ref: EntityRef) -> tuple[str, str]:
    return ref.name, ref.id


def _salience(session: Session, page: list[_Trend], own: dict[int, list[int]]) -> dict[int, float]:
    """How much is made of entities in the items of the window."""
    items = sorted({item for trend in page for item in trend.items})
    kinds: defaultdict[int, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows: dict[int, Any] = {}
    for start in range(0, len(items), 900):
        some = items[start : start + 900]
        told = select(col(Mention.item_pk), col(Mention.entity_pk), col(Mention.kind)).where(col(Mention.item_pk).in_(some)).distinct()
        for item, entity, kind in session.execute(told):
            if item and entity:
                kinds[item][entity].add(kind)
        columns = (col(Item.pk), col(Item.section_kind), col(Item.position), col(Item.importance_level))
        rows |= {row.pk: row for row in session.execute(select(*columns).where(col(Item.pk).in_(some)))}
    found = {}
    for trend in page:
        weight = 0.0
        for item in sorted(trend.items):
            said = {kind for entity in own[trend.pk] for kind in kinds[item].get(entity, ())}
            weight += salience.of_item(said, rows[item].section_kind, rows[item].position, rows[item].importance_level)
        found[trend.pk] = round(weight, 4)
    return found
