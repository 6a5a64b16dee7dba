"""Timelines: one entity or several, interval by interval, none left out.

Counted over the column store. Answers are plain data in the shapes of `schemas/timelines.py`:
thousands of buckets as objects would take most of the time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.query.columns import masks, salience
from app.query.columns.arrays import RANKS, Ints, Mask, concatenated, rounded, run_starts
from app.query.columns.mentions import (
    MentionColumns,
    mention_columns,
)
from app.query.entities import references
from app.query.filters import families
from app.query.request import intervals
from app.query.request.entity_params import (
    TOP,
    TimelineAxis,
    TimelineQuery,
    TimelinesQuery,
)
from app.query.schemas.shared import Interval
from app.query.snapshot.budget import require_budget
from app.query.snapshot.cache import CacheKind
from app.query.snapshot.refs import entity_refs
from app.store.encoding.batches import batches
from app.store.tables import Item

MIN_ENTITIES = 2
MAX_ENTITIES = 10
_DIGITS = 4
_SHARE_DIGITS = 6
_ROW_BITS = 32
_ROW_MASK = (1 << _ROW_BITS) - 1
_RANK_BITS = (RANKS.max() - RANKS) << _ROW_BITS
_BRIEFING_SHIFT = _ROW_BITS + 3
"""Between the row and the briefing are three bits for a rank of importance."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """The intervals and the number of items in each, shape (n_intervals,).

    `interval_of` has the interval of each briefing, -1 for one that is not asked for.
    """

    columns: MentionColumns
    first: date | None
    last: date | None
    starts: list[str]
    ends: list[str]
    briefings: list[int]
    items: Ints
    interval_of: Ints
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class _BriefingTally:
    """Counts of some entities by briefing, shape (n_briefings,): mentions, salience, items.

    `weight` is the salience in billionths. `top_rows` are their most important items, as
    indexes of rows: first the best item of each briefing, then the second of each, and so on. The
    nth end at `ends[n]`.
    """

    mentions: Ints
    weight: Ints
    items: Ints
    top_rows: Ints
    ends: list[int]


# Some bytes a briefing and an item.
_COUNTS: CacheKind[frozenset[int], _BriefingTally] = CacheKind(max_entries=32)
# Some hundred bytes each.
_ITEM_REFS: CacheKind[int, orjson.Fragment] = CacheKind(max_entries=30_000)
_INTERVALS: CacheKind[Interval, Ints] = CacheKind(max_entries=5)

Points = tuple[
    list[int],
    list[int],
    list[float],
    list[float | None],
    list[list[orjson.Fragment]],
]
"""By interval: items, mentions, salience, share, top items."""


def one(
    session: Session,
    pk: int,
    query: TimelineQuery,
    lang: str | None,
) -> dict[str, Any]:
    """Return the timeline of an entity as `TimelineOut`; its members count if asked for.

    It reaches from `from` or the first briefing to `to` or the last one, so that the time before
    the first mention is part of it.
    """
    axis = _axis(session, query)
    series, points = _series(session, pk, axis, query, query.top, lang)
    buckets = []

    for start, end, briefings, *point in zip(
        axis.starts,
        axis.ends,
        axis.briefings,
        *points,
        strict=True,
    ):
        # Written out: merging two dictionaries takes twice as long.
        items, mentioned, weight, share, top = point
        bucket = {
            "start": start,
            "end": end,
            "briefings": briefings,
            "items": items,
            "mentions": mentioned,
            "salience": weight,
            "share": share,
            "top_items": top,
        }

        buckets.append(bucket)

    return {
        "entity": series["entity"],
        "rollup": query.relation,
        "family": query.with_family,
        "members": series["members"],
        "interval": query.interval,
        "from": axis.first,
        "to": axis.last,
        "buckets": buckets,
        "totals": series["totals"],
        "salience": salience.WEIGHTS.model_dump(),
        "dataset_version": axis.columns.version,
        "warnings": axis.warnings,
    }


def several(session: Session, query: TimelinesQuery, lang: str | None) -> dict[str, Any]:
    """Return two to ten entities on one axis as `TimelinesOut`, in the order asked for.

    A name that no entity has is a warning. Raises BadRequest for too few or too many names.
    """
    names = query.names_of_entities()
    if not MIN_ENTITIES <= len(names) <= MAX_ENTITIES:
        message = (
            f"expected {MIN_ENTITIES} to {MAX_ENTITIES} different entities, separated by commas; "
            f"there are {len(names)}"
        )

        raise BadRequest(
            f"entities: {message}",
            [{"parameter": "entities", "message": message}],
        )

    axis = _axis(session, query)
    require_budget(session, "fill buckets", len(names) * len(axis.starts))
    warnings = list(axis.warnings)
    pks: dict[int, None] = {}

    for name in names:
        try:
            pks[references.resolve(session, name)] = None
        except NotFound as error:
            warnings.append(error.detail)

    series_list = []
    for pk in pks:
        series, points = _series(session, pk, axis, query, query.top, lang)
        series["points"] = list(_point_objects(points))
        series_list.append(series)

    return {
        "rollup": query.relation,
        "family": query.with_family,
        "interval": query.interval,
        "from": axis.first,
        "to": axis.last,
        "axis": list(_axis_objects(axis)),
        "series": series_list,
        "salience": salience.WEIGHTS.model_dump(),
        "dataset_version": axis.columns.version,
        "warnings": warnings,
    }


def _axis_objects(axis: _Axis) -> Iterator[dict[str, Any]]:
    items = axis.items.tolist()
    for start, end, briefings, count in zip(
        axis.starts,
        axis.ends,
        axis.briefings,
        items,
        strict=True,
    ):
        yield {
            "start": start,
            "end": end,
            "briefings": briefings,
            "items": count,
        }


def _point_objects(
    points: Points,
) -> Iterator[dict[str, Any]]:
    for items, mentioned, weight, share, top in zip(*points, strict=True):
        yield {
            "items": items,
            "mentions": mentioned,
            "salience": weight,
            "share": share,
            "top_items": top,
        }


def _axis(session: Session, query: TimelineAxis) -> _Axis:
    columns = mention_columns(session)
    mask, resolved = masks.briefing_mask(session, columns, query)
    days = columns.days if mask is None else columns.days[mask]
    first = query.from_ or (date.fromordinal(int(days.min())) if len(days) else None)
    last = query.to or (date.fromordinal(int(days.max())) if len(days) else None)

    if not (first and last):
        nowhere = np.full(len(columns.days), -1)
        no_items = np.zeros(0, int)

        return _Axis(
            columns,
            first,
            last,
            [],
            [],
            [],
            no_items,
            nowhere,
            resolved.warnings,
        )

    begin, starts, ends = intervals.spans(first, last, query.interval)
    interval_of = _interval_numbers(columns, query.interval) - begin

    if mask is not None:
        interval_of = np.where(mask, interval_of, -1)

    is_inside = interval_of >= 0
    inside = interval_of[is_inside]
    briefings = np.bincount(inside, minlength=len(starts)).tolist()

    items = np.bincount(
        inside,
        columns.items_by_briefing[is_inside],
        len(starts),
    ).astype(int)

    return _Axis(
        columns,
        first,
        last,
        starts,
        ends,
        briefings,
        items,
        interval_of,
        resolved.warnings,
    )


def _interval_numbers(columns: MentionColumns, interval: Interval) -> Ints:
    cache = columns.caches[_INTERVALS]
    return cache.get_or_make(
        interval,
        lambda: intervals.numbers(columns.days, interval),
    )


def _entity_counts(session: Session, columns: MentionColumns, pks: set[int]) -> _BriefingTally:
    mention_count = columns.totals.mentions[columns.entity_indexes(pks)].sum()
    require_budget(session, "tally an entity", mention_count)
    sums = np.zeros((3, len(columns.briefings)), np.int64)
    mentioned, weight, items = sums
    best: list[list[Ints]] = [[] for _ in range(TOP)]
    for named in columns.mention_parts(pks):
        row_sets = named.row_sets()
        item_rows = row_sets.row[columns.is_item[row_sets.row]]
        _add_by_briefing(mentioned, columns, named.row, named.count)
        _add_by_briefing(weight, columns, row_sets.row, salience.weights(columns, row_sets))
        _add_by_briefing(items, columns, item_rows, None)
        for nth, rows in enumerate(_best_of_briefings(columns, item_rows)):
            best[nth].append(rows)

    by_place = [concatenated(rows, np.uint32) for rows in best]

    return _BriefingTally(
        mentioned.astype(np.uint32),
        weight,
        items.astype(np.uint32),
        concatenated(by_place, np.uint32),
        [0, *accumulate(map(len, by_place))],
    )


def _add_by_briefing(sums: Ints, columns: MentionColumns, rows: Ints, values: Ints | None) -> None:
    """Add the whole `values` (None: 1 each) of sorted rows to `sums`, shape (n_briefings,)."""
    if not len(rows):
        return

    briefings = columns.briefing[rows]
    first = int(briefings[0])
    added = np.bincount(briefings - first, values)
    sums[first : first + len(added)] += added.astype(np.int64)


def _best_of_briefings(columns: MentionColumns, item_rows: Ints) -> Iterator[Ints]:
    """Yield the most important row of each briefing, then the second, up to `TOP` of them.

    No answer shows more than `TOP` items of one briefing.
    """
    # Sorted as one number: briefing, importance, row. The rows of a briefing are in its order.
    briefings = columns.briefing[item_rows].astype(np.int64) << _BRIEFING_SHIFT
    ranked = briefings | _RANK_BITS[columns.importance[item_rows]] | item_rows
    ranked.sort()
    places = np.arange(len(ranked))
    is_first = run_starts(ranked >> _BRIEFING_SHIFT)
    nth = places - np.maximum.accumulate(np.where(is_first, places, 0))
    rows = (ranked & _ROW_MASK).astype(np.uint32)
    for place in range(TOP):
        yield rows[nth == place]


def _series(
    session: Session,
    pk: int,
    axis: _Axis,
    query: TimelineAxis,
    top: int,
    lang: str | None,
) -> tuple[dict[str, Any], Points]:
    """Return an entity and its totals, and its points."""
    columns = axis.columns
    interval_count = len(axis.starts)
    require_budget(session, "fill buckets", interval_count)
    pks = families.with_members(session, [pk], query.relation)

    counts = columns.caches[_COUNTS].get_or_make(
        frozenset(pks),
        lambda: _entity_counts(session, columns, pks),
    )

    is_inside = axis.interval_of >= 0
    inside = axis.interval_of[is_inside]
    by_interval = []

    for column in (
        counts.mentions,
        counts.weight,
        counts.items,
    ):
        sums = np.bincount(inside, column[is_inside], interval_count)
        by_interval.append(sums.astype(np.int64))

    mentioned, weight, items = by_interval
    points = (
        items.tolist(),
        mentioned.tolist(),
        rounded(weight / salience.UNIT, _DIGITS).tolist(),
        _shares(items, axis.items),
        _top_items(session, axis, counts, items, top),
    )

    members = families.mentioned(session, pks - {pk}, lang)
    series = {
        "entity": entity_refs(session, [pk], lang)[pk].model_dump(),
        "members": [member.model_dump() for member in members],
        "points": [],
        "totals": {
            "items": int(items.sum()),
            "mentions": int(mentioned.sum()),
            "briefings": int((counts.mentions[is_inside] > 0).sum()),
        },
    }

    return series, points


def _shares(items: Ints, published: Ints) -> list[float | None]:
    """Return the share of the published items by interval; None where nothing was published."""
    shares = rounded(items / np.maximum(published, 1), _SHARE_DIGITS).tolist()
    return [share if count else None for share, count in zip(shares, published, strict=True)]


def _top_items(
    session: Session,
    axis: _Axis,
    counts: _BriefingTally,
    items: Ints,
    top: int,
) -> list[list[orjson.Fragment]]:
    """Return the most important items of each interval, the oldest first among equals."""
    columns = axis.columns
    rows = counts.top_rows[: counts.ends[top]]
    interval = axis.interval_of[columns.briefing[rows]]
    is_inside: Mask = interval >= 0
    rows = rows[is_inside]

    if not len(rows):
        return [[] for _ in items]

    # Sorted as one number: the interval, then the place in the order of importance.
    ranked = interval[is_inside].astype(np.int64) << 32 | columns.importance_rank[rows]
    order = np.argsort(ranked)
    begins = (ranked[order] >> 32).searchsorted(np.arange(len(items)))
    first = order[np.minimum(begins[:, None] + np.arange(top), len(order) - 1)]
    pks = columns.item[rows[first]].ravel().tolist()
    refs = _item_refs(session, axis.columns, pks)
    top_refs = [refs[pk] for pk in pks]
    lengths = np.minimum(items, top).tolist()

    return [top_refs[n * top : n * top + length] for n, length in enumerate(lengths)]


def _item_refs(
    session: Session,
    columns: MentionColumns,
    pks: Sequence[int],
) -> dict[int, orjson.Fragment]:
    """Return items as `ItemRef` in JSON, by pk."""

    def read(
        missing: list[int],
    ) -> dict[int, orjson.Fragment]:
        refs = {}
        for batch in batches(sorted(missing)):
            statement = select(
                col(Item.pk),
                col(Item.id),
                col(Item.title),
                col(Item.date),
            )

            for pk, item_id, title, day in session.execute(
                statement.where(col(Item.pk).in_(batch))
            ):
                assert pk
                ref = {
                    "id": item_id,
                    "title": title,
                    "date": day,
                }

                refs[pk] = orjson.Fragment(orjson.dumps(ref))

        return refs

    return columns.caches[_ITEM_REFS].get_or_make_all(dict.fromkeys(pks), read)
