import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from app.api.bodies import read
from app.errors import InvalidBody


class Shape(BaseModel):
    size: int


def test_what_is_wrong_is_named_and_never_echoed() -> None:
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
def test_whatever_the_body_is_it_is_answered(client: TestClient, status: int, body: bytes) -> None:
    answer = client.post("/v1/annotate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
