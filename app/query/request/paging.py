"""Keyset pages: a cursor holds the last row's sort keys, so that rows inserted meanwhile move nothing."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlakeyset import select_page
from sqlakeyset.serial import InvalidPage
from sqlalchemy import ColumnElement, String, UnaryExpression, cast, func, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session, col

from app.errors import BadRequest
from app.query.request.suggestions import fault, nearest
from app.store.tables import Briefing

TOTAL = "all"
_BYTEWISE = String().with_variant(String(collation="C"), "postgresql")


def bytewise(column: Any) -> Any:
    """A text column by its bytes, whatever the collation of the base: one order on every engine and server."""
    return cast(column, _BYTEWISE)


Place = tuple[float, float, str]
"""Where an entry stands among others that are not stored, the last part telling it from all."""


class PageRows(NamedTuple):
    """One page of rows, how many there are in all, and where the next page begins (None: at the end)."""

    rows: Sequence[Any]
    total: int
    next_cursor: str | None


def order_by(
    sort: str | None, default: str, keys: Mapping[str, Any], ties: Sequence[Any]
) -> list[Any]:
    """`-date,title` as columns of `keys`; `ties` follow, the last of them unique, so that the order is total."""
    order: list[Any] = []
    for given in (sort or default).split(","):
        name = given.strip().removeprefix("-")
        if name not in keys:
            raise BadRequest(
                f"There is no sort key {name!r}; {nearest(name, keys)}", [fault("sort", name, keys)]
            )
        _add(order, keys[name].desc() if given.strip().startswith("-") else keys[name].asc())
    for tie in ties:
        _add(order, tie if isinstance(tie, UnaryExpression) else tie.asc())
    return order


def _add(order: list[Any], key: UnaryExpression[Any]) -> None:
    # What is sorted by already decides no tie.
    if not any(key.element.compare(other.element) for other in order):
        order.append(key)


def snapshot_briefing(session: Session, cursor: str | None, scope: str) -> int:
    """The newest briefing (by pk) when the walk of `cursor` began; now, where there is none.

    Counts rise while documents are ingested: a list in the order of counts counts no briefing beyond it, so that its pages agree.
    """
    if cursor is None:
        return int(
            session.execute(select(func.coalesce(func.max(col(Briefing.pk)), 0))).scalar_one()
        )
    held = _open(cursor, _scope_hash(scope)).partition("@")[0]
    if not (held.isascii() and held.isdecimal() and len(held) <= 18):
        raise bad_cursor()
    return int(held)


def up_to_snapshot(session: Session, newest: int, briefing_pk: Any) -> list[ColumnElement[bool]]:
    """The condition that a horizon is; none while nothing lies beyond it, so that indexes alone may answer."""
    beyond = session.execute(
        select(col(Briefing.pk)).where(col(Briefing.pk) > newest).limit(1)
    ).first()
    return [briefing_pk <= newest] if beyond else []


def page(
    session: Session,
    statement: Any,
    order: Sequence[Any],
    limit: int,
    cursor: str | None,
    scope: str,
    newest: int | None = None,
) -> PageRows:
    """The rows of `statement` after `cursor`. `scope` names list, filters and order: a cursor is good for that one alone.

    `newest` is the walk's `horizon`, where the statement keeps to one; the cursor hands it on.
    """
    mark = _scope_hash(scope)
    place = _place(cursor, mark, newest) if cursor else None
    try:
        found = select_page(session, statement.order_by(*order), per_page=limit, page=place)
    except (InvalidPage, ValueError, TypeError, ArithmeticError, SQLAlchemyError) as error:
        # Whoever makes up a cursor may give it values of another type, which only the database notices.
        if place is None or isinstance(error, (OperationalError, PoolTimeout)):
            raise
        raise bad_cursor() from error
    rows = list(found)
    # What is costly to reckon says itself how much there is of it (`total_of`).
    total = rows[0].all if rows and TOTAL in rows[0]._fields else _count(session, statement)
    following = found.paging.bookmark_next if found.paging.has_next else None
    return PageRows(rows, total, _encode(mark, _kept(following, newest)) if following else None)


def total_of(table: Any) -> Any:
    """How many rows a common table expression has, as a column: it is made once, though counted and paged."""
    return select(func.count()).select_from(table).scalar_subquery().label(TOTAL)


def _count(session: Session, statement: Any) -> int:
    return int(
        session.execute(
            select(func.count()).select_from(statement.order_by(None).subquery())
        ).scalar_one()
    )


def page_of_list(
    ranked: Sequence[tuple[Place, Any]],
    limit: int,
    cursor: str | None,
    scope: str,
    newest: int | None = None,
) -> PageRows:
    """A page of what is reckoned and not stored: `ranked` pairs each entry with its place, the last part of which is unique.

    The cursor holds the place of the last one shown, as a keyset does.
    """
    mark = _scope_hash(scope)
    after = _read_place(_place(cursor, mark, newest)) if cursor else None
    there = sorted(
        (entry for entry in ranked if after is None or entry[0] > after), key=lambda entry: entry[0]
    )
    shown = there[:limit]
    following = (
        _encode(mark, _kept(orjson.dumps(shown[-1][0]).decode(), newest))
        if len(there) > limit
        else None
    )
    return PageRows([entry for _, entry in shown], len(ranked), following)


class Column(NamedTuple):
    """Numbers that entries are in the order of, smallest first. Where a number stands for something else, a cursor holds that:
    `said` tells it of some entries, `place` where such a thing stands among the numbers."""

    values: NDArray[Any]
    said: Callable[[list[int]], list[Any]] | None = None
    place: Callable[[str], float] | None = None


def page_of_arrays(
    keys: Sequence[Column],
    names: Callable[[list[int]], list[str]],
    limit: int,
    cursor: str | None,
    scope: str,
    newest: int | None = None,
) -> PageRows:
    """The same of columns; `names` gives the last parts of the places of some entries. The rows are their indexes."""
    mark, count = _scope_hash(scope), len(keys[0].values)
    there = np.arange(count)
    if cursor:
        *after, last = _read_places(_place(cursor, mark, newest), keys)
        beyond, level = np.zeros(count, np.bool_), np.ones(count, np.bool_)
        for key, value in zip(keys, after, strict=True):
            beyond |= level & (key.values > value)
            level &= key.values == value
        same = np.flatnonzero(level).tolist()
        still = [at for at, name in zip(same, names(same), strict=True) if name > last]
        there = np.append(np.flatnonzero(beyond), np.array(still, there.dtype))
    if len(there) > limit:
        # Of the rest only what is level with the first entry of the next page is looked at.
        first = keys[0].values[there]
        there = there[first <= np.partition(first, limit)[limit]]
        there = there[np.lexsort([key.values[there] for key in reversed(keys)])]
        level = np.logical_and.reduce(
            [key.values[there] == key.values[there[limit]] for key in keys]
        )
        there = there[: np.flatnonzero(level)[-1] + 1]
    chosen = there.tolist()
    places = zip(*(key.values[there].tolist() for key in keys), names(chosen), chosen, strict=True)
    ordered = sorted(places)
    shown = [place[-1] for place in ordered[:limit]]
    if len(ordered) <= limit:
        return PageRows(shown, count, None)
    held = [
        key.said(shown[-1:])[0] if key.said else value
        for key, value in zip(keys, ordered[limit - 1], strict=False)
    ]
    return PageRows(
        shown,
        count,
        _encode(mark, _kept(orjson.dumps([*held, ordered[limit - 1][-2]]).decode(), newest)),
    )


def _read_places(text: str, keys: Sequence[Column]) -> list[Any]:
    try:
        held = orjson.loads(text)
    except ValueError:
        raise bad_cursor() from None
    kinds: list[Any] = [*(str if key.said else int | float for key in keys), str]
    if (
        not isinstance(held, list)
        or len(held) != len(kinds)
        or not all(map(isinstance, held, kinds))
    ):
        raise bad_cursor()
    return [
        *(key.place(value) if key.place else value for key, value in zip(keys, held, strict=False)),
        held[-1],
    ]


def _place(cursor: str, mark: str, newest: int | None) -> str:
    held = _open(cursor, mark)
    return held if newest is None else held.partition("@")[2]


def _kept(place: str, newest: int | None) -> str:
    return place if newest is None else f"{newest}@{place}"


def _read_place(text: str) -> Place:
    try:
        first, second, last = orjson.loads(text)
    except (ValueError, TypeError):
        raise bad_cursor() from None
    if not (
        isinstance(first, int | float) and isinstance(second, int | float) and isinstance(last, str)
    ):
        raise bad_cursor()
    return first, second, last


def encode_cursor(scope: str, place: str) -> str:
    """A cursor that holds `place`, good for `scope` alone."""
    return _encode(_scope_hash(scope), place)


def decode_cursor(cursor: str, scope: str) -> str:
    """The place a cursor of `scope` holds. Raises BadRequest for any other."""
    return _open(cursor, _scope_hash(scope))


def _scope_hash(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:16]


def _check(mark: str, place: str) -> str:
    return hashlib.sha256(f"{mark}{place}".encode()).hexdigest()[:16]


def _encode(mark: str, place: str) -> str:
    return _sealed(f"{mark}{_check(mark, place)}{place}")


def _sealed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _open(cursor: str, mark: str) -> str:
    try:
        # Strictly: the lenient reader skips letters that are none of Base64.
        text = base64.b64decode(
            cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        ).decode()
    except (ValueError, UnicodeError):
        raise bad_cursor() from None
    held, check, place = text[:16], text[16:32], text[32:]
    if check != _check(held, place) or _sealed(text) != cursor:
        raise bad_cursor()
    if held != mark:
        raise BadRequest(
            "The cursor is of another list, filter or order; walk a list with the parameters it was begun with.",
            [{"parameter": "cursor", "message": "made for other parameters"}],
        )
    return place


def bad_cursor() -> BadRequest:
    """What to say of a cursor that cannot be read."""
    return BadRequest(
        "The cursor is none of ours; take meta.next_cursor as it is.",
        [{"parameter": "cursor", "message": "cannot be read"}],
    )
