"""Pages of items by what the columns hold of them: days, channels, sections, importance, the entities they name.

The same pages as `paging` makes of a statement, in the same order, exact totals among them; no row is read for what is not shown.
"""

from collections.abc import Collection

import numpy as np
import orjson
from sqlmodel import Session

from app.query import facts, paging
from app.query.columns import RANKS, Ints, Mask
from app.query.facts import Facts
from app.query.params import ItemList

_SORTED = {"date", "importance", "position"}
_TIES = ("-date", "channel", "position", "pk")


def tells(query: ItemList) -> bool:
    """Whether the columns hold all that `query` asks by."""
    sorts = {part.strip().removeprefix("-") for part in (query.sort or "date").split(",")}
    return sorts <= _SORTED and not query.collapse and facts.holds(query)


def page(session: Session, query: ItemList, default: str, of: Collection[int] | None, scope: str) -> paging.Rows:
    """The items (their `pk`) of a page, how many there are in all, and where the next page begins."""
    held, asked = facts.of(session), facts.items(session, query)
    assert asked is not None
    found = np.flatnonzero(asked if of is None else asked & held.naming(of))
    names = [part.strip() for part in (query.sort or default).split(",")]
    names += [tie for tie in _TIES if tie.lstrip("-") not in {name.lstrip("-") for name in names}]
    keys = [_column(held, name.lstrip("-"), found) * (-1 if name.startswith("-") else 1) for name in names]
    total = len(found)
    if query.cursor:
        after = _after(keys, _read(query.cursor, scope, len(keys)))
        found, keys = found[after], [key[after] for key in keys]
    if len(found) > query.limit:
        # The few that may be on the page: what is put in order is that alone.
        near = keys[0] <= np.partition(keys[0], query.limit)[query.limit]
        found, keys = found[near], [key[near] for key in keys]
    order = np.lexsort(keys[::-1])
    shown, following = order[: query.limit], None
    if len(order) > query.limit:
        last = shown[-1]
        following = paging.sealed(scope, orjson.dumps([int(key[last]) for key in keys]).decode())
    return paging.Rows(held.item[found[shown]].tolist(), total, following)


def _column(held: Facts, name: str, places: Ints) -> Ints:
    match name:
        case "date":
            return held.days[held.briefing[places]].astype(np.int64)
        case "channel":
            return held.channels[held.briefing[places]]
        case "importance":
            return RANKS[held.importance[places]].astype(np.int64)
        case "position":
            return held.ordinal[places].astype(np.int64)
        case _:
            return held.item[places].astype(np.int64)


def _after(keys: list[Ints], last: list[int]) -> Mask:
    """Which come after a place, by the first key in which they differ."""
    after, equal = np.zeros(len(keys[0]), np.bool_), np.ones(len(keys[0]), np.bool_)
    for key, value in zip(keys, last, strict=True):
        after |= equal & (key > value)
        equal &= key == value
    return after


def _read(cursor: str, scope: str, many: int) -> list[int]:
    try:
        last = orjson.loads(paging.unsealed(cursor, scope))
    except orjson.JSONDecodeError:
        raise paging.bad_cursor() from None
    if not (isinstance(last, list) and len(last) == many and all(isinstance(value, int) and abs(value) < 2**62 for value in last)):
        raise paging.bad_cursor()
    return last
