"""Stored texts: of several kinds at once, none for what is not there."""

from sqlalchemy import select
from sqlmodel import col

from app.query.fulltext import stored_texts
from app.store.db import Database
from app.store.tables import SearchDocument


def test_texts_of_several_kinds_are_read_together(seeded: Database) -> None:
    with seeded.read() as session:
        documents = select(
            col(SearchDocument.kind), col(SearchDocument.ref_pk), col(SearchDocument.fields)
        ).order_by(col(SearchDocument.key))
        stored = {(kind, pk): texts for kind, pk, texts in session.execute(documents.limit(40))}
        texts = stored_texts.texts(session, [*stored, ("item", 0)])
        assert texts.keys() == stored.keys()
        for key, of_document in texts.items():
            assert of_document.stored == stored[key]
