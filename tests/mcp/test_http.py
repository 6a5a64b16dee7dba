"""The address `/mcp`: cached bytes, hosts, methods, and an SDK that waits for the first call."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.mcp.http import MAX_BODY_BYTES, allowed_hosts
from app.settings import Settings
from app.store.db import Database
from tests.conftest import client_of, take_in
from tests.documents import document, item

HEADERS = {
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2025-06-18",
    "host": "localhost",
}


@pytest.fixture(scope="module")
def client(seeds: Callable[[str], Database]) -> Iterator[TestClient]:
    with client_of(seeds("sqlite")) as opened:
        yield opened


def call(
    client: TestClient, name: str, *, number: int = 1, headers: Any = None, **arguments: Any
) -> Response:
    """Call a tool."""
    params = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
    return client.post("/mcp", json=body, headers=HEADERS | (headers or {}))


def test_a_call_asked_again_comes_from_cached_bytes(client: TestClient) -> None:
    agents = client.app.state.agents  # type: ignore[attr-defined]  # any ASGI application
    first = call(client, "headlines", number=1).json()
    hits = agents.hits
    again = call(client, "headlines", number=2)
    assert agents.hits == hits + 1
    assert again.json() == first | {"id": 2}
    assert again.headers["dataset-version"]
    assert call(client, "headlines", number=3, limit=1).json() != first | {"id": 3}
    assert agents.hits == hits + 1


def test_an_error_is_not_cached(client: TestClient) -> None:
    agents = client.app.state.agents  # type: ignore[attr-defined]  # any ASGI application
    hits = agents.hits
    for _ in range(2):
        assert call(client, "get_item", id="i_nothing").json()["result"]["isError"]
    assert agents.hits == hits


def test_a_new_document_ends_cached_answers(database: Database) -> None:
    take_in(database, document("2026-01-02", item("一")), "2026-01-02.md")
    with client_of(database) as client:
        first = call(client, "headlines").json()["result"]["structuredContent"]
        take_in(database, document("2026-01-03", item("二")), "2026-01-03.md")
        second = call(client, "headlines").json()["result"]["structuredContent"]
    assert first["dataset_version"] != second["dataset_version"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "127.0.0.1:8000"}, 200),
        ({"host": "kb.example"}, 421),
        ({"origin": "http://localhost:3000"}, 200),
        ({"origin": "https://elsewhere.example"}, 403),
    ],
)
def test_only_known_hosts_and_origins_are_served(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    for _ in range(2):
        answer = call(client, "headlines", headers=headers)
        assert answer.status_code == status
        if status != 200:
            _check_problem(answer, next(iter(headers)).title())


def _check_problem(answer: Response, beginning: str) -> None:
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["detail"].startswith(beginning)


def test_another_media_type_is_refused(client: TestClient) -> None:
    answer = client.post("/mcp", content=b"{}", headers=HEADERS | {"content-type": "text/plain"})
    assert answer.status_code == 400
    _check_problem(answer, "Content-Type: 'text/plain'")


def test_the_public_address_and_further_hosts_are_allowed() -> None:
    settings = Settings(public_url="https://kb.example:8443/x", allowed_hosts="inner, other:80")
    hosts = allowed_hosts(settings)
    assert {"kb.example:8443", "inner:*", "other:80", "localhost:*"} <= set(hosts["hosts"])
    assert "https://kb.example:8443" in hosts["origins"]


def test_permalinks_begin_with_the_public_address(seeds: Callable[[str], Database]) -> None:
    public = "https://kb.example/kb"
    with client_of(seeds("sqlite"), public_url=public, root_path="/kb") as client:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "headlines"}}
        for path in ("/mcp", "/kb/mcp"):
            answer = client.post(path, json=body, headers=HEADERS | {"host": "kb.example"})
            entry = answer.json()["result"]["structuredContent"]["entries"][0]
            assert entry["cite"]["url"] == f"{public}/v1/items/{entry['id']}"


def test_other_methods_and_large_bodies_are_refused(client: TestClient) -> None:
    refused = client.get("/mcp", headers=HEADERS)
    assert refused.status_code == 405
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["allow"] == "POST"
    large = client.post("/mcp", content=b" " * (MAX_BODY_BYTES + 1), headers=HEADERS)
    assert large.status_code == 413


_DEEP = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"a":%s%s}}'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"jsonrpc":"2.0","id":1,"method":[]}', 400),
        (b'{"jsonrpc":"2.0","id":1,"method":{"a":1}}', 400),
        (_DEEP % (b"[" * 300, b"]" * 300), 400),
        (_DEEP % (b"[" * 900, b"]" * 900), 400),
    ],
)
def test_malformed_calls_are_no_defects(client: TestClient, body: bytes, status: int) -> None:
    headers = HEADERS | {"content-type": "application/json"}
    assert client.post("/mcp", content=body, headers=headers).status_code == status


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": 1}', b"null"])
def test_what_is_no_call_is_refused(client: TestClient, body: bytes) -> None:
    headers = HEADERS | {"content-type": "application/json"}
    assert client.post("/mcp", content=body, headers=headers).status_code == 400


def test_the_sdk_is_loaded_by_the_first_call_only() -> None:
    program = (
        "import sys; import app.main; from app.cli import commands; app.main.create_app();"
        "print([name for name in sys.modules if name == 'mcp' or name.startswith('mcp.')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
