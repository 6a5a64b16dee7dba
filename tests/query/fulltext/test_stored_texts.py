"""Stored texts: of several kinds at once, none for what is not there."""

from collections.abc import Callable

from sqlalchemy import select
from sqlmodel import col

from app.query.fulltext import stored_texts
from app.query.snapshot.cache import version_cache
from app.store.db import Database
from app.store.derived.search_texts import READERS
from app.store.tables import SearchDocument


def test_texts_of_several_kinds_are_read_together(seeded: Database) -> None:
    with seeded.read() as session:
        for kind, read in READERS.items():
            of_kind = select(col(SearchDocument.ref_pk)).where(col(SearchDocument.kind) == kind)
            pks = list(session.execute(of_kind.limit(40)).scalars())
            expected = {(kind, pk): texts.fields() for pk, texts in read(session, pks).items()}
            texts = stored_texts.texts(session, [*expected, (kind, 0)])
            stored = {key: of_document.stored for key, of_document in texts.items()}
            assert stored == expected


def test_tokens_come_with_the_texts_of_a_page(seeds: Callable[[str], Database]) -> None:
    with seeds("sqlite").read() as session:
        statement = select(col(SearchDocument.pk)).order_by(col(SearchDocument.pk).desc())
        rowids = list(session.execute(statement.limit(30)).scalars())
        expected = stored_texts.tokens(session, rowids)
        assert len(expected) == 30
        assert stored_texts.tokens(session, []) == []
        cache = version_cache(session, stored_texts._TEXTS)
        before = len(cache)
        assert stored_texts.tokens(session, rowids, with_texts=True) == expected
        assert len(cache) == before + 30
        keys = [(document.kind, document.pk) for document in expected]
        cached = {key: cache.get(key) for key in keys}
        session.info["cache"].clear()
        assert stored_texts.texts(session, keys) == cached
