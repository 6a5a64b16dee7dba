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
    assert surfaces == [
        "NVIDIA",
        "千問",
        "Qwen-Image-Layered",
        "AWS",
        "昇騰 Ascend",
        "SafeBench-Seq",
        "NVIDIA",
    ]
    for annotation in shown["annotations"]:
        assert TEXT[annotation["start"] : annotation["end"]] == annotation["surface"]
        assert annotation["entity"] in named
    assert set(named) == {a["entity"] for a in shown["annotations"]}
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
        of = client.get(
            f"/v1/entities/{entity['id']}/items", params={"limit": 100, "fields": "id"}
        ).json()["data"]
        assert 0 < len(dates) <= 3
        assert {item["id"] for item in entity["items"]} <= {item["id"] for item in of}


def test_the_name_shown_follows_the_language(client: TestClient) -> None:
    assert post(client, "NVIDIA", lang="zh-Hant")["entities"][0]["name"] == "輝達"
    assert post(client, "")["annotations"] == []
