"""The searched texts of documents as they are stored, folded once for a version."""

from collections.abc import Iterable, Iterator, Sequence

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
_SQLITE_FIELDS = f"""
SELECT document.kind, ref_pk, fields, {", ".join(f"item.{name}" for name in ItemTexts._fields)}
FROM search_document AS document
LEFT JOIN item ON document.kind = 'item' AND item.pk = ref_pk
WHERE (document.kind, ref_pk) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
"""


def texts(session: Session, keys: Iterable[TextKey]) -> dict[TextKey, SearchedTexts]:
    """Return the searched texts of each of `keys` that has a search document."""
    return version_cache(session, _TEXTS).get_or_make_all(
        keys, lambda missing: _read(session, missing)
    )


def _read(session: Session, keys: Sequence[TextKey]) -> dict[TextKey, SearchedTexts]:
    stored: dict[TextKey, Sequence[Sequence[str]]] = {}
    for kind, pk, fields, texts in _rows(session, keys):
        stored[kind, pk] = [*with_text(texts.fields()), *fields] if texts else fields

    return dict(zip(stored, searched_texts(stored.values()), strict=True))


def _rows(
    session: Session, keys: Sequence[TextKey]
) -> Iterator[tuple[str, int, Sequence[Sequence[str]], ItemTexts | None]]:
    """Yield kind, pk and fields of each document, and the texts of an item's row."""
    if not is_sqlite(session):
        for kind, pk, fields, *item in session.connection().execute(_FIELDS, {"keys": keys}):
            yield kind, pk, fields, ItemTexts(*item) if item[0] is not None else None
        return

    for kind, pk, stored, *item in sqlite_rows(session, _SQLITE_FIELDS, orjson.dumps(keys)):
        texts = None
        title, summary, details, extra, reason, parent = item
        if title is not None:
            decoded = orjson.loads(details), orjson.loads(extra)
            texts = ItemTexts(title, summary, *decoded, reason, parent)
        yield kind, pk, orjson.loads(stored), texts
