"""An API over a base of its own, for tests that write."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store.db import Database


def settings_for(database: Database, **given: object) -> Settings:
    url = database.url.render_as_string(hide_password=False)
    return Settings.model_validate({"database_url": url, "seeds": False, "read_timeout": 30, "log_level": "error"} | given)


@pytest.fixture
def fresh(database: Database) -> Iterator[TestClient]:
    """A client of the API over `database`, which begins empty."""
    with TestClient(create_app(settings_for(database)), follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened
