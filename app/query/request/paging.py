"""Keyset pages of three sources: a statement, a list in memory, arrays.

A cursor has the sort key of the last row, so that rows inserted meanwhile move nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlakeyset import select_page
from sqlakeyset.serial import InvalidPage
from sqlalchemy import (
    ColumnElement,
    String,
    UnaryExpression,
    cast,
    func,
    select,
)
from sqlalchemy.engine import result_tuple
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql import operators
from sqlmodel import Session, col

from app.errors import BadRequest
from app.query.request.cursors import (
    Position,
    decode_cursor,
    encode_cursor,
    invalid_cursor,
)
from app.query.request.suggestions import fault, nearest
from app.store.tables import Briefing

TOTAL_LABEL = "all"
_BYTEWISE = String().with_variant(String(collation="C"), "postgresql")

Numbers = NDArray[Any]
SortKey = tuple[float, float, str]
"""Sort key of an entry that is not stored; the last part is unique."""


class PageRows(NamedTuple):
    """One page of rows, the number of all rows, and the next page's cursor (None: last page)."""

    rows: Sequence[Any]
    total: int
    next_cursor: str | None
    cursor_after: Callable[[int], str] | None = None
    """Returns the cursor behind the first rows of the page, by their number; None if unknown."""


def bytewise(column: Any) -> Any:
    """Return a text column compared by its bytes: one order on every engine and collation."""
    return cast(column, _BYTEWISE)


def order_by(
    sort: str | None,
    default: str,
    keys: Mapping[str, Any],
    ties: Sequence[Any],
) -> list[Any]:
    """Return a sort such as `-date,title` as columns of `keys`, followed by `ties`.

    The last tie is unique, so that the order is total. Raises BadRequest for an unknown key.
    """
    order: list[Any] = []
    for part in (sort or default).split(","):
        name = part.strip().removeprefix("-")
        if name not in keys:
            raise unknown_sort_key(name, keys)

        column = keys[name]
        _append(
            order,
            column.desc() if part.strip().startswith("-") else column.asc(),
        )

    for tie in ties:
        _append(
            order,
            tie if isinstance(tie, UnaryExpression) else tie.asc(),
        )

    return order


def unknown_sort_key(name: str, keys: Mapping[str, Any]) -> BadRequest:
    """Return the error for a sort key that a list does not have."""
    return BadRequest(
        f"sort: {name!r} is not valid; {nearest(name, keys)}",
        [fault("sort", name, keys)],
    )


def _append(order: list[Any], key: UnaryExpression[Any]) -> None:
    # A column that is sorted by already decides no tie.
    if not any(key.element.compare(other.element) for other in order):
        order.append(key)


def snapshot_briefing(session: Session, cursor: str | None, scope: str) -> int:
    """Return the newest briefing (`pk`) when the walk of `cursor` began.

    Without a cursor a walk begins now.

    Counts rise while documents are ingested. A list in the order of counts leaves out briefings
    beyond the snapshot, so that its pages agree. Raises BadRequest for an invalid cursor.
    """
    if cursor is None:
        newest = select(func.coalesce(func.max(col(Briefing.pk)), 0))
        return int(session.execute(newest).scalar_one())

    snapshot = decode_cursor(cursor, scope).snapshot
    if snapshot is None:
        raise invalid_cursor()

    return snapshot


def up_to_snapshot(session: Session, snapshot: int, briefing_pk: Any) -> list[ColumnElement[bool]]:
    """Return the condition that leaves out briefings after `snapshot`.

    There is none while no briefing is newer, so that an index may answer the query.
    """
    newer = select(col(Briefing.pk)).where(col(Briefing.pk) > snapshot).limit(1)
    return [briefing_pk <= snapshot] if session.execute(newer).first() else []


