"""Annotations of a caller's text, by HTTP."""

from typing import Any

from fastapi.testclient import TestClient

TEXT = (
    "NVIDIA 與千問（Qwen-Image-Layered）在 AWS 上線 😀，昇騰 Ascend "
    "同步；見 https://nvidia.com/x 與 SafeBench-Seq。NVIDIA"
)


def post(client: TestClient, text: str, **fields: str) -> dict[str, Any]:
    answer = client.post("/v1/annotate", json={"text": text, **fields})
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def test_spans_are_exact_and_name_known_entities(client: TestClient) -> None:
    answer = post(client, TEXT)
    named = {entity["id"]: entity for entity in answer["entities"]}
    surfaces = [a["surface"] for a in answer["annotations"]]
    assert surfaces == [
        "NVIDIA",
        "千問",
        "Qwen-Image-Layered",
        "AWS",
        "昇騰 Ascend",
        "SafeBench-Seq",
        "NVIDIA",
    ]
    for annotation in answer["annotations"]:
        assert TEXT[annotation["start"] : annotation["end"]] == annotation["surface"]
        assert annotation["entity"] in named
    assert set(named) == {a["entity"] for a in answer["annotations"]}
    assert {entity["name"] for entity in named.values()} >= {
        "NVIDIA",
        "Qwen",
        "Amazon Web Services",
        "Ascend",
    }


def test_each_entity_comes_with_its_newest_items(client: TestClient) -> None:
    for entity in post(client, TEXT)["entities"]:
        dates = [item["date"] for item in entity["items"]]
        assert dates == sorted(dates, reverse=True)
        path = f"/v1/entities/{entity['id']}/items"
        items = client.get(path, params={"limit": 100, "fields": "id"}).json()["data"]
        assert 0 < len(dates) <= 3
        assert {item["id"] for item in entity["items"]} <= {item["id"] for item in items}


def test_names_follow_the_language(client: TestClient) -> None:
    assert post(client, "NVIDIA", lang="zh-Hant")["entities"][0]["name"] == "輝達"
    assert post(client, "")["annotations"] == []
