"""Correcting names over HTTP."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.curate import rescan
from app.normalize.scan import NamedMention
from app.reading import scan_document
from app.store.db import Database
from tests.api.conftest import token
from tests.conftest import client_of, take_in
from tests.documents import document, item


def id_of(client: TestClient, name: str) -> str:
    return client.get(f"/v1/entities/{name}", follow_redirects=True).json()["id"]


def test_merge_redirects_and_undo_restores(desk: TestClient) -> None:
    old, target = id_of(desk, "Foobar Lab"), id_of(desk, "NVIDIA")
    before = desk.get(f"/v1/entities/{old}").json()
    tried = desk.post(f"/v1/entities/{old}/merge", json={"into": "NVIDIA", "dry_run": True}).json()
    assert (tried["items"]["total"], tried["judgements"]) == (1, [])
    assert desk.get(f"/v1/entities/{old}").json() == before
    done = desk.post(
        f"/v1/entities/{old}/merge", json={"into": "NVIDIA", "reason": "the same"}
    ).json()
    assert (done["entity"]["id"], done["items"]) == (target, tried["items"])
    moved = desk.get(f"/v1/entities/{old}/items?limit=5")
    assert (moved.status_code, moved.headers["location"]) == (
        308,
        f"/v1/entities/{target}/items?limit=5",
    )
    assert moved.json() == {"id": old, "merged_into": target}
    assert (
        desk.post(f"/v1/entities/{old}/merge", json={"into": "NVIDIA"}).json()["changed"] is False
    )
    assert desk.post(f"/v1/entities/{old}/merge", json={"into": "Qwen"}).status_code == 409
    assert (
        desk.post(f"/v1/entities/{target}/merge", json={"into": target})
        .json()["detail"]
        .endswith("into itself.")
    )
    (judgement,) = desk.get(f"/v1/entities/{target}/history").json()["data"]
    assert (judgement["id"], judgement["actor"], judgement["reason"], judgement["undone_by"]) == (
        done["judgements"][0],
        "desk",
        "the same",
        None,
    )
    undone = desk.post(f"/v1/judgements/{judgement['id']}/undo", json={"reason": "not so"}).json()
    assert desk.get(f"/v1/entities/{old}").json() == before
    newest, oldest = desk.get(f"/v1/entities/{target}/history").json()["data"]
    assert (newest["undoes"], oldest["undone_by"]) == (judgement["id"], undone["judgements"][0])
    assert desk.post(f"/v1/judgements/{judgement['id']}/undo", json={}).json()["changed"] is False


def test_split(desk: TestClient) -> None:
    assert id_of(desk, "千問") == id_of(desk, "Qwen")
    assert desk.post("/v1/entities/Qwen/split", json={"names": ["千問"]}).status_code == 200
    assert id_of(desk, "千問") != id_of(desk, "Qwen")
    assert "千問" not in [
        alias["name"] for alias in desk.get(f"/v1/entities/{id_of(desk, 'Qwen')}").json()["aliases"]
    ]


def test_aliases(desk: TestClient) -> None:
    body = {"name": "皮衣教主", "lang": "zh-Hant", "kind": "handle"}
    assert desk.post("/v1/entities/NVIDIA/aliases", json=body).json()["items"]["total"] == 1
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


def test_review_is_paged_private_and_settled(desk: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("丙", entities="Alibba, Hugging Fase, DeepSeak")))
    answer = desk.get("/v1/review?limit=2")
    page = answer.json()
    assert (page["meta"]["total"], len(page["data"])) == (3, 2)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in answer.headers["vary"]
    rest = desk.get(page["links"]["next"]).json()["data"]
    doubts = [*page["data"], *rest]
    assert [doubt["score"] for doubt in doubts] == sorted(
        (doubt["score"] for doubt in doubts), reverse=True
    )
    assert {doubt["candidate"]["name"] for doubt in doubts} == {
        "Alibaba",
        "Hugging Face",
        "DeepSeek",
    }
    first = doubts[0]
    assert [document["id"] for document in first["documents"]] == ["2026-01-02"]
    settled = desk.post(
        f"/v1/review/{first['id']}", json={"verdict": "positive", "reason": "a slip"}
    ).json()
    assert (settled["entity"]["id"], settled["items"]["total"]) == (first["candidate"]["id"], 1)
    assert (
        desk.get(f"/v1/entities/{first['entity']['id']}").json()["merged_into"]
        == first["candidate"]["id"]
    )
    assert desk.post(f"/v1/review/{first['id']}", json={"verdict": "negative"}).status_code == 409
    assert desk.post(f"/v1/review/{doubts[1]['id']}", json={"verdict": "unsure"}).status_code == 422
    assert desk.get("/v1/review").json()["meta"]["total"] == 2
    assert desk.get("/v1/review?sort=x").status_code == 400
    assert desk.get("/v1/review?fields=id,score").json()["data"][0].keys() == {"id", "score"}


@pytest.mark.parametrize(
    ("database", "name"),
    [*(("sqlite", name) for name in ("模型", "更新", "平台", "Foobar")), ("postgresql", "模型")],
    indirect=["database"],
)
def test_curation_has_no_read_limit(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A frequent word is sought in every document, which takes longer than a read may."""
    take_in(
        database, document("2026-01-01", item("甲", summary=f"{name}更新。", entities="NVIDIA"))
    )

    def scan_slowly(*arguments: Any) -> Iterator[tuple[int, NamedMention]]:
        time.sleep(0.5)
        return scan_document(*arguments)

    monkeypatch.setattr(rescan, "scan_document", scan_slowly)
    with client_of(database, read_timeout=0.25) as hurried:
        hurried.headers.update(token(database, "entities"))
        aliases = f"/v1/entities/{id_of(hurried, 'NVIDIA')}/aliases"
        for dry_run in (True, False):
            act = hurried.post(aliases, json={"name": name, "dry_run": dry_run})
            assert act.status_code == 200, act.text
            assert act.json()["dry_run"] is dry_run


CORRECTIONS = "/v1/judgements/catalogue.ndjson"


def test_corrections_are_exported_as_a_catalogue(desk: TestClient) -> None:
    assert desk.get(CORRECTIONS).content == b""
    target = id_of(desk, "NVIDIA")
    desk.post(f"/v1/entities/{target}/aliases", json={"name": "皮衣教主", "lang": "zh-Hant"})
    response = desk.get(CORRECTIONS)
    (line,) = response.text.splitlines()
    record = json.loads(line)
    assert (record["slug"], record["aliases"][0]["name"]) == ("nvidia", "皮衣教主")
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["cache-control"].startswith("private")
    assert "catalogue.ndjson" in response.headers["content-disposition"]


def test_corrections_that_are_current_are_not_sent_again(desk: TestClient) -> None:
    etag = desk.get(CORRECTIONS).headers["etag"]
    assert desk.get(CORRECTIONS, headers={"If-None-Match": etag}).status_code == 304
    head = desk.head(CORRECTIONS)
    assert (head.status_code, head.headers["etag"], head.content) == (200, etag, b"")
    desk.post(f"/v1/entities/{id_of(desk, 'NVIDIA')}/aliases", json={"name": "皮衣教主"})
    assert desk.get(CORRECTIONS, headers={"If-None-Match": etag}).status_code == 200


def test_corrections_need_a_key_and_take_no_parameter(desk: TestClient) -> None:
    anonymous = desk.get(CORRECTIONS, headers={"Authorization": ""})
    assert anonymous.status_code == 401
    assert desk.get(f"{CORRECTIONS}?limit=3").status_code == 400
