"""What rises and fades: how often items name an entity in the last days, against the days before.

The statistic is the Pearson residual (O - E) / √E of the window's count. E is the entity's count in window and baseline together
times the window's share of all items published in both (A. Agresti, "Categorical Data Analysis", 3.3.1). Only what was published is counted in, so
days without a briefing weigh nothing in either.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.columns import mentions, salience
from app.query.columns.arrays import Floats, Ints, Mask, rounded
from app.query.columns.mentions import MentionColumns
from app.query.filters.conditions import by_values
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.params import Days, TrendsQuery
from app.query.schemas.related import StatisticOut
from app.query.schemas.shared import EntityRef
from app.query.schemas.trends import Stretch, TrendOut
from app.query.snapshot.refs import entity_ids, entity_refs
from app.store.tables import Entity

STATISTIC = StatisticOut(
    name="Pearson residual",
    formula="(items - expected) / √expected; expected = (items + baseline) · items of the window / items of window and baseline",
    source="Agresti 2002, Categorical Data Analysis, 3.3.1",
    also="below about ±2 it may well be chance; entities that fewer than `support` items of both stretches name are left out",
)
# Fewer briefings than these are hardly a baseline.
_FEW = 3


@dataclass(frozen=True, slots=True)
class _Trends:
    """Entities, how many items of window and baseline name each, how many are to be expected in the window, how far from that it is."""

    pks: Ints
    items: Ints
    baseline: Ints
    expected: Floats
    residual: Floats

    def only(self, kept: Mask | Ints) -> "_Trends":
        """Those that are `kept`."""
        return _Trends(
            self.pks[kept],
            self.items[kept],
            self.baseline[kept],
            self.expected[kept],
            self.residual[kept],
        )


def expected(now: Ints, before: Ints, items_now: int, items_before: int) -> Floats:
    """How many of `items_now` would name what `now` of them and `before` of `items_before` name, were it named alike in both."""
    return (now + before) * items_now / max(items_now + items_before, 1)


def residual(seen: Ints, wanted: Floats) -> Floats:
    """How far a count is from what was expected, in standard deviations of a Poisson count; 0 where nothing is expected."""
    return rounded(
        np.where(wanted > 0, (seen - wanted) / np.sqrt(np.where(wanted > 0, wanted, 1)), 0.0), 4
    )


def find(session: Session, query: TrendsQuery, lang: str | None) -> Listing[TrendOut]:
    """A page of the entities that `query` asks for, those furthest from what was expected first."""
    held = mentions.of(session)
    scope = query.scope()
    newest = paging.snapshot_briefing(session, query.cursor, scope) if query.cursor else held.newest
    shown, built = mentions.briefing_mask(
        session, held, Days(channel=query.channel), newest if query.cursor else None
    )
    days = held.days if shown is None else held.days[shown]
    last = query.until or (date.fromordinal(int(days.max())) if len(days) else date(2000, 1, 1))
    first = _back(last, query.window - 1)
    before = _back(first, 1)
    window, now = _stretch(held, first, last, shown, query.section)
    baseline, then = _stretch(held, _back(before, query.baseline - 1), before, shown, query.section)
    families = _families(session) if query.family else {}
    trends = _trends(session, held, query, window, now, baseline, then, families)
    strength, items = -np.abs(trends.residual), -trends.items

    def ids(chosen: list[int]) -> list[str]:
        pks = trends.pks[chosen].tolist()
        known = entity_ids(session, pks)
        return [known[pk] for pk in pks]

    order = (items, strength) if query.sort == "items" else (strength, items)
    rows = paging.page_of_arrays(
        [paging.Column(key) for key in order], ids, query.limit, query.cursor, scope, newest
    )
    warnings = [*built.warnings]
    if baseline.briefings < _FEW:
        counted = f"{baseline.briefings} briefing{'s' if baseline.briefings != 1 else ''}"
        warnings.append(
            f"The baseline from {baseline.from_} to {baseline.to} holds {counted}: hardly anything to compare with."
        )
    if not window.briefings:
        warnings.append(f"The window from {window.from_} to {window.to} holds no briefing.")
    page = trends.only(np.array(cast(list[int], rows.rows), np.int64))
    return Listing(
        _outs(session, held, page, query, window, now, now | then, shown, families, lang),
        rows,
        warnings,
        extra={
            "window": window.model_dump(mode="json"),
            "baseline": baseline.model_dump(mode="json"),
            "support": query.support,
            "family": query.family,
            "statistic": STATISTIC.model_dump(),
            "salience": salience.WEIGHTS.model_dump(),
        },
    )


def _back(day: date, days: int) -> date:
    # Whoever asks for the year 1 has no days before it.
    return day - timedelta(min(days, (day - date.min).days))


def _stretch(
    held: MentionColumns, first: date, last: date, shown: Mask | None, section: list[str]
) -> tuple[Stretch, Mask]:
    """What was published from `first` to `last`, and which places its items are."""
    briefings = (held.days >= first.toordinal()) & (held.days <= last.toordinal())
    briefings = briefings if shown is None else briefings & shown
    items = held.among_items(briefings, section)
    assert items is not None
    return Stretch(
        from_=first, to=last, briefings=int(briefings.sum()), items=int(items.sum())
    ), items


def _trends(
    session: Session,
    held: MentionColumns,
    query: TrendsQuery,
    window: Stretch,
    now: Mask,
    baseline: Stretch,
    then: Mask,
    families: dict[int, set[int]],
) -> _Trends:
    """All entities that enough items of both stretches name, more or less often than expected."""
    items, before = held.together(np.flatnonzero(now)), held.together(np.flatnonzero(then))
    pks = held.entities.astype(np.int64)
    if families:
        # What only members of it are named for stands for a family, too.
        named = set(pks[(items + before) > 0].tolist())
        heads = {head: below for head, below in families.items() if below & named}
        places = [held.mentions([head, *below]).places().place for head, below in heads.items()]
        kept = ~np.isin(pks, list(heads))
        pks = np.append(pks[kept], np.array(list(heads), np.int64))
        items = np.append(items[kept], np.array([now[own].sum() for own in places], np.int64))
        before = np.append(before[kept], np.array([then[own].sum() for own in places], np.int64))
    wanted = expected(items, before, window.items, baseline.items)
    found = _Trends(pks, items, before, rounded(wanted, 4), residual(items, wanted))
    enough = items + before >= query.support
    sign = {"rising": found.residual > 0, "fading": found.residual < 0, None: found.residual != 0}[
        query.direction
    ]
    found = found.only(enough & sign)
    if types := by_values(query.entity_type, lambda v: col(Entity.type).in_(v)):
        found = found.only(
            np.isin(found.pks, list(entity_ids(session, found.pks.tolist(), *types)))
        )
    return found


def _families(session: Session) -> dict[int, set[int]]:
    """All that is below each entity that is the family of another, however far down."""
    rows = session.execute(
        select(col(Entity.pk), col(Entity.family_pk)).where(col(Entity.family_pk).is_not(None))
    )
    above = {pk: family for pk, family in rows if pk}
    found: dict[int, set[int]] = {}
    for pk in above:
        seen, at = {pk}, above.get(pk)
        while at and at not in seen:
            found.setdefault(at, set()).add(pk)
            seen.add(at)
            at = above.get(at)
    return found


def _outs(
    session: Session,
    held: MentionColumns,
    page: _Trends,
    query: TrendsQuery,
    window: Stretch,
    now: Mask,
    looked_at: Mask,
    shown: Mask | None,
    families: dict[int, set[int]],
    lang: str | None,
) -> list[TrendOut]:
    named = {
        pk: families.get(pk, set()) & set(held.named_at(looked_at, families.get(pk, ())))
        for pk in page.pks.tolist()
    }
    refs = entity_refs(
        session, {pk for pk, members in named.items() for pk in (pk, *members)}, lang
    )
    out = []
    for pk, items, baseline, wanted, far in zip(
        *(
            column.tolist()
            for column in (page.pks, page.items, page.baseline, page.expected, page.residual)
        ),
        strict=True,
    ):
        ref, members = refs[pk], named[pk]
        places = held.mentions([pk, *members]).places()
        days = held.days[held.briefing[places.place]]
        first = date.fromordinal(
            int((days if shown is None else days[shown[held.briefing[places.place]]]).min())
        )
        weight = salience.weights(held, places)[now[places.place]].sum() / salience.UNIT
        asked = {"entity": ref.id, "from": window.from_, "to": window.to} | (
            {"family": "true"} if query.family else {}
        )
        given = [(name, value) for name in ("channel", "section") for value in getattr(query, name)]
        out.append(
            TrendOut(
                **dict(ref),
                items=items,
                baseline=baseline,
                expected=wanted,
                residual=far,
                salience=round(weight, 4),
                new=first >= window.from_,
                first_seen=first,
                members=sorted((refs[member] for member in members), key=_by_name),
                links={
                    "self": f"/v1/entities/{ref.id}",
                    "items": f"/v1/items?{urlencode([*asked.items(), *given])}",
                },
            )
        )
    return out


def _by_name(ref: EntityRef) -> tuple[str, str]:
    return ref.name, ref.id
