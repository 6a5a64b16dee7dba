"""What SQLite's index says, against the rows; that pages come out the same is in `test_ranking.py`."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.query.fulltext import conditions, window
from app.query.fulltext.language import read
from app.store.db import Database
from app.store.encoding.search_rowids import KINDS, kind_of
from app.store.migrations import migrate
from app.store.tables import SearchDocument
from tests.conftest import take_in
from tests.documents import document, item


@pytest.fixture
def base(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    migrate(database)
    # The latest first: the order they come in decides nothing.
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


def test_counts_and_the_newest(base: Database) -> None:
    with base.read() as session:
        found = read("推理")
        said = conditions.to_fts5(found)
        rows = session.execute(
            select(
                col(SearchDocument.date),
                col(SearchDocument.key),
                col(SearchDocument.pk),
                col(SearchDocument.kind),
            ).where(conditions.condition(session, found))
        ).all()
        ordered = sorted(rows, key=lambda row: (-row.date.toordinal(), row.key))
        assert window.counts(session, said, KINDS) == {
            kind: sum(row.kind == kind for row in rows) for kind in KINDS
        }
        for most in range(1, len(rows) + 2):
            numbers, edge = window.newest(session, said, KINDS, most)
            assert numbers == {row.pk for row in ordered[:most]}
            assert edge == (
                None
                if most > len(rows)
                else (ordered[most - 1].date.toordinal(), ordered[most - 1].key)
            )
            assert window.down_to(session, said, KINDS, edge) == numbers
        titles = window.titled(
            session, conditions.titles_to_fts5(found.terms), {row.pk for row in rows}
        )
        assert titles == set(
            session.scalars(
                select(col(SearchDocument.pk)).where(col(SearchDocument.title).contains(" 推理 "))
            )
        )


def test_what_is_cited_again_moves_to_that_day(base: Database) -> None:
    with base.read() as session:
        (place,) = session.execute(
            select(col(SearchDocument.pk), col(SearchDocument.date)).where(
                col(SearchDocument.kind) == "source"
            )
        ).all()
        assert (kind_of(place.pk), str(place.date)) == ("source", "2026-01-05")
        assert window.newest(
            session, conditions.to_fts5(read("example.org")), ["source"], 10
        ).numbers == {place.pk}
