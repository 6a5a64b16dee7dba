"""Rows that are counted over the column store: pairs of entities, and timelines."""

from collections.abc import Iterator
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import BadRequest, NotFound
from app.query.columns import masks, salience
from app.query.columns.arrays import Ints, Mask, RowSets, rounded
from app.query.columns.mentions import MentionColumns, mention_columns
from app.query.entities import references
from app.query.entities.related import g2, npmi
from app.query.filters import conditions, families
from app.query.filters.conditions import by_values
from app.query.filters.lookups import Resolved
from app.query.publishing.exports.complete_first import Row
from app.query.request import intervals
from app.query.request.export_params import PairExport, TimelineExport
from app.query.request.item_params import ItemFilter
from app.query.snapshot.refs import entity_refs
from app.query.time.timelines import MAX_ENTITIES
from app.store.tables import Entity, Item

_OF_ENTITIES = ("entity_type",)
"""Parameters that select entities, not items."""
_DIGITS = 4
_SHARE_DIGITS = 6


def _selected_rows(
    session: Session, columns: MentionColumns, query: ItemFilter, resolved: Resolved
) -> Mask | None:
    """Return the rows of the items that a filter asks for; None without a filter."""
    where = conditions.items(query, resolved, _OF_ENTITIES)
    if not where:
        return None
    pks = session.execute(select(col(Item.pk)).where(*where)).scalars().all()
    mask: Mask = np.isin(columns.item, pks) & columns.is_item
    return mask


def _selected_entities(
    session: Session, columns: MentionColumns, query: ItemFilter, counts: Ints
) -> Ints:
    """Return the indexes of the entities of the types asked for, the largest count first."""
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    types = by_values(query.entity_type, lambda values: col(Entity.type).in_(values))
    if types:
        pks = session.execute(select(col(Entity.pk)).where(*types)).scalars().all()
        order = order[np.isin(columns.entities[order], pks)]
    result: Ints = order
    return result


def pairs(
    session: Session, query: PairExport, resolved: Resolved, lang: str | None
) -> Iterator[Row]:
    """Yield the pairs of entities, by the number of items of the more frequent entity."""
    columns = mention_columns(session)
    rows = _selected_rows(session, columns, query, resolved)
    in_items = columns.is_item if rows is None else rows
    item_count = int(in_items.sum())
    items = columns.cooccurrence_counts(np.flatnonzero(in_items))
    order = _selected_entities(session, columns, query, items)
    order = order[items[order] >= query.count]
    rank = np.full(len(columns.entities), len(order), np.int64)
    rank[order] = np.arange(len(order))
    pks = columns.entities.astype(np.int64)
    for number, index in enumerate(order.tolist()):
        subject = columns.mentions([int(pks[index])]).row_sets().row
        together = columns.cooccurrence_counts(subject[in_items[subject]])
        # An earlier entity has had the pair already.
        together[(rank <= number) | (rank == len(order))] = 0
        others = np.flatnonzero(together >= query.count)
        if not len(others):
            continue
        others = others[np.lexsort((rank[others], -together[others]))]
        yield from _pair_rows(
            session,
            pks,
            index,
            others,
            together,
            items,
            item_count,
            lang,
        )


def _pair_rows(
    session: Session,
    pks: Ints,
    index: int,
    others: Ints,
    together: Ints,
    items: Ints,
    item_count: int,
    lang: str | None,
) -> Iterator[Row]:
    """Yield the pairs of the entity at `index` with `others`."""
    count, theirs, subject_items = together[others], items[others], int(items[index])
    refs = entity_refs(session, [int(pks[index]), *pks[others].tolist()], lang)
    first = refs[int(pks[index])]
    columns = (
        pks[others].tolist(),
        count.tolist(),
        theirs.tolist(),
        rounded(subject_items * theirs / item_count, _DIGITS).tolist(),
        g2(count, subject_items, theirs, item_count).tolist(),
        npmi(count, subject_items, theirs, item_count).tolist(),
    )
    for other, both, their_items, expected, ratio, information in zip(*columns, strict=True):
        second = refs[other]
        yield {
            "a": first.id,
            "a_name": first.name,
            "a_type": first.type,
            "b": second.id,
            "b_name": second.name,
            "b_type": second.type,
            "count": both,
            "a_items": subject_items,
            "b_items": their_items,
            "expected": expected,
            "g2": ratio,
            "npmi": information,
        }


