"""What is kept of briefings is what they say, and is put right where it is not."""

from typing import Any

from sqlalchemy import delete, text, update
from sqlmodel import col, select

from app import ingest
from app.curate import acts
from app.curate.acts import Curation
from app.store import dataset
from app.store.db import Database
from app.store.derived import columns
from app.store.tables import Briefing, BriefingFacts, Dataset, Entity
from tests.conftest import take_in
from tests.documents import document, item

SAID = Curation("desk")


def held(database: Database) -> dict[int, tuple[Any, ...]]:
    with database.read() as session:
        assert columns.mismatches(session) == 0
        assert not columns.is_missing(session)
        return {
            row.briefing_pk: (row.stamp, row.date, row.items, row.named)
            for row in session.exec(select(BriefingFacts).order_by(col(BriefingFacts.briefing_pk)))
        }


def version(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(Dataset.version)).one()


def test_only_what_changed_is_written(database: Database) -> None:
    take_in(
        database, document("2026-01-01", item("甲", entities="NVIDIA, Foobar Lab"), tags="OpenAI")
    )
    take_in(database, document("2026-01-02", item("富吧登場", entities="Foobar Lab")))
    first = held(database)
    assert [stamp for stamp, *_ in first.values()] == [1, 2]
    # Named outside of items alone.
    merged = acts.merge(database, "daily", "OpenAI", "NVIDIA", SAID)
    second = held(database)
    assert [stamp for stamp, *_ in second.values()] == [version(database), 2]
    acts.undo(database, "daily", merged.judgements[0], SAID)
    assert [row[1:] for row in held(database).values()] == [row[1:] for row in first.values()]
    acts.split(database, "daily", "NVIDIA", ["NVIDIA"], SAID)
    assert held(database)
    acts.alias(database, "daily", "Foobar Lab", "富吧", "zh-Hant", "translation", SAID)
    assert [stamp for stamp, *_ in held(database).values()][1] == version(database)
    take_in(database, document("2026-01-02", item("乙"), draft=True))
    assert list(held(database).values())[1] == (version(database), None, b"", b"")


def test_what_is_tried_leaves_nothing(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="NVIDIA, Foobar Lab")))
    before = held(database)
    acts.merge(database, "daily", "Foobar Lab", "NVIDIA", Curation("desk", dry_run=True))
    assert held(database) == before


def test_what_is_gone_stays_as_nothing(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="NVIDIA")))
    with database.write() as session:
        pk = session.exec(select(Briefing.pk)).one()
        session.execute(text("DELETE FROM mention"))
        session.execute(text("DELETE FROM judgement"))
        session.execute(delete(Entity))
        session.execute(delete(Briefing))
        columns.refresh(session, {pk or 0})
        dataset.record(session, (), ingest.datetime.now(ingest.UTC))
    assert held(database) == {pk: (2, None, b"", b"")}


def test_it_is_made_anew_where_it_is_wrong(database: Database) -> None:
    for day in range(1, 4):
        take_in(database, document(f"2026-01-0{day}", item("甲", entities="NVIDIA, Foobar Lab")))
    wanted = held(database)
    assert columns.rebuild(database) == 0
    assert held(database) == wanted
    with database.write() as session:
        session.execute(
            update(BriefingFacts).where(col(BriefingFacts.briefing_pk) == 1).values(named=b"")
        )
        session.execute(delete(BriefingFacts).where(col(BriefingFacts.briefing_pk) == 2))
    with database.read() as session:
        assert (columns.mismatches(session), columns.is_missing(session)) == (2, True)
    before = version(database)
    ingest.reindex(database)
    # Whoever holds what was wrong is told.
    assert version(database) == before + 1
    assert {pk: row[1:] for pk, row in held(database).items()} == {
        pk: row[1:] for pk, row in wanted.items()
    }
    assert held(database)[3] == wanted[3]
    with database.write() as session:
        session.execute(delete(BriefingFacts))
    ingest.prepare(database, ingest.Settings(seeds=False))
    assert len(held(database)) == 3


def test_more_than_are_written_at_once(database: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(columns, "_BATCH", 2)
    for day in range(1, 6):
        take_in(database, document(f"2026-01-0{day}", item("甲", entities="Foobar Lab, Bazquux")))
    merged = acts.merge(database, "daily", "Bazquux", "Foobar Lab", SAID)
    assert {stamp for stamp, *_ in held(database).values()} == {version(database)}
    acts.undo(database, "daily", merged.judgements[0], SAID)
    assert len(held(database)) == 5
