"""What can be found is what is there, whatever happened in which order."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select, text
from sqlmodel import col

from app import ingest
from app.curate import acts
from app.curate.acts import Curation
from app.settings import Settings
from app.store import dataset
from app.store.db import Database
from app.store.derived import search
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


def held(database: Database) -> dict[str, tuple[Any, ...]]:
    """All that can be found, without row numbers."""
    names = ("date", "length", "title", "summary", "body", "fields")
    with database.read() as session:
        rows = session.execute(
            select(col(SearchDocument.key), *(getattr(SearchDocument, name) for name in names))
        )
        return {row.key: tuple(row[1:]) for row in rows}


def sound(database: Database) -> bool:
    with database.write() as session:
        return not list(search.mismatches(session)) and search.is_sound(session)


def test_what_is_found(database: Database) -> None:
    take_in(database, FIRST)
    found = held(database)
    assert sorted({key.partition("/")[0] for key in found}) == [
        "briefing",
        "entity",
        "item",
        "source",
    ]
    one = next(row for row in found.values() if row[2] == " 推理 理 a ")
    assert one[5] == [
        ["title", "推理 A"],
        ["summary", "摘要。"],
        ["entities[0].surface", "輝達"],
        ["entities[1].surface", "Foo"],
        ["sources[0].label", "甲"],
        ["sources[0].url", "https://a.com/x"],
    ]
    source = next(row for key, row in found.items() if key.startswith("source/"))
    assert source[5][:2] == [["label", "甲"], ["url", "https://a.com/x"]]


def test_labels_stand_where_they_are_shown(database: Database) -> None:
    for document in (
        SECOND,
        FIRST,
        FIRST.replace("2026-01-02", "2026-01-01").replace("甲", "來源 1"),
    ):
        take_in(database, document)
    source = next(row for key, row in held(database).items() if key.startswith("source/"))
    assert source[5][:3] == [
        ["cited_by[1].label", "甲"],
        ["cited_by[2].label", "乙"],
        ["url", "https://a.com/x"],
    ]
    assert sound(database)


@pytest.mark.parametrize(
    "label", ["來源1", "來源 2", "来源", "Source 3", "[4]", "LINK", "原文連結", "（來源）"]
)
def test_labels_that_say_nothing(label: str) -> None:
    assert search._telling(label) is None
    assert search._telling(f"{label} 甲") == f"{label} 甲"


def test_the_order_of_documents_does_not_matter(database: Database) -> None:
    for document in (FIRST, SECOND):
        take_in(database, document)
    one = held(database)
    with database.write() as session:
        assert search.rebuild(session) == len(one)
    assert held(database) == one
    assert sound(database)
    for document in (
        briefing(item("else"), date="2026-01-02"),
        SECOND.replace("C", "D"),
        SECOND,
        FIRST,
    ):
        take_in(database, document)
        assert sound(database)
    assert held(database) == one


def test_what_goes_is_found_no_more(database: Database) -> None:
    take_in(database, SECOND)
    one = held(database)
    take_in(database, FIRST)
    take_in(database, FIRST.replace("---\n\n", "draft: true\n---\n\n", 1))
    assert held(database) == one
    assert sound(database)


def test_a_curator_moves_what_is_found(database: Database) -> None:
    take_in(database, FIRST)
    one = held(database)
    done = acts.merge(database, CHANNEL, "Foo", "NVIDIA", Curation("tests"))
    assert sound(database)
    assert len(held(database)) == len(one) - 1
    acts.undo(database, CHANNEL, done.judgements[0], Curation("tests"))
    assert sound(database)
    assert held(database) == one
    given = acts.alias(database, CHANNEL, "Bar", "皮衣教主", None, "spelling", Curation("tests"))
    assert sound(database)
    assert any(["aliases[1].name", "皮衣教主"] in row[5] for row in held(database).values())
    acts.undo(database, CHANNEL, given.judgements[0], Curation("tests"))
    assert held(database) == one


def test_a_base_from_before_there_was_a_search(url: str) -> None:
    database = Database(url, read_timeout=30)
    migrate(database)
    take_in(database, FIRST)
    one = held(database)
    with database.write() as session:
        session.execute(delete(SearchDocument))
        assert search.is_missing(session)
    ingest.prepare(database, Settings(database_url=url, seeds=False, log_level="error"))
    assert held(database) == one
    assert sound(database)
    # Nor one whose texts were others.
    with database.write() as session:
        dataset.learn(session, "before")
        session.execute(text("UPDATE search_document SET title = '', fields = '[]'"))
    ingest.prepare(database, Settings(database_url=url, seeds=False, log_level="error"))
    assert held(database) == one
    database.close()


def test_what_stays_the_same_is_not_written(database: Database) -> None:
    take_in(database, FIRST)
    with database.read() as session:
        before = dict(
            session.execute(select(col(SearchDocument.key), col(SearchDocument.pk))).all()
        )
    take_in(database, FIRST.replace("### B", "### B2"))
    with database.read() as session:
        after = dict(session.execute(select(col(SearchDocument.key), col(SearchDocument.pk))).all())
    assert {key for key in before if after.get(key) == before[key]} == before.keys() & after.keys()
    assert sound(database)


@pytest.mark.parametrize("unit", ["的", "x\u0301", "🚀 ", "<b>", "\\' ", "a" * 3000 + " "])
def test_texts_beyond_all_limits(database: Database, unit: str) -> None:
    """A tsvector holds a megabyte, 256 positions of a word, 2 KiB a word; FTS5 none of these limits."""
    take_in(
        database, briefing(item("Long", summary=unit * (600_000 // len(unit.encode())) + " 末尾"))
    )
    many = " ".join(f"詞w{n}" for n in range(80_000))
    take_in(database, briefing(item("Many", summary=many), date="2026-01-03"))
    with database.read() as session:
        longest = session.scalar(select(func.max(func.length(col(SearchDocument.summary))))) or 0
    assert 200_000 < longest <= 300_002
    assert sound(database)


def test_an_index_is_written_anew(database: Database) -> None:
    take_in(database, FIRST)
    one = held(database)
    with database.write() as session:
        session.execute(text("UPDATE search_document SET title = '', fields = '[]'"))
    assert not sound(database)
    assert ingest.reindex(database) == len(one)
    assert held(database) == one
    assert sound(database)
