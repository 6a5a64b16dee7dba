"""Identities in the two seeds, as a reader would check them."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.documents import NEWER, OLDER, SEEDS


def entity(client: TestClient, name: str) -> dict[str, Any]:
    answer = client.get(f"/v1/entities/{name}", follow_redirects=True)
    assert answer.status_code == 200, name
    return answer.json()


def days(client: TestClient, name: str) -> set[str]:
    data = client.get(
        f"/v1/entities/{name}/items?limit=100&fields=date", follow_redirects=True
    ).json()["data"]
    return {item["date"] for item in data}


@pytest.mark.parametrize(
    "names",
    [
        ("昇騰", "昇腾", "Ascend", "昇騰 Ascend", "華為昇騰"),
        ("NVIDIA", "Nvidia", "輝達", "英偉達", "英伟达"),
        ("Qwen", "千問", "千问"),
        ("Alibaba", "阿里"),
        ("LLM", "LLMs", "大型語言模型"),
    ],
)
def test_spellings_of_one_entity(client: TestClient, names: tuple[str, ...]) -> None:
    assert len({entity(client, name)["id"] for name in names}) == 1


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Qwen", "Qwen-Image-Layered"),
        ("Vibe", "Vibe Proving"),
        ("阿里", "千問"),
        ("STDiff", "STDiff-W"),
        ("PETR", "FQ-PETR"),
        ("華山", "廬山"),
    ],
)
def test_different_entities(client: TestClient, name: str, other: str) -> None:
    assert entity(client, name)["id"] != entity(client, other)["id"]


def test_family(client: TestClient) -> None:
    family, above = entity(client, "Qwen"), entity(client, "Qwen-Image-Layered")
    assert "Qwen-Image-Layered" in {member["name"] for member in family["members"]}
    while above["family"]:
        above = entity(client, above["family"]["id"])
    assert above["id"] == family["id"]


@pytest.mark.parametrize("name", ["AWS", "資料中心", "生成式 AI", "metadata"])
def test_names_that_recur(client: TestClient, name: str) -> None:
    assert days(client, name) == {OLDER, NEWER}


def test_an_entity_that_no_document_lists(client: TestClient) -> None:
    """NVIDIA is named in a title, in prose and in a keyword; each place is exact."""
    entity_id = entity(client, "NVIDIA")["id"]
    data = client.get(f"/v1/entities/{entity_id}/items?include=mentions&limit=100").json()["data"]
    places = [
        place
        for item in data
        for place in item["mentions"]
        if place["entity"] and place["entity"]["id"] == entity_id
    ]
    assert {place["kind"] for place in places} == {"title", "body"}
    text = SEEDS[OLDER].decode()
    for place in places:
        assert text[place["start"] : place["end"]] == place["surface"] == "NVIDIA"
        assert "NVIDIA" in text.split("\n")[place["line"] - 1]
    kinds = entity(client, "NVIDIA")["mentions"].keys()
    assert kinds == {"title", "body", "keyword", "insight", "context"}
