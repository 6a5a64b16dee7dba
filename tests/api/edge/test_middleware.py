"""Limits and headers of every request."""

import asyncio
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from app.api.edge.middleware import MAX_TARGET_BYTES, Edge
from app.settings import Settings

ROUTES = """
    / /docs /openapi.json /healthz /readyz /v1/info /v1/briefings /v1/briefings/latest
    /v1/briefings/2025-12-23 /v1/briefings/2025-12-23/source /v1/briefings/2025-12-23/quality
    /v1/briefings/latest?format=html /v1/headlines /v1/headlines?format=text /v1/items
    /v1/entities /v1/entities/SGLang /v1/tags /v1/tags/mlops /v1/sources
    /v1/sources/arxiv:2512.17527 /v1/publishers /v1/publishers/qbitai.com
    /static/swagger-ui/swagger-ui.css /v1/items?nonsense=1 /v1/items/none /nowhere
""".split()


@pytest.mark.parametrize("path", ROUTES)
def test_head_is_get_without_its_body(client: TestClient, path: str) -> None:
    # Refusals name the request: another id compresses to another length.
    headers = {"X-Request-ID": "0" * 24}
    got, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert head.content == b""
    assert head.status_code == got.status_code
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


@pytest.mark.parametrize("path", ROUTES)
def test_security_headers_and_lifetime(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (
        "unsafe-inline"
        not in headers["content-security-policy"].partition("script-src")[2].partition(";")[0]
    )
    assert headers["cache-control"]


def test_the_target_has_a_limit(client: TestClient) -> None:
    for target in (
        "/v1/items?entity=" + "a" * MAX_TARGET_BYTES,
        "/" + "a" * MAX_TARGET_BYTES,
        "/v1/items?" + "&".join(["entity=a"] * 1000),
    ):
        answer = client.get(target)
        assert (answer.status_code, answer.json()["type"]) == (
            414,
            "urn:briefbase:problem:uri-too-long",
        )
        assert str(MAX_TARGET_BYTES) in answer.json()["detail"]
    assert client.get("/v1/sources/" + "a" * (MAX_TARGET_BYTES - 20)).status_code == 404
    assert client.get("/" + "a" * (MAX_TARGET_BYTES - 1)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/{what}/a%00b"
        for what in ("briefings", "items", "entities", "tags", "sources", "publishers")
    ]
    + ["/v1/items/%00/source", "/%00"],
)
def test_a_path_with_nul_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("origin", ["https://example.org", "null"])
def test_cors(client: TestClient, origin: str) -> None:
    for path in (
        "/v1/briefings",
        "/v1/items?nonsense=1",
        "/v1/items?entity=" + "a" * MAX_TARGET_BYTES,
    ):
        headers = client.get(path, headers={"Origin": origin}).headers
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
        exposed = headers["access-control-expose-headers"]
        assert all(
            name in exposed
            for name in ("ETag", "Link", "X-Request-ID", "Dataset-Version", "Retry-After")
        )
    # The same for all origins, so that shared caches may store the response.
    plain, alike = (
        client.get("/v1/briefings", headers={"X-Request-ID": "a"} | extra).headers
        for extra in ({}, {"Origin": origin})
    )
    assert plain == alike


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 400), ("DELETE", 400)])
def test_cors_preflight(client: TestClient, method: str, status: int) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": method}
    answer = client.options("/v1/briefings", headers=headers)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    if status == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"].startswith(f"{method} from another origin is not allowed")


@pytest.mark.parametrize("request_id", ["abc-123_x.Y", "a" * 64])
def test_a_request_id_is_echoed(client: TestClient, request_id: str) -> None:
    answer = client.get("/v1/items?nonsense=1", headers={"X-Request-ID": request_id})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == request_id


