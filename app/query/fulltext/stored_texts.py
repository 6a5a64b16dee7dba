"""The searched texts of documents as they are stored, folded once for a version."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select, tuple_
from sqlmodel import Session, col

from app.query.fulltext.highlights import SearchedField, searched_fields
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import SearchDocument

TextKey = tuple[str, int]
"""Kind and pk of a document."""
# About ten kilobytes each.
_TEXTS: CacheKind[TextKey, list[SearchedField]] = CacheKind(max_entries=400)
_KEY = tuple_(col(SearchDocument.kind), col(SearchDocument.ref_pk))
_FIELDS = select(
    col(SearchDocument.kind),
    col(SearchDocument.ref_pk),
    col(SearchDocument.fields),
).where(_KEY.in_(bindparam("keys", expanding=True)))


def fields(session: Session, keys: Iterable[TextKey]) -> dict[TextKey, list[SearchedField]]:
    """Return the searched texts of each of `keys` that has a search document."""
    return version_cache(session, _TEXTS).get_or_make_all(
        keys, lambda missing: _read_fields(session, missing)
    )


def _read_fields(session: Session, keys: Sequence[TextKey]) -> dict[TextKey, list[SearchedField]]:
    texts = {}
    for kind, pk, stored in session.connection().execute(_FIELDS, {"keys": keys}):
        texts[kind, pk] = searched_fields(stored)

    return texts
