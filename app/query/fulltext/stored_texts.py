"""The searched texts of documents as they are stored, folded once for a version."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import and_, bindparam, select, tuple_
from sqlmodel import Session, col

from app.query.fulltext.highlights import SearchedTexts, searched_texts
from app.query.fulltext.matching import is_sqlite
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import sqlite_rows
from app.store.encoding.item_texts import ItemTexts, with_text
from app.store.tables import Item, SearchDocument

TextKey = tuple[str, int]
"""Kind and pk of a document."""
# About ten kilobytes each.
_TEXTS: CacheKind[TextKey, SearchedTexts] = CacheKind(max_entries=400)
_KEY = tuple_(col(SearchDocument.kind), col(SearchDocument.ref_pk))
_FIELDS = (
    select(
        col(SearchDocument.kind),
        col(SearchDocument.ref_pk),
        col(SearchDocument.fields),
        *(col(getattr(Item, name)) for name in ItemTexts._fields),
    )
    .outerjoin(
        Item,
        and_(col(SearchDocument.kind) == "item", col(Item.pk) == col(SearchDocument.ref_pk)),
    )
    .where(_KEY.in_(bindparam("keys", expanding=True)))
)
_TEXT_COLUMNS = f"fields, {', '.join(f'item.{name}' for name in ItemTexts._fields)}"
_SQLITE_TEXTS = f"""
SELECT document.kind, ref_pk, {_TEXT_COLUMNS}
FROM search_document AS document
LEFT JOIN item ON document.kind = 'item' AND item.pk = ref_pk
WHERE (document.kind, ref_pk) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
"""
_TOKEN_COLUMNS = "key, document.date, document.title, document.summary, length, document.body"
_SQLITE_DOCUMENTS = f"""
SELECT document.kind, ref_pk, {_TOKEN_COLUMNS}
FROM search_document AS document
WHERE document.pk IN (SELECT value FROM json_each(?))
"""
_SQLITE_WHOLE_DOCUMENTS = f"""
SELECT document.kind, ref_pk, {_TOKEN_COLUMNS}, {_TEXT_COLUMNS}
FROM search_document AS document
LEFT JOIN item ON document.kind = 'item' AND item.pk = ref_pk
WHERE document.pk IN (SELECT value FROM json_each(?))
"""


class StoredTokens(NamedTuple):
    """The token streams of a document, their length in tokens, its key and its ISO date."""

    kind: str
    pk: int
    key: str
    date: str
    title: str
    summary: str
    length: int
    body: str


_TOKENS = len(StoredTokens._fields)


def texts(session: Session, keys: Iterable[TextKey]) -> dict[TextKey, SearchedTexts]:
    """Return the searched texts of each of `keys` that has a search document."""
    return version_cache(session, _TEXTS).get_or_make_all(
        keys, lambda missing: _searched(_rows(session, missing))
    )


def tokens(
    session: Session, rowids: Collection[int], *, with_texts: bool = False
) -> list[StoredTokens]:
    """Return the tokens of documents on SQLite, by row id.

    `with_texts` caches their `texts`, too: one statement reads a row for its score and its page.
    """
    if not rowids:
        return []

    listed = orjson.dumps(sorted(rowids))
    if not with_texts:
        return list(map(StoredTokens._make, sqlite_rows(session, _SQLITE_DOCUMENTS, listed)))

    rows = sqlite_rows(session, _SQLITE_WHOLE_DOCUMENTS, listed)
    cache = version_cache(session, _TEXTS)
    for key, searched in _searched(_decoded((*row[:2], *row[_TOKENS:]) for row in rows)).items():
        cache.put(key, searched)

    return [StoredTokens._make(row[:_TOKENS]) for row in rows]


_TextRow = tuple[str, int, Sequence[Sequence[str]], ItemTexts | None]
"""Kind, pk and fields of a document, and the texts of an item's row."""


def _searched(rows: Iterable[_TextRow]) -> dict[TextKey, SearchedTexts]:
    stored: dict[TextKey, Sequence[Sequence[str]]] = {}
    for kind, pk, fields, item_texts in rows:
        stored[kind, pk] = fields
        if item_texts:
            stored[kind, pk] = [*with_text(item_texts.fields()), *fields]

    return dict(zip(stored, searched_texts(stored.values()), strict=True))


def _rows(session: Session, keys: Sequence[TextKey]) -> Iterator[_TextRow]:
    if is_sqlite(session):
        yield from _decoded(sqlite_rows(session, _SQLITE_TEXTS, orjson.dumps(keys)))
        return

    for kind, pk, fields, *item in session.connection().execute(_FIELDS, {"keys": keys}):
        yield kind, pk, fields, ItemTexts(*item) if item[0] is not None else None


def _decoded(rows: Iterable[Sequence[Any]]) -> Iterator[_TextRow]:
    """Yield rows of the driver with their JSON decoded."""
    for kind, pk, fields, title, summary, details, extra, *others in rows:
        texts = None
        if title is not None:
            decoded = orjson.loads(details), orjson.loads(extra)
            texts = ItemTexts(title, summary, *decoded, *others)
        yield kind, pk, orjson.loads(fields), texts
