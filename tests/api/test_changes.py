"""The changes over HTTP: pages, digests, waiting and the stream."""

import hashlib
import json
import threading
import time
from typing import Any

from fastapi.testclient import TestClient

from app.store.db import Database
from tests.api.conftest import token
from tests.conftest import client_of, take_in
from tests.documents import document, item
from tests.servers import briefbase

FIRST = document(
    "2026-01-01",
    item("甲", summary="發布。", entities="NVIDIA, Foobar Lab"),
    item("乙", summary="更新。", entities="Qwen"),
)
EDITED = document(
    "2026-01-01",
    item("甲", summary="發布。", entities="NVIDIA, Foobar Lab"),
    item("丙", summary="新增。", entities="OpenAI"),
)


def page(client: TestClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/v1/changes?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kinds(page: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change["object"], change["action"]) for change in page["data"]]


def test_a_document_its_items_and_its_names_are_changes(
    fresh: TestClient, database: Database
) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    first = page(fresh)
    assert kinds(first)[0] == ("document", "added")
    assert kinds(first).count(("item", "added")) == 2
    assert ("entity", "added") in kinds(first)
    change = first["data"][0]
    assert change["object_id"] == change["new"] == hashlib.sha256(FIRST.encode()).hexdigest()
    assert change["details"]["name"] == "2026-01-01.md"
    take_in(database, EDITED, "2026-01-01.md")
    second = page(fresh, f"since={first['position']}")
    assert second["since"] == first["position"]
    assert kinds(second)[0] == ("document", "added")
    assert second["data"][0]["old"] == change["new"]
    assert kinds(second).count(("item", "removed")) == 1
    assert page(fresh, f"since={second['position']}")["data"] == []


