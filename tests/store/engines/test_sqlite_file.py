"""Engines of a SQLite file: readers never make one."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.store.db import Database, OperationalError, sqlite_rows
from app.store.engines import sqlite_file
from app.store.engines.sqlite_file import FileState
from app.store.migrations import migrate
from tests.conftest import new_url


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
