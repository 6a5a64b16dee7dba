"""Trends: how often items of the last days name an entity, compared with the days before.

The statistic is the Pearson residual (O - E) / √E of the window's count. E is the entity's count in
window and baseline together times the window's share of all items published in both (A. Agresti,
"Categorical Data Analysis", 3.3.1). Only published items count, so that days without a briefing
change nothing.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

import numpy as np
from sqlmodel import Session, col

from app.query.columns import masks, salience
from app.query.columns.arrays import (
    Floats,
    Ints,
    Mask,
    rounded,
)
from app.query.columns.mentions import (
    MentionColumns,
    mention_columns,
)
from app.query.filters.families import members_by_head, name_order
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.entity_params import DEFAULT_TYPES, TrendsQuery
from app.query.request.filter_syntax import matching
from app.query.request.params import Days
from app.query.schemas.related import StatisticOut
from app.query.schemas.shared import EntityType
from app.query.schemas.trends import Stretch, TrendOut
from app.query.snapshot.refs import entity_ids, entity_refs
from app.store.tables import Entity

STATISTIC = StatisticOut(
    name="Pearson residual",
    formula="(items - expected) / √expected; "
    "expected = (items + baseline) · items of the window / items of window and baseline",
    source="Agresti 2002, Categorical Data Analysis, 3.3.1",
    also="within about ±2 it may be chance; "
    "entities that fewer than `support` items of both periods name are left out",
)
# A baseline of fewer briefings gets a warning.
_MIN_BASELINE_BRIEFINGS = 3

Families = dict[int, set[int]]
"""Members of each entity that has some, by pk."""


@dataclass(frozen=True, slots=True)
class _TrendPeriod:
    """A period, and which rows are items of it."""

    stretch: Stretch
    items: Mask


@dataclass(frozen=True, slots=True)
class _Trends:
    """Items of the window and of the baseline that name each entity, shape (n_entities,)."""

    pks: Ints
    items: Ints
    baseline: Ints
    expected: Floats
    residual: Floats

    def where(self, entities: Mask | Ints) -> "_Trends":
        """Return the counts of some entities, by mask or by index."""
        return _Trends(
            self.pks[entities],
            self.items[entities],
            self.baseline[entities],
            self.expected[entities],
            self.residual[entities],
        )


def expected(now: Ints, before: Ints, items_now: int, items_before: int) -> Floats:
    """Return the expected number of the items now that name an entity, shape (n_entities,).

    `now` of `items_now` and `before` of `items_before` name the entity.
    """
    return (now + before) * items_now / max(items_now + items_before, 1)


def residual(observed: Ints, expected: Floats) -> Floats:
    """Return the distance from the expected count in standard deviations of a Poisson count.

    It is 0 where nothing is expected.
    """
    deviation = np.sqrt(np.where(expected > 0, expected, 1))
    return rounded(
        np.where(
            expected > 0,
            (observed - expected) / deviation,
            0.0,
        ),
        4,
    )


def find(session: Session, query: TrendsQuery, lang: str | None) -> Listing[TrendOut]:
    """Return a page of the entities that `query` asks for, the largest residual first."""
    columns = mention_columns(session)
    scope = query.scope()
    snapshot = None

    if query.cursor:
        snapshot = paging.snapshot_briefing(session, query.cursor, scope)

    briefings, resolved = masks.briefing_mask(
        session,
        columns,
        Days(channel=query.channel),
        snapshot,
    )

    window, baseline = _periods(columns, query, briefings)
    families = members_by_head(session, query.relation) if query.relation else {}
    trends = _trends(session, columns, query, window, baseline, families)

    def ids(indexes: list[int]) -> list[str]:
        pks = trends.pks[indexes].tolist()
        known = entity_ids(session, pks)

        return [known[pk] for pk in pks]

    by_strength = paging.SortColumn(-np.abs(trends.residual))
    by_items = paging.SortColumn(-trends.items)
    order = (by_items, by_strength) if query.sort == "items" else (by_strength, by_items)

    if snapshot is None:
        snapshot = columns.newest_briefing

    rows = paging.page_of_arrays(order, ids, query.limit, query.cursor, scope, snapshot)
    page = trends.where(np.array(rows.rows, np.int64))

    return Listing(
        _entries(
            session,
            columns,
            page,
            query,
            (window, baseline),
            briefings,
            families,
            lang,
        ),
        rows,
        [
            *resolved.warnings,
            *_warnings(window.stretch, baseline.stretch),
        ],
        extra={
            "window": window.stretch.model_dump(mode="json"),
            "baseline": baseline.stretch.model_dump(mode="json"),
            "support": query.support,
            "rollup": query.relation,
            "family": query.with_family,
            "entity_types": _types(query),
            "statistic": STATISTIC.model_dump(),
            "salience": salience.WEIGHTS.model_dump(),
        },
    )


def _warnings(window: Stretch, baseline: Stretch) -> list[str]:
    warnings = []
    if baseline.briefings < _MIN_BASELINE_BRIEFINGS:
        noun = "briefing" if baseline.briefings == 1 else "briefings"
        warnings.append(
            f"The baseline from {baseline.from_} to {baseline.to} has {baseline.briefings} {noun}: "
            "too few to compare with."
        )

    if not window.briefings:
        warnings.append(f"The window from {window.from_} to {window.to} has no briefing.")

    return warnings


def _periods(
    columns: MentionColumns,
    query: TrendsQuery,
    briefings: Mask | None,
) -> tuple[_TrendPeriod, _TrendPeriod]:
    """Return the window and the baseline before it."""
    days = columns.days if briefings is None else columns.days[briefings]
    last = query.until

    if last is None:
        last = date.fromordinal(int(days.max())) if len(days) else date(2000, 1, 1)

    first = _days_before(last, query.window - 1)
    before = _days_before(first, 1)
    baseline_first = _days_before(before, query.baseline - 1)

    return (
        _period(columns, first, last, briefings, query.section),
        _period(
            columns,
            baseline_first,
            before,
            briefings,
            query.section,
        ),
    )


def _days_before(day: date, days: int) -> date:
    # The calendar begins in the year 1.
    return day - timedelta(min(days, (day - date.min).days))


def _period(
    columns: MentionColumns,
    first: date,
    last: date,
    briefings: Mask | None,
    section: list[str],
) -> _TrendPeriod:
    mask = (columns.days >= first.toordinal()) & (columns.days <= last.toordinal())
    if briefings is not None:
        mask = mask & briefings

    items = masks.item_mask(columns, mask, section)
    assert items is not None

    stretch = Stretch(
        from_=first,
        to=last,
        briefings=int(mask.sum()),
        items=int(items.sum()),
    )

    return _TrendPeriod(stretch, items)


def _trends(
    session: Session,
    columns: MentionColumns,
    query: TrendsQuery,
    window: _TrendPeriod,
    baseline: _TrendPeriod,
    families: Families,
) -> _Trends:
    """Return the entities with enough support and a residual in the direction asked for."""
    pks = columns.entities.astype(np.int64)
    items = columns.cooccurrence_counts(np.flatnonzero(window.items))
    before = columns.cooccurrence_counts(np.flatnonzero(baseline.items))

    if families:
        named = set(pks[(items + before) > 0].tolist())
        # An item that names only members counts for their head.
        heads = [head for head, below in families.items() if below & named]
        rows = []

        for head in heads:
            rows.append(columns.mentions([head, *families[head]]).row_sets().row)

        others = ~np.isin(pks, heads)
        pks = np.append(pks[others], np.array(heads, np.int64))
        items = np.append(items[others], _count_in(window.items, rows))
        before = np.append(before[others], _count_in(baseline.items, rows))

    expectation = expected(
        items,
        before,
        window.stretch.items,
        baseline.stretch.items,
    )

    trends = _Trends(
        pks,
        items,
        before,
        rounded(expectation, 4),
        residual(items, expectation),
    )

    directions = {
        "rising": trends.residual > 0,
        "fading": trends.residual < 0,
        None: trends.residual != 0,
    }

    has_support = items + before >= query.support
    trends = trends.where(has_support & directions[query.direction])

    is_of_type = col(Entity.type).in_(_types(query))
    of_type = list(entity_ids(session, trends.pks.tolist(), is_of_type))

    return trends.where(np.isin(trends.pks, of_type))


def _types(query: TrendsQuery) -> list[EntityType]:
    """Return the types that are ranked, in the order of the vocabulary."""
    if not query.entity_type:
        return list(DEFAULT_TYPES)

    return matching(query.entity_type, get_args(EntityType))


def _count_in(mask: Mask, row_lists: list[Ints]) -> Ints:
    """Return how many rows of each list are in `mask`, shape (n_lists,)."""
    return np.array([mask[rows].sum() for rows in row_lists], np.int64)


def _entries(
    session: Session,
    columns: MentionColumns,
    page: _Trends,
    query: TrendsQuery,
    periods: tuple[_TrendPeriod, _TrendPeriod],
    briefings: Mask | None,
    families: Families,
    lang: str | None,
) -> list[TrendOut]:
    window, baseline = periods
    either = window.items | baseline.items
    members_of: dict[int, set[int]] = {}
    all_pks: set[int] = set()

    for pk in page.pks.tolist():
        members = set(columns.named_in(either, families.get(pk, ())))
        members_of[pk] = members
        all_pks.update(members, (pk,))

    refs = entity_refs(session, all_pks, lang)
    entries = []

    arrays = (
        page.pks,
        page.items,
        page.baseline,
        page.expected,
        page.residual,
    )

    for pk, items, before, expectation, distance in zip(
        *map(np.ndarray.tolist, arrays), strict=True
    ):
        members = members_of[pk]
        row_sets = columns.mentions([pk, *members]).row_sets()
        weight = salience.weights(columns, row_sets)[window.items[row_sets.row]].sum()
        first_seen = _first_day(columns, row_sets.row, briefings)

        entry = TrendOut(
            **dict(refs[pk]),
            items=items,
            baseline=before,
            expected=expectation,
            residual=distance,
            salience=round(weight / salience.UNIT, 4),
            new=first_seen >= window.stretch.from_,
            first_seen=first_seen,
            members=sorted(
                (refs[member] for member in members),
                key=name_order,
            ),
            links={
                "self": f"/v1/entities/{refs[pk].id}",
                "items": f"/v1/items?{_item_query(query, refs[pk].id, window.stretch)}",
            },
        )

        entries.append(entry)

    return entries


def _first_day(
    columns: MentionColumns,
    rows: Ints,
    briefings: Mask | None,
) -> date:
    """Return the day of the first of `rows` that is in `briefings`."""
    indexes = columns.briefing[rows]
    if briefings is not None:
        indexes = indexes[briefings[indexes]]

    return date.fromordinal(int(columns.days[indexes].min()))


def _item_query(query: TrendsQuery, entity_id: str, window: Stretch) -> str:
    """Return the query string that lists the items of the window."""
    pairs: list[tuple[str, Any]] = [
        ("entity", entity_id),
        ("from", window.from_),
        ("to", window.to),
    ]

    if query.relation:
        pairs.append(("rollup", query.relation))

    pairs.extend(("channel", value) for value in query.channel)
    pairs.extend(("section", value) for value in query.section)

    return urlencode(pairs)
