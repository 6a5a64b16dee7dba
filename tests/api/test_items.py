"""Items over HTTP."""

import hashlib
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.documents import NEWER, OLDER, SEEDS, between


def get(client: TestClient, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def first(client: TestClient, query: str) -> Any:
    return get(client, f"/v1/items?{query}")["data"][0]


def test_one(either_client: TestClient) -> None:
    listed = first(
        either_client, "entity=SGLang&include=details,entities,sources,certainty,extra,echoes"
    )
    assert get(either_client, f"/v1/items/{listed['id']}") == listed
    assert listed["briefing"] == {
        "id": NEWER,
        "channel": "daily",
        "date": NEWER,
        "title": "醫療影像、公平性與基礎設施趨勢綜覽 — 2025/12/23",
    }
    for link in listed["links"].values():
        assert either_client.get(link).status_code == 200
    within = get(either_client, f"/v1/briefings/{NEWER}")["sections"][0]["items"][4]
    assert {name: listed[name] for name in within} == within


def test_includes(client: TestClient) -> None:
    bare = set(first(client, "limit=1"))
    assert not bare & {"details", "entities", "sources", "extra"}
    for name in ("details", "entities", "sources", "extra"):
        assert set(first(client, f"limit=1&include={name}")) == bare | {name}
    assert set(first(client, "limit=1&include=details,sources")) == bare | {"details", "sources"}
    assert first(client, "entity=SGLang&fields=entities.surface")["entities"][1] == {
        "surface": "昇騰 Ascend"
    }
    assert first(client, "entity=SGLang&fields=importance.level,briefing.id") == {
        "importance": {"level": "high"},
        "briefing": {"id": NEWER},
    }
    assert first(client, "fields=id,id") == {"id": first(client, "fields=id")["id"]}


def test_filters_together(either_client: TestClient) -> None:
    query = f"section=headlines|research&importance=high&importance=!low&has=sources&from={NEWER}&publisher=arxiv.org&entity=!SGLang"
    data = get(either_client, f"/v1/items?{query}&include=sources&limit=100")
    assert data["meta"]["total"] == len(data["data"]) > 0
    for entry in data["data"]:
        assert entry["section"]["kind"] in ("headlines", "research")
        assert entry["importance"]["level"] == "high"
        assert any(
            source["publisher"] and source["publisher"]["id"] == "arxiv.org"
            for source in entry["sources"]
        )
    assert get(either_client, "/v1/items?importance=high&importance=low")["meta"]["total"] == 0


def test_an_unknown_id_is_a_warning(either_client: TestClient) -> None:
    assert get(either_client, "/v1/items?entity=Nobody")["meta"]["warnings"] == [
        "There is no entity 'Nobody'; nothing matches it."
    ]


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_the_lines_of_every_item(client: TestClient, day: str) -> None:
    text = SEEDS[day].decode()
    for entry in get(
        client, f"/v1/items?from={day}&to={day}&limit=100&fields=id,title,lines,links.source"
    )["data"]:
        data = get(client, entry["links"]["source"])
        assert data["lines"] == entry["lines"]
        assert data["text"] == text[data["start"] : data["end"]]
        assert data["text"].split("\n")[
            : data["lines"]["last"] - data["lines"]["first"] + 1
        ] == between(day, **data["lines"])


def test_the_hash_is_of_the_file(client: TestClient) -> None:
    place = get(client, first(client, "limit=1")["links"]["source"])
    assert place["sha256"] == hashlib.sha256(SEEDS[NEWER]).hexdigest()
    assert set(get(client, first(client, "limit=1")["links"]["source"] + "?fields=text")) == {
        "text"
    }
