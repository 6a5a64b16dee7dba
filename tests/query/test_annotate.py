import pytest
from fastapi.testclient import TestClient

TEXT = "NVIDIA 與千問（Qwen-Image-Layered）在 AWS 上線 😀，昇騰 Ascend 同步；見 https://nvidia.com/x 與 SafeBench-Seq。NVIDIA"


def post(client: TestClient, text: str, **more: str) -> dict:  # type: ignore[type-arg]
    answer = client.post("/v1/annotate", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_spans_are_exact_and_entities_are_those_of_the_base(client: TestClient) -> None:
    shown = post(client, TEXT)
    named = {entity["id"]: entity for entity in shown["entities"]}
    surfaces = [a["surface"] for a in shown["annotations"]]
    assert surfaces == ["NVIDIA", "千問", "Qwen-Image-Layered", "AWS", "昇騰 Ascend", "SafeBench-Seq", "NVIDIA"]
    for annotation in shown["annotations"]:
        assert TEXT[annotation["start"] : annotation["end"]] == annotation["surface"]
        assert annotation["entity"] in named
    assert set(named) == {a["entity"] for a in shown["annotations"]}
    assert {entity["name"] for entity in named.values()} >= {"NVIDIA", "Qwen", "Amazon Web Services", "Ascend"}


def test_each_entity_comes_with_its_newest_items(client: TestClient) -> None:
    for entity in post(client, TEXT)["entities"]:
        dates = [item["date"] for item in entity["items"]]
        assert dates == sorted(dates, reverse=True)
        of = client.get(f"/v1/entities/{entity['id']}/items", params={"limit": 100, "fields": "id"}).json()["data"]
        assert 0 < len(dates) <= 3
        assert {item["id"] for item in entity["items"]} <= {item["id"] for item in of}


def test_the_name_shown_follows_the_language(client: TestClient) -> None:
    assert post(client, "NVIDIA", lang="zh-Hant")["entities"][0]["name"] == "輝達"
    assert post(client, "")["annotations"] == []


def test_an_answer_to_a_body_is_kept_nowhere(client: TestClient) -> None:
    answer = client.post("/v1/annotate", json={"text": "NVIDIA"}, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


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


def test_other_kinds_and_methods(client: TestClient) -> None:
    assert client.post("/v1/annotate", content=b"NVIDIA", headers={"content-type": "text/plain"}).status_code == 415
    assert client.get("/v1/annotate").status_code == 405
    assert client.post("/v1/annotate?x=1", json={"text": "a"}).status_code == 400
