"""Entities of an item, in its entity line and in its text."""

from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import Entity, Mention
from tests import documents
from tests.conftest import take_in


def every_item(client: TestClient, include: str) -> list[dict[str, Any]]:
    return client.get("/v1/items", params={"limit": 100, "include": include}).json()["data"]


def test_listed_entities_come_before_those_in_the_text(client: TestClient) -> None:
    items = every_item(client, "entities,mentions")
    assert any(not named["listed"] for item in items for named in item["entities"])
    for item in items:
        listed = [named["listed"] for named in item["entities"]]
        assert listed == sorted(listed, reverse=True)
        in_cells = {
            m["entity"]["id"] for m in item["mentions"] if m["kind"] == "listed" and m["entity"]
        }
        in_text = [
            m
            for m in item["mentions"]
            if m["kind"] != "listed" and m["entity"]["id"] not in in_cells
        ]
        besides = [(n["entity"]["id"], n["surface"]) for n in item["entities"] if not n["listed"]]
        first: dict[Any, Any] = {}
        for mention in in_text:
            first.setdefault(mention["entity"]["id"], mention["surface"])
        assert besides == list(first.items())


def test_mentions_are_ordered_and_have_exact_places(client: TestClient) -> None:
    for item in every_item(client, "mentions"):
        text = client.get(f"/v1/briefings/{item['briefing']['id']}/source").content.decode(
            "utf-8-sig"
        )
        starts = [mention["start"] for mention in item["mentions"]]
        assert starts == sorted(starts)
        composites = {
            (mention["start"], mention["end"])
            for mention in item["mentions"]
            if mention["method"] == "composite"
        }
        for mention in item["mentions"]:
            # A part of a composite has the place of its cell.
            assert (
                text[mention["start"] : mention["end"]] == mention["surface"]
                or (mention["start"], mention["end"]) in composites
            )
            assert text[: mention["start"]].count("\n") + 1 == mention["line"]


def test_a_name_outside_of_items_is_found_by_briefing_and_timeline(
    fresh: TestClient, database: Database
) -> None:
    text = documents.document("2026-01-02", documents.item("甲", summary="無名。"))
    text += "\n## 推薦閱讀\n\n- [Qwen 論文](https://a.com/p)\n"
    take_in(database, text)
    entity = fresh.get("/v1/entities", params={"mention": "context"}).json()["data"][0]
    assert (entity["name"], entity["counts"]["items"]) == ("Qwen", 0)
    assert fresh.get(f"/v1/entities/{entity['id']}").json()["mentions"] == {"context": 1}
    briefings = fresh.get("/v1/briefings", params={"entity": "Qwen"}).json()["data"]
    assert [briefing["id"] for briefing in briefings] == ["2026-01-02"]
    timeline = fresh.get(f"/v1/entities/{entity['id']}/timeline").json()
    (bucket,) = timeline["buckets"]
    assert (bucket["items"], bucket["mentions"], bucket["briefings"]) == (0, 1, 1)
    assert bucket["salience"] == timeline["salience"]["kind"]["context"] == 0.2


def test_mentions_come_only_on_request(client: TestClient) -> None:
    item = client.get("/v1/items", params={"limit": 1}).json()["data"][0]
    assert "mentions" not in item
    assert item["date"] == item["briefing"]["date"]
    path = item["links"]["self"]
    assert "mentions" not in client.get(path).json()
    assert client.get(path, params={"include": "mentions"}).json()["mentions"]
    assert set(client.get(path, params={"fields": "id,mentions.surface"}).json()) == {
        "id",
        "mentions",
    }
    wrong = client.get(path, params={"include": "mention"})
    assert wrong.status_code == 400
    assert "mentions" in wrong.json()["detail"]


def test_an_unlisted_company_is_found_in_the_text(client: TestClient) -> None:
    data = client.get(
        "/v1/items",
        params={
            "entity": "NVIDIA",
            "from": "2025-11-22",
            "to": "2025-11-22",
            "include": "entities",
        },
    ).json()["data"]
    assert data
    assert any(
        n["entity"] and n["entity"]["name"] == "NVIDIA" and not n["listed"]
        for item in data
        for n in item["entities"]
    )


def test_entities_by_the_kind_of_their_mentions(either_client: TestClient) -> None:
    every = either_client.get("/v1/entities", params={"limit": 1}).json()
    listed = either_client.get("/v1/entities", params={"limit": 1, "mention": "listed"}).json()
    neither = either_client.get(
        "/v1/entities", params={"limit": 1, "mention": "!listed|body"}
    ).json()
    assert 0 < listed["meta"]["total"] < every["meta"]["total"]
    assert neither["meta"]["total"]
    assert either_client.get("/v1/entities", params={"mention": "lisetd"}).status_code == 400


def test_info_counts_named_entities_only(either_client: TestClient, seeded: Database) -> None:
    counted = either_client.get("/v1/info").json()["counts"]["entities"]
    assert counted == either_client.get("/v1/entities", params={"limit": 1}).json()["meta"]["total"]
    with seeded.read() as session:
        named = select(col(Mention.entity_pk)).where(col(Mention.entity_pk).is_not(None))
        assert counted == len(
            session.exec(select(col(Entity.pk)).where(col(Entity.pk).in_(named))).all()
        )


def test_quality_is_about_listed_cells(client: TestClient) -> None:
    for day in ("2025-11-22", "2025-12-23"):
        answer = client.get(f"/v1/briefings/{day}")
        assert answer.status_code == 200, answer.text
        briefing = answer.json()
        cells = [
            n
            for s in briefing["sections"]
            for i in s["items"]
            for n in i["entities"]
            if n["listed"]
        ]
        assert briefing["counts"]["entities"] == len(cells)
