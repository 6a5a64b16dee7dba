"""Engines of a SQLite file: readers never make one; replaced, missing and damaged files."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.errors import Unavailable
from app.store.db import Database, OperationalError, sqlite_rows
from app.store.engines import faults, sqlite_file
from app.store.engines.sqlite_file import FileState
from app.store.migrations import migrate
from app.store.schema import head
from tests.conftest import new_url, take_in
from tests.documents import document, item


def test_readers_do_not_make_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with (
        closing(Database(f"sqlite:///{path}")) as database,
        pytest.raises(OperationalError),
        database.read() as session,
    ):
        session.connection()
    assert not path.exists()


def test_a_file_on_a_read_only_disk_is_immutable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(new_url("sqlite", tmp_path, migrated=True).removeprefix("sqlite:///"))
    state = FileState(path)
    connect = sqlite_file.sqlite.connect

    def refuse(name: str, **options: Any) -> Any:
        # As SQLite does where it cannot make its shared memory.
        is_refused = "immutable" not in name
        return connect(":memory:" if is_refused else name, factory=_Refusing, **options)

    class _Refusing(sqlite_file.sqlite.Connection):  # type: ignore[misc]  # of either driver
        def execute(self, statement: str) -> Any:
            if not super().execute("PRAGMA database_list").fetchone()[2]:
                raise sqlite_file.sqlite.OperationalError("attempt to write a readonly database")
            return super().execute(statement)

    monkeypatch.setattr(sqlite_file.sqlite, "connect", refuse)
    monkeypatch.setattr(FileState, "is_read_only", lambda self: True)
    with closing(sqlite_file.connect_to_read(state)) as connection:
        assert connection.execute("SELECT count(*) FROM briefing").fetchone() == (0,)
    assert state.is_immutable
    assert not state.is_other()
    # The disk can be written again: connections are opened anew.
    monkeypatch.setattr(FileState, "is_read_only", lambda self: False)
    assert state.is_other()


def test_rows_by_the_driver_are_those_of_the_engine(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'base.db'}", read_timeout=0.05)
    migrate(database)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
    with closing(database), database.read() as session:
        assert sqlite_rows(session, "SELECT ?, ?", 1, "推理") == [(1, "推理")]
        with pytest.raises(OperationalError, match="interrupted"):
            sqlite_rows(session, endless)
        with pytest.raises(OperationalError, match="no such table"):
            sqlite_rows(session, "SELECT * FROM nowhere")
        assert sqlite_rows(session, "SELECT 1") == [(1,)]


DAY = document("2026-01-02", item("a"))


def test_a_write_to_a_missing_file_is_refused_and_succeeds_when_it_is_back(tmp_path: Path) -> None:
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        take_in(database, DAY)
        assert database.file
        path = database.file.path
        aside = path.rename(tmp_path / "aside")
        with pytest.raises(Unavailable, match=r"missing.*Nothing was written"):
            take_in(database, document("2026-01-03", item("b")))
        assert database.file.fault() == faults.MISSING
        assert not path.exists()
        aside.rename(path)
        assert take_in(database, document("2026-01-03", item("b"))).status == "added"


def test_another_file_in_its_place_is_read_and_written(tmp_path: Path) -> None:
    url, other = (new_url("sqlite", tmp_path, migrated=True) for _ in range(2))
    with closing(Database(other)) as second:
        take_in(second, DAY)
    with closing(Database(url)) as database:
        assert database.file
        database.file.identity = None
        with database.write():
            pass
        shutil.copy(other.removeprefix("sqlite:///"), tmp_path / "copy")
        (tmp_path / "copy").replace(database.file.path)
        assert take_in(database, DAY).status == "unchanged"
        assert database.openings == 1


def test_damage_refuses_writes(tmp_path: Path) -> None:
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        assert database.file
        database.file.is_damaged = True
        with pytest.raises(Unavailable, match="damaged"), database.write():
            pass


def test_a_schema_of_newer_code_refuses_writes(tmp_path: Path) -> None:
    with closing(Database(new_url("sqlite", tmp_path, migrated=True))) as database:
        with database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Unavailable, match=f"9999.*{head()}"), database.write():
            pass
