"""The authorization matrix: every route with every kind of key, and without one."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.wire.scopes import SCOPES
from app.main import create_app
from app.settings import Scope, Settings
from app.store import keys
from app.store.db import Database
from tests.conftest import client_of, described_paths, new_url

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


def routes_of(paths: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return method, path and operation of each route of an OpenAPI document's paths."""
    routes = []
    for path, operations in paths.items():
        for method, operation in operations.items():
            routes.append((method.upper(), path, operation["operationId"]))
    return routes


def undeclared(routes: Iterable[tuple[str, str, str]]) -> set[str]:
    """Return the operations without declared scopes."""
    return {operation for _, _, operation in routes} - SCOPES.keys()


def hidden_writes(app: FastAPI, described: Collection[str]) -> set[str]:
    """Return the paths that take more than GET and are not in the OpenAPI document."""
    hidden = set()
    for route in app.routes:
        methods = getattr(route, "methods", None) or set()
        path = getattr(route, "path", "")
        if path not in described and not methods <= {"GET", "HEAD"}:
            hidden.add(path)
    return hidden


def wrong_answers(
    client: TestClient, headers: Headers, method: str, path: str, scopes: tuple[Scope, ...]
) -> dict[str, int]:
    """Return the statuses that a route must not answer to kinds of keys, by kind."""
    wrong = {}
    for kind, header in headers.items():
        status = client.request(method, re.sub(r"[{}]", "", path), headers=header).status_code
        if not scopes or kind in (*scopes, "admin"):
            is_right = status not in (401, 403)
        elif kind in get_args(Scope):
            is_right = status == 403
        else:
            is_right = status == 401
        if not is_right:
            wrong[kind] = status
    return wrong


ROUTES = routes_of(described_paths())


def test_each_route_declares_its_scopes() -> None:
    assert not undeclared(ROUTES), "declare the scopes of the route in app/api/wire/scopes.py"
    assert {operation for _, _, operation in ROUTES} == SCOPES.keys()


def test_a_route_that_is_not_described_only_reads() -> None:
    app = create_app(Settings(database_url="sqlite://", log_level="error"))
    # The tools of agents only read, by a protocol that posts.
    assert hidden_writes(app, {path for _, path, _ in ROUTES}) == {"/mcp"}


def test_a_new_route_without_a_declared_scope_is_seen() -> None:
    app = FastAPI()
    app.add_api_route("/v1/items", lambda: {}, operation_id="listItems")
    app.add_api_route("/v1/erase", lambda: {}, methods=["POST"], operation_id="eraseAll")
    app.add_api_route("/v1/hidden", lambda: {}, methods=["POST"], include_in_schema=False)
    paths = app.openapi()["paths"]
    assert undeclared(routes_of(paths)) == {"eraseAll"}
    assert hidden_writes(app, paths) == {"/v1/hidden"}


def test_a_route_that_does_not_enforce_its_scope_is_seen(gate: tuple[TestClient, Headers]) -> None:
    _, headers = gate
    app = FastAPI()
    app.add_api_route("/v1/erase", lambda: {}, methods=["POST"])
    wrong = wrong_answers(TestClient(app), headers, "POST", "/v1/erase", ("admin",))
    assert wrong.keys() == headers.keys() - {"admin"}


def test_each_scope_is_used() -> None:
    used = {scope for scopes in SCOPES.values() for scope in scopes}
    assert used == set(get_args(Scope))


@pytest.mark.parametrize(("method", "path", "operation"), ROUTES)
def test_a_route_takes_its_keys_and_no_others(
    gate: tuple[TestClient, Headers], method: str, path: str, operation: str
) -> None:
    client, headers = gate
    assert not wrong_answers(client, headers, method, path, SCOPES[operation])