def test_the_digest_is_of_what_the_page_says(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    walked = []
    since, pages = "", 0
    while True:
        part = page(fresh, f"limit=3{since}")
        content = {name: part[name] for name in ("since", "data", "position")}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == part["digest"]
        walked += part["data"]
        pages += 1
        if not part["meta"]["next_cursor"]:
            break
        since = f"&since={part['position']}"
    assert pages > 1
    assert walked == page(fresh, "limit=1000")["data"]


def test_cursors_walk_the_changes_as_well(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    first = page(fresh, "limit=2&type=item|entity")
    assert first["meta"]["total"] > 2
    following = fresh.get(first["links"]["next"]).json()
    assert following["since"] == first["position"]
    assert following["data"][0] not in first["data"]


def test_changes_are_filtered(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    take_in(database, document("2026-01-02", item("丁", entities="Qwen")), channel="weekly")
    items = page(fresh, "type=item&entity=Foobar Lab")["data"]
    assert len(items) == 1
    assert {c["briefing"] for c in page(fresh, "channel=daily")["data"]} == {"2026-01-01"}
    weekly = page(fresh, "channel=weekly&type=document|item")
    assert [change["briefing"] for change in weekly["data"]] == ["weekly:2026-01-02"] * 2
    assert kinds(page(fresh, "type=entity&action=!added")) == []
    unknown = page(fresh, "entity=Nobody")
    assert unknown["data"] == []
    assert "Nobody" in unknown["meta"]["warnings"][0]


def test_judgements_and_deletions_are_changes(desk: TestClient, database: Database) -> None:
    before = page(desk)["position"]
    answer = desk.post("/v1/entities/Foobar Lab/merge", json={"into": "NVIDIA", "reason": "一"})
    assert answer.status_code == 200
    merged = page(desk, f"since={before}")
    judgement = merged["data"][0]
    assert (judgement["object"], judgement["action"]) == ("judgement", "added")
    assert judgement["details"]["kind"] == "merge"
    assert judgement["details"]["reason"] == "一"
    assert ("entity", "merged") in kinds(merged)
    desk.headers.update(token(database, "ingest"))
    assert desk.delete("/v1/briefings/2026-01-01?reason=錯").status_code == 200
    removed = page(desk, f"since={merged['position']}&type=document|briefing")
    assert kinds(removed) == [("briefing", "removed"), ("document", "removed")]
    assert desk.post("/v1/briefings/2026-01-01/restore").status_code == 200
    restored = page(desk, f"since={removed['position']}&type=document|briefing")
    assert kinds(restored) == [("document", "restored"), ("briefing", "added")]


def test_a_position_of_another_database_is_gone(fresh: TestClient, database: Database) -> None:
    assert page(fresh)["position"] == "empty-0"
    take_in(database, FIRST, "2026-01-01.md")
    assert page(fresh, "since=empty-0")["data"]
    assert fresh.get("/v1/changes?since=0abc-7").status_code == 410
    later = page(fresh)["position"].rpartition("-")[0] + "-999"
    assert fresh.get(f"/v1/changes?since={later}").status_code == 410
    problem = fresh.get("/v1/changes?since=yesterday")
    assert problem.status_code == 400
    assert "position" in problem.json()["detail"]


def test_a_waiting_client_is_answered_by_the_next_change(database: Database) -> None:
    with client_of(database) as client:
        position = page(client)["position"]
        began = time.monotonic()
        assert page(client, f"since={position}&wait=1")["data"] == []
        assert time.monotonic() - began > 0.9
        writer = threading.Timer(0.3, take_in, (database, FIRST, "2026-01-01.md"))
        writer.start()
        began = time.monotonic()
        assert page(client, f"since={position}&wait=20")["data"]
        assert time.monotonic() - began < 10
        writer.join()


def test_only_so_many_clients_may_wait(database: Database) -> None:
    with client_of(database, listeners=1) as client:
        places = client.app.state.listeners.places  # type: ignore[attr-defined]  # any ASGI application
        with places.hold({}):
            busy = client.get("/v1/changes?wait=5")
            assert busy.status_code == 503
            assert client.get("/v1/changes/stream").status_code == 503
            assert client.get("/v1/changes").status_code == 200
        assert client.get("/v1/changes/stream").status_code == 200


def test_a_stream_goes_on_after_the_last_event(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    whole = fresh.get("/v1/changes/stream?since=empty-0&type=item")
    assert whole.headers["content-type"].startswith("text/event-stream")
    events = whole.text.split("\n\n")
    assert events[0].startswith("retry:")
    first = events[1].splitlines()
    assert first[1] == "event: change"
    position = first[0].removeprefix("id: ")
    assert json.loads(first[2].removeprefix("data: "))["position"] == position
    header = {"Last-Event-ID": position}
    rest = fresh.get("/v1/changes/stream?type=item", headers=header).text
    assert rest.count("event: change") == whole.text.count("event: change") - 1
    assert "event: change" not in fresh.get("/v1/changes/stream").text


def test_lists_show_what_changed_since_a_time(fresh: TestClient, database: Database) -> None:
    take_in(database, FIRST, "2026-01-01.md")
    take_in(database, document("2026-01-02", item("丁", entities="Qwen")), "2026-01-02.md")
    at = page(fresh, "type=document")["data"][1]["at"]
    for path in ("items", "briefings", "exports/items.ndjson"):
        answer = fresh.get(f"/v1/{path}?updated_since={at}")
        assert answer.status_code == 200, answer.text
        assert ("2026-01-02" in answer.text, "2026-01-01" in answer.text) == (True, False), path
    everything = fresh.get("/v1/items?updated_since=2020-01-01").json()["meta"]
    assert everything["total"] == 3
    assert "changed since" in everything["human_description"]
    names = fresh.get(f"/v1/entities?updated_since={at}").json()["data"]
    assert [entity["name"] for entity in names] == ["Qwen"]
    assert fresh.get("/v1/items?updated_since=yesterday").status_code == 400
    assert fresh.get("/v1/items?updated_since=2026-01-01T00:00:00").status_code == 400


def test_a_server_that_stops_ends_its_streams(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/base.db"
    with briefbase(url, tmp_path, seeds="false", log_level="error") as server:
        answers = []
        reader = threading.Thread(
            target=lambda: answers.append(server.get("/v1/changes/stream").body)
        )
        reader.start()
        time.sleep(0.5)
        began = time.monotonic()
        server.process.terminate()
        server.process.wait(20)
        assert time.monotonic() - began < 4
        reader.join()
    assert answers[0].startswith(b"retry:")
