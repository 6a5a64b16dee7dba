"""Threads and echoes in answers, and the stories of the seeds."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.conftest import ENGINES, client_of, prepared, take_in
from tests.documents import NEWER, OLDER
from tests.store.derived.test_threads import FIRST, put, tell_story


def get(client: TestClient, path: str, **params: object) -> Any:
    answer = client.get(
        path, params={key.rstrip("_"): str(value) for key, value in params.items()} or None
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def all_entries(client: TestClient, path: str) -> list[Any]:
    """Return all entries of a list, read in pages of two."""
    entries: list[Any] = []
    address = f"{path}{'&' if '?' in path else '?'}limit=2"
    while address:
        page = get(client, address)
        entries += page["data"]
        address = page["links"]["next"]
    assert len(entries) == page["meta"]["total"]
    return entries


@pytest.fixture(scope="module", params=ENGINES)
def stories_client(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """Stories over six weeks in two channels. Shared: read only."""
    with client_of(prepared(request.param, tell_story)) as opened:
        yield opened


# A reader of both seeds finds three repeated stories: a financing, a paper, and a stub with
# the item it refers to.
TWICE = [
    (
        "Lovable：text-to-app AI 編碼平臺",
        "Lovable：AI 編碼新創 B 輪 3.3 億美元，估值 66 億",
        "article",
    ),
    ("SMELLNET：實境嗅覺辨識資料集", "SMELLNET：實境嗅覺辨識資料集（工具面）", "paper"),
    ("以可及硬體實現的圖注意力網路偵測腦電癲癇", "以可及 EEG + GAT 自動偵測癲癇", "reference"),
]


def test_the_seeds_have_three_stories_of_two_items(client: TestClient) -> None:
    threads = get(client, "/v1/threads")["data"]
    stories = []
    for thread in threads:
        thread_out = get(client, f"/v1/threads/{thread['id']}")
        first, second = thread_out["members"]
        stories.append(
            (first["item"]["title"], second["item"]["title"], second["joined"]["signal"])
        )
        assert (first["role"], first["joined"], second["role"], second["joined"]["item"]) == (
            "new",
            None,
            "duplicate",
            first["item"]["id"],
        )
    assert sorted(stories) == sorted(TWICE)
    assert get(client, "/v1/items", has="thread")["meta"]["total"] == 6
    assert get(client, "/v1/items", collapse="thread")["meta"]["total"] == 79 - 3


def echoed(client: TestClient, day: str, where: str) -> dict[int, set[str]]:
    """Return the starts of the titles that each entry of a part refers to, by position."""
    starts: dict[int, set[str]] = {}
    for section in get(client, f"/v1/briefings/{day}")["sections"]:
        for item in section["items"]:
            for echo in item["echoes"]:
                if echo["where"] == where:
                    starts.setdefault(echo["position"], set()).add(item["title"][:8])
    return starts


def test_each_reading_refers_to_one_item(client: TestClient) -> None:
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


def test_watch_list_entries_refer_to_items(client: TestClient) -> None:
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


def test_insight_and_keywords_refer_to_items(client: TestClient) -> None:
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


def test_a_thread_spans_days_and_channels(stories_client: TestClient) -> None:
    threads = all_entries(stories_client, "/v1/threads")
    assert [thread["last_date"] for thread in threads] == sorted(
        (thread["last_date"] for thread in threads), reverse=True
    )
    story = next(thread for thread in threads if thread["title"].startswith("Zyphra"))
    thread_out = get(stories_client, f"/v1/threads/{story['id']}")
    assert {name: thread_out[name] for name in story} == story
    assert story["channels"] == ["daily", "other"]
    assert [member["role"] for member in thread_out["members"]][:2] == ["new", "continuing"]
    assert thread_out["entities"][0]["items"] > 1
    evidence = thread_out["members"][1]["joined"]["evidence"]
    assert evidence["entities"][0]["bits"] > 0 < evidence["text"] <= 1
    items = get(stories_client, story["links"]["items"])
    assert items["meta"]["total"] == story["items"] == len(thread_out["members"])
    assert {item["thread"]["id"] for item in items["data"]} == {story["id"]}
    item = get(stories_client, f"/v1/items/{story['latest']['id']}")
    assert (item["thread"]["size"], item["thread"]["more"]) == (story["items"], None)


def test_threads_follow_the_filters_of_items(stories_client: TestClient) -> None:
    def titles(**params: object) -> set[str]:
        return {
            thread["title"]
            for thread in get(stories_client, "/v1/threads", limit=100, **params)["data"]
        }

    whole = titles()
    assert titles(entity="Qrouter") == {"Stripe 洽購 Qrouter"}
    assert titles(channel="other") < whole
    assert titles(channel="!other|daily") == set()
    assert titles(from_=FIRST + timedelta(60)) == set()
    assert "嗅覺資料集公開" not in titles(to=FIRST)
    assert titles(items=3) == {
        thread["title"]
        for thread in all_entries(stories_client, "/v1/threads")
        if thread["items"] >= 3
    }
    for sort in ("last", "-first", "items,-last", "-items"):
        assert {
            thread["title"] for thread in all_entries(stories_client, f"/v1/threads?sort={sort}")
        } == whole
    for asked in (
        {"section": "headlines"},
        {"importance": "!none"},
        {"has": "thread"},
        {"q": "嗅覺"},
        {"entity": "Qrouter", "kind": "full"},
    ):
        thread_ids = {
            thread["id"]
            for thread in all_entries(stories_client, "/v1/threads?" + urlencode(asked))
        }
        assert thread_ids == {
            item["thread"]["id"]
            for item in all_entries(stories_client, "/v1/items?" + urlencode(asked))
            if item["thread"]
        }, asked
    missing = get(stories_client, "/v1/threads", entity="nobody")
    assert (missing["data"], "nobody" in missing["meta"]["warnings"][0]) == ([], True)
    for wrong in ("items=1", "sort=size", "importances=high"):
        assert stories_client.get(f"/v1/threads?{wrong}").status_code == 400
    assert stories_client.get("/v1/threads/th_none").status_code == 404


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
def test_a_collapsed_list_has_the_newest_item_of_each_story(
    stories_client: TestClient, filters: str
) -> None:
    whole = all_entries(stories_client, f"/v1/items?{filters}")
    stories: dict[str, list[Any]] = {}
    for item in whole:
        stories.setdefault(item["thread"]["id"] if item["thread"] else item["id"], []).append(item)
    collapsed = all_entries(stories_client, f"/v1/items?{filters}&collapse=thread")
    assert len(collapsed) == len(stories)
    for item in collapsed:
        members = stories[item["thread"]["id"] if item["thread"] else item["id"]]
        assert item["id"] in [item["id"] for item in members]
        assert item["date"] == max(item["date"] for item in members)
        assert (item["thread"]["more"] if item["thread"] else 0) == len(members) - 1
    ids = [item["id"] for item in collapsed]
    assert ids == [item["id"] for item in whole if item["id"] in ids]


def test_items_are_filtered_by_thread(stories_client: TestClient) -> None:
    thread = get(stories_client, "/v1/threads")["data"][0]["id"]
    total = get(stories_client, "/v1/items")["meta"]["total"]
    of_it = get(stories_client, "/v1/items", thread=thread)["meta"]["total"]
    assert get(stories_client, "/v1/items", thread=f"!{thread}")["meta"]["total"] == total - of_it
    assert (
        get(stories_client, "/v1/items", has="!thread")["meta"]["total"]
        + get(stories_client, "/v1/items", has="thread")["meta"]["total"]
        == total
    )
    assert get(stories_client, "/v1/items", thread="th_none")["meta"]["warnings"]
    assert stories_client.get("/v1/items?collapse=story").status_code == 400


def test_pages_are_stable_while_a_story_continues(database: Database) -> None:
    tell_story(database)
    with client_of(database) as client:
        first = get(client, "/v1/threads", limit=1)
        put(database, (3, "third", (10,)))
        rest = get(client, first["links"]["next"])
    assert {thread["id"] for thread in rest["data"]}.isdisjoint(
        {thread["id"] for thread in first["data"]}
    )


def test_one_item_is_no_thread(database: Database) -> None:
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
