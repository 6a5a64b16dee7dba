"""Pages of items by what the columns hold of them: days, channels, sections, importance, the entities they name.

The same pages as `paging` makes of a statement, in the same order, exact totals among them; no row is read for what is not shown.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence

import numpy as np
import orjson
from sqlmodel import Session

from app.query.columns import mentions
from app.query.columns.arrays import RANKS, Ints
from app.query.columns.mentions import MentionColumns
from app.query.request import paging
from app.query.request.params import ItemList

DEFAULT_SORT = "-date"
_SORTED = {"date", "importance", "position"}
_TIES = ("-date", "channel", "position", "pk")
# Walks and orders that are kept of a version: four bytes an item each, or eight.
_WALKS, _ORDERS = 8, 4
# About as many seconds an order takes.
_PER_PLACE = 2e-7


def covers(query: ItemList) -> bool:
    """Whether the columns hold all that `query` asks by."""
    sorts = {part.strip().removeprefix("-") for part in (query.sort or DEFAULT_SORT).split(",")}
    return sorts <= _SORTED and not query.collapse and mentions.covers(query)


def item_page(
    session: Session, query: ItemList, of: Collection[int] | None, scope: str
) -> paging.PageRows:
    """The items (their `pk`) of a page, how many there are in all, and where the next page begins."""
    held = mentions.of(session)
    names = [part.strip() for part in (query.sort or DEFAULT_SORT).split(",")]
    names += [tie for tie in _TIES if tie.lstrip("-") not in {name.lstrip("-") for name in names}]
    walk = held.recall("walks", scope, lambda: _walk(session, held, query, of, names), _WALKS)
    begin = 0
    if query.cursor:
        last = _read(query.cursor, scope, len(names))
        begin = bisect_right(walk, last, key=lambda place: _keys(held, names, place))
    shown, following = walk[begin : begin + query.limit], None
    if begin + query.limit < len(walk):
        following = paging.encode_cursor(
            scope, orjson.dumps(_keys(held, names, shown[-1])).decode()
        )
    return paging.PageRows(held.item[shown].tolist(), len(walk), following)


def warm_up(session: Session) -> None:
    """Have the order ready that most pages are in."""
    _order(session, mentions.of(session), _TIES)


def _walk(
    session: Session,
    held: MentionColumns,
    query: ItemList,
    of: Collection[int] | None,
    names: Sequence[str],
) -> Ints:
    """The places of all that is asked for, in order: of a walk through its pages, only the first page makes it."""
    order, rank = _order(session, held, names)
    asked = mentions.item_mask(session, query)
    assert asked is not None
    found = np.flatnonzero(asked if of is None else asked & held.naming(of))
    walk: Ints = order[np.sort(rank[found])]
    return walk


def _order(session: Session, held: MentionColumns, names: Sequence[str]) -> tuple[Ints, Ints]:
    """All places in an order, and of each place which one of them it is."""

    def made() -> tuple[Ints, Ints]:
        mentions.require_budget(session, _PER_PLACE * len(held.item))
        places = np.arange(len(held.item))
        order = _sorted(
            [
                _column(held, name.lstrip("-"), places) * (-1 if name.startswith("-") else 1)
                for name in names
            ]
        )
        rank = np.empty(len(order), np.uint32)
        rank[order] = places
        return order.astype(np.uint32), rank

    found: tuple[Ints, Ints] = held.recall("orders", tuple(names), made, _ORDERS)
    return found


def _sorted(keys: Sequence[Ints]) -> Ints:
    """As `lexsort`, the first key first: of one number that all keys are put into, where it has room, which is faster."""
    packed, room = np.zeros(len(keys[0]), np.int64), 1
    for key in keys:
        lowest, many = int(key.min(initial=0)), int(np.ptp(key)) + 1 if len(key) else 1
        room *= many
        if room >= 2**63:
            return np.lexsort(list(keys)[::-1])
        packed = packed * many + (key - lowest)
    return np.argsort(packed, kind="stable")


def _keys(held: MentionColumns, names: Sequence[str], place: int) -> list[int]:
    """What a place is in order by."""
    at, briefing = int(place), held.briefing.item(place)
    known = {
        "date": held.days.item(briefing),
        "channel": held.channels.item(briefing),
        "importance": RANKS.item(held.importance.item(at)),
        "position": held.ordinal.item(at),
        "pk": held.item.item(at),
    }
    return [-known[name[1:]] if name.startswith("-") else known[name] for name in names]


def _column(held: MentionColumns, name: str, places: Ints) -> Ints:
    """The same of many places by one name."""
    found: Ints
    match name:
        case "date":
            found = held.days[held.briefing[places]]
        case "channel":
            found = held.channels[held.briefing[places]]
        case "importance":
            found = RANKS[held.importance[places]]
        case "position":
            found = held.ordinal[places]
        case _:
            found = held.item[places]
    return found.astype(np.int64, copy=False)


def _read(cursor: str, scope: str, many: int) -> list[int]:
    try:
        last = orjson.loads(paging.decode_cursor(cursor, scope))
    except orjson.JSONDecodeError:
        raise paging.bad_cursor() from None
    if not (
        isinstance(last, list)
        and len(last) == many
        and all(isinstance(value, int) and abs(value) < 2**62 for value in last)
    ):
        raise paging.bad_cursor()
    return last
