"""The authorization matrix: every route with every kind of key, and without one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from app.api.wire.scopes import SCOPES
from app.main import create_app
from app.settings import Scope, Settings
from app.store import keys
from app.store.db import Database
from tests.conftest import client_of, described_paths, new_url

ROUTES = [
    (method.upper(), path, operation["operationId"])
    for path, operations in described_paths().items()
    for method, operation in operations.items()
]
Headers = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Headers]]:
    """A client of an empty database, and a header of each kind of key."""
    url = new_url("sqlite", tmp_path_factory.mktemp("gate"), migrated=True)
    database = Database(url, read_timeout=30)
    now = datetime.now(UTC)
    texts = {"none": "", "wrong": "bb_wrong"}
    with database.write() as session:
        for scope in get_args(Scope):
            _, texts[scope] = keys.create(session, scope, [scope], now)
        revoked, texts["revoked"] = keys.create(session, "revoked", ["admin"], now)
        keys.revoke(session, revoked.id, now)
        past = now - timedelta(days=2)
        _, texts["expired"] = keys.create(session, "late", ["admin"], past, timedelta(days=1))
    headers = {}
    for kind, text in texts.items():
        headers[kind] = {"Authorization": f"Bearer {text}"} if text else {}
    with client_of(database) as client:
        yield client, headers
    database.close()


def test_each_route_declares_its_scopes() -> None:
    declared = {operation for _, _, operation in ROUTES}
    assert declared == SCOPES.keys(), "declare the scopes of the route in app/api/wire/scopes.py"


def test_a_route_that_is_not_described_only_reads() -> None:
    app = create_app(Settings(database_url="sqlite://", log_level="error"))
    described = {path for _, path, _ in ROUTES}
    for route in app.routes:
        methods = getattr(route, "methods", None) or set()
        path = getattr(route, "path", "")
        assert path in described or methods <= {"GET", "HEAD"}, path


def test_each_scope_is_used() -> None:
    used = {scope for scopes in SCOPES.values() for scope in scopes}
    assert used == set(get_args(Scope))


@pytest.mark.parametrize(("method", "path", "operation"), ROUTES)
def test_a_route_takes_its_keys_and_no_others(
    gate: tuple[TestClient, Headers], method: str, path: str, operation: str
) -> None:
    client, headers = gate
    scopes = SCOPES[operation]
    address = re.sub(r"[{}]", "", path)
    for kind, header in headers.items():
        status = client.request(method, address, headers=header).status_code
        if not scopes or kind in (*scopes, "admin"):
            expected = status not in (401, 403)
        elif kind in get_args(Scope):
            expected = status == 403
        else:
            expected = status == 401
        assert expected, (kind, status)
