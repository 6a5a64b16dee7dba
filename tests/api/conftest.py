"""An API over a base of its own, for tests that write."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store import keys
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item


def settings_for(database: Database, **given: object) -> Settings:
    url = database.url.render_as_string(hide_password=False)
    return Settings.model_validate(
        {"database_url": url, "seeds": False, "read_timeout": 30, "log_level": "error"} | given
    )


@pytest.fixture
def fresh(database: Database) -> Iterator[TestClient]:
    """A client of the API over `database`, which begins empty."""
    with TestClient(
        create_app(settings_for(database)), follow_redirects=False, raise_server_exceptions=False
    ) as opened:
        yield opened


FIRST = document(
    "2026-01-01",
    item("甲", summary="皮衣教主出席。", entities="NVIDIA, Foobar Lab"),
    item("乙", summary="更新。", entities="Qwen, 千問, Bazquux"),
)


def token(database: Database, *scopes: str) -> dict[str, str]:
    """The header of a new key."""
    with database.write() as session:
        return {
            "Authorization": f"Bearer {keys.create(session, 'desk', scopes, datetime.now(UTC))[1]}"
        }


@pytest.fixture
def desk(fresh: TestClient, database: Database) -> TestClient:
    """A client with a key, over a base of two items."""
    take_in(database, FIRST)
    fresh.headers.update(token(database, "entities"))
    return fresh
