"""Timelines: what was said of an entity, or of several side by side, interval by interval, none left out.

Counted over columns (`facts.py`). Answers are plain data in the shapes of `schemas/timelines.py`: thousands of intervals are no
thousands of objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.query import entities
from app.query.columns import mentions as facts
from app.query.columns import salience
from app.query.columns.arrays import Ints, rounded
from app.query.columns.mentions import MentionColumns
from app.query.filters import families
from app.query.request import intervals
from app.query.request.params import TOP, TimelineAxis, TimelineQuery, TimelinesQuery
from app.query.snapshot.refs import entity_refs
from app.store.tables import Item

FEWEST, MOST = 2, 10
# Items shown in timelines stay in memory until the content changes, some hundred bytes each.
_KEPT = 30_000
# Entities of which it is kept what briefings say of them, some bytes a briefing and an item.
_TALLIES = 32
# About as many seconds it takes.
_PER_MENTION, _PER_BUCKET = 4e-8, 3e-6
_DIGITS, _SHARE_DIGITS = 4, 6


@dataclass(frozen=True, slots=True)
class _Axis:
    """The intervals and what was published in each; of each briefing, which of them it lies in, -1 where it is not asked for."""

    held: MentionColumns
    first: date | None
    last: date | None
    starts: list[str]
    ends: list[str]
    briefings: list[int]
    items: Ints
    of_briefing: Ints
    warnings: list[str]


Points = tuple[list[int], list[int], list[float], list[float | None], list[list[orjson.Fragment]]]
"""By interval: items, mentions, salience, share, top items."""


def one(session: Session, pk: int, query: TimelineQuery, lang: str | None) -> dict[str, Any]:
    """The timeline of an entity, with its family counted under it if asked for.

    From `from` or the first briefing to `to` or the last one, so that silence before the first mention is seen as such.
    """
    axis = _axis(session, query)
    series, points = _series(session, pk, axis, query, query.top, lang)
    columns = zip(axis.starts, axis.ends, axis.briefings, *points, strict=True)
    return {
        "entity": series["entity"],
        "family": query.family,
        "members": series["members"],
        "interval": query.interval,
        "from": axis.first,
        "to": axis.last,
        # Written out: a merge of two would take twice as long.
        "buckets": [
            {
                "start": s,
                "end": e,
                "briefings": b,
                "items": i,
                "mentions": m,
                "salience": w,
                "share": p,
                "top_items": t,
            }
            for s, e, b, i, m, w, p, t in columns
        ],
        "totals": series["totals"],
        "salience": salience.WEIGHTS.model_dump(),
        "dataset_version": axis.held.version,
        "warnings": axis.warnings,
    }


def several(session: Session, query: TimelinesQuery, lang: str | None) -> dict[str, Any]:
    """Two to ten entities on one axis, in the order asked for; one that is not there is a warning."""
    given = query.given()
    if not FEWEST <= len(given) <= MOST:
        message = (
            f"give {FEWEST} to {MOST} different entities, parted by commas; {len(given)} are given"
        )
        raise BadRequest(f"entities: {message}", [{"parameter": "entities", "message": message}])
    axis = _axis(session, query)
    facts.require_budget(session, len(given) * len(axis.starts) * _PER_BUCKET)
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
        "axis": [
            {"start": s, "end": e, "briefings": b, "items": i}
            for s, e, b, i in zip(
                axis.starts, axis.ends, axis.briefings, axis.items.tolist(), strict=True
            )
        ],
        "series": [
            series
            | {
                "points": [
                    {"items": i, "mentions": m, "salience": w, "share": p, "top_items": t}
                    for i, m, w, p, t in zip(*points, strict=True)
                ]
            }
            for series, points in (
                _series(session, pk, axis, query, query.top, lang) for pk in dict.fromkeys(pks)
            )
        ],
        "salience": salience.WEIGHTS.model_dump(),
        "dataset_version": axis.held.version,
        "warnings": warnings,
    }


def _axis(session: Session, query: TimelineAxis) -> _Axis:
    held = facts.of(session)
    shown, built = facts.briefing_mask(session, held, query)
    days = held.days if shown is None else held.days[shown]
    first = query.from_ or (date.fromordinal(int(days.min())) if len(days) else None)
    last = query.to or (date.fromordinal(int(days.max())) if len(days) else None)
    if not (first and last):
        return _Axis(
            held,
            first,
            last,
            [],
            [],
            [],
            np.zeros(0, int),
            np.full(len(held.days), -1),
            built.warnings,
        )
    begin, starts, ends = intervals.spans(first, last, query.interval)
    numbers = held.remember(
        ("numbers", query.interval), lambda: intervals.numbers(held.days, query.interval)
    )
    within = numbers - begin if shown is None else np.where(shown, numbers - begin, -1)
    own = within[within >= 0]
    briefings = np.bincount(own, minlength=len(starts)).tolist()
    items = np.bincount(own, held.items[within >= 0], len(starts)).astype(int)
    return _Axis(held, first, last, starts, ends, briefings, items, within, built.warnings)


@dataclass(frozen=True, slots=True)
class _Tally:
    """What each of `Facts.briefings` says of some entities: mentions, salience in billionths, items.

    `best` are the most important of those items, by their place in `Facts.order`, and `briefing` whose they are: first the best of
    each briefing, then the second of each, …; the nth end at `ends[n]`.
    """

    mentions: Ints
    weight: Ints
    items: Ints
    best: Ints
    briefing: Ints
    ends: list[int]


def _tally(session: Session, held: MentionColumns, pks: set[int]) -> _Tally:
    facts.require_budget(session, held.counts.mentions[held.which(pks)].sum() * _PER_MENTION)
    mentions, many = held.mentions(pks), len(held.briefings)
    named = mentions.places()
    places = named.place[held.inside[named.place]]
    items = np.bincount(held.briefing[places], minlength=many)
    ranked = np.sort(held.briefing[places].astype(np.int64) << 32 | held.order[1][places])
    nth = np.arange(len(ranked)) - np.repeat(np.cumsum(items) - items, items)
    # More than an answer shows of all briefings together, it cannot show of one.
    chosen = np.lexsort((ranked, nth))[: int((nth < TOP).sum())]
    return _Tally(
        np.bincount(held.briefing[mentions.place], mentions.count, many).astype(np.uint32),
        np.bincount(held.briefing[named.place], salience.weights(held, named), many).astype(
            np.int64
        ),
        items.astype(np.uint32),
        (ranked[chosen] & 0xFFFFFFFF).astype(np.uint32),
        (ranked[chosen] >> 32).astype(np.uint32),
        nth[chosen].searchsorted(range(TOP + 1)).tolist(),
    )


def _series(
    session: Session, pk: int, axis: _Axis, query: TimelineAxis, top: int, lang: str | None
) -> tuple[dict[str, Any], Points]:
    held, many = axis.held, len(axis.starts)
    facts.require_budget(session, many * _PER_BUCKET)
    pks = families.with_members(session, [pk]) if query.family else {pk}
    tally: _Tally = held.recall(
        "tallies", frozenset(pks), lambda: _tally(session, held, pks), _TALLIES
    )
    shown = axis.of_briefing >= 0
    own = axis.of_briefing[shown]
    said, weight, items = (
        np.bincount(own, column[shown], many).astype(np.int64)
        for column in (tally.mentions, tally.weight, tally.items)
    )
    share = rounded(items / np.maximum(axis.items, 1), _SHARE_DIGITS).tolist()
    points = (
        items.tolist(),
        said.tolist(),
        rounded(weight / salience.UNIT, _DIGITS).tolist(),
        [part if whole else None for part, whole in zip(share, axis.items.tolist(), strict=True)],
        _top(session, axis, tally, items, top),
    )
    series = {
        "entity": entity_refs(session, [pk], lang)[pk].model_dump(),
        "members": [member.model_dump() for member in families.named(session, pks - {pk}, lang)],
        "points": [],
        "totals": {
            "items": int(items.sum()),
            "mentions": int(said.sum()),
            "briefings": int((tally.mentions[shown] > 0).sum()),
        },
    }
    return series, points


def _top(
    session: Session, axis: _Axis, tally: _Tally, items: Ints, top: int
) -> list[list[orjson.Fragment]]:
    """Of each bucket the most important items, the oldest first among equals."""
    held, end = axis.held, tally.ends[top]
    bucket = axis.of_briefing[tally.briefing[:end]]
    kept = bucket >= 0
    # Sorted as numbers: the bucket, then the place in the order.
    ranked = np.sort(bucket[kept] << 32 | tally.best[:end][kept])
    if not len(ranked):
        return [[] for _ in items]
    begins = (ranked >> 32).searchsorted(np.arange(len(items)))
    first = ranked[np.minimum(begins[:, None] + np.arange(top), len(ranked) - 1)]
    by_order, _ = held.order
    pks = by_order[first & 0xFFFFFFFF].ravel().tolist()
    refs: dict[int, orjson.Fragment] = held.remember("refs", dict)
    try:
        shown = [refs[pk] for pk in pks]
    except KeyError:
        refs = _refs(session, held, pks)
        shown = [refs[pk] for pk in pks]
    return [
        shown[at : at + many]
        for at, many in zip(range(0, len(pks), top), np.minimum(items, top).tolist(), strict=True)
    ]


def _refs(session: Session, held: MentionColumns, pks: Sequence[int]) -> dict[int, orjson.Fragment]:
    """Items as they are shown, by pk."""
    known: dict[int, orjson.Fragment] = held.remember("refs", dict)
    wanted = sorted({pk for pk in pks if pk not in known})
    found = {}
    for start in range(0, len(wanted), 900):
        rows = session.execute(
            select(col(Item.pk), col(Item.id), col(Item.title), col(Item.date)).where(
                col(Item.pk).in_(wanted[start : start + 900])
            )
        )
        for pk, own, title, day in rows:
            found[pk] = orjson.Fragment(orjson.dumps({"id": own, "title": title, "date": day}))
    if found and len(known) + len(found) > _KEPT:
        known = held.kept["refs"] = {pk: known[pk] for pk in pks if pk in known}
    known.update(found)
    return known
