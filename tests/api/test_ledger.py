"""Correcting names over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store import keys
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item

FIRST = document(
    "2026-01-01",
    item("甲", summary="皮衣教主出席。", entities="NVIDIA, Foobar Lab"),
    item("乙", summary="更新。", entities="Qwen, 千問, Bazquux"),
)


def token(database: Database, *scopes: str) -> dict[str, str]:
    with database.write() as session:
        return {"Authorization": f"Bearer {keys.create(session, 'desk', scopes, datetime.now(UTC))[1]}"}


@pytest.fixture
def desk(fresh: TestClient, database: Database) -> Iterator[TestClient]:
    """A client with a key, over a base of two items."""
    take_in(database, FIRST)
    fresh.headers.update(token(database, "entities"))
    yield fresh


def id_of(client: TestClient, name: str) -> str:
    return client.get(f"/v1/entities/{name}", follow_redirects=True).json()["id"]  # type: ignore[no-any-return]


def test_nothing_is_written_without_a_key(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST)
    routes = [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, operations in fresh.get("/openapi.json").json()["paths"].items()
        for method, operation in operations.items()
        if method != "get" or "security" in operation
    ]
    assert len(routes) == 7
    for method, path in routes:
        refused = fresh.request(method, path, json={})
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="briefbase"')
        wrong = fresh.request(method, path, json={}, headers={"Authorization": "Bearer bb_wrong"})
        assert wrong.status_code == 401
        assert 'error="invalid_token"' in wrong.headers["www-authenticate"]
    for text in ("Basic YTpi", "Bearer", "Bearer ", "bb_x", "Bearer \x7f"):
        assert fresh.post("/v1/review/j", json={}, headers={"Authorization": text}).status_code == 401
    assert fresh.post("/v1/review/j?key=bb_x", json={}).status_code == 401


def test_a_key_needs_the_scope_and_not_to_be_revoked(fresh: TestClient, database: Database) -> None:
    reader = token(database, "read", "ingest")
    refused = fresh.get("/v1/review", headers=reader)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:briefbase:problem:forbidden")
    assert 'error="insufficient_scope", scope="entities"' in refused.headers["www-authenticate"]
    admin = token(database, "admin")
    assert fresh.get("/v1/review", headers=admin).status_code == 200
    with database.write() as session:
        keys.revoke(session, admin["Authorization"][7:18], datetime.now(UTC))
    assert fresh.get("/v1/review", headers=admin).status_code == 401


def test_merge_redirects_and_undo_restores(desk: TestClient) -> None:
    old, target = id_of(desk, "Foobar Lab"), id_of(desk, "NVIDIA")
    before = desk.get(f"/v1/entities/{old}").json()
    tried = desk.post(f"/v1/entities/{old}/merge", json={"into": "NVIDIA", "dry_run": True}).json()
    assert (tried["items"]["total"], tried["judgements"]) == (1, [])
    assert desk.get(f"/v1/entities/{old}").json() == before
    done = desk.post(f"/v1/entities/{old}/merge", json={"into": "NVIDIA", "reason": "the same"}).json()
    assert (done["entity"]["id"], done["items"]) == (target, tried["items"])
    moved = desk.get(f"/v1/entities/{old}/items?limit=5")
    assert (moved.status_code, moved.headers["location"]) == (308, f"/v1/entities/{target}/items?limit=5")
    assert moved.json() == {"id": old, "merged_into": target}
    assert desk.post(f"/v1/entities/{old}/merge", json={"into": "NVIDIA"}).json()["changed"] is False
    assert desk.post(f"/v1/entities/{old}/merge", json={"into": "Qwen"}).status_code == 409
    assert desk.post(f"/v1/entities/{target}/merge", json={"into": target}).json()["detail"].endswith("into itself.")
    (told,) = desk.get(f"/v1/entities/{target}/history").json()["data"]
    assert (told["id"], told["actor"], told["reason"], told["undone_by"]) == (done["judgements"][0], "desk", "the same", None)
    undone = desk.post(f"/v1/judgements/{told['id']}/undo", json={"reason": "not so"}).json()
    assert desk.get(f"/v1/entities/{old}").json() == before
    newest, oldest = desk.get(f"/v1/entities/{target}/history").json()["data"]
    assert (newest["undoes"], oldest["undone_by"]) == (told["id"], undone["judgements"][0])
    assert desk.post(f"/v1/judgements/{told['id']}/undo", json={}).json()["changed"] is False


def test_split(desk: TestClient) -> None:
    assert id_of(desk, "千問") == id_of(desk, "Qwen")
    assert desk.post("/v1/entities/Qwen/split", json={"names": ["千問"]}).status_code == 200
    assert id_of(desk, "千問") != id_of(desk, "Qwen")
    assert "千問" not in [alias["name"] for alias in desk.get(f"/v1/entities/{id_of(desk, 'Qwen')}").json()["aliases"]]


def test_aliases(desk: TestClient) -> None:
    given = {"name": "皮衣教主", "lang": "zh-Hant", "kind": "handle"}
    assert desk.post("/v1/entities/NVIDIA/aliases", json=given).json()["items"]["total"] == 1
    entity = desk.get(f"/v1/entities/{id_of(desk, '皮衣教主')}").json()
    assert entity["slug"] == "nvidia"
    (alias,) = [alias for alias in entity["aliases"] if alias["origin"] == "curator"]
    assert (alias["lang"], alias["kind"]) == ("zh-Hant", "handle")
    gone = f"/v1/entities/{entity['id']}/aliases/{alias['id']}"
    assert [desk.delete(gone).json()["changed"] for _ in range(2)] == [True, False]
    assert desk.get("/v1/entities/皮衣教主").status_code == 404
    catalogued = next(a["id"] for a in entity["aliases"] if a["origin"] == "catalogue")
    assert desk.delete(f"/v1/entities/{entity['id']}/aliases/{catalogued}").status_code == 409
    assert desk.delete(f"/v1/entities/{entity['id']}/aliases/a_none").status_code == 404


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
