"""Bodies are limited and checked, and no error repeats their values."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from app.api.wire.bodies import read
from app.errors import InvalidBody


class Shape(BaseModel):
    size: int


def test_a_fault_is_named_without_its_value() -> None:
    assert read(Shape, {"size": 3}) == Shape(size=3)
    with pytest.raises(InvalidBody) as caught:
        read(Shape, {"size": "secret"})
    assert caught.value.errors[0]["parameter"] == "size"
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (413, b'{"text": "' + b"a" * 65_537 + b'"}'),
        (413, b" " * 1_000_000),
        (200, b'{"text": "' + b"\\u4e00" * 21_845 + b'"}'),
        (422, b""),
        (422, b"{"),
        (422, b"[]"),
        (422, b"{}"),
        (422, b'{"text": 1}'),
        (422, b'{"text": null}'),
        (422, b'{"text": "\\ud800"}'),
        (422, b'{"text": "a", "lang": "de"}'),
        (422, b'{"text": "a", "x": 1}'),
        (422, b"[" * 10_000),
        (422, b"\xff\xfe"),
        (200, b'{"text": "a\\u0000b"}'),
    ],
)
def test_every_body_of_a_read_gets_an_answer(client: TestClient, status: int, body: bytes) -> None:
    answer = client.post("/v1/annotate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_bodies_of_writes_are_limited_and_never_echoed(desk: TestClient) -> None:
    big = desk.post("/v1/entities/Qwen/merge", content=b'{"into": "' + b"x" * 70_000 + b'"}')
    assert (big.status_code, "65536" in big.json()["detail"]) == (413, True)
    bodies: list[Any] = [
        {},
        [],
        "SECRET",
        {"into": 5},
        {"into": "Qwen", "SECRET": 1},
        {"into": "SECRET" * 100},
        {"into": "a", "dry_run": "SECRET"},
    ]
    for body in bodies:
        refused = desk.post("/v1/entities/Qwen/merge", json=body)
        assert (refused.status_code, refused.headers["content-type"]) == (
            422,
            "application/problem+json",
        )
        assert "SECRET" not in refused.text
    for raw in (
        b"",
        b"{",
        b"\xff",
        b'{"into": NaN}',
        b"[" * 60_000,
        b'{"into": "\\ud800"}',
        b'{"into": "\\u0000"}',
    ):
        assert desk.post("/v1/entities/Qwen/merge", content=raw).status_code == 422
    assert (
        desk.post(
            "/v1/entities/Qwen/merge", content=b"into=x", headers={"content-type": "text/plain"}
        ).status_code
        == 415
    )
    for names in ([], [""], ["a\nb"], ["\0"], ["x" * 201], ["n"] * 51):
        assert desk.post("/v1/entities/Qwen/split", json={"names": names}).status_code == 422
    assert (
        desk.post("/v1/entities/Qwen/aliases", json={"name": "x", "kind": "SECRET"}).status_code
        == 422
    )
    assert desk.post("/v1/entities/Nobody/merge", json={"into": "Qwen"}).status_code == 404
    assert desk.post("/v1/entities/Qwen/merge?x=1", json={"into": "NVIDIA"}).status_code == 400
