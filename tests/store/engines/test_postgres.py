"""Engines of a PostgreSQL server: a pool that tries again as soon as it is asked."""

from pathlib import Path
from typing import Any

from app.store.db import Database
from tests.conftest import new_url


def test_an_attempt_to_connect_gives_up_at_once(tmp_path: Path) -> None:
    # Delays that double after each failure would outlast the outage by up to its length.
    database = Database(new_url("postgresql", tmp_path))
    with database.reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver._pool.reconnect_timeout == 0
    database.close()
