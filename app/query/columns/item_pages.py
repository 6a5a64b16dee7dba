"""Pages of items from the column store, with exact totals and in the order that SQL gives."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence

import numpy as np
from sqlmodel import Session

from app.query.columns import masks
from app.query.columns.arrays import RANKS, Ints
from app.query.columns.mentions import (
    MentionColumns,
    mention_columns,
)
from app.query.request.cursors import (
    decode_cursor,
    encode_cursor,
    invalid_cursor,
)
from app.query.request.item_params import ItemList
from app.query.request.paging import PageRows
from app.query.snapshot.budget import require_budget
from app.query.snapshot.cache import CacheKind

DEFAULT_SORT = "-date"
_TIES = ("-date", "channel", "position", "pk")
_Order = tuple[Ints, Ints]
"""All rows in an order, and the index of each row in it; shape (n_rows,) each."""
# Bytes an item: four of a walk, eight of an order.
_WALKS: CacheKind[str, Ints] = CacheKind(max_entries=8)
_ORDERS: CacheKind[tuple[str, ...], _Order] = CacheKind(max_entries=4)

SORT_COLUMNS: dict[str, Callable[[MentionColumns, Ints | int], Ints]] = {
    "date": lambda columns, rows: columns.days[columns.briefing[rows]],
    "channel": lambda columns, rows: columns.channels[columns.briefing[rows]],
    "importance": lambda columns, rows: RANKS[columns.importance[rows]],
    "position": lambda columns, rows: columns.ordinal[rows],
    "pk": lambda columns, rows: columns.item[rows],
}
"""Sort keys of items. `rows` is an index or an array of indexes."""
_PUBLIC_SORT_KEYS = {"date", "importance", "position"}


def covers(query: ItemList) -> bool:
    """Return whether the columns can answer the filter and the order of `query`."""
    keys = {name.removeprefix("-") for name in _sort_names(query)}
    return keys <= _PUBLIC_SORT_KEYS and not query.collapse and masks.covers(query)


def item_page(
    session: Session,
    query: ItemList,
    entity_pks: Collection[int] | None,
    scope: str,
) -> PageRows:
    """Return the items (pks) of a page; with `entity_pks`, only items that name one of them."""
    columns = mention_columns(session)
    sort = _sort_names(query)
    names = {name.lstrip("-") for name in sort}
    sort.extend(tie for tie in _TIES if tie.lstrip("-") not in names)

    walk = columns.caches[_WALKS].get_or_make(
        scope,
        lambda: _walk(session, columns, query, entity_pks, sort),
    )

    cursor_key = cursor_keys(columns, sort)
    begin = 0

    if query.cursor:
        last = _read_key(query.cursor, scope, len(sort))
        begin = bisect_right(walk, last, key=cursor_key)

    rows = walk[begin : begin + query.limit]

    def cursor_after(count: int) -> str:
        return encode_cursor(scope, cursor_key(rows[count - 1]))

    return PageRows(
        columns.item[rows].tolist(),
        len(walk),
        cursor_after(query.limit) if begin + query.limit < len(walk) else None,
        cursor_after,
    )


def warm_up(session: Session) -> None:
    """Make the default order, which most pages need."""
    _order(session, mention_columns(session), _TIES)


def cursor_keys(columns: MentionColumns, sort: Sequence[str]) -> Callable[[int], list[int]]:
    """Return the function that gives the sort key of a row, which a cursor stores.

    Descending keys are negated.
    """
    parts = []
    for name in sort:
        parts.append(
            (
                SORT_COLUMNS[name.lstrip("-")],
                -1 if name.startswith("-") else 1,
            )
        )

    return lambda row: [sign * int(column(columns, row)) for column, sign in parts]


def _sort_names(query: ItemList) -> list[str]:
    return [name.strip() for name in (query.sort or DEFAULT_SORT).split(",")]


def _walk(
    session: Session,
    columns: MentionColumns,
    query: ItemList,
    entity_pks: Collection[int] | None,
    sort: Sequence[str],
) -> Ints:
    """Return the rows of all items that are asked for, in order; later pages find it cached."""
    order, index = _order(session, columns, sort)
    mask = masks.filter_mask(session, query)
    assert mask is not None

    if entity_pks is not None:
        mask = mask & columns.mention_mask(entity_pks)

    walk: Ints = order[np.sort(index[np.flatnonzero(mask)])]

    return walk


def _order(
    session: Session,
    columns: MentionColumns,
    sort: Sequence[str],
) -> _Order:
    def make() -> _Order:
        rows = np.arange(len(columns.item))
        require_budget(session, "sort items", len(rows))
        keys = []

        for name in sort:
            values = SORT_COLUMNS[name.lstrip("-")](columns, rows).astype(np.int64, copy=False)
            keys.append(-values if name.startswith("-") else values)

        order = _argsort(keys)
        index = np.empty(len(order), np.uint32)
        index[order] = rows

        return order.astype(np.uint32), index

    return columns.caches[_ORDERS].get_or_make(tuple(sort), make)


def _argsort(keys: Sequence[Ints]) -> Ints:
    """Return the indexes that sort by `keys`, the first key first.

    All keys are packed into one 64-bit number if they fit, which sorts faster than `lexsort`.
    """
    packed = np.zeros(len(keys[0]), np.int64)
    size = 1

    for key in keys:
        lowest = int(key.min(initial=0))
        count = int(np.ptp(key)) + 1 if len(key) else 1
        size *= count

        if size >= 2**63:
            return np.lexsort(list(keys)[::-1])

        packed = packed * count + (key - lowest)

    return np.argsort(packed, kind="stable")


def _read_key(cursor: str, scope: str, length: int) -> list[int]:
    key = decode_cursor(cursor, scope).key
    if len(key) != length:
        raise invalid_cursor()

    for value in key:
        if not isinstance(value, int) or abs(value) >= 2**62:
            raise invalid_cursor()

    return key
