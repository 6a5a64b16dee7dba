"""Clients of an API over a database of its own, for tests that write."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from app.store import keys
from app.store.db import Database
from tests.conftest import client_of, take_in
from tests.documents import document, item

FIRST = document(
    "2026-01-01",
    item("甲", summary="皮衣教主出席。", entities="NVIDIA, Foobar Lab"),
    item("乙", summary="更新。", entities="Qwen, 千問, Bazquux"),
)


@pytest.fixture
def fresh(database: Database) -> Iterator[TestClient]:
    """A client of `database`, which is empty at first."""
    with client_of(database) as opened:
        yield opened


def token(database: Database, *scopes: str) -> dict[str, str]:
    """Return the header of a new key."""
    with database.write() as session:
        _, text = keys.create(session, "desk", scopes, datetime.now(UTC))
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def desk(fresh: TestClient, database: Database) -> TestClient:
    """A client with a key of a curator, over a database of two items."""
    take_in(database, FIRST)
    fresh.headers.update(token(database, "entities"))
    return fresh
