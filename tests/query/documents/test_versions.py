"""Versions of documents, read from the database."""

import hashlib

import pytest

from app.errors import NotFound
from app.query.documents import briefings
from app.query.documents.versions import document, versions
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import briefing, item

FIRST, SECOND = briefing(item("甲")), briefing(item("甲"), item("乙"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def shown(database: Database) -> list[tuple[str, bool]]:
    with database.read() as session:
        listing = versions(session, briefings.get(session, "2026-01-02"))
        return [(version.sha256, version.current) for version in listing.entries]


def test_the_current_version_comes_first(database: Database) -> None:
    take_in(database, FIRST)
    assert shown(database) == [(digest(FIRST), True)]
    take_in(database, SECOND)
    assert shown(database) == [(digest(SECOND), True), (digest(FIRST), False)]
    take_in(database, FIRST)
    assert shown(database) == [(digest(FIRST), True), (digest(SECOND), False)]


def test_any_version_is_found_by_its_hash(database: Database) -> None:
    take_in(database, FIRST)
    take_in(database, SECOND)
    with database.read() as session:
        for text in (FIRST, SECOND):
            assert document(session, digest(text)) == ("2026-01-02.md", text.encode())
        with pytest.raises(NotFound, match="SHA-256"):
            document(session, digest("other"))


def test_drafts_are_never_shown(database: Database) -> None:
    draft = briefing(item("秘密"), draft="true")
    take_in(database, draft)
    take_in(database, FIRST)
    assert shown(database) == [(digest(FIRST), True)]
    with database.read() as session, pytest.raises(NotFound):
        document(session, digest(draft))
    take_in(database, draft)
    with database.read() as session:
        for text in (draft, FIRST):
            with pytest.raises(NotFound):
                document(session, digest(text))
