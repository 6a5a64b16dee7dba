"""Entities, their items and timelines over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import Alias, Entity
from tests.conftest import take_in
from tests.documents import NEWER, document, item


def get(client: TestClient, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    if answer.status_code == 308:
        answer = client.get(answer.headers["location"], headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", ["SGLang", "sglang", "SGLANG", "ＳＧＬａｎｇ", "SG Lang"])
@pytest.mark.parametrize("below", ["", "/items", "/timeline"])
def test_any_spelling_redirects_to_the_id(client: TestClient, name: str, below: str) -> None:
    entity_id = get(client, "/v1/entities/SGLang")["id"]
    answer = client.get(f"/v1/entities/{name}{below}?fields=&lang=en")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        f"/v1/entities/{entity_id}{below}?fields=&lang=en",
    )
    assert client.get(answer.headers["location"]).status_code == 200


def test_a_spelling_may_contain_a_slash(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a", entities="TCP/IP、C++、C#、50%")))
    for name, path in (
        ("TCP/IP", "TCP%2FIP"),
        ("TCP/IP", "TCP/IP"),
        ("C++", "C++"),
        ("C#", "C%23"),
        ("50%", "50%25"),
    ):
        assert get(fresh, f"/v1/entities/{path}")["name"] == name
        assert get(fresh, f"/v1/entities/{path}/items")["meta"]["total"] == 1
        assert get(fresh, f"/v1/entities/{path}/timeline")["totals"]["items"] == 1


def test_the_list_agrees_with_each_entity(either_client: TestClient) -> None:
    data = get(either_client, "/v1/entities?limit=100")
    assert data["meta"]["total"] == get(either_client, "/v1/info")["counts"]["entities"]
    mentions = [entry["counts"]["mentions"] for entry in data["data"]]
    assert mentions == sorted(mentions, reverse=True)
    for entry in data["data"][:5]:
        entity = get(either_client, entry["links"]["self"])
        assert {name: entity[name] for name in entry} == entry
        assert (
            get(either_client, entry["links"]["items"])["meta"]["total"] == entry["counts"]["items"]
        )
        assert get(either_client, entry["links"]["timeline"])["totals"] == entry["counts"]


def test_filters(either_client: TestClient) -> None:
    day = get(either_client, f"/v1/entities?from={NEWER}&limit=100")["meta"]["total"]
    all_days = get(either_client, "/v1/entities")["meta"]["total"]
    before = get(either_client, "/v1/entities?to=2025-11-22")["meta"]["total"]
    assert day < all_days < day + before
    listed = get(
        either_client, f"/v1/entities?section=headlines&mention=listed&from={NEWER}&limit=100"
    )["data"]
    names = {entry["name"] for entry in listed}
    assert {"SGLang", "MUSA", "Qwen"} <= names
    assert "RLfR" not in names
    assert get(either_client, "/v1/entities?channel=nowhere")["meta"]["warnings"]


def test_items_of_an_entity(either_client: TestClient) -> None:
    data = get(either_client, "/v1/entities/IDP/items?sort=date&fields=title,briefing.id")
    assert [entry["briefing"]["id"] for entry in data["data"]] == ["2025-11-22", "2025-12-23"]


def test_items_of_an_entity_take_every_filter(either_client: TestClient) -> None:
    path = "/v1/entities/" + get(either_client, "/v1/entities/SGLang")["id"] + "/items"
    assert get(either_client, path + "?importance=high")["meta"]["total"] == 1
    assert get(either_client, path + "?importance=low")["meta"]["total"] == 0
    assert (
        get(either_client, path + "?entity=Qwen&include=entities")["data"][0]["entities"][3][
            "surface"
        ]
        == "Qwen"
    )
    assert get(either_client, path + "?entity=CUDA")["meta"]["total"] == 0
    listed = get(either_client, "/v1/items?limit=1")["meta"]["next_cursor"]
    assert either_client.get(path + f"?limit=1&cursor={listed}").status_code == 400


@pytest.mark.parametrize(
    ("interval", "buckets"), [("day", 32), ("week", 6), ("month", 2), ("quarter", 1), ("year", 1)]
)
def test_timeline(either_client: TestClient, interval: str, buckets: int) -> None:
    data = get(either_client, f"/v1/entities/SGLang/timeline?interval={interval}")
    assert len(data["buckets"]) == buckets
    assert (data["from"], data["to"], data["interval"]) == ("2025-11-22", "2025-12-23", interval)
    assert sum(bucket["briefings"] for bucket in data["buckets"]) == 2
    assert sum(bucket["items"] for bucket in data["buckets"]) == 1
    assert data["buckets"][-1]["top_items"][0]["title"].startswith("SGLang")
    assert set(
        get(
            either_client, f"/v1/entities/SGLang/timeline?interval={interval}&fields=buckets.share"
        )["buckets"][0]
    ) == {"share"}


def test_a_timeline_of_centuries_is_refused(client: TestClient) -> None:
    entity_id = get(client, "/v1/entities/SGLang")["id"]
    answer = client.get(
        f"/v1/entities/{entity_id}/timeline?from=0001-01-01&to=9999-12-31&interval=year"
    )
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "interval")
    assert (
        client.get(
            f"/v1/entities/{entity_id}/timeline?from=9999-01-01&to=9999-12-31&interval=month"
        ).status_code
        == 200
    )


def test_language(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("曌騰", entities="曌騰")))
    with database.write() as session:
        entity = session.exec(select(Entity).where(col(Entity.name) == "曌騰")).one()
        entity.names = {"en": "Zhaoteng", "zh-Hant": "曌騰", "zh-Hans": "曌腾"}
    path = f"/v1/entities/{entity.id}"
    for lang, name in (("en", "Zhaoteng"), ("zh-Hans", "曌腾"), ("zh-Hant", "曌騰")):
        assert get(fresh, f"{path}?lang={lang}")["name"] == name
        assert get(fresh, f"/v1/entities?lang={lang}")["data"][0]["name"] == name
        data = get(fresh, f"/v1/items?include=entities&lang={lang}")["data"][0]
        # The document's own text is never altered.
        assert (
            data["title"],
            data["entities"][0]["surface"],
            data["entities"][0]["entity"]["name"],
        ) == ("曌騰", "曌騰", name)
        assert (
            get(fresh, f"/v1/headlines?lang={lang}")["data"][0]["entities"][0]["entity"]["name"]
            == name
        )
        assert get(fresh, f"{path}/timeline?lang={lang}")["entity"]["name"] == name
        assert (
            get(fresh, f"/v1/briefings/latest?lang={lang}")["sections"][0]["items"][0]["entities"][
                0
            ]["entity"]["name"]
            == name
        )
    assert get(fresh, path, **{"Accept-Language": "zh-CN,zh;q=0.8"})["name"] == "曌腾"
    assert get(fresh, f"{path}?lang=en", **{"Accept-Language": "zh-CN"})["name"] == "Zhaoteng"
    assert get(fresh, path)["name"] == "曌騰"


def test_homonyms_are_listed(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a", entities="Mercury、Venus")))
    with database.write() as session:
        alias = session.exec(select(Alias).where(col(Alias.name) == "Venus")).one()
        session.add(
            Alias(entity_pk=alias.entity_pk, name="MERCURY!", key="mercuri", kind="spelling")
        )
        alias.key = "same"
        session.exec(select(Alias).where(col(Alias.name) == "Mercury")).one().key = "same"
    answer = fresh.get("/v1/entities/same")
    assert answer.status_code == 404
    assert "names 2 entities: " in answer.json()["detail"]
    assert "Venus (e_" in answer.json()["detail"]
    assert get(fresh, "/v1/items?entity=same")["meta"]["total"] == 1
