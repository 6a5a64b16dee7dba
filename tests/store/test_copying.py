"""A copy on another engine is the same base, and lives on as one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.curate import acts
from app.curate.acts import Curation
from app.errors import AppError, Conflict
from app.store.copying import copy
from app.store.db import Database
from app.store.tables import Dataset, Item
from tests.conftest import ENGINES, new_url, take_in
from tests.documents import document, item

FIRST = document(
    "2026-01-01",
    item("甲", entities="NVIDIA, Foobar Lab"),
    item("乙\0", entities="Qwen/千問, 昇騰 Ascend"),
)


@pytest.fixture(params=ENGINES)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    opened = Database(new_url(request.param, tmp_path), read_timeout=30)
    yield opened
    opened.close()


def test_all_of_it_arrives(database: Database, target: Database) -> None:
    take_in(database, FIRST)
    acts.alias(database, "daily", "Foobar Lab", "富吧", "zh-Hant", "translation", Curation("desk"))
    copied = list(copy(database, target))
    assert {one.table: one.rows for one in copied}["item"] == 2
    with database.read() as ours, target.read() as theirs:
        assert (
            ours.exec(select(Item.id).order_by(Item.id)).all()
            == theirs.exec(select(Item.id).order_by(Item.id)).all()
        )
        assert (
            ours.exec(select(Dataset.version)).one() == theirs.exec(select(Dataset.version)).one()
        )
        # Two bases never share a version string.
        assert (
            ours.exec(select(Dataset.instance)).one() != theirs.exec(select(Dataset.instance)).one()
        )


def test_the_copy_takes_further_documents(database: Database, target: Database) -> None:
    take_in(database, FIRST)
    list(copy(database, target))
    take_in(target, document("2026-01-02", item("丙", entities="NVIDIA, New Thing")))
    take_in(target, FIRST.replace("甲", "丁"))
    with target.read() as session:
        assert len(session.exec(select(Item.id)).all()) == 3


def test_back_again_it_is_as_it_was(database: Database, target: Database, tmp_path: Path) -> None:
    take_in(database, FIRST)
    there = list(copy(database, target))
    back = Database(new_url("sqlite", tmp_path))
    again = list(copy(target, back))
    assert [one.sha256 for one in there if one.table != "dataset"] == [
        one.sha256 for one in again if one.table != "dataset"
    ]
    back.close()


def test_nothing_is_copied_over_something(database: Database, target: Database) -> None:
    take_in(database, FIRST)
    list(copy(database, target))
    with pytest.raises(Conflict, match="holds something already"):
        list(copy(database, target))


def test_a_base_of_another_schema_is_refused(url: str, target: Database) -> None:
    bare = Database(url)
    with pytest.raises(Conflict, match="schema none"):
        list(copy(bare, target))
    with target.reader.connect() as connection, pytest.raises(Exception, match="item"):
        connection.execute(text("SELECT * FROM item"))
    bare.close()


def test_what_does_not_arrive_is_noticed(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, FIRST)
    lost = iter(range(10_000))
    monkeypatch.setattr("app.store.copying.content_hash", lambda connection, table: str(next(lost)))
    with pytest.raises(AppError, match="not what was sent"):
        list(copy(database, target))
    with target.read() as session:
        assert session.exec(select(Dataset.version)).first() is None