@pytest.mark.parametrize(
    "request_id", ["", "a" * 65, "a b", "<script>", "a\tb", '{"x":1}', b"\xc3\xa9", "a,b"]
)
def test_a_hostile_request_id_is_replaced(client: TestClient, request_id: str | bytes) -> None:
    headers: Any = {"X-Request-ID": request_id}  # httpx sends bytes unchanged
    answer = client.get("/nowhere", headers=headers)
    new_id = answer.headers["x-request-id"]
    assert new_id == answer.json()["request_id"]
    assert new_id.isalnum()
    assert len(new_id) == 32


def test_every_request_has_a_unique_id(client: TestClient) -> None:
    assert len({client.get("/healthz").headers["x-request-id"] for _ in range(5)}) == 5


def scope(**changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/v1/items",
        "raw_path": b"/v1/items",
        "query_string": b"",
        "headers": [],
    } | changes


def call(edge: Edge, **changes: Any) -> tuple[int, bytes]:
    sent: list[Message] = []

    async def run() -> None:
        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(message: Message) -> None:
            sent.append(message)

        await edge(scope(**changes), receive, send)

    asyncio.run(run())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def _slow(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"body"})


def test_raw_bytes_in_the_query_are_refused() -> None:
    status, body = call(Edge(_slow), query_string=b"entity=\xe6\x98\x87")
    assert (status, b"percent-encode" in body) == (400, True)


def test_the_default_limit_is_200() -> None:
    assert Settings(_env_file=None).max_in_flight == 200


ORIGIN = {"Origin": "https://app.example"}


def preflight(client: TestClient, path: str, method: str, headers: str = "") -> Any:
    asked = ORIGIN | {"Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return client.options(path, headers=asked)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/v1/annotate", "content-type"),
        ("POST", "/v1/annotate", "content-type,x-request-id"),
        ("POST", "/v1/reconcile", "content-type"),
        ("GET", "/v1/items", "if-none-match"),
        ("GET", "/v1/items", "if-modified-since,x-request-id"),
        ("GET", "/v1/review", "authorization"),
        ("HEAD", "/v1/briefings/latest", "if-none-match,x-request-id,authorization"),
        ("GET", "/v1/no-such-path", "x-request-id"),
    ],
)
def test_pages_of_other_origins_may_read(
    client: TestClient, method: str, path: str, headers: str
) -> None:
    answer = preflight(client, path, method, headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert set(headers.split(",")) <= set(allowed)
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/entities/NVIDIA/merge"),
        ("POST", "/v1/entities/NVIDIA/aliases"),
        ("DELETE", "/v1/entities/NVIDIA/aliases/a_1"),
        ("POST", "/v1/judgements/j_1/undo"),
        ("PUT", "/v1/annotate"),
    ],
)
def test_pages_of_other_origins_may_not_write(client: TestClient, method: str, path: str) -> None:
    answer = preflight(client, path, method, "authorization,content-type")
    assert answer.status_code == 400
    assert method not in answer.headers["access-control-allow-methods"].split(", ")
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/items", 200),
        ("/v1/items?nonsense=1", 400),
        ("/v1/nothing", 404),
        ("/v1/review", 401),
        ("/v1/entities/NVIDIA", 308),
        ("/v1/items?q=" + "a" * 9_000, 414),
    ],
)
def test_every_answer_may_be_read(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, headers=ORIGIN)
    assert answer.status_code == status
    exposed = answer.headers["access-control-expose-headers"]
    assert answer.headers["access-control-allow-origin"] == "*"
    for name in ("ETag", "Link", "X-Request-ID", "Dataset-Version", "Retry-After"):
        assert name in exposed
    if status == 200:
        for headers in (
            {"If-None-Match": answer.headers["etag"]},
            {"If-Modified-Since": answer.headers["last-modified"]},
        ):
            again = client.get(path, headers=ORIGIN | headers)
            assert again.status_code == 304
            assert again.headers["access-control-allow-origin"] == "*"
            assert again.headers["access-control-expose-headers"] == exposed
