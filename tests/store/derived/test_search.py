"""Search documents equal what is stored, whatever happened in which order."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select, text
from sqlmodel import col

from app import startup
from app.curate import acts
from app.curate.conduct import Curation
from app.settings import Settings
from app.store import dataset
from app.store.db import Database
from app.store.derived import search
from app.store.derived.search_texts import MAX_TEXT_CHARS
from app.store.migrations import migrate
from app.store.tables import SearchDocument
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item

FIRST = briefing(
    item("推理 A", "[甲](https://a.com/x)", entities="輝達、Foo"),
    item("B", entities="Bar"),
    date="2026-01-02",
)
SECOND = briefing(item("C", "[乙](https://a.com/x)", entities="NVIDIA、Foo"), date="2026-01-03")
_FIELDS = 5


def documents(database: Database) -> dict[str, tuple[Any, ...]]:
    """All search documents by key, without their row numbers."""
    statement = select(
        col(SearchDocument.key),
        col(SearchDocument.date),
        col(SearchDocument.length),
        col(SearchDocument.title),
        col(SearchDocument.summary),
        col(SearchDocument.body),
        col(SearchDocument.fields),
    )
    with database.read() as session:
        return {row.key: tuple(row[1:]) for row in session.execute(statement)}


def rowids(database: Database) -> dict[str, int | None]:
    with database.read() as session:
        statement = select(col(SearchDocument.key), col(SearchDocument.pk))
        return dict(session.execute(statement).all())


def is_sound(database: Database) -> bool:
    with database.write() as session:
        return not list(search.mismatches(session)) and search.is_index_sound(session)


def test_every_kind_has_documents(database: Database) -> None:
    take_in(database, FIRST)
    kinds = {key.partition("/")[0] for key in documents(database)}
    assert kinds == {"briefing", "entity", "item", "source"}
    assert is_sound(database)


def test_a_rebuild_gives_the_same_documents(database: Database) -> None:
    for document in (FIRST, SECOND):
        take_in(database, document)
    before = documents(database)
    with database.write() as session:
        assert search.rebuild(session) == len(before)
    assert documents(database) == before
    assert is_sound(database)


def test_edits_and_their_undoing_give_the_same_documents(database: Database) -> None:
    for document in (FIRST, SECOND):
        take_in(database, document)
    before = documents(database)
    other = briefing(item("else"), date="2026-01-02")
    for document in (other, SECOND.replace("C", "D"), SECOND, FIRST):
        take_in(database, document)
        assert is_sound(database)
    assert documents(database) == before


def test_a_withdrawn_briefing_has_no_documents(database: Database) -> None:
    take_in(database, SECOND)
    before = documents(database)
    take_in(database, FIRST)
    take_in(database, FIRST.replace("---\n\n", "draft: true\n---\n\n", 1))
    assert documents(database) == before
    assert is_sound(database)


def test_documents_follow_a_merge(database: Database) -> None:
    take_in(database, FIRST)
    before = documents(database)
    merge = acts.merge(database, CHANNEL, "Foo", "NVIDIA", Curation("tests"))
    assert is_sound(database)
    assert len(documents(database)) == len(before) - 1
    acts.undo(database, CHANNEL, merge.judgements[0], Curation("tests"))
    assert is_sound(database)
    assert documents(database) == before


def test_documents_follow_an_alias(database: Database) -> None:
    take_in(database, FIRST)
    before = documents(database)
    alias = acts.alias(database, CHANNEL, "Bar", "皮衣教主", None, "spelling", Curation("tests"))
    assert is_sound(database)
    fields = [row[_FIELDS] for row in documents(database).values()]
    assert any(["aliases[1].name", "皮衣教主"] in row_fields for row_fields in fields)
    acts.undo(database, CHANNEL, alias.judgements[0], Curation("tests"))
    assert documents(database) == before


def test_a_start_fills_a_database_without_search_documents(url: str) -> None:
    database = Database(url, read_timeout=30)
    settings = Settings(database_url=url, seeds=False, log_level="error")
    migrate(database)
    take_in(database, FIRST)
    before = documents(database)
    with database.write() as session:
        session.execute(delete(SearchDocument))
        assert search.is_missing(session)
    startup.prepare(database, settings)
    assert documents(database) == before
    assert is_sound(database)
    database.close()


def test_a_start_replaces_the_documents_of_another_version(url: str) -> None:
    database = Database(url, read_timeout=30)
    settings = Settings(database_url=url, seeds=False, log_level="error")
    migrate(database)
    take_in(database, FIRST)
    before = documents(database)
    with database.write() as session:
        dataset.set_fingerprint(session, "before")
        session.execute(text("UPDATE search_document SET title = '', fields = '[]'"))
    startup.prepare(database, settings)
    assert documents(database) == before
    database.close()


def test_unchanged_documents_keep_their_rows(database: Database) -> None:
    take_in(database, FIRST)
    before = rowids(database)
    take_in(database, FIRST.replace("### B", "### B2"))
    after = rowids(database)
    for key in before.keys() & after.keys():
        assert after[key] == before[key], key
    assert is_sound(database)


# A tsvector takes a megabyte, 256 positions of a word and 2 KiB a word; FTS5 has no limits, so one
# text shows that the cut is the same.
LONG_UNITS = ["的", "x\u0301", "🚀 ", "<b>", "\\' ", "a" * 3000 + " "]


@pytest.mark.parametrize(
    ("database", "unit"),
    [("sqlite", "的"), *(("postgresql", unit) for unit in LONG_UNITS)],
    indirect=["database"],
)
def test_a_text_beyond_the_limits_of_an_index_is_cut(database: Database, unit: str) -> None:
    long_text = unit * (600_000 // len(unit.encode())) + " 末尾"
    take_in(database, briefing(item("Long", summary=long_text)))
    assert 0 < longest_summary_chars(database) <= MAX_TEXT_CHARS + 2
    assert is_sound(database)


def test_a_text_of_many_words_is_cut(database: Database) -> None:
    many_words = " ".join(f"詞w{number}" for number in range(80_000))
    take_in(database, briefing(item("Many", summary=many_words)))
    assert 200_000 < longest_summary_chars(database) <= MAX_TEXT_CHARS + 2
    assert is_sound(database)


def longest_summary_chars(database: Database) -> int:
    longest = select(func.max(func.length(col(SearchDocument.summary))))
    with database.read() as session:
        chars: int = session.execute(longest).scalar_one()
    return chars


def test_damaged_documents_are_found_and_written_again(database: Database) -> None:
    take_in(database, FIRST)
    before = documents(database)
    with database.write() as session:
        session.execute(text("UPDATE search_document SET title = '', fields = '[]'"))
        session.execute(text("UPDATE search_document SET key = 'item/x' WHERE kind = 'source'"))
        assert "item/x" in " ".join(search.mismatches(session))
        search.rebuild(session)
    assert documents(database) == before
    assert is_sound(database)


def test_an_index_with_other_tokens_is_not_sound(database: Database) -> None:
    take_in(database, FIRST)
    if not database.is_sqlite:
        pytest.skip("PostgreSQL generates its index from each row")
    with database.write() as session:
        session.execute(text("INSERT INTO search_index(rowid, title) VALUES (9999, ' nothing ')"))
    assert not is_sound(database)
    with database.write() as session:
        search.rebuild(session)
    assert is_sound(database)
