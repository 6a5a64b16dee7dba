"""What a request prefers."""

import asyncio

import pytest
from fastapi import Request
from starlette.routing import Route

from app.api.deps import _accepted_language, parameters, preferred


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
    return Request({"type": "http", "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]})


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
    assert asyncio.run(_accepted_language(request(accept_language=header))) == lang


def test_parameters_of_no_route_of_ours() -> None:
    assert parameters(Request({"type": "http", "route": Route("/", lambda r: None)})) == {}
    assert parameters(Request({"type": "http"})) == {}
