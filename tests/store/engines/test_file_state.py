"""A database file that is replaced, missing or damaged while it is served."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import Unavailable
from app.store.db import Database
from app.store.engines import faults
from app.store.schema import head
from tests.conftest import new_url, take_in
from tests.documents import document, item

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
