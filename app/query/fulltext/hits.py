"""All hits of a query by SQLite's full-text index, as arrays of row ids, cached for a version.

One scan of the postings serves totals, the newest hits and lists of items. Other engines give the
items' pks alone.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.fulltext import matching
from app.query.fulltext.language import SearchQuery
from app.query.snapshot.budget import require_worker_thread
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import sqlite_rows
from app.store.encoding.search_rowids import KINDS, rowid_range
from app.store.tables import SearchDocument

Rowids = NDArray[np.int64]
"""Row ids or pks in ascending order, shape (n,)."""
Expressions = Mapping[str, str]
"""FTS5 expressions by the kind of document that they are for."""

# One value: SQLite writes the numbers, numpy reads them, and no object is made for any.
_HITS = (
    "(SELECT group_concat(rowid) FROM search_index WHERE search_index MATCH ?"
    " AND rowid BETWEEN ? AND ?)"
)
_KIND_BOUNDS = np.array([*(rowid_range(kind)[0] for kind in KINDS), 2**63 - 1])
"""The lowest row id of each of `KINDS`, and the end of the last."""
_ITEMS = "SELECT pk, ref_pk FROM search_document WHERE kind = 'item' ORDER BY pk"
_REF_PKS = "SELECT group_concat(ref_pk) FROM search_document WHERE pk IN ({})"
_MAX_CACHED_BYTES = 8_000_000
_ALL_ROWIDS = 0, 2**63 - 1
_Scan = tuple[str, str]
"""An FTS5 expression, and the only kind of documents to scan; empty for all."""
_HIT_CACHE: CacheKind[_Scan, Rowids] = CacheKind(
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

    scans = []
    for expression, scanned in kinds_by_expression.items():
        scans.append((expression, scanned[0] if scanned == ["entity"] else ""))
    rowids_by_scan = version_cache(session, _HIT_CACHE).get_or_make_all(
        scans, lambda missing: _scan(session, missing)
    )

    hits = {}
    for (expression, _), rowids in rowids_by_scan.items():
        bounds = np.searchsorted(rowids, _KIND_BOUNDS).tolist()
        for kind in kinds_by_expression[expression]:
            number = KINDS.index(kind)
            hits[kind] = rowids[bounds[number] : bounds[number + 1]]

    return hits


def _scan(session: Session, scans: Sequence[_Scan]) -> dict[_Scan, Rowids]:
    """Return the row ids of all hits of each scan, by one statement."""
    statement = f"SELECT {', '.join([_HITS] * len(scans))}"
    values: list[str | int] = []
    for expression, kind in scans:
        values += (expression, *(rowid_range(kind) if kind else _ALL_ROWIDS))

    (row,) = sqlite_rows(session, statement, *values)
    return dict(zip(scans, map(_numbers, row), strict=True))


def _numbers(text: str | None) -> Rowids:
    numbers = np.fromstring(text or "", np.int64, sep=",")
    numbers.sort()
    return numbers


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
