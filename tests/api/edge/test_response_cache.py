"""Kept answers: the same bytes as fresh ones, never older than the content, never more than there is room for."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from app.api.edge.response_cache import ResponseCache, in_order
from app.main import create_app
from app.store.db import Database
from tests.api.conftest import settings_for
from tests.conftest import take_in
from tests.documents import document, item

PATHS = [
    "/v1/items", "/v1/items?limit=1", "/v1/briefings", "/v1/briefings/latest", "/v1/briefings/latest?format=html", "/v1/headlines",
    "/v1/headlines?format=text", "/v1/entities", "/v1/entities?lang=en", "/v1/tags", "/v1/sources", "/v1/info", "/v1/autocomplete?q=a",
]  # fmt: skip
OWN = {"x-request-id"}


def told(answer: Any) -> tuple[int, dict[str, str], bytes]:
    return (
        answer.status_code,
        {name: value for name, value in answer.headers.items() if name not in OWN},
        answer.content,
    )


@pytest.fixture
def unkept(database: Database) -> Iterator[TestClient]:
    """The same API, keeping nothing."""
    with TestClient(
        create_app(settings_for(database, cache="off")),
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as opened:
        yield opened


def test_kept_fresh_and_unkept_answers_are_the_same(
    fresh: TestClient, unkept: TestClient, database: Database
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
                    told(client.get(path, headers=headers)) for client in (fresh, fresh, unkept)
                )
                assert first == again == plain, path
                held = {**headers, "If-None-Match": first[1]["etag"]}
                unchanged = [told(client.get(path, headers=held)) for client in (fresh, unkept)]
                assert unchanged[0] == unchanged[1]
                assert unchanged[0][0] == 304


def test_what_is_kept_is_not_made_again(
    fresh: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, document("2026-01-02", item("a")))
    first = fresh.get("/v1/items?limit=5&kind=full")

    def made(*given: Any, **also: Any) -> Any:
        raise AssertionError("the answer was made again")

    monkeypatch.setattr("app.api.wire.responses.cached", made)
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


def test_each_answer_has_its_own_request_id(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    ids = [fresh.get("/v1/items").headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert (
        fresh.get("/v1/items", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"]
        == "mine-1"
    )
    assert fresh.get("/v1/items", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_nothing_said_to_one_alone_is_kept(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    asked = {"Origin": "https://a.example", "Cookie": "a=b"}
    assert fresh.get("/v1/items", headers=asked).headers["access-control-allow-origin"] == "*"
    assert (
        fresh.get("/v1/items", headers=asked | {"Origin": "https://b.example"}).headers[
            "access-control-allow-origin"
        ]
        == "*"
    )


class Told:
    """An application that counts, and answers what it is told to."""

    def __init__(self, size: int = 10, **headers: str) -> None:
        given = {
            "cache-control": "public",
            "dataset-version": "v1",
            "etag": 'W/"1"',
            "content-length": str(size),
        }
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.headers = [(name.encode(), value.encode()) for name, value in given.items()]
        self.size, self.asked = size, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
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

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    path, _, query = path.partition("?")
    await app(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": given,
        },
        receive,
        send,
    )
    return sent


def kept(app: Any, versions: Any = None, most: int = 1_000_000) -> ResponseCache:
    return ResponseCache(app, versions or Versions(), most)


def test_a_thousand_equal_questions_cost_one() -> None:
    app = Told()

    async def all_at_once() -> None:
        cache = kept(app)
        answers = await asyncio.gather(*(ask(cache) for _ in range(1000)))
        assert {one[1]["body"] for one in answers} == {b"x" * 10}
        assert not cache.making

    asyncio.run(all_at_once())
    assert app.asked == 1


def test_whoever_asks_after_a_change_does_not_wait_for_an_answer_from_before() -> None:
    app, versions = Told(), Versions()

    async def change() -> None:
        cache = kept(app, versions)
        before = asyncio.create_task(ask(cache))
        await asyncio.sleep(0)
        versions.text = "v2"
        await asyncio.gather(before, ask(cache))
        # What was made from the version before is not kept under this one.
        assert not cache.entries

    asyncio.run(change())
    assert app.asked == 2


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
def test_only_what_may_be_kept_is(headers: dict[str, str]) -> None:
    app = Told(**headers)

    async def twice() -> None:
        cache = kept(app)
        await ask(cache)
        await asyncio.gather(ask(cache), ask(cache))
        assert not cache.entries

    asyncio.run(twice())
    assert app.asked >= 3


def test_without_a_version_nothing_is_kept() -> None:
    app = Told()

    async def twice() -> None:
        cache = kept(app, Versions(None))
        assert await ask(cache) == await ask(cache)

    asyncio.run(twice())
    assert app.asked == 2


def test_there_is_room_for_so_much_and_no_more() -> None:
    app = Told(size=1_000)

    async def many() -> None:
        cache = kept(app, most=30_000)
        for number in range(50):
            await ask(cache, f"/{number}")
            assert cache.size <= 30_000
        assert cache.size == len(cache.entries) * 3_000
        assert next(reversed(cache.entries))[0] == b"/49"
        # What is asked for stays.
        asked = app.asked
        await ask(cache, "/49")
        assert app.asked == asked
        large = kept(Told(size=5_000), most=30_000)
        await ask(large)
        assert not large.entries

    asyncio.run(many())


def test_one_that_fails_leaves_nobody_waiting() -> None:
    class Failing(Told):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            self.asked += 1
            await asyncio.sleep(0)
            if self.asked == 1:
                raise RuntimeError
            self.asked -= 1
            await super().__call__(scope, receive, send)

    async def both() -> None:
        cache = kept(Failing())
        first, second = await asyncio.gather(ask(cache), ask(cache), return_exceptions=True)
        assert isinstance(first, RuntimeError)
        assert isinstance(second, list)
        assert second[1]["body"]
        assert not cache.making

    asyncio.run(both())


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.text("xyz=", max_size=2)), max_size=6),
    st.randoms(),
)
def test_the_order_of_parameters_does_not_matter_but_among_equals(
    pairs: list[tuple[str, str]], random: Any
) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs).encode()
    names = [name for name, _ in pairs]
    random.shuffle(names)
    left = {name: [value for other, value in pairs if other == name] for name in names}
    shuffled = "&".join(f"{name}={left[name].pop(0)}" for name in names).encode()
    assert in_order(query) == in_order(shuffled)
    assert in_order(in_order(query)) == in_order(query)
