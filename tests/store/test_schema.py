"""The revision of the schema."""

from contextlib import closing
from pathlib import Path

from app.store.db import Database
from app.store.schema import MIGRATIONS, head, is_intact
from tests.conftest import new_url


def test_the_head_is_the_last_migration() -> None:
    assert list(MIGRATIONS.glob(f"versions/{head()}_*.py"))


def test_a_fresh_database_is_intact(tmp_path: Path) -> None:
    database = Database(new_url("sqlite", tmp_path, migrated=True))
    with closing(database), database.read() as session:
        assert is_intact(session)
