"""Timelines: what was said of an entity, or of several side by side, interval by interval, none left out.

Counted over columns (`facts.py`). Answers are plain data in the shapes of `schemas/timelines.py`: thousands of intervals are no
thousands of objects.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.query import entities, facts, families, intervals, salience
from app.query.facts import Facts, Ints
from app.query.params import TimelineAxis, TimelineQuery, TimelinesQuery
from app.query.refs import entity_refs
from app.store.tables import Item

FEWEST, MOST = 2, 10
# Items shown in timelines stay in memory until the content changes, some hundred bytes each.
_KEPT = 30_000
_DIGITS, _SHARE_DIGITS = 4, 6


@dataclass(frozen=True, slots=True)
class _Axis:
    """The intervals and what was published in each; of each briefing, which of them it lies in, -1 where it is not asked for."""

    held: Facts
    first: date | None
    last: date | None
    spans: list[dict[str, Any]]
    items: Ints
    of_briefing: Ints
    warnings: list[str]


def one(session: Session, pk: int, query: TimelineQuery, lang: str | None) -> dict[str, Any]:
    """The timeline of an entity, with its family counted under it if asked for.

    From `from` or the first briefing to `to` or the last one, so that silence before the first mention is seen as such.
    """
    axis = _axis(session, query)
    series = _series(session, pk, axis, query, query.top, lang)
    return {
        "entity": series["entity"],
        "family": query.family,
        "members": series["members"],
        "interval": query.interval,
        "from": axis.first,
        "to": axis.last,
        "buckets": [span | point for span, point in zip(axis.spans, series["points"], strict=True)],
        "totals": series["totals"],
        "salience": salience.WEIGHTS.model_dump(),
        "dataset_version": axis.held.version,
        "warnings": axis.warnings,
    }


def several(session: Session, query: TimelinesQuery, lang: str | None) -> dict[str, Any]:
    """Two to ten entities on one axis, in the order asked for; one that is not there is a warning."""
    given = query.given()
    if not FEWEST <= len(given) <= MOST:
        message = f"give {FEWEST} to {MOST} different entities, parted by commas; {len(given)} are given"
        raise BadRequest(f"entities: {message}", [{"parameter": "entities", "message": message}])
    axis = _axis(session, query)
    warnings, pks = list(axis.warnings), []
    for name in given:
        try:
            pks.append(entities.resolve(session, name))
        except NotFound as error:
            warnings.append(error.detail)
    return {
        "family": query.family,
        "interval": query.interval,
        "from": axis.first,
        "to": axis.last,
        "axis": [span | {"items": items} for span, items in zip(axis.spans, axis.items.tolist(), strict=True)],
        "series": [_series(session, pk, axis, query, query.top, lang) for pk in dict.fromkeys(pks)],
        "salience": salience.WEIGHTS.model_dump(),
        "dataset_version": axis.held.version,
        "warnings": warnings,
    }


def _axis(session: Session, query: TimelineAxis) -> _Axis:
    held = facts.of(session)
    shown, built = facts.within(session, held, query)
    days = held.days if shown is None else held.days[shown]
    first = query.from_ or (date.fromordinal(int(days.min())) if len(days) else None)
    last = query.to or (date.fromordinal(int(days.max())) if len(days) else None)
    if not (first and last):
        return _Axis(held, first, last, [], np.zeros(0, int), np.full(len(held.days), -1), built.warnings)
    begin, starts, ends = intervals.spans(first, last, query.interval)
    numbers = held.remember(("numbers", query.interval), lambda: intervals.numbers(held.days, query.interval))
    within = numbers - begin if shown is None else np.where(shown, numbers - begin, -1)
    own = within[within >= 0]
    briefings = np.bincount(own, minlength=len(starts)).tolist()
    items = np.bincount(own, held.items[within >= 0], len(starts)).astype(int)
    spans = [{"start": s, "end": e, "briefings": b} for s, e, b in zip(starts, ends, briefings, strict=True)]
    return _Axis(held, first, last, spans, items, within, built.warnings)


def _series(session: Session, pk: int, axis: _Axis, query: TimelineAxis, top: int, lang: str | None) -> dict[str, Any]:
    held, many = axis.held, len(axis.spans)
    pks = families.with_members(session, [pk]) if query.family else {pk}
    mentions = held.mentions(pks)
    bucket = axis.of_briefing[held.briefing[mentions.place]]
    if (kept := bucket >= 0).sum() < len(kept):
        mentions, bucket = mentions.where(kept), bucket[kept]
    said = np.bincount(bucket, mentions.count, many).astype(int)
    named = mentions.places()
    briefing = held.briefing[named.place]
    bucket = axis.of_briefing[briefing]
    weight = np.bincount(bucket, salience.weights(held, named), many)
    inside = held.inside[named.place]
    places, bucket = named.place[inside], bucket[inside]
    items = np.bincount(bucket, minlength=many)
    share = facts.rounded(items / np.maximum(axis.items, 1), _SHARE_DIGITS).tolist()
    points = zip(
        items.tolist(),
        said.tolist(),
        facts.rounded(weight / salience.UNIT, _DIGITS).tolist(),
        [part if whole else None for part, whole in zip(share, axis.items.tolist(), strict=True)],
        _top(session, held, places, bucket, items, top),
        strict=True,
    )
    return {
        "entity": entity_refs(session, [pk], lang)[pk].model_dump(),
        "members": [member.model_dump() for member in families.named(session, pks - {pk}, lang)],
        "points": [{"items": i, "mentions": m, "salience": w, "share": s, "top_items": t} for i, m, w, s, t in points],
        "totals": {"items": len(places), "mentions": int(said.sum()), "briefings": len(np.unique(briefing))},
    }


def _top(session: Session, held: Facts, places: Ints, bucket: Ints, items: Ints, top: int) -> list[list[orjson.Fragment]]:
    """Of each bucket the most important items, the oldest first among equals."""
    if not (top and len(places)):
        return [[] for _ in items]
    day = held.days[held.briefing[places]]
    rank = facts.RANKS[held.importance[places]]
    order = np.lexsort((held.item[places], held.ordinal[places], day, -rank, bucket))
    begins = np.cumsum(items) - items
    pks = held.item[places[order]]
    first = pks[np.minimum(begins[:, None] + np.arange(top), len(pks) - 1)]
    shown = np.minimum(items, top).tolist()
    chosen = [row[:many] for row, many in zip(first.tolist(), shown, strict=True)]
    refs = _refs(session, held, {pk for row in chosen for pk in row})
    return [[refs[pk] for pk in row] for row in chosen]


def _refs(session: Session, held: Facts, pks: Iterable[int]) -> dict[int, orjson.Fragment]:
    """Items as they are shown, by pk."""
    known: dict[int, orjson.Fragment] = held.remember("refs", dict)
    wanted = sorted(pk for pk in pks if pk not in known)
    found = {}
    for start in range(0, len(wanted), 900):
        rows = session.execute(
            select(col(Item.pk), col(Item.id), col(Item.title), col(Item.date)).where(col(Item.pk).in_(wanted[start : start + 900]))
        )
        for pk, own, title, day in rows:
            found[pk] = orjson.Fragment(orjson.dumps({"id": own, "title": title, "date": day}))
    if len(known) + len(found) > _KEPT:
        known = held.kept["refs"] = {pk: known[pk] for pk in pks if pk in known}
    known.update(found)
    return known
