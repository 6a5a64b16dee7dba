"""The newest hits by SQLite's full-text index alone.

A row id tells the kind and the day of a document, so hits are ordered without reading their rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson
from sqlmodel import Session

from app.query.fulltext.hits import Expressions, Rowids, rowids_by_kind
from app.store.db import sqlite_rows
from app.store.encoding.search_rowids import UNDATED, day_of, kind_of, rowid_range

Cutoff = tuple[int, str]
"""The last ranked hit by day and key: its day (ordinal) and its key."""
_DayAndRowid = tuple[int, int]

_HITS = "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ?"
_DATES = f"SELECT date, pk FROM search_document WHERE pk IN ({_HITS})"
_KEYS = f"SELECT key, pk FROM search_document WHERE pk IN ({_HITS}) AND date = ?"
_ROWS = "FROM search_document WHERE pk IN (SELECT value FROM json_each(?))"


class Window(NamedTuple):
    """The row ids of the newest hits; `cutoff` is None if these are all hits."""

    rowids: set[int]
    cutoff: Cutoff | None


def counts(session: Session, expressions: Expressions) -> dict[str, int]:
    """Return the number of hits of each kind."""
    rowids = rowids_by_kind(session, expressions)
    return {kind: len(of_kind) for kind, of_kind in rowids.items()}


def newest_hits(session: Session, expressions: Expressions, limit: int) -> Window:
    """Return the newest `limit` hits of some kinds; within a day, the first by key."""
    hits = rowids_by_kind(session, expressions)
    if sum(map(len, hits.values())) < limit:
        return Window(set(np.concatenate(list(hits.values())).tolist()), None)

    dated = _dated_hits(session, expressions, hits)
    newest = sorted(dated, reverse=True)
    day = newest[limit - 1][0]
    newer = _rowids(filter(lambda hit: hit[0] > day, newest))
    of_day = _hits_of_day(session, expressions, day)
    last_day = of_day[: limit - len(newer)]
    cutoff = (day, last_day[-1][0])

    return Window(newer | _rowids(last_day), cutoff)


def hits_until(session: Session, expressions: Expressions, cutoff: Cutoff | None) -> set[int]:
    """Return the row ids of all hits down to a cutoff; of all hits without one."""
    hits = rowids_by_kind(session, expressions)
    if cutoff is None:
        return set(np.concatenate(list(hits.values())).tolist())

    day, last_key = cutoff
    dated = _dated_hits(session, expressions, hits)
    rowids = _rowids(filter(lambda hit: hit[0] > day, dated))
    of_day = _hits_of_day(session, expressions, day)
    rowids.update(rowid for key, rowid in of_day if key <= last_key)

    return rowids


def title_hits(session: Session, expressions: Expressions, rowids: Collection[int]) -> set[int]:
    """Return those of `rowids` that match an FTS5 expression on titles."""
    candidates = set(rowids)
    matches: set[int] = set()
    for kind, (lowest, highest) in _bounds_by_kind(candidates).items():
        hits = _rows(session, _HITS, expressions[kind], lowest, highest)
        matches.update(chain.from_iterable(hits))

    return matches & candidates


def heads(session: Session, rowids: Collection[int]) -> Sequence[Any]:
    """Return rows of `pk, kind, ref_pk, key, date, title, summary`: all but the long body."""
    columns = "pk, kind, ref_pk, key, date, title, summary"
    return _rows(
        session,
        f"SELECT {columns} {_ROWS}",
        _json(rowids),
    )


def bodies(session: Session, rowids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return the length (tokens) and the body of each row id."""
    rows = _rows(
        session,
        f"SELECT pk, length, body {_ROWS}",
        _json(rowids),
    )
    return {rowid: (length, body) for rowid, length, body in rows}


def _json(rowids: Collection[int]) -> str:
    return orjson.dumps(sorted(rowids)).decode()


def _rowids(hits: Iterable[tuple[Any, int]]) -> set[int]:
    """Return the last of each pair."""
    return set(map(itemgetter(1), hits))


def _bounds_by_kind(rowids: Iterable[int]) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest row id of each kind."""
    bounds: dict[str, tuple[int, int]] = {}
    for rowid in rowids:
        kind = kind_of(rowid)
        lowest, highest = bounds.get(kind, (rowid, rowid))
        bounds[kind] = min(lowest, rowid), max(highest, rowid)

    return bounds


def _dated_hits(
    session: Session, expressions: Expressions, hits: Mapping[str, Rowids]
) -> list[_DayAndRowid]:
    """Return the hits of all kinds with their days, at least the newest RANKED_HITS of each.

    Row ids of entities hold no day: these hits get the day of their row.
    """
    dated: list[_DayAndRowid] = []
    for kind, rowids in hits.items():
        if kind == UNDATED and len(rowids):
            rows = _rows(session, _DATES, expressions[kind], *rowid_range(kind))
            dated += [(date.fromisoformat(day).toordinal(), rowid) for day, rowid in rows]
        else:
            days = map(day_of, rowids.tolist())
            dated += zip(days, rowids.tolist(), strict=True)

    return dated


def _hits_of_day(session: Session, expressions: Expressions, day: int) -> list[tuple[str, int]]:
    """Return the key and the row id of each hit of one day, in the order of keys."""
    iso_day = date.fromordinal(day).isoformat()
    hits: list[tuple[str, int]] = []
    for kind, expression in expressions.items():
        rows = _rows(
            session,
            _KEYS,
            expression,
            *rowid_range(kind, day, day),
            iso_day,
        )
        hits.extend(map(tuple, rows))

    return sorted(hits)


def _rows(session: Session, statement: str, *values: str | int) -> Sequence[Any]:
    return sqlite_rows(session, statement, *values)
