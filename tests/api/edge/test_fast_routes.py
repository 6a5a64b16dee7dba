"""The fast path answers as FastAPI does, and leaves unusual requests to FastAPI."""

import gc
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from app.api.edge.fast_routes import FastRoutes
from app.main import create_app
from app.query.request.item_params import ItemList
from app.store.db import Database
from tests.conftest import settings_for

VALID = """
    /v1/briefings /v1/briefings?limit=1&fields=id /v1/briefings/latest /v1/briefings/2025-12-23
    /v1/briefings/2025-12-23?lang=en /v1/briefings/2025-12-23/source
    /v1/briefings/daily:2025-12-23 /v1/headlines /v1/headlines?date=2025-11-22&limit=2
    /v1/headlines?format=md /v1/items?entity=NVIDIA&entity=SGLang
    /v1/items?importance=high|medium&from=2025-12-01&limit=3 /v1/entities?q=%E6%98%87%E9%A8%B0
    /v1/entities/nvidia /v1/entities/NVIDIA/timeline?interval=month /v1/entities/nvidia/related
    /v1/search?q=a+b /v1/autocomplete?q=nvi /v1/timelines?entities=nvidia,qwen
    /v1/items?group_by=section /healthz /v1/items?fields=
""".split()
INVALID = [
    "/v1/items?limit=0",
    "/v1/items?limit=x",
    "/v1/items?limit=1&limit=2",
    "/v1/items?nope=1",
    "/v1/items?from=2025-13-01",
    "/v1/items?tag=",
    "/v1/items?from=2025-12-02&to=2025-12-01",
    "/v1/items?importance=huge",
    f"/v1/items?q={'x' * 300}",
    f"/v1/briefings/{'x' * 65}",
    "/v1/search",
    "/v1/briefings/2025-12-24",
    "/v1/briefings/latest?limit=1",
    "/v1/briefings/",
    "/v1/entities/nobody",
    "/v1/items/",
    "/v1//items",
    "/v1/items/i_1/sauce",
    "/v1/items/{}",
    "/v1/items//source",
    "/v1/briefings/diff",
    "/v1/entities/nvidia/",
    "/v1/autocomplete",
    "/healthz?x=1",
    "/v1/items?limit",
    "/v1/items?q=%00",
]


@pytest.fixture(scope="module")
def both(seeds: Callable[[str], Database]) -> Iterator[tuple[TestClient, TestClient]]:
    """A client with fast routes and one without, both without a cache."""
    settings = settings_for(seeds("sqlite"), cache=0)
    apps = create_app(settings), create_app(settings)
    slow_routes = [route for route in apps[1].router.routes if not isinstance(route, FastRoutes)]
    apps[1].router.routes = slow_routes
    assert len(slow_routes) == len(apps[0].router.routes) - 1
    with TestClient(apps[0]) as fast, TestClient(apps[1]) as slow:
        yield fast, slow


@pytest.mark.parametrize("path", VALID + INVALID)
def test_fast_routes_and_fastapi_answer_alike(
    both: tuple[TestClient, TestClient], path: str
) -> None:
    headers = {"X-Request-ID": "same", "Accept-Language": "en"}
    fast, other = (client.get(path, headers=headers, follow_redirects=False) for client in both)
    assert (fast.status_code, fast.content) == (other.status_code, other.content)
    assert dict(fast.headers) == dict(other.headers)
    assert (fast.status_code < 400) == (path in VALID)


def test_plain_requests_take_the_fast_path(both: tuple[TestClient, TestClient]) -> None:
    routes = both[0].app.router.routes  # type: ignore[attr-defined]  # any ASGI application
    (fast,) = [route for route in routes if isinstance(route, FastRoutes)]
    for target in VALID:
        path, _, query = target.partition("?")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode()}
        assert fast.matches(scope)[1], target
        assert not fast.matches({**scope, "method": "POST"})[1]


def test_a_request_is_freed_without_a_garbage_collection(
    both: tuple[TestClient, TestClient],
) -> None:
    # A cycle from the scope over its request cost a busy server 80 ms every 1.5 s.
    client, _ = both
    client.get("/v1/items?limit=1&q=a")
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        client.get("/v1/items?limit=1&q=b")
        gc.collect()
        requests = [entry for entry in gc.garbage if isinstance(entry, ItemList)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert requests == []
