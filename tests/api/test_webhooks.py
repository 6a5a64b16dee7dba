"""Webhooks and saved searches over HTTP."""

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store.db import Database
from tests.api.conftest import token
from tests.conftest import client_of, take_in
from tests.documents import document, item
from tests.receiver import receiving

HOOK: dict[str, Any] = {"url": "https://bot.example/hook", "events": ["item.created"]}


@pytest.fixture
def bot(fresh: TestClient, database: Database) -> TestClient:
    """A client with a key of the scope."""
    fresh.headers.update(token(database, "webhooks"))
    return fresh


def test_a_webhook_is_made_changed_rotated_and_deleted(bot: TestClient) -> None:
    made = bot.post("/v1/webhooks", json=HOOK)
    assert made.status_code == 201
    secret, webhook = made.json()["secret"], made.json()["webhook"]
    assert secret.startswith("whsec_")
    path = webhook["links"]["self"]
    assert bot.get(path).json() == webhook
    assert secret not in bot.get("/v1/webhooks").text
    changed = bot.patch(path, json={"status": "paused", "filters": "entity=Qwen"}).json()
    assert (changed["status"], changed["filters"]) == ("paused", "entity=Qwen")
    assert changed["events"] == ["item.created"]
    rotated = bot.post(f"{path}/rotate", json={"overlap_hours": 2}).json()
    assert rotated["secret"] != secret
    assert len(rotated["webhook"]["secrets"]) == 2
    assert bot.delete(path).json() == {"id": webhook["id"]}
    assert bot.get(path).status_code == 404
    assert bot.delete(path).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"url": "ftp://bot.example/"},
        {"url": "https://me:secret@bot.example/"},
        {"url": "https://bot.example/#part"},
        {"events": ["item.exploded"]},
        {"events": []},
        {"filters": "importance=huge"},
        {"filters": "entty=Qwen"},
        {"more": 1},
    ],
)
def test_what_is_not_valid_is_refused(bot: TestClient, change: dict[str, Any]) -> None:
    answer = bot.post("/v1/webhooks", json=HOOK | change)
    assert answer.status_code == 422, answer.text
    assert bot.get("/v1/webhooks").json()["data"] == []


def test_the_server_delivers_and_logs(database: Database) -> None:
    with receiving() as receiver, client_of(database, webhook_networks="127.0.0.0/8") as bot:
        bot.headers.update(token(database, "webhooks"))
        made = bot.post("/v1/webhooks", json={**HOOK, "url": receiver.url}).json()
        receiver.secrets.append(made["secret"])
        path = made["webhook"]["links"]["self"]
        take_in(database, document("2026-01-01", item("甲", entities="Qwen")))
        test = bot.post(f"{path}/test").json()
        deadline = time.monotonic() + 10
        while len(receiver.events) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert receiver.kinds() == ["item.created", "webhook.test"]
        while bot.get(path).json()["pending"] and time.monotonic() < deadline:
            time.sleep(0.05)
        logged = bot.get(f"{path}/deliveries").json()["data"]
        assert [entry["event"] for entry in logged] == ["webhook.test", "item.created"]
        assert logged[0]["attempts"][0]["status"] == 204
        answer_shape = bot.get(f"{path}/deliveries/{test['id']}").json()
        assert answer_shape["body"]["type"] == "webhook.test"
        answer = bot.post(f"{path}/replay", json={"delivery": test["id"]})
        assert answer.json() == {"replayed": 1}
        ranged = bot.post(f"{path}/replay", json={"since": "2030-01-01T00:00:00Z"})
        assert ranged.json() == {"replayed": 0}


def test_a_saved_search_is_a_list_and_a_feed(bot: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="Qwen"), item("乙")))
    search = {"name": "Qwen", "filters": "entity=Qwen", "alert": True}
    made = bot.post("/v1/searches", json=search)
    assert made.status_code == 201, made.text
    links = made.json()["links"]
    assert bot.get(links["items"]).json()["meta"]["total"] == 1
    feed = bot.get(links["feed"])
    assert feed.status_code == 200, feed.text
    assert feed.text.count("<entry") == 1
    changed = bot.patch(links["self"], json={"alert": False}).json()
    assert (changed["alert"], changed["name"]) == (False, "Qwen")
    assert len(bot.get("/v1/searches").json()["data"]) == 1
    assert bot.delete(links["self"]).status_code == 200
    assert bot.get(links["feed"]).status_code == 404
    assert bot.post("/v1/searches", json=search | {"filters": "x=1"}).status_code == 422
