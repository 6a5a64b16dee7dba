"""Names in the texts of items, and their profiles on a page: counts, first day, sparkline."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.columns.arrays import EntityTally, Ints
from app.query.columns.mentions import MentionColumns, mention_columns
from app.query.schemas.shared import EntityRef
from app.query.snapshot.refs import entity_refs
from app.store.tables import Item, Mention

MAX_BINS = 32
"""Values of a sparkline."""


class Mark(NamedTuple):
    """A mention in a field of an item, in the order of the text."""

    field: str
    surface: str
    entity_pk: int


@dataclass(frozen=True, slots=True)
class Profile:
    """An entity with its counts over all briefings.

    `spark` has the number of items in equal spans of time, shape (n_spans,).
    """

    ref: EntityRef
    items: int
    mentions: int
    first_seen: date
    last_seen: date
    spark: list[int]


def marks(session: Session, item_ids: Collection[str]) -> dict[str, list[Mark]]:
    """Return the mentions in the texts of items, by item id."""
    statement = (
        select(
            col(Item.id),
            col(Mention.field),
            col(Mention.surface),
            col(Mention.entity_pk),
        )
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(
            col(Item.id).in_(item_ids),
            col(Mention.kind) != "listed",
            col(Mention.entity_pk).is_not(None),
        )
        .order_by(col(Mention.start_char), col(Mention.pk))
    )
    by_item: dict[str, list[Mark]] = {}
    for item_id, field, surface, entity_pk in session.execute(statement):
        by_item.setdefault(item_id, []).append(Mark(field, surface, entity_pk))
    return by_item


def profiles(
    session: Session,
    pks: Iterable[int],
    lang: str | None,
    sparks: Collection[int] = (),
) -> dict[int, Profile]:
    """Return the profiles of entities that are mentioned; those of `sparks` have a sparkline."""
    columns = mention_columns(session)
    known = _indexes(columns, pks)
    refs = entity_refs(session, known, lang)
    totals: EntityTally = columns.totals
    bins = _bins(columns)
    result = {}
    for pk, index in known.items():
        spark = _spark(columns, pk, bins) if pk in sparks else []
        result[pk] = Profile(
            refs[pk],
            int(totals.items[index]),
            int(totals.mentions[index]),
            date.fromordinal(int(totals.first[index])),
            date.fromordinal(int(totals.last[index])),
            spark,
        )
    return result


def _indexes(columns: MentionColumns, pks: Iterable[int]) -> Mapping[int, int]:
    """Return the index of each entity that is mentioned, by pk."""
    indexes = {}
    for pk in pks:
        positions = columns.entity_indexes([pk])
        if positions and columns.totals.mentions[positions[0]]:
            indexes[pk] = positions[0]
    return indexes


def _bins(columns: MentionColumns) -> Ints:
    """Return the span of time that each briefing belongs to, shape (n_briefings,)."""
    days = columns.days
    if not len(days):
        return np.zeros(0, int)
    first = int(days.min())
    length = int(days.max()) - first + 1
    count = min(length, MAX_BINS)
    return (days.astype(np.int64) - first) * count // length


def _spark(columns: MentionColumns, pk: int, bins: Ints) -> list[int]:
    rows = columns.mentions({pk}).row_sets().row
    item_rows = rows[columns.is_item[rows]]
    size = int(bins.max()) + 1 if len(bins) else 0
    counts: list[int] = np.bincount(bins[columns.briefing[item_rows]], minlength=size).tolist()
    return counts
