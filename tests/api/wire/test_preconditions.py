"""`If-Match`: an act applies only to the version its caller saw."""

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store.db import Database
from tests.conftest import ON_SQLITE, take_in
from tests.documents import document, item

ACTS = [
    ("POST", "merge", {"into": "Qwen"}),
    ("POST", "split", {"names": ["Foobar Lab"]}),
    ("POST", "aliases", {"name": "皮衣教主"}),
    ("DELETE", "aliases/a_none", None),
]


def tag(client: TestClient, name: str, **params: str) -> str:
    return client.get(f"/v1/entities/{name}", params=params, follow_redirects=True).headers["etag"]


def test_an_act_on_the_current_version_is_done(desk: TestClient) -> None:
    for params in ({}, {"lang": "zh-Hans"}):
        headers = {"If-Match": f'"other", {tag(desk, "NVIDIA", **params)}'}
        done = desk.post(
            "/v1/entities/NVIDIA/aliases", json={"name": f"皮衣教主{len(params)}"}, headers=headers
        )
        assert done.status_code == 200, done.text
    assert (
        desk.post(
            "/v1/entities/NVIDIA/merge",
            json={"into": "Qwen", "dry_run": True},
            headers={"If-Match": "*"},
        ).status_code
        == 200
    )


@ON_SQLITE
@pytest.mark.parametrize(("method", "below", "body"), ACTS)
@pytest.mark.parametrize("etag", ['W/"0"', "", "nonsense", '"é"'])
def test_an_act_on_another_version_is_refused(
    desk: TestClient, method: str, below: str, body: object, etag: str
) -> None:
    before = tag(desk, "NVIDIA")
    headers: Any = {"If-Match": etag.encode()}  # httpx sends bytes unchanged
    refused = desk.request(method, f"/v1/entities/NVIDIA/{below}", json=body, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (
        412,
        "urn:briefbase:problem:precondition-failed",
    )
    assert tag(desk, "NVIDIA") == before


def test_an_act_after_a_change_is_refused(desk: TestClient, database: Database) -> None:
    seen = {"If-Match": tag(desk, "NVIDIA")}
    take_in(database, document("2026-01-02", item("丙", entities="NVIDIA")))
    assert (
        desk.post("/v1/entities/NVIDIA/merge", json={"into": "Qwen"}, headers=seen).status_code
        == 412
    )
    seen = {"If-Match": tag(desk, "NVIDIA")}
    done = desk.post("/v1/entities/NVIDIA/aliases", json={"name": "皮衣教主"}, headers=seen).json()
    undo = f"/v1/judgements/{done['judgements'][0]}/undo"
    assert desk.post(undo, json={}, headers=seen).status_code == 412
    assert desk.post(undo, json={}, headers={"If-Match": tag(desk, "NVIDIA")}).status_code == 200


def test_a_verdict_checks_the_candidate(desk: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("丙", entities="Hugging Fase")))
    (doubt,) = desk.get("/v1/review").json()["data"]
    where = f"/v1/review/{doubt['id']}"
    assert (
        desk.post(where, json={"verdict": "positive"}, headers={"If-Match": 'W/"0"'}).status_code
        == 412
    )


def test_only_one_of_concurrent_acts_succeeds(desk: TestClient) -> None:
    seen = {"If-Match": tag(desk, "NVIDIA")}
    ends: list[int] = []

    def act(name: str) -> None:
        ends.append(
            desk.post("/v1/entities/NVIDIA/aliases", json={"name": name}, headers=seen).status_code
        )

    threads = [
        threading.Thread(target=act, args=(name,)) for name in ("皮衣教主", "皮衣佬", "黃仁勳他家")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == [200, 412, 412]