class PageQuery(Protocol):
    """The parameters of a list that is served in pages, such as `params.Paging`."""

    @property
    def limit(self) -> int:
        """Entries a page."""

    @property
    def cursor(self) -> str | None:
        """The `meta.next_cursor` of the page before."""

    def scope(self, *more: Any) -> str:
        """Return the parameters that a cursor is valid for."""


def page(
    session: Session,
    statement: Any,
    order: Sequence[Any],
    query: PageQuery,
    *,
    scope: str | None = None,
    snapshot: int | None = None,
) -> PageRows:
    """Return the rows of `statement` after the cursor of `query`, a bookmark of sqlakeyset.

    `scope` names the list, its filters and its order; by default it is that of `query`. `snapshot`
    is the walk's newest briefing, where the statement is limited to it. Raises BadRequest for an
    invalid cursor.
    """
    scope = scope or query.scope()
    keyed, named_order = _named_order(statement, order)
    bookmark = _bookmark(decode_cursor(query.cursor, scope)) if query.cursor else None
    try:
        selected = select_page(
            session,
            keyed.order_by(*named_order),
            per_page=query.limit,
            page=bookmark,
        )
    except (
        InvalidPage,
        ValueError,
        TypeError,
        ArithmeticError,
        SQLAlchemyError,
    ) as error:
        # Only the database notices a forged cursor with values of another type.
        if bookmark is None or isinstance(error, (OperationalError, PoolTimeout)):
            raise

        raise invalid_cursor() from error

    rows = list(selected)
    if keyed is not statement:
        names = [column["name"] for column in statement.column_descriptions]
        row_type = result_tuple(names)
        rows = [row_type(row[: len(names)]) for row in rows]

    has_total = rows and TOTAL_LABEL in rows[0]._fields
    total = rows[0].all if has_total else _count(session, statement)
    following = None

    if selected.paging.has_next:
        following = encode_cursor(scope, [selected.paging.bookmark_next], snapshot)

    return PageRows(rows, total, following)


def _named_order(
    statement: Any, order: Sequence[UnaryExpression[Any]]
) -> tuple[Any, list[UnaryExpression[Any]]]:
    """Return a statement that selects the sort keys it lacks by names, and the order by them.

    sqlakeyset would number them over all requests: a text that SQLAlchemy compiles, and SQLite
    prepares, anew for each page.
    """
    named = []
    selected = statement.selected_columns
    for number, key in enumerate(order):
        is_key = isinstance(key, UnaryExpression)
        if is_key and not any(map(key.element.compare, selected)):
            label = key.element.label(f"sort_key_{number}")
            statement = statement.add_columns(label)
            named.append(label.desc() if key.modifier is operators.desc_op else label.asc())
        else:
            named.append(key)

    return statement, named


def _bookmark(position: Position) -> str:
    if len(position.key) != 1 or not isinstance(position.key[0], str):
        raise invalid_cursor()

    return position.key[0]


def total_of(table: Any) -> Any:
    """Return the number of rows of a common table expression as a column.

    The table is evaluated once, though it is counted and paged.
    """
    return select(func.count()).select_from(table).scalar_subquery().label(TOTAL_LABEL)


def _count(session: Session, statement: Any) -> int:
    rows = statement.order_by(None).subquery()
    return int(session.execute(select(func.count()).select_from(rows)).scalar_one())


def page_of_list(
    ranked: Sequence[tuple[SortKey, Any]],
    limit: int,
    cursor: str | None,
    scope: str,
    snapshot: int | None = None,
) -> PageRows:
    """Return a page of entries in memory, each paired with its sort key."""
    after = _sort_key(decode_cursor(cursor, scope)) if cursor else None
    remaining = []

    for entry in ranked:
        if after is None or entry[0] > after:
            remaining.append(entry)

    remaining.sort(key=lambda entry: entry[0])
    page_entries = remaining[:limit]

    def cursor_after(count: int) -> str:
        return encode_cursor(scope, page_entries[count - 1][0], snapshot)

    return PageRows(
        [entry for _, entry in page_entries],
        len(ranked),
        cursor_after(limit) if len(remaining) > limit else None,
        cursor_after,
    )


