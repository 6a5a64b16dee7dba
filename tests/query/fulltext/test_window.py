"""Hits by SQLite's index against the rows; `test_ranking.py` compares whole pages."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from app.query.fulltext import matching, window
from app.query.fulltext.language import parse_query
from app.store.db import Database
from app.store.encoding.search_rowids import KINDS, kind_of
from app.store.migrations import migrate
from app.store.tables import SearchDocument
from tests.conftest import take_in
from tests.documents import document, item


@pytest.fixture
def dated_database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    migrate(database)
    # The order of ingestion must change nothing.
    for day in (5, 3, 4, 1):
        cited = "[報告](https://example.org/same)"
        take_in(
            database,
            document(
                f"2026-01-0{day}",
                *(item(f"推理 {n}", entities="推理引擎", sources=cited) for n in range(3)),
            ),
            f"{day}.md",
        )
    return database


QUERY = parse_query("推理")
EXPRESSIONS = matching.expressions(QUERY, KINDS)


def matching_rows(session: Session) -> list[Any]:
    """Return the rows of all hits, newest first."""
    statement = select(
        col(SearchDocument.date),
        col(SearchDocument.key),
        col(SearchDocument.pk),
        col(SearchDocument.kind),
    ).where(matching.condition(session, QUERY))
    rows = session.execute(statement).all()
    return sorted(rows, key=lambda row: (-row.date.toordinal(), row.key))


def test_hits_are_counted_by_kind(dated_database: Database) -> None:
    with dated_database.read() as session:
        kinds = Counter(row.kind for row in matching_rows(session))
        assert window.counts(session, EXPRESSIONS) == {kind: kinds[kind] for kind in KINDS}


def test_the_newest_hits_are_those_of_the_newest_rows(dated_database: Database) -> None:
    with dated_database.read() as session:
        rows = matching_rows(session)
        for limit in range(1, len(rows) + 2):
            rowids, cutoff = window.newest_hits(session, EXPRESSIONS, limit)
            assert rowids == {row.pk for row in rows[:limit]}
            if limit > len(rows):
                assert cutoff is None
            else:
                last = rows[limit - 1]
                assert cutoff == (last.date.toordinal(), last.key)
            assert window.hits_until(session, EXPRESSIONS, cutoff) == rowids


def test_title_hits_have_the_word_in_their_title(dated_database: Database) -> None:
    with dated_database.read() as session:
        expressions = matching.title_expressions(QUERY, KINDS)
        rowids = {row.pk for row in matching_rows(session)}
        statement = select(col(SearchDocument.pk)).where(
            col(SearchDocument.title).contains(" 推理 ")
        )
        expected = set(session.scalars(statement))
        assert window.title_hits(session, expressions, rowids) == expected


def test_a_source_moves_to_the_day_that_last_cites_it(dated_database: Database) -> None:
    with dated_database.read() as session:
        statement = select(col(SearchDocument.pk), col(SearchDocument.date))
        (row,) = session.execute(statement.where(col(SearchDocument.kind) == "source")).all()
        assert (kind_of(row.pk), str(row.date)) == ("source", "2026-01-05")
        expression = matching.to_fts5(parse_query("example.org"))
        newest = window.newest_hits(session, {"source": expression}, 10)
        assert newest.rowids == {row.pk}