def timelines(
    session: Session, query: TimelineExport, resolved: Resolved, lang: str | None
) -> Iterator[Row]:
    """Yield the intervals in which an entity is mentioned, by entity, the most mentioned first."""
    columns = mention_columns(session)
    if not len(columns.days):
        return
    rows = _selected_rows(session, columns, query, resolved)
    briefings, _ = masks.briefing_mask(session, columns, query)
    published = np.ones(len(columns.days), np.bool_) if briefings is None else briefings
    first, last = (date.fromordinal(int(day)) for day in (columns.days.min(), columns.days.max()))
    begin, starts, ends = intervals.spans(first, last, query.interval)
    interval_of = intervals.numbers(columns.days, query.interval) - begin
    size = len(starts)
    briefing_counts = np.bincount(interval_of[published], minlength=size)
    in_items = columns.is_item if rows is None else rows
    item_counts = np.bincount(interval_of[columns.briefing[in_items]], minlength=size)
    totals = columns.totals if rows is None else columns.aggregate(rows)
    order = _selected_entities(
        session,
        columns,
        query,
        totals.mentions,
    )
    for pk, members in _subjects(session, columns, query, order):
        points = _points(columns, members, rows, interval_of, size)
        named = np.flatnonzero(points[0])
        share = points[1][named] / np.maximum(item_counts[named], 1)
        ref = entity_refs(session, [pk], lang)[pk]
        values = (
            named.tolist(),
            points[0][named].tolist(),
            points[1][named].tolist(),
            rounded(points[2][named] / salience.UNIT, _DIGITS).tolist(),
            rounded(share, _SHARE_DIGITS).tolist(),
        )
        for number, mentions, items, weight, part in zip(*values, strict=True):
            yield {
                "entity": ref.id,
                "entity_name": ref.name,
                "entity_type": ref.type,
                "interval": query.interval,
                "start": starts[number],
                "end": ends[number],
                "briefings": int(briefing_counts[number]),
                "items": items,
                "mentions": mentions,
                "salience": weight,
                "share": part if item_counts[number] else None,
            }


def asked_entities(session: Session, query: TimelineExport) -> list[int]:
    """Return the entities whose timelines are asked for by name.

    Raises BadRequest for a name that no entity has, and for too many.
    """
    names = query.names_of_entities()
    if len(names) > MAX_ENTITIES:
        raise BadRequest(f"entities: expected at most {MAX_ENTITIES} names; there are {len(names)}")
    pks: dict[int, None] = {}
    for name in names:
        try:
            pks[references.resolve(session, name)] = None
        except NotFound as error:
            raise BadRequest(f"entities: {error.detail}") from None
    return list(pks)


def _subjects(
    session: Session, columns: MentionColumns, query: TimelineExport, order: Ints
) -> Iterator[tuple[int, set[int]]]:
    """Yield the entities of timelines, each with those that count for it.

    They are those asked for, else those at the indexes `order`.
    """
    if query.entities is not None:
        for pk in asked_entities(session, query):
            yield pk, families.with_members(session, [pk], query.relation)
        return
    for index in order.tolist():
        pk = int(columns.entities[index])
        yield pk, {pk}


def _points(
    columns: MentionColumns, pks: set[int], rows: Mask | None, interval_of: Ints, size: int
) -> tuple[Ints, Ints, Ints]:
    """Return mentions, items and salience (billionths) of entities, shape (n_intervals,)."""
    named = columns.mentions(pks)
    sets = named.row_sets()
    row, count = named.row, named.count
    if rows is not None:
        row, count = row[rows[row]], count[rows[row]]
        inside = rows[sets.row]
        sets = RowSets(sets.row[inside], sets.kinds[inside])
    weights = salience.weights(columns, sets)
    item_rows = sets.row[columns.is_item[sets.row]]
    return (
        _sums(interval_of[columns.briefing[row]], count, size),
        _sums(interval_of[columns.briefing[item_rows]], None, size),
        _sums(interval_of[columns.briefing[sets.row]], weights, size),
    )


def _sums(intervals_of_rows: Ints, weights: Ints | None, size: int) -> Ints:
    sums: Ints = np.bincount(intervals_of_rows, weights, size).astype(np.int64)
    return sums
