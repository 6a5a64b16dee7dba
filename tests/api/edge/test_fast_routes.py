"""The straight way to a route answers as the framework does, and leaves to it whatever is not plainly right."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.api.edge.fast_routes import FastRoutes
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.conftest import CHANNEL

RIGHT = [
    "/v1/briefings", "/v1/briefings?limit=1&fields=id", "/v1/briefings/latest", "/v1/briefings/2025-12-23", "/v1/briefings/2025-12-23?lang=en",
    "/v1/briefings/2025-12-23/source", "/v1/briefings/daily:2025-12-23", "/v1/headlines", "/v1/headlines?date=2025-11-22&limit=2",
    "/v1/headlines?format=md", "/v1/items?entity=NVIDIA&entity=SGLang", "/v1/items?importance=high|medium&from=2025-12-01&limit=3",
    "/v1/entities?q=%E6%98%87%E9%A8%B0", "/v1/entities/nvidia", "/v1/entities/NVIDIA/timeline?interval=month", "/v1/entities/nvidia/related",
    "/v1/search?q=a+b", "/v1/autocomplete?q=nvi", "/v1/timelines?entities=nvidia,qwen", "/v1/items?group_by=section", "/healthz", "/v1/items?fields=",
]  # fmt: skip
WRONG = [
    "/v1/items?limit=0", "/v1/items?limit=x", "/v1/items?limit=1&limit=2", "/v1/items?nope=1", "/v1/items?from=2025-13-01", "/v1/items?tag=",
    "/v1/items?from=2025-12-02&to=2025-12-01", "/v1/items?importance=huge", f"/v1/items?q={'x' * 300}", f"/v1/briefings/{'x' * 65}", "/v1/search",
    "/v1/briefings/2025-12-24", "/v1/briefings/latest?limit=1", "/v1/briefings/", "/v1/entities/nobody", "/v1/items/", "/v1//items", "/v1/items/i_1/sauce", "/v1/items/{}", "/v1/items//source",
    "/v1/briefings/diff", "/v1/entities/nvidia/", "/v1/autocomplete", "/healthz?x=1", "/v1/items?limit", "/v1/items?q=%00",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(seeded: Database) -> Iterator[tuple[TestClient, TestClient]]:
    """A service as it is, and one that knows the framework's way only."""
    settings = Settings(
        database_url=seeded.url.render_as_string(hide_password=False),
        channel=CHANNEL,
        seeds=False,
        cache=0,
    )
    apps = create_app(settings), create_app(settings)
    apps[1].router.routes = [
        route for route in apps[1].router.routes if not isinstance(route, FastRoutes)
    ]
    assert len(apps[1].router.routes) == len(apps[0].router.routes) - 1
    with TestClient(apps[0]) as straight, TestClient(apps[1]) as plain:
        yield straight, plain


@pytest.mark.parametrize("path", RIGHT + WRONG)
def test_both_ways_answer_alike(both: tuple[TestClient, TestClient], path: str) -> None:
    headers = {"X-Request-ID": "same", "Accept-Language": "en"}
    one, other = (client.get(path, headers=headers, follow_redirects=False) for client in both)
    assert (one.status_code, one.content) == (other.status_code, other.content)
    assert dict(one.headers) == dict(other.headers)
    assert (one.status_code < 400) == (path in RIGHT)


def test_what_is_asked_plainly_goes_straight(both: tuple[TestClient, TestClient]) -> None:
    straight = next(route for route in both[0].app.router.routes if isinstance(route, FastRoutes))  # type: ignore[attr-defined]
    for path in RIGHT:
        way, _, query = path.partition("?")
        asked = {"type": "http", "method": "GET", "path": way, "query_string": query.encode()}
        assert straight.matches(asked)[1], path
        assert not straight.matches({**asked, "method": "POST"})[1]
