"""Engines of a PostgreSQL server: a pool that tries again as soon as it is asked."""

from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from app.store.db import Database
from tests.conftest import new_url


def test_an_attempt_to_connect_gives_up_at_once(tmp_path: Path) -> None:
    # Delays that double after each failure would outlast the outage by up to its length.
    database = Database(new_url("postgresql", tmp_path, migrated=True))
    with database.reader.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver._pool.reconnect_timeout == 0
    database.close()


def test_the_next_of_several_hosts_is_asked(tmp_path: Path) -> None:
    url = make_url(new_url("postgresql", tmp_path, migrated=True))
    hosts = (f"{tmp_path}:5432", f"{url.query['host']}:{url.port or 5432}")
    several = url.set(query={"host": hosts, "target_session_attrs": "read-write"})
    database = Database(several.render_as_string(hide_password=False))
    with database.write() as session:
        assert not session.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
    database.close()


def test_settings_of_the_url_are_added_to_ours(tmp_path: Path) -> None:
    url = make_url(new_url("postgresql", tmp_path)).update_query_dict(
        {"options": "-c work_mem=9MB"}
    )
    database = Database(url.render_as_string(hide_password=False))
    with database.reader.connect() as connection:
        assert connection.execute(text("SHOW work_mem")).scalar_one() == "9MB"
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
    database.close()
