"""Bodies are bounded, checked, and never echoed."""

from typing import Any

from fastapi.testclient import TestClient


def test_bodies_are_bounded_and_never_echoed(desk: TestClient) -> None:
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
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        assert "SECRET" not in refused.text
    for raw in (b"", b"{", b"\xff", b'{"into": NaN}', b"[" * 60_000, b'{"into": "\\ud800"}', b'{"into": "\\u0000"}'):
        assert desk.post("/v1/entities/Qwen/merge", content=raw).status_code == 422
    assert desk.post("/v1/entities/Qwen/merge", content=b"into=x", headers={"content-type": "text/plain"}).status_code == 415
    for names in ([], [""], ["a\nb"], ["\0"], ["x" * 201], ["n"] * 51):
        assert desk.post("/v1/entities/Qwen/split", json={"names": names}).status_code == 422
    assert desk.post("/v1/entities/Qwen/aliases", json={"name": "x", "kind": "SECRET"}).status_code == 422
    assert desk.post("/v1/entities/Nobody/merge", json={"into": "Qwen"}).status_code == 404
    assert desk.post("/v1/entities/Qwen/merge?x=1", json={"into": "NVIDIA"}).status_code == 400
