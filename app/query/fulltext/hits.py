"""All hits of a query by SQLite's full-text index, as arrays of row ids, cached for a version.

One scan of the postings serves totals, the newest hits and lists of items. Other engines give the
items' pks alone.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.fulltext import matching
from app.query.fulltext.language import SearchQuery
from app.query.snapshot.budget import require_worker_thread
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import sqlite_rows
from app.store.encoding.search_rowids import rowid_range
from app.store.tables import SearchDocument

Rowids = NDArray[np.int64]
"""Row ids or pks in ascending order, shape (n,)."""
Expressions = Mapping[str, str]
"""FTS5 expressions by the kind of document that they are for."""

# One value: SQLite writes the numbers, numpy reads them, and no object is made for any.
_HITS = (
    "SELECT group_concat(rowid) FROM search_index WHERE search_index MATCH ?"
    " AND rowid BETWEEN ? AND ?"
)
_ITEMS = "SELECT pk, ref_pk FROM search_document WHERE kind = 'item' ORDER BY pk"
_REF_PKS = "SELECT group_concat(ref_pk) FROM search_document WHERE pk IN ({})"
_MAX_CACHED_BYTES = 8_000_000
_HIT_CACHE: CacheKind[tuple[str, str], Rowids] = CacheKind(
    max_bytes=_MAX_CACHED_BYTES, size=lambda rowids: rowids.nbytes + 200
)
_PK_CACHE: CacheKind[str, Rowids] = CacheKind(
    max_bytes=_MAX_CACHED_BYTES, size=lambda pks: pks.nbytes + 200
)
_MAP_CACHE: CacheKind[str, tuple[Rowids, Rowids]] = CacheKind(max_entries=1)
# More hits than this are looked up in memory, fewer row by row.
_MAX_LOOKUPS = 500


def rowids_by_kind(session: Session, expressions: Expressions) -> dict[str, Rowids]:
    """Return the row ids of all hits of each kind.

    Kinds that are asked the same expression share one scan.
    """
    kinds_by_expression: dict[str, list[str]] = {}
    for kind, expression in expressions.items():
        kinds_by_expression.setdefault(expression, []).append(kind)

    hits = {}
    for expression, kinds in kinds_by_expression.items():
        scanned = kinds[0] if kinds == ["entity"] else ""
        rowids = _scan(session, expression, scanned)
        for kind in kinds:
            hits[kind] = _between(rowids, *rowid_range(kind))

    return hits


def _scan(session: Session, expression: str, kind: str) -> Rowids:
    """Return the row ids of all hits, of one kind if it is not empty."""
    lowest, highest = rowid_range(kind) if kind else (0, 2**63 - 1)

    def read() -> Rowids:
        ((rowids,),) = sqlite_rows(session, _HITS, expression, lowest, highest)
        return _numbers(rowids)

    return version_cache(session, _HIT_CACHE).get_or_make((expression, kind), read)


def _numbers(text: str | None) -> Rowids:
    numbers = np.fromstring(text or "", np.int64, sep=",")
    numbers.sort()
    return numbers


def _between(rowids: Rowids, lowest: int, highest: int) -> Rowids:
    first, last = np.searchsorted(rowids, [lowest, highest + 1]).tolist()
    return rowids[first:last]


def item_pks(session: Session, query: SearchQuery) -> Rowids:
    """Return the pks of all items that match `query`, ascending.

    For a query of excluded words alone, those of the items that do not match. Raises WouldBlock on
    the event loop for more hits than are looked up row by row.
    """
    expression = matching.to_fts5(query)

    def read() -> Rowids:
        if not matching.is_sqlite(session):
            return _pks_by_rows(session, query)

        rowids = rowids_by_kind(session, {"item": expression})["item"]
        pks = _pks_of_rowids(session, rowids)
        pks.sort()
        return pks

    return version_cache(session, _PK_CACHE).get_or_make(expression, read)


def _pks_by_rows(session: Session, query: SearchQuery) -> Rowids:
    condition = matching.condition(session, query, "item")
    if not query.terms:
        condition = ~condition
    statement = select(col(SearchDocument.ref_pk)).where(
        col(SearchDocument.kind) == "item", condition
    )
    return np.array(sorted(session.scalars(statement)), np.int64)


def _pks_of_rowids(session: Session, rowids: Rowids) -> Rowids:
    if len(rowids) <= _MAX_LOOKUPS:
        listed = ",".join(map(str, rowids.tolist()))
        ((pks,),) = sqlite_rows(session, _REF_PKS.format(listed))
        return _numbers(pks)

    all_rowids, all_pks = version_cache(session, _MAP_CACHE).get_or_make(
        "items", lambda: _read_map(session)
    )
    return all_pks[np.searchsorted(all_rowids, rowids)]


def _read_map(session: Session) -> tuple[Rowids, Rowids]:
    """Return the row ids of all items in ascending order, and their pks."""
    require_worker_thread(session)
    rows = sqlite_rows(session, _ITEMS)
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()
