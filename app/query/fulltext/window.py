"""The newest hits by SQLite's index alone: its numbers tell kind and day, so that no row is read of what is not shown."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson
from sqlmodel import Session

from app.store.encoding.search_rowids import UNDATED, day_of, kind_of, span

Edge = tuple[int, str]
"""The last hit in the order of days that is ranked: its day (ordinal) and key."""

_HITS = "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ?"


class Window(NamedTuple):
    """The numbers of the newest hits, and the last of them (None: they are all)."""

    numbers: set[int]
    edge: Edge | None


def counts(session: Session, said: str, kinds: Collection[str]) -> dict[str, int]:
    """How many hits there are of each kind for what is `said` in FTS5's words."""
    return {
        kind: _rows(session, _HITS.replace("rowid", "count(*)", 1), said, *span(kind))[0][0]
        for kind in kinds
    }


def newest(session: Session, said: str, kinds: Collection[str], most: int) -> Window:
    """The newest `most` hits of some kinds; of a day, the first in the order of keys."""
    dated = [place for kind in kinds for place in _dated(session, said, kind, None, most)]
    if len(dated) < most:
        return Window({number for _, number in dated}, None)
    dated.sort(reverse=True)
    day = dated[most - 1][0]
    newer = {number for at, number in dated if at > day}
    of_day = _keys(session, said, kinds, day)[: most - len(newer)]
    return Window(newer | {number for _, number in of_day}, (day, of_day[-1][0]))


def down_to(session: Session, said: str, kinds: Collection[str], edge: Edge | None) -> set[int]:
    """All hits down to an edge."""
    if edge is None:
        return {number for kind in kinds for _, number in _dated(session, said, kind, None, -1)}
    day, last = edge
    newer = {
        number for kind in kinds for at, number in _dated(session, said, kind, day, -1) if at > day
    }
    return newer | {number for key, number in _keys(session, said, kinds, day) if key <= last}


def titled(session: Session, said: str, numbers: Collection[int]) -> set[int]:
    """Those of some hits whose title holds what is `said`."""
    found = set(numbers)
    return {
        number
        for lowest, highest in _spans(found).values()
        for (number,) in _rows(session, _HITS, said, lowest, highest)
        if number in found
    }


def heads(session: Session, numbers: Collection[int]) -> Sequence[Any]:
    """What hits are shown and ranked by but for the long text: `pk, kind, ref_pk, key, date, title, summary`."""
    return _of(session, "pk, kind, ref_pk, key, date, title, summary", numbers)


def bodies(session: Session, numbers: Collection[int]) -> dict[int, tuple[int, str]]:
    """The length and the long text of hits."""
    return {
        number: (length, body) for number, length, body in _of(session, "pk, length, body", numbers)
    }


def _of(session: Session, columns: str, numbers: Collection[int]) -> Sequence[Any]:
    asked = f"SELECT {columns} FROM search_document WHERE pk IN (SELECT value FROM json_each(?))"
    return _rows(session, asked, orjson.dumps(sorted(numbers)).decode())


def _spans(numbers: Collection[int]) -> dict[str, tuple[int, int]]:
    """The lowest and the highest number of each kind there is."""
    spans: dict[str, tuple[int, int]] = {}
    for number in numbers:
        kind = kind_of(number)
        lowest, highest = spans.get(kind, (number, number))
        spans[kind] = min(lowest, number), max(highest, number)
    return spans


def _dated(
    session: Session, said: str, kind: str, since: int | None, most: int
) -> list[tuple[int, int]]:
    """Day and number of the newest `most` hits of a kind, of any day or from one on; of what has no day in its number, all of them."""
    if kind == UNDATED:
        rows = _rows(
            session,
            f"SELECT date, pk FROM search_document WHERE pk IN ({_HITS})",
            said,
            *span(kind),
        )
        return [(date.fromisoformat(day).toordinal(), number) for day, number in rows]
    rows = _rows(session, f"{_HITS} ORDER BY rowid DESC LIMIT ?", said, *span(kind, since), most)
    return [(day_of(number), number) for (number,) in rows]


def _keys(session: Session, said: str, kinds: Collection[str], day: int) -> list[tuple[str, int]]:
    """Key and number of the hits of one day, in order."""
    found: list[tuple[str, int]] = []
    for kind in kinds:
        asked = f"SELECT key, pk FROM search_document WHERE pk IN ({_HITS}) AND date = ?"
        found += [
            (key, number)
            for key, number in _rows(
                session, asked, said, *span(kind, day, day), date.fromordinal(day).isoformat()
            )
        ]
    return sorted(found)


def _rows(session: Session, statement: str, *values: Any) -> Sequence[Any]:
    return session.connection().exec_driver_sql(statement, values).all()
