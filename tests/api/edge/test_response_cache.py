"""Cached responses equal computed ones, are never older than the content, and fit in memory."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from app.api.edge.response_cache import ResponseCache, memory_bytes, sort_parameters
from app.main import create_app
from app.store.db import Database
from tests.conftest import settings_for, take_in
from tests.documents import document, item

PATHS = """
    /v1/items /v1/items?limit=1 /v1/briefings /v1/briefings/latest
    /v1/briefings/latest?format=html /v1/headlines /v1/headlines?format=text /v1/entities
    /v1/entities?lang=en /v1/tags /v1/sources /v1/info /v1/autocomplete?q=a
""".split()
REQUEST_HEADERS = {"x-request-id"}


def parts_of(answer: Any) -> tuple[int, dict[str, str], bytes]:
    return (
        answer.status_code,
        {name: value for name, value in answer.headers.items() if name not in REQUEST_HEADERS},
        answer.content,
    )


@pytest.fixture
def uncached(database: Database) -> Iterator[TestClient]:
    """An API over the same database without a cache."""
    with TestClient(
        create_app(settings_for(database, cache="off")),
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as opened:
        yield opened


def test_cached_and_computed_responses_are_equal(
    fresh: TestClient, uncached: TestClient, database: Database
) -> None:
    for day in range(1, 3):
        take_in(
            database,
            document(
                f"2026-01-0{day}", item("甲", entities="NVIDIA, Foobar Lab"), item(f"乙 {day}")
            ),
        )
        for path in PATHS:
            for headers in (
                {},
                {"Accept-Encoding": "gzip"},
                {"Origin": "https://a.example"},
                {"Accept-Language": "en"},
            ):
                first, again, plain = (
                    parts_of(client.get(path, headers=headers))
                    for client in (fresh, fresh, uncached)
                )
                assert first == again == plain, path
                conditional = {**headers, "If-None-Match": first[1]["etag"]}
                unchanged = [
                    parts_of(client.get(path, headers=conditional)) for client in (fresh, uncached)
                ]
                assert unchanged[0] == unchanged[1]
                assert unchanged[0][0] == 304


def test_a_cached_response_is_not_computed_again(
    fresh: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, document("2026-01-02", item("a")))
    first = fresh.get("/v1/items?limit=5&kind=full")

    def made(*values: Any, **also: Any) -> Any:
        raise AssertionError("the response was computed again")

    monkeypatch.setattr("app.api.wire.responses.cacheable", made)
    assert fresh.get("/v1/items?kind=full&limit=5").content == first.content
    assert (
        fresh.get(
            "/v1/items?kind=full&limit=5", headers={"If-None-Match": first.headers["etag"]}
        ).status_code
        == 304
    )
    assert (
        fresh.head("/v1/items?kind=full&limit=5").headers["content-length"]
        == first.headers["content-length"]
    )


def test_cached_responses_have_their_own_request_ids(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    ids = [fresh.get("/v1/items").headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert (
        fresh.get("/v1/items", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"]
        == "mine-1"
    )
    assert fresh.get("/v1/items", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_cached_responses_are_the_same_for_every_origin(
    fresh: TestClient, database: Database
) -> None:
    take_in(database, document("2026-01-02", item("a")))
    headers = {"Origin": "https://a.example", "Cookie": "a=b"}
    assert fresh.get("/v1/items", headers=headers).headers["access-control-allow-origin"] == "*"
    assert (
        fresh.get("/v1/items", headers=headers | {"Origin": "https://b.example"}).headers[
            "access-control-allow-origin"
        ]
        == "*"
    )


class Application:
    """An application that counts its requests and answers with the given headers."""

    def __init__(self, size: int = 10, **headers: str) -> None:
        values = {
            "cache-control": "public",
            "dataset-version": "v1",
            "etag": 'W/"1"',
            "content-length": str(size),
        }
        values |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.headers = [(name.encode(), value.encode()) for name, value in values.items()]
        self.size, self.requests = size, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        await asyncio.sleep(0.01)
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"x" * self.size})


class Versions:
    def __init__(self, text: str | None = "v1") -> None:
        self.text = text

    async def current(self) -> str | None:
        return self.text


async def ask(app: Any, path: str = "/a", **headers: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    values = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    path, _, query = path.partition("?")
    await app(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": values,
        },
        receive,
        send,
    )
    return sent


def cache_of(app: Any, versions: Any = None, max_bytes: int = 1_000_000) -> ResponseCache:
    freshness: Any = versions or Versions()
    return ResponseCache(app, freshness, max_bytes)


def test_a_thousand_identical_requests_are_computed_once() -> None:
    app = Application()

    async def all_at_once() -> None:
        cache = cache_of(app)
        answers = await asyncio.gather(*(ask(cache) for _ in range(1000)))
        assert {response[1]["body"] for response in answers} == {b"x" * 10}
        assert not cache.in_flight

    asyncio.run(all_at_once())
    assert app.requests == 1


def test_a_request_after_a_change_does_not_wait_for_an_older_response() -> None:
    app, versions = Application(), Versions()

    async def change() -> None:
        cache = cache_of(app, versions)
        before = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        versions.text = "v2"
        await asyncio.gather(before, ask(cache))
        # A response of the old version is not cached under the new one.
        assert not cache.entries

    asyncio.run(change())
    assert app.requests == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"cache_control": "private"},
        {"cache_control": "no-store"},
        {"dataset_version": "v0"},
        {"content_length": "11"},
    ],
    ids=str,
)
def test_only_public_complete_responses_are_cached(headers: dict[str, Any]) -> None:
    app = Application(**headers)

    async def twice() -> None:
        cache = cache_of(app)
        await ask(cache)
        await asyncio.gather(ask(cache), ask(cache))
        assert not cache.entries

    asyncio.run(twice())
    assert app.requests >= 3


def test_nothing_is_cached_without_a_version() -> None:
    app = Application()

    async def twice() -> None:
        cache = cache_of(app, Versions(None))
        assert await ask(cache) == await ask(cache)

    asyncio.run(twice())
    assert app.requests == 2


def test_the_cache_stays_below_its_maximum() -> None:
    app = Application(size=1_000)

    async def many() -> None:
        cache = cache_of(app, max_bytes=30_000)
        for number in range(50):
            await ask(cache, f"/{number}")
            assert cache.size <= 30_000
        assert cache.size == sum(memory_bytes(*pair) for pair in cache.entries.items())
        assert next(reversed(cache.entries))[0] == b"/49"
        # The most recent entry stays.
        requests = app.requests
        await ask(cache, "/49")
        assert app.requests == requests
        large = cache_of(Application(size=5_000), max_bytes=30_000)
        await ask(large)
        assert not large.entries

    asyncio.run(many())


def test_a_failed_request_releases_identical_requests() -> None:
    class Failing(Application):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            self.requests += 1
            await asyncio.sleep(0)
            if self.requests == 1:
                raise RuntimeError
            self.requests -= 1
            await super().__call__(scope, receive, send)

    async def both() -> None:
        cache = cache_of(Failing())
        first, second = await asyncio.gather(ask(cache), ask(cache), return_exceptions=True)
        assert isinstance(first, RuntimeError)
        assert isinstance(second, list)
        assert second[1]["body"]
        assert not cache.in_flight

    asyncio.run(both())


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz=", max_size=2)), max_size=6),
    st.randoms(),
)
def test_parameters_are_sorted_and_repetitions_keep_their_order(
    pairs: list[tuple[str, str]], random: Any
) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs).encode()
    names = [name for name, _ in pairs]
    values: dict[str, list[str]] = {name: [] for name in names}
    for name, value in pairs:
        values[name].append(value)
    random.shuffle(names)
    shuffled = "&".join(f"{name}={values[name].pop(0)}" for name in names).encode()
    assert sort_parameters(query) == sort_parameters(shuffled)
    assert sort_parameters(sort_parameters(query)) == sort_parameters(query)
