"""Salience weights. Every response with a salience also returns them."""

from collections.abc import Sequence

import numpy as np

from app.query.columns.arrays import Floats, Ints, RowSets, blocks
from app.query.columns.mentions import MentionColumns
from app.query.schemas.timelines import SalienceOut
from app.query.snapshot.cache import CacheKind
from app.store.encoding import columns as codes

KINDS = {
    "title": 1.0,
    "listed": 0.8,
    "body": 0.5,
    "insight": 0.6,
    "watchlist": 0.4,
    "keyword": 0.4,
    "tag": 0.3,
    "context": 0.2,
}
SECTIONS = dict.fromkeys(codes.SECTIONS, 1.0) | {
    "headlines": 1.5,
    "editorial": 0.8,
    "resources": 0.6,
    "other": 0.8,
}
LEVELS = {
    "high": 1.5,
    "medium_high": 1.25,
    "medium": 1.0,
    "medium_low": 0.75,
    "low": 0.5,
    "none": 0.8,
}
HEADLINE = 0.5
"""Bonus of the first headline: the nth headline weighs 1 + HEADLINE / n."""

UNIT = 1_000_000_000
"""Weights are added in whole billionths, so that a sum does not depend on the order of addition."""
_SECTION = np.array([SECTIONS[name] for name in codes.SECTIONS])
_LEVEL = np.array([LEVELS.get(name, LEVELS["none"]) for name in codes.IMPORTANCE])
_ITEM_ROWS: CacheKind[str, Ints] = CacheKind(max_entries=1)


def _kind_weights() -> list[list[float]]:
    """Return the weights of each set of kinds; a set is a number with one bit for each kind."""
    weights = []
    for kinds in range(1 << len(codes.KINDS)):
        members = []
        for bit, kind in enumerate(codes.KINDS):
            if kinds >> bit & 1:
                members.append(KINDS[kind])

        weights.append(members)

    return weights


_STRONGEST = np.array([max(weights, default=0.0) for weights in _kind_weights()])
_SUM = np.array([sum(weights) for weights in _kind_weights()])


def weights(columns: MentionColumns, named: RowSets) -> Floats:
    """Return the salience that each row gives an entity, in billionths, shape (n_rows,).

    In an item only the strongest kind of mention counts, however often the item names the entity.
    Outside of items each kind counts once.
    """
    result = np.empty(len(named.row))
    for part in blocks(len(result)):
        result[part] = _weights_of(columns, named.row[part], named.kinds[part])

    return result


def _weights_of(columns: MentionColumns, rows: Ints, kinds: Ints) -> Floats:
    strongest_kind = np.where(
        columns.is_item[rows],
        _STRONGEST[kinds],
        _SUM[kinds],
    )

    result: Floats = np.rint(strongest_kind * _row_factors(columns, rows) * UNIT)

    return result


def of_items(columns: MentionColumns, pks: Sequence[int]) -> list[float]:
    """Return section × importance × place of items, in the order of `pks`."""
    order = columns.caches[_ITEM_ROWS].get_or_make("rows", lambda: np.argsort(columns.item))
    places = np.searchsorted(columns.item, pks, sorter=order)
    result: list[float] = _row_factors(columns, order[places]).tolist()

    return result


def _row_factors(columns: MentionColumns, rows: Ints) -> Floats:
    """Return section × importance × place of the items of some rows; 1 outside of items."""
    section = columns.section[rows]
    place = np.where(
        section == codes.SECTIONS.index("headlines"),
        1 + HEADLINE / np.maximum(columns.position[rows], 1),
        1.0,
    )

    factors = _SECTION[section] * _LEVEL[columns.importance[rows]] * place
    result: Floats = np.where(columns.is_item[rows], factors, 1.0)

    return result


WEIGHTS = SalienceOut(
    formula="sum over items: max(kind) * section * importance * place, "
    "place = 1 + headline_position / n for the nth headline, else 1; "
    "plus, for each briefing, kind once for each of insight, watchlist, keyword, tag "
    "and context that names it",
    kind=KINDS,
    section=SECTIONS,
    importance=LEVELS,
    headline_position=HEADLINE,
)
