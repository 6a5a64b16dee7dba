"""Rate limits: by address and by key, with headers; a 304 is free."""

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.front import Front
from app.api.edge.rate_limits import network
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.conftest import settings_for

KEY = {"Authorization": "Bearer bb_one"}


def test_without_a_limit_there_are_no_headers(client: TestClient) -> None:
    headers = client.get("/v1/items?limit=1").headers
    assert "ratelimit" not in headers
    assert "ratelimit-policy" not in headers


def test_an_address_has_a_limit(seeded: Database) -> None:
    with TestClient(create_app(settings_for(seeded, rate_limit="3/hour"))) as client:
        for remaining in (2, 1, 0):
            answer = client.get("/v1/items?limit=1")
            assert answer.status_code == 200
            assert answer.headers["ratelimit-policy"] == '"address";q=3;w=3600'
            assert answer.headers["ratelimit"].startswith(f'"address";r={remaining};t=')
        refused = client.get("/v1/items?limit=1")
        assert (refused.status_code, refused.json()["status"]) == (429, 429)
        assert refused.headers["ratelimit"].startswith('"address";r=0;t=')
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert "3 requests in 3600 seconds" in refused.json()["detail"]
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_revalidating_is_free(seeded: Database) -> None:
    with TestClient(create_app(settings_for(seeded, rate_limit="2/hour"))) as client:
        etag = client.get("/v1/items?limit=1").headers["etag"]
        for _ in range(4):
            answer = client.get("/v1/items?limit=1", headers={"If-None-Match": etag})
            assert answer.status_code == 304
            assert answer.headers["ratelimit"].startswith('"address";r=1;')


def test_a_key_has_a_limit_of_its_own(seeded: Database) -> None:
    limits = {"rate_limit": "100/hour", "key_rate_limit": "1/hour"}
    with TestClient(create_app(settings_for(seeded, **limits))) as client:
        answer = client.get("/v1/items?limit=1", headers=KEY)
        assert answer.headers["ratelimit-policy"] == '"address";q=100;w=3600, "key";q=1;w=3600'
        assert client.get("/v1/items?limit=1", headers=KEY).status_code == 429
        assert client.get("/v1/items?limit=1").status_code == 200
        other = {"Authorization": "Bearer bb_two"}
        assert client.get("/v1/items?limit=1", headers=other).status_code == 200


def test_a_network_of_ipv6_is_one_client() -> None:
    assert network("2001:db8::1") == network("2001:db8::2:3") != network("2001:db8:0:1::1")
    assert network("192.0.2.1") != network("192.0.2.2")
    assert network("testclient") == "testclient"


async def _silent(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer nothing, as an application whose client has gone."""


async def _cut(scope: Scope, receive: Receive, send: Send) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("app", [_silent, _cut])
def test_a_request_without_a_response_counts_once(app: ASGIApp) -> None:
    settings = Settings(rate_limit="3/hour")
    other = cast(Any, SimpleNamespace())
    front = Front(app, settings, other, other, {})
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def ask() -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": ("a", 1)}
        with contextlib.suppress(asyncio.CancelledError):
            await front(scope, receive, send)

    async def ask_all() -> None:
        for _ in range(5):
            await ask()

    asyncio.run(ask_all())
    assert not front.rate_limits._pending
    # The three that ended without a response used the limit up; those behind them are refused.
    assert statuses == [429, 429]
