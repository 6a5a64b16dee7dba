"""Threads and echoes as they are shown; on the seeds, which of their items are one story."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER
from tests.store.derived.test_threads import FIRST, STORY, put


def get(client: TestClient, path: str, **params: object) -> Any:
    answer = client.get(
        path, params={key.rstrip("_"): str(value) for key, value in params.items()} or None
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def every(client: TestClient, path: str) -> list[Any]:
    """A list walked to its end, two entries a page."""
    held, at = [], f"{path}{'&' if '?' in path else '?'}limit=2"
    while at:
        page = get(client, at)
        held += page["data"]
        at = page["links"]["next"]
    assert len(held) == page["meta"]["total"]
    return held


@pytest.fixture
def told(database: Database) -> Iterator[TestClient]:
    """A base with stories told over six weeks in two channels."""
    for document in STORY:
        put(database, document)
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        read_timeout=30,
        log_level="error",
        seeds=False,
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


# What a reader of both seeds finds told twice: a financing, a paper, and a stub with what it refers to.
TWICE = [
    (
        "Lovable：text-to-app AI 編碼平臺",
        "Lovable：AI 編碼新創 B 輪 3.3 億美元，估值 66 億",
        "article",
    ),
    ("SMELLNET：實境嗅覺辨識資料集", "SMELLNET：實境嗅覺辨識資料集（工具面）", "paper"),
    ("以可及硬體實現的圖注意力網路偵測腦電癲癇", "以可及 EEG + GAT 自動偵測癲癇", "reference"),
]


def test_the_seeds_tell_three_stories_twice_and_no_other(client: TestClient) -> None:
    threads = get(client, "/v1/threads")["data"]
    found = []
    for thread in threads:
        shown = get(client, f"/v1/threads/{thread['id']}")
        first, second = shown["members"]
        found.append((first["item"]["title"], second["item"]["title"], second["joined"]["signal"]))
        assert (first["role"], first["joined"], second["role"], second["joined"]["item"]) == (
            "new",
            None,
            "duplicate",
            first["item"]["id"],
        )
    assert sorted(found) == sorted(TWICE)
    assert get(client, "/v1/items", has="thread")["meta"]["total"] == 6
    assert get(client, "/v1/items", collapse="thread")["meta"]["total"] == 79 - 3


def echoed(client: TestClient, day: str, where: str) -> dict[int, set[str]]:
    """What each place of a briefing speaks of: position → beginnings of titles."""
    found: dict[int, set[str]] = {}
    for section in get(client, f"/v1/briefings/{day}")["sections"]:
        for item in section["items"]:
            for echo in item["echoes"]:
                if echo["where"] == where:
                    found.setdefault(echo["position"], set()).add(item["title"][:8])
    return found


def test_the_ten_readings_are_of_ten_items(client: TestClient) -> None:
    assert echoed(client, OLDER, "reading") == {
        1: {"多供應商生成式 "},
        2: {"Turb-L1 "},
        3: {"FQ-PETR："},
        4: {"JKO 方案的隱"},
        5: {"EDG + Ne"},
    }
    assert echoed(client, NEWER, "reading") == {
        1: {"GenAI 圖像"},
        2: {"SafeBenc"},
        3: {"VTP：Mini"},
        4: {"Generali"},
        5: {"InsertAn"},
    }


def test_the_ten_entries_of_the_watch_lists(client: TestClient) -> None:
    assert echoed(client, OLDER, "watchlist") == {
        1: {"Turb-L1 "},
        2: {"FQ-PETR："},
        3: {"多供應商生成式 "},
        4: {"S600：具身智"},
        5: {"D-AI 與 P"},
    }
    assert echoed(client, NEWER, "watchlist") == {
        1: {"GenAI 圖像", "SafeBenc"},
        2: {"摩爾線程 MUS", "SGLang 原"},
        3: {"針對 Promp"},
        4: {"Weighted", "STDiff /", "InsertAn"},
        5: {"RaaS：企業級", "x402：以穩定"},
    }


def test_the_insight_and_the_keywords(client: TestClient) -> None:
    assert {"摩爾線程 MUS", "Tesco × ", "Spotify "} <= echoed(client, NEWER, "insight")[1]
    keywords = echoed(client, NEWER, "keyword")
    assert (keywords[6], keywords[9], keywords[11], keywords[12]) == (
        {"針對 Promp"},
        {"RaaS：企業級"},
        {"百度 Robot"},
        {"SMELLNET"},
    )
    entry = next(
        e
        for e in get(client, "/v1/items", entity="x402", include="echoes")["data"][0]["echoes"]
        if e["where"] == "watchlist"
    )
    watched = get(client, f"/v1/briefings/{NEWER}")["watchlist"]
    assert (entry["id"], entry["line"], entry["text"]) == (watched[4]["id"], 931, "x402")


def test_a_thread_over_days_and_channels(told: TestClient) -> None:
    threads = every(told, "/v1/threads")
    assert [thread["last_date"] for thread in threads] == sorted(
        (thread["last_date"] for thread in threads), reverse=True
    )
    story = next(thread for thread in threads if thread["title"].startswith("Zyphra"))
    shown = get(told, f"/v1/threads/{story['id']}")
    assert {name: shown[name] for name in story} == story
    assert story["channels"] == ["daily", "other"]
    assert [member["role"] for member in shown["members"]][:2] == ["new", "continuing"]
    assert shown["entities"][0]["items"] > 1
    evidence = shown["members"][1]["joined"]["evidence"]
    assert evidence["entities"][0]["bits"] > 0 < evidence["text"] <= 1
    items = get(told, story["links"]["items"])
    assert items["meta"]["total"] == story["items"] == len(shown["members"])
    assert {item["thread"]["id"] for item in items["data"]} == {story["id"]}
    one = get(told, f"/v1/items/{story['latest']['id']}")
    assert (one["thread"]["size"], one["thread"]["more"]) == (story["items"], None)


def test_filters_of_threads(told: TestClient) -> None:
    def titles(**params: object) -> set[str]:
        return {thread["title"] for thread in get(told, "/v1/threads", limit=100, **params)["data"]}

    whole = titles()
    assert titles(entity="Qrouter") == {"Stripe 洽購 Qrouter"}
    assert titles(channel="other") < whole
    assert titles(channel="!other|daily") == set()
    assert titles(from_=FIRST + timedelta(60)) == set()
    assert "嗅覺資料集公開" not in titles(to=FIRST)
    assert titles(items=3) == {
        thread["title"] for thread in every(told, "/v1/threads") if thread["items"] >= 3
    }
    for sort in ("last", "-first", "items,-last", "-items"):
        assert {thread["title"] for thread in every(told, f"/v1/threads?sort={sort}")} == whole
    for asked in (
        {"section": "headlines"},
        {"importance": "!none"},
        {"has": "thread"},
        {"q": "嗅覺"},
        {"entity": "Qrouter", "kind": "full"},
    ):
        found = {thread["id"] for thread in every(told, "/v1/threads?" + urlencode(asked))}
        assert found == {
            one["thread"]["id"]
            for one in every(told, "/v1/items?" + urlencode(asked))
            if one["thread"]
        }, asked
    missing = get(told, "/v1/threads", entity="nobody")
    assert (missing["data"], "nobody" in missing["meta"]["warnings"][0]) == ([], True)
    for wrong in ("items=1", "sort=size", "importances=high"):
        assert told.get(f"/v1/threads?{wrong}").status_code == 400
    assert told.get("/v1/threads/th_none").status_code == 404


@pytest.mark.parametrize(
    "filters",
    [
        "",
        "channel=daily",
        "from=2026-01-03",
        "entity=Zamba|Stripe",
        "has=thread",
        "sort=title",
        "section=headlines&sort=-importance,date",
    ],
)
def test_collapsed_lists_hold_the_newest_of_each_story_and_say_how_many_more(
    told: TestClient, filters: str
) -> None:
    whole = every(told, f"/v1/items?{filters}")
    stories: dict[str, list[Any]] = {}
    for item in whole:
        stories.setdefault(item["thread"]["id"] if item["thread"] else item["id"], []).append(item)
    found = every(told, f"/v1/items?{filters}&collapse=thread")
    assert len(found) == len(stories)
    for item in found:
        held = stories[item["thread"]["id"] if item["thread"] else item["id"]]
        assert item["id"] in [one["id"] for one in held]
        assert item["date"] == max(one["date"] for one in held)
        assert (item["thread"]["more"] if item["thread"] else 0) == len(held) - 1
    kept = [item["id"] for item in whole if item["id"] in {one["id"] for one in found}]
    assert [item["id"] for item in found] == kept


def test_the_filter_by_thread(told: TestClient) -> None:
    thread = get(told, "/v1/threads")["data"][0]["id"]
    total = get(told, "/v1/items")["meta"]["total"]
    of_it = get(told, "/v1/items", thread=thread)["meta"]["total"]
    assert get(told, "/v1/items", thread=f"!{thread}")["meta"]["total"] == total - of_it
    assert (
        get(told, "/v1/items", has="!thread")["meta"]["total"]
        + get(told, "/v1/items", has="thread")["meta"]["total"]
        == total
    )
    assert get(told, "/v1/items", thread="th_none")["meta"]["warnings"]
    assert told.get("/v1/items?collapse=story").status_code == 400


def test_pages_hold_while_a_story_goes_on(told: TestClient, database: Database) -> None:
    first = get(told, "/v1/threads", limit=1)
    put(database, (3, "third", (10,)))
    rest = get(told, first["links"]["next"])
    assert {thread["id"] for thread in rest["data"]}.isdisjoint(
        {thread["id"] for thread in first["data"]}
    )


def test_a_thread_needs_two(database: Database) -> None:
    take_in(
        database,
        "---\ntitle: x\ndate: 2026-01-02\n---\n\n## 今日焦點\n\n### 一則\n\n**核心摘要**\n摘要。\n",
    )
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        log_level="error",
        seeds=False,
    )
    with TestClient(create_app(settings)) as client:
        assert get(client, "/v1/threads")["data"] == []
        assert get(client, "/v1/items")["data"][0]["thread"] is None
