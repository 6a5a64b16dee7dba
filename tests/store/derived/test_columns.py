"""The columns of briefings equal their items and mentions, and tell readers what changed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlmodel import col

from app.curate import acts
from app.curate.conduct import Curation
from app.store import dataset
from app.store.db import Database
from app.store.derived import columns
from app.store.tables import Briefing, BriefingColumns, Entity
from app.store.touched import Touched
from tests.conftest import take_in
from tests.documents import document, item

DESK = Curation("desk")
FIRST = document("2026-01-01", item("甲", entities="NVIDIA, Foobar Lab"), tags="OpenAI")
SECOND = document("2026-01-02", item("富吧登場", entities="Foobar Lab"))


def stored(database: Database) -> dict[int, tuple[Any, ...]]:
    """Stamp, date, items and mentions of each briefing, which are checked to be right."""
    with database.read() as session:
        assert list(columns.mismatches(session)) == []
        assert not columns.is_missing(session)
        rows = session.execute(select(BriefingColumns)).scalars()
        return {row.briefing_pk: (row.stamp, row.date, row.items, row.named) for row in rows}


def stamps(database: Database) -> list[int]:
    rows = stored(database)
    return [rows[pk][0] for pk in sorted(rows)]


def without_stamps(rows: dict[int, tuple[Any, ...]]) -> dict[int, tuple[Any, ...]]:
    return {pk: row[1:] for pk, row in rows.items()}


def version(database: Database) -> int:
    with database.read() as session:
        return dataset.version(session) or 0


def test_only_changed_briefings_get_a_new_stamp(database: Database) -> None:
    take_in(database, FIRST)
    take_in(database, SECOND)
    before = stored(database)
    assert stamps(database) == [1, 2]
    # OpenAI is mentioned outside of items only.
    merged = acts.merge(database, "daily", "OpenAI", "NVIDIA", DESK)
    assert stamps(database) == [version(database), 2]
    acts.undo(database, "daily", merged.judgements[0], DESK)
    assert without_stamps(stored(database)) == without_stamps(before)
    acts.split(database, "daily", "NVIDIA", ["NVIDIA"], DESK)
    assert stored(database)
    acts.alias(database, "daily", "Foobar Lab", "富吧", "zh-Hant", "translation", DESK)
    assert stamps(database)[1] == version(database)


def test_a_draft_has_empty_columns(database: Database) -> None:
    take_in(database, SECOND)
    take_in(database, document("2026-01-02", item("乙"), draft=True))
    assert list(stored(database).values()) == [(2, None, b"", b"")]


def test_a_dry_run_leaves_nothing(database: Database) -> None:
    take_in(database, FIRST)
    before = stored(database)
    acts.merge(database, "daily", "Foobar Lab", "NVIDIA", Curation("desk", dry_run=True))
    assert stored(database) == before


def test_a_removed_briefing_leaves_empty_columns(database: Database) -> None:
    take_in(database, FIRST)
    with database.write() as session:
        pk = session.execute(select(col(Briefing.pk))).scalar_one()
        assert pk
        session.execute(text("DELETE FROM mention"))
        session.execute(text("DELETE FROM judgement"))
        session.execute(delete(Entity))
        session.execute(delete(Briefing))
        columns.refresh(session, Touched(briefings={pk}))
        dataset.record(session, (), datetime.now(UTC))
    assert stored(database) == {pk: (2, None, b"", b"")}


def test_a_rebuild_writes_only_what_is_wrong(database: Database) -> None:
    for day in range(1, 4):
        take_in(database, document(f"2026-01-0{day}", item("甲", entities="NVIDIA, Foobar Lab")))
    before = stored(database)
    first, second, third = sorted(before)
    with database.write() as session:
        damaged = update(BriefingColumns).where(col(BriefingColumns.briefing_pk) == first)
        session.execute(damaged.values(named=b""))
        removed = delete(BriefingColumns).where(col(BriefingColumns.briefing_pk) == second)
        session.execute(removed)
        assert len(list(columns.mismatches(session))) == 2
        assert columns.is_missing(session)
        assert columns.rebuild(session) == 3
        dataset.record(session, (), datetime.now(UTC))
    after = stored(database)
    assert without_stamps(after) == without_stamps(before)
    assert after[third] == before[third]
    # The new stamps tell readers of it.
    assert after[first][0] == after[second][0] == version(database)


def test_more_briefings_than_a_batch_are_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_BRIEFINGS_PER_BATCH", 2)
    for day in range(1, 6):
        take_in(database, document(f"2026-01-0{day}", item("甲", entities="Foobar Lab, Bazquux")))
    acts.merge(database, "daily", "Bazquux", "Foobar Lab", DESK)
    assert set(stamps(database)) == {version(database)}
