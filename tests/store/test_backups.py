"""Backups of a whole database: made while others write, verified, restored."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import AppError, Conflict
from app.query.snapshot import dataset
from app.store import backups
from app.store.db import Database
from tests.conftest import new_url, take_in
from tests.documents import document, item

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with one day."""
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        take_in(database, document("2026-01-02", item("甲")))
        yield database


def _days(database: Database) -> list[str]:
    with database.read() as session:
        statement = text("SELECT id FROM briefing ORDER BY date")
        return list(session.execute(statement).scalars())


def _version(database: Database) -> str:
    with database.read() as session:
        return dataset.version(session).text


def test_a_backup_is_one_file_and_restores_what_was(base: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backup = backups.create(base, folder / "b.db")
    assert (backup.documents, backup.version) == (1, _version(base))
    assert [path.name for path in folder.iterdir()] == ["b.db"]
    take_in(base, document("2026-01-03", item("乙")))
    former = _version(base)
    backups.restore(base, backup.path)
    assert _days(base) == ["2026-01-02"]
    # A database of its own: no client takes its answers for those of the former one.
    assert _version(base).split("-")[0] != former.split("-")[0]
    assert take_in(base, document("2026-01-04", item("丙"))).status == "added"


def test_a_backup_is_made_while_others_write(base: Database, tmp_path: Path) -> None:
    ending = threading.Event()

    def write() -> None:
        with closing(Database(str(base.url))) as writer:
            for day in range(3, 28):
                if not ending.is_set():
                    take_in(writer, document(f"2026-01-{day:02}", item("字")))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        counts = [backups.create(base, tmp_path / f"{n}.db").documents for n in range(3)]
    finally:
        ending.set()
        thread.join()
    assert counts == sorted(counts)


def test_a_damaged_backup_is_refused(base: Database, tmp_path: Path) -> None:
    backup = backups.create(base, tmp_path / "b.db")
    with base.write() as session:
        session.execute(text("UPDATE document SET body = x'00'"))
    with pytest.raises(AppError, match="has another hash"):
        backups.create(base, tmp_path / "c.db")
    assert not (tmp_path / "c.db").exists()
    cut = tmp_path / "cut.db"
    cut.write_bytes(backup.path.read_bytes()[:20_000])
    with pytest.raises(AppError, match=r"damaged|no backup"):
        backups.restore(base, cut)


def test_a_file_is_never_overwritten(base: Database, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("x")
    with pytest.raises(Conflict, match="exists"):
        backups.create(base, path)


def test_a_folder_holds_the_latest(base: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for hour in range(4):
        backups.create_in(base, folder, 2, NOW + timedelta(hours=hour))
    names = [path.name for path in backups.backups_in(folder)]
    assert names == ["briefbase-20260102T060405Z.db", "briefbase-20260102T050405Z.db"]


def test_postgresql_is_backed_up_into_a_file_and_restored_from_it(tmp_path: Path) -> None:
    with closing(Database(new_url("postgresql", tmp_path, migrated=True))) as server:
        take_in(server, document("2026-01-02", item("甲")))
        backup = backups.create(server, tmp_path / "b.db")
    with closing(Database(new_url("postgresql", tmp_path))) as fresh:
        assert backups.is_empty(fresh)
        backups.restore(fresh, backup.path)
        assert _days(fresh) == ["2026-01-02"]
