"""Preferences of a request, and endpoints that run in the event loop."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import Request
from sqlalchemy import text
from sqlmodel import Session
from starlette.routing import Route

from app.api.wire.deps import accepted_language, preferred, query_parameters, read_endpoint
from app.store.db import Database
from tests.conftest import new_url


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("", []),
        ("a", ["a"]),
        ("a;q=0.1, b", ["b", "a"]),
        ("a;q=0, b;q=0.0, c", ["c"]),
        ("a;level=1;q=0.3, b;q=0.5", ["b", "a"]),
        ("A; Q=0.3 , b;q=x", ["b", "a"]),
        ("a;q=nan, b", ["b"]),
        ("a;q=inf, b", ["a", "b"]),
        (",,;q=1,", []),
        ("a, b, c", ["a", "b", "c"]),
    ],
)
def test_preferred(header: str, values: list[str]) -> None:
    assert preferred(header) == values


def request(**headers: str) -> Request:
    return Request(
        {
            "type": "http",
            "headers": [
                (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
            ],
        }
    )


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("zh-TW,zh;q=0.9", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("ZH-HANT-HK", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("fr, en;q=0.5, zh-CN;q=0.7", "zh-Hans"),
        ("fr", None),
        ("*", None),
        ("", None),
    ],
)
def test_language(header: str, lang: str | None) -> None:
    assert asyncio.run(accepted_language(request(accept_language=header))) == lang


def test_unknown_routes_have_no_parameters() -> None:
    assert query_parameters(Request({"type": "http", "route": Route("/", lambda r: None)})) == {}
    assert query_parameters(Request({"type": "http"})) == {}


def test_a_slow_query_is_repeated_in_a_thread(tmp_path: Path) -> None:
    database = Database(new_url("sqlite", tmp_path, migrated=True), read_timeout=30)
    request_ = Request(
        {"type": "http", "app": SimpleNamespace(state=SimpleNamespace(database=database))}
    )
    counting = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
        "SELECT max(i) FROM n"
    )
    in_loop: list[bool] = []

    def slow(request: Request, session: Session) -> int:
        in_loop.append(session.info["loop"])
        return int(session.execute(counting).scalar_one())

    def fast(request: Request, session: Session) -> int:
        in_loop.append(session.info["loop"])
        return int(session.execute(text("SELECT 1")).scalar_one())

    assert (asyncio.run(read_endpoint(slow)(request=request_)), in_loop) == (
        300_000,
        [True, False],
    )
    in_loop.clear()
    assert (asyncio.run(read_endpoint(fast)(request=request_)), in_loop) == (1, [True])
    database.close()
