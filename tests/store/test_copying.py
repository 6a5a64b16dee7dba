"""A copy on another engine equals its source, and takes further documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from app.curate import acts
from app.curate.conduct import Curation
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
    """A database without tables, once for each engine."""
    opened = Database(new_url(request.param, tmp_path), read_timeout=30)
    yield opened
    opened.close()


def item_ids(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.execute(select(col(Item.id)).order_by(col(Item.id))).scalars())


def dataset(database: Database) -> tuple[int, str]:
    with database.read() as session:
        statement = select(col(Dataset.version), col(Dataset.instance))
        return session.execute(statement).one()


def test_every_row_arrives(database: Database, target: Database) -> None:
    take_in(database, FIRST)
    acts.alias(database, "daily", "Foobar Lab", "富吧", "zh-Hant", "translation", Curation("desk"))
    rows = {copied.table: copied.rows for copied in copy(database, target)}
    assert rows["item"] == 2
    assert item_ids(database) == item_ids(target)
    version, instance = dataset(database)
    copied_version, copied_instance = dataset(target)
    assert version == copied_version
    # Two databases never share a version string.
    assert instance != copied_instance


def test_the_copy_takes_further_documents(database: Database, target: Database) -> None:
    take_in(database, FIRST)
    list(copy(database, target))
    take_in(target, document("2026-01-02", item("丙", entities="NVIDIA, New Thing")))
    take_in(target, FIRST.replace("甲", "丁"))
    assert len(item_ids(target)) == 3


def test_a_copy_of_a_copy_equals_the_source(
    database: Database, target: Database, tmp_path: Path
) -> None:
    take_in(database, FIRST)
    back = Database(new_url("sqlite", tmp_path))
    hashes = []
    for source, destination in ((database, target), (target, back)):
        copied_tables = {copied.table: copied.sha256 for copied in copy(source, destination)}
        del copied_tables["dataset"]
        hashes.append(copied_tables)
    assert hashes[0] == hashes[1]
    back.close()


def test_a_target_that_is_not_empty_is_refused(database: Database, target: Database) -> None:
    take_in(database, FIRST)
    list(copy(database, target))
    with pytest.raises(Conflict, match="not empty"):
        list(copy(database, target))


def test_a_source_of_another_schema_is_refused(url: str, target: Database) -> None:
    bare = Database(url)
    # Readers create no file.
    bare.writer.connect().close()
    with pytest.raises(Conflict, match="schema none"):
        list(copy(bare, target))
    with target.writer.connect() as connection, pytest.raises(Exception, match="item"):
        connection.execute(text("SELECT * FROM item"))
    bare.close()


def test_a_table_that_arrives_differently_undoes_the_copy(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, FIRST)
    serial = iter(range(10_000))
    monkeypatch.setattr("app.store.copying.content_hash", lambda *_: str(next(serial)))
    with pytest.raises(AppError, match="did not arrive"):
        list(copy(database, target))
    with target.read() as session:
        assert session.execute(select(Dataset)).first() is None
