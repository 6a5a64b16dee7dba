"""The searched texts of documents as they are stored, folded once for a version."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, select, tuple_
from sqlmodel import Session, col

from app.query.fulltext.highlights import SearchedTexts, searched_texts
from app.query.fulltext.matching import is_sqlite
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import sqlite_rows
from app.store.tables import SearchDocument

TextKey = tuple[str, int]
"""Kind and pk of a document."""
# About ten kilobytes each.
_TEXTS: CacheKind[TextKey, SearchedTexts] = CacheKind(max_entries=400)
_KEY = tuple_(col(SearchDocument.kind), col(SearchDocument.ref_pk))
_FIELDS = select(
    col(SearchDocument.kind),
    col(SearchDocument.ref_pk),
    col(SearchDocument.fields),
).where(_KEY.in_(bindparam("keys", expanding=True)))
_SQLITE_FIELDS = (
    "SELECT kind, ref_pk, fields FROM search_document WHERE (kind, ref_pk) IN"
    " (SELECT value ->> 0, value ->> 1 FROM json_each(?))"
)


def texts(session: Session, keys: Iterable[TextKey]) -> dict[TextKey, SearchedTexts]:
    """Return the searched texts of each of `keys` that has a search document."""
    return version_cache(session, _TEXTS).get_or_make_all(
        keys, lambda missing: _read(session, missing)
    )


def _read(session: Session, keys: Sequence[TextKey]) -> dict[TextKey, SearchedTexts]:
    stored: dict[TextKey, Sequence[Sequence[str]]] = {}
    for kind, pk, fields in _rows(session, keys):
        stored[kind, pk] = fields

    return dict(zip(stored, searched_texts(stored.values()), strict=True))


def _rows(session: Session, keys: Sequence[TextKey]) -> Iterable[Sequence[Any]]:
    """Yield kind, pk and fields of each document."""
    if not is_sqlite(session):
        yield from session.connection().execute(_FIELDS, {"keys": keys})
        return

    for kind, pk, stored in sqlite_rows(session, _SQLITE_FIELDS, orjson.dumps(keys)):
        yield kind, pk, orjson.loads(stored)
