"""Engines of a SQLite file: readers never make one."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.store.db import Database, OperationalError
from app.store.engines import sqlite_file
from app.store.engines.file_state import FileState
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
        if "immutable" not in name:
            name = f"file:{tmp_path}/none.db?mode=ro"
        return connect(name, **options)

    monkeypatch.setattr(sqlite_file.sqlite, "connect", refuse)
    monkeypatch.setattr(FileState, "is_read_only", lambda self: True)
    database = Database(f"sqlite:///{path}")
    with closing(database), database.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM briefing").scalar() == 0
        assert database.file
        assert database.file.is_immutable
        assert not database.file.is_other()
        monkeypatch.setattr(FileState, "is_read_only", lambda self: False)
        assert database.file.is_other()
    assert not state.is_immutable