def _sort_key(position: Position) -> SortKey:
    _check_types(position.key, [int | float, int | float, str])
    first, second, last = position.key

    return first, second, last


def _check_types(values: Sequence[Any], types: Sequence[Any]) -> None:
    if len(values) != len(types) or not all(map(isinstance, values, types)):
        raise invalid_cursor()


class SortColumn(NamedTuple):
    """Numbers that entries are sorted by, smallest first; shape (n_entries,).

    Where a number stands for a text, the cursor has the text: `texts` returns those of some
    entries, `rank` the number of a text.
    """

    values: Numbers
    texts: Callable[[list[int]], list[Any]] | None = None
    rank: Callable[[str], float] | None = None


def page_of_arrays(
    columns: Sequence[SortColumn],
    ids: Callable[[list[int]], list[str]],
    limit: int,
    cursor: str | None,
    scope: str,
    snapshot: int | None = None,
) -> PageRows:
    """Return a page of entries sorted by `columns`, then by id; its rows are indexes of entries.

    `ids` returns the unique ids of some entries.
    """
    count = len(columns[0].values)
    if cursor:
        indexes = _after(
            columns,
            ids,
            _read_key(decode_cursor(cursor, scope), columns),
        )
    else:
        indexes = np.arange(count)

    if len(indexes) > limit:
        indexes = _smallest(columns, indexes, limit)

    candidates = indexes.tolist()
    parts = [column.values[indexes].tolist() for column in columns]
    ordered = sorted(zip(*parts, ids(candidates), candidates, strict=True))
    page_indexes = [entry[-1] for entry in ordered[:limit]]

    def cursor_after(rows: int) -> str:
        *key, entry_id, last = ordered[rows - 1]
        for number, column in enumerate(columns):
            if column.texts:
                key[number] = column.texts([last])[0]
        return encode_cursor(scope, [*key, entry_id], snapshot)

    return PageRows(
        page_indexes,
        count,
        cursor_after(limit) if len(ordered) > limit else None,
        cursor_after,
    )


def _after(
    columns: Sequence[SortColumn],
    ids: Callable[[list[int]], list[str]],
    key: Sequence[Any],
) -> Numbers:
    """Return the indexes of the entries whose sort key is greater than `key`, unsorted."""
    *values, last_id = key
    count = len(columns[0].values)
    greater = np.zeros(count, np.bool_)
    equal = np.ones(count, np.bool_)

    for column, value in zip(columns, values, strict=True):
        greater |= equal & (column.values > value)
        equal &= column.values == value

    tied = np.flatnonzero(equal).tolist()
    later = []

    for index, entry_id in zip(tied, ids(tied), strict=True):
        if entry_id > last_id:
            later.append(index)

    after = np.flatnonzero(greater)

    return np.append(after, np.array(later, after.dtype))


def _smallest(
    columns: Sequence[SortColumn],
    indexes: Numbers,
    limit: int,
) -> Numbers:
    """Return the first `limit` of `indexes` and all that tie with the next one: ids decide."""
    first = columns[0].values[indexes]
    indexes = indexes[first <= np.partition(first, limit)[limit]]
    sort_keys = [column.values[indexes] for column in columns]
    order = np.lexsort(sort_keys[::-1])
    tied = np.ones(len(order), np.bool_)

    for values in sort_keys:
        tied &= values[order] == values[order[limit]]

    return indexes[order[: np.flatnonzero(tied)[-1] + 1]]


def _read_key(position: Position, columns: Sequence[SortColumn]) -> list[Any]:
    types: list[Any] = []
    for column in columns:
        types.append(str if column.texts else int | float)

    _check_types(position.key, [*types, str])
    key = list(position.key)

    for number, column in enumerate(columns):
        if column.rank:
            key[number] = column.rank(key[number])

    return key
