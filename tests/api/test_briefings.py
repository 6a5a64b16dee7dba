"""Briefings and headlines over HTTP."""

import re
from html import escape
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from app import ingest
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, SEEDS, document, headings, item


def get(client: TestClient, path: str, **headers: str) -> Any:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_list(either_client: TestClient) -> None:
    data = get(either_client, "/v1/briefings")
    assert [entry["id"] for entry in data["data"]] == [NEWER, OLDER]
    assert data["meta"] | {"dataset_version": ""} == {
        "total": 2,
        "limit": 20,
        "next_cursor": None,
        "dataset_version": "",
        "warnings": [],
        "human_description": "Briefings, newest first",
        "members": [],
        "facets": {},
        "facets_other": {},
    }
    assert data["links"] == {"self": "/v1/briefings", "next": None}
    for entry in data["data"]:
        for name, link in entry["links"].items():
            assert either_client.get(link).status_code == 200, (name, link)
    assert get(either_client, data["data"][0]["links"]["items"])["meta"]["total"] == 57


def test_text_is_not_escaped(client: TestClient) -> None:
    assert "醫療影像、公平性與基礎設施趨勢綜覽 — 2025/12/23" in client.get("/v1/briefings").text


def test_latest_is_the_newest(client: TestClient) -> None:
    assert get(client, "/v1/briefings/latest") == get(client, f"/v1/briefings/{NEWER}")
    assert get(client, "/v1/briefings/latest?channel=daily")["id"] == NEWER


def test_fields(client: TestClient) -> None:
    assert get(client, f"/v1/briefings/{NEWER}?fields=id,stats.topics") == {
        "id": NEWER,
        "stats": {"topics": 55},
    }
    data = get(client, f"/v1/briefings/{NEWER}?fields=sections.items.title,front_matter.cover.alt")
    assert data["front_matter"] == {"cover": {"alt": "AI Daily"}}
    assert [len(section["items"]) for section in data["sections"]] == [6, 17, 7, 11, 9, 7, 0, 0]
    assert set(data["sections"][0]["items"][0]) == {"title"}
    assert get(client, "/v1/briefings?fields=date")["data"] == [{"date": NEWER}, {"date": OLDER}]


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_the_file_byte_for_byte(client: TestClient, day: str) -> None:
    answer = client.get(f"/v1/briefings/{day}/source")
    assert answer.content == SEEDS[day]
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert (
        answer.headers["content-disposition"]
        == f"inline; filename=\"{day}.md\"; filename*=UTF-8''{day}.md"
    )
    assert client.get(f"/v1/briefings/{day}?format=md").text == SEEDS[day].decode()


def test_an_odd_file_is_returned_byte_for_byte(fresh: TestClient, database: Database) -> None:
    data = (
        b"\xef\xbb\xbf"
        + document("2026-01-02", item("a\u200bb")).replace("\n", "\r\n").rstrip().encode()
    )
    ingest.ingest(database, data, "日報 “一”.md", channel="daily", default_channel="daily")
    answer = fresh.get("/v1/briefings/2026-01-02/source")
    assert answer.content == data
    assert unquote(answer.headers["content-disposition"].partition("UTF-8''")[2]) == "日報 “一”.md"


def test_html(client: TestClient) -> None:
    answer = client.get(f"/v1/briefings/{NEWER}?format=html")
    html = answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?! type=.application/ld)|\bon\w+=|javascript:", html, re.I)
    assert "arXiv:" not in re.findall(r'href="([^"]*)"', html)
    assert html.count('href="https://arxiv.org/abs/') == SEEDS[NEWER].decode().count(
        "](arXiv:"
    ) + SEEDS[NEWER].decode().count("](https://arxiv.org/abs/")
    for heading in headings(NEWER, 2):
        assert f">{escape(heading, quote=False)}</h2>" in html
    # Front matter is no text.
    assert "published" not in html
    assert "relative: true" not in html


def test_hostile_documents_are_harmless(fresh: TestClient, database: Database) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    take_in(
        database,
        document(
            "2026-01-02",
            item("<script>alert(1)</script>", summary=hostile),
            title="</title><script>alert(1)</script>",
        ),
    )
    html = fresh.get("/v1/briefings/2026-01-02?format=html").text
    assert html.count("<script") == html.count('<script type="application/ld+json">') == 1
    assert not re.search(r"<img[^>]*onerror|href=\"javascript:", html, re.IGNORECASE)
    # In JSON the text is as written.
    assert get(fresh, "/v1/headlines")["data"][0]["summary"] == hostile


def test_quality(client: TestClient) -> None:
    data = get(client, f"/v1/briefings/{NEWER}/quality")
    assert (data["coverage"], data["unassigned"], data["articles"]["reported"]) == (1.0, [], 225)
    assert get(client, f"/v1/briefings/{NEWER}/quality?fields=topics") == {
        "topics": {"reported": 55, "found": 57}
    }


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_headlines(client: TestClient, day: str) -> None:
    data = get(client, f"/v1/headlines?date={day}")
    focus = list(headings(day, 3))[: len(data["data"])]
    assert [entry["title"] for entry in data["data"]] == focus
    assert data["meta"]["total"] == len(focus) == {NEWER: 6, OLDER: 4}[day]
    assert (data["briefing"]["id"], data["links"]["next"]) == (day, None)
    assert all(
        entry["section"]["kind"] == "headlines" and entry["sources"] for entry in data["data"]
    )


def test_headlines_are_of_the_latest_day(client: TestClient) -> None:
    assert get(client, "/v1/headlines")["briefing"]["id"] == NEWER
    two = get(client, "/v1/headlines?limit=2&fields=title")
    assert [set(entry) for entry in two["data"]] == [{"title"}] * 2
    assert two["meta"]["total"] == 6


def test_headlines_as_text(client: TestClient) -> None:
    text = client.get("/v1/headlines", headers={"Accept": "text/plain"}).text
    assert text.splitlines()[0] == "醫療影像、公平性與基礎設施趨勢綜覽 — 2025/12/23"
    titles = re.findall(r"^\d+\. (.*) \[高\]$", text, re.MULTILINE)
    assert titles == headings(NEWER, 3)[:6]
    assert "   https://arxiv.org/abs/2507.17860" in text
    assert client.get("/v1/headlines?format=md&limit=1").text.count("\n## ") == 1


def test_headlines_are_never_paginated(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", *(item(f"title {n}") for n in range(130))))
    assert len(get(fresh, "/v1/headlines")["data"]) == 130
    assert len(get(fresh, "/v1/headlines?limit=100")["data"]) == 100


def test_a_day_without_headlines(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a"), section="工具與資源"))
    data = get(fresh, "/v1/headlines")
    assert (data["data"], data["meta"]["warnings"]) == (
        [],
        ["The briefing 2026-01-02 has no focus section."],
    )


def test_an_empty_database(fresh: TestClient) -> None:
    assert get(fresh, "/v1/briefings")["data"] == []
    for path in ("/v1/briefings/latest", "/v1/headlines", "/v1/briefings/2026-01-02"):
        assert fresh.get(path).status_code == 404
    assert fresh.get("/readyz").json() == {
        "status": "ready",
        "checks": {"schema": "ok", "content": "empty"},
    }


def test_channels(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    take_in(database, document("2026-01-05", item("b")), channel="weekly")
    assert [entry["id"] for entry in get(fresh, "/v1/briefings")["data"]] == [
        "weekly:2026-01-05",
        "2026-01-02",
    ]
    assert get(fresh, "/v1/briefings/latest")["id"] == "2026-01-02"
    assert get(fresh, "/v1/briefings/latest?channel=weekly")["id"] == "weekly:2026-01-05"
    data = get(fresh, "/v1/briefings/weekly:2026-01-05")
    for link in data["links"].values():
        assert fresh.get(link).status_code == 200
    assert get(fresh, "/v1/headlines?channel=weekly&date=2026-01-05")["data"][0]["title"] == "b"


SECRET = document(
    "2026-01-09",
    item("Secret title", entities="SecretEntity、Qwen", sources="[s](https://secret.example/x)"),
    tags="SecretTag",
    draft=True,
    title="Secret day",
    end="\n## 延伸閱讀與資源\n\n### 本日關鍵詞\n`SecretWord`\n",
)


@pytest.mark.parametrize("replaces", [False, True])
def test_drafts_are_invisible_everywhere(
    fresh: TestClient, database: Database, replaces: bool
) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            item("Open", entities="Qwen", sources="[o](https://open.example/)"),
            tags="Open",
        ),
    )
    if replaces:
        # What was public and is withdrawn leaves nothing behind either.
        take_in(database, SECRET.replace("draft: true", "draft: false"), "2026-01-09.md")
        withdrawn = get(fresh, "/v1/items?from=2026-01-09")["data"][0]["id"]
        entity = get(fresh, "/v1/entities")["data"]
        assert any(entry["name"] == "SecretEntity" for entry in entity)
    take_in(database, SECRET, "2026-01-09.md")
    take_in(database, document("2026-01-09", item("b"), draft=True), "x.md", channel="secret")
    for path in (
        "/v1/briefings",
        "/v1/items",
        "/v1/entities",
        "/v1/tags",
        "/v1/sources",
        "/v1/publishers",
        "/v1/info",
        "/v1/briefings/latest",
        "/v1/headlines",
        "/v1/headlines?format=text",
        "/v1/entities/qwen/timeline",
        "/v1/entities/qwen/items",
        "/v1/briefings?channel=secret",
    ):
        answer = fresh.get(path)
        answer = fresh.get(answer.headers["location"]) if answer.status_code == 308 else answer
        assert answer.status_code == 200
        text = (
            answer.text.replace(path, "")
            .replace("There is no channel 'secret'", "")
            .replace("in channel secret (not found)", "")
        )
        assert "ecret" not in text, path
        assert "2026-01-09" not in text, path
    gone = [
        "/v1/briefings/2026-01-09",
        "/v1/briefings/2026-01-09/source",
        "/v1/briefings/2026-01-09/quality",
        "/v1/headlines?date=2026-01-09",
        "/v1/entities/SecretEntity",
        "/v1/tags/SecretTag",
        "/v1/tags/SecretWord",
        "/v1/sources/https://secret.example/x",
        "/v1/publishers/secret.example",
        "/v1/briefings/latest?channel=secret",
        "/v1/briefings/secret:2026-01-09",
    ]
    for path in gone + (
        [f"/v1/items/{withdrawn}", f"/v1/items/{withdrawn}/source"] if replaces else []
    ):
        answer = fresh.get(path)
        assert answer.status_code == 404, path
        assert "Secret day" not in answer.text
    assert get(fresh, "/v1/entities/" + get(fresh, "/v1/entities")["data"][0]["id"])["counts"] == {
        "items": 1,
        "mentions": 1,
        "briefings": 1,
    }
    assert get(fresh, "/v1/briefings/latest")["id"] == "2026-01-02"


@pytest.mark.parametrize(
    ("filter", "value"),
    [
        ("importance", "high"),
        ("importance", "unknown"),
        ("importance", "none"),
        ("certainty", "guessed"),
        ("certainty", "undisclosed|claimed"),
        ("source_status", "placeholder"),
        ("source_status", "opaque"),
        ("thread", "th_4bhdq57fxava"),
        ("thread", "th_none"),
    ],
)
def test_item_filters_select_briefings_with_such_an_item(
    either_client: TestClient, filter: str, value: str
) -> None:
    days = {entry["id"] for entry in either_client.get("/v1/briefings").json()["data"]}
    with_one = {
        entry["briefing"]["id"]
        for entry in either_client.get("/v1/items", params={filter: value, "limit": 100}).json()[
            "data"
        ]
    }
    for query_value, expected in ((value, with_one), (f"!{value}", days - with_one)):
        answer = either_client.get("/v1/briefings", params={filter: query_value}).json()
        assert ({entry["id"] for entry in answer["data"]}, answer["meta"]["total"]) == (
            expected,
            len(expected),
        )


def test_headlines_of_several_days(client: TestClient) -> None:
    answer = client.get("/v1/headlines?from=2025-11-30&to=2025-12-23").json()
    assert [briefing["id"] for briefing in answer["briefings"]] == ["2025-12-23"]
    late = client.get("/v1/headlines?from=2025-12-22").json()
    assert late["data"] == answer["data"]


def test_headlines_of_one_importance(client: TestClient) -> None:
    every = client.get("/v1/headlines").json()["data"]
    high = client.get("/v1/headlines?importance=high").json()["data"]
    levels = [item for item in every if (item["importance"] or {}).get("level") == "high"]
    assert high == levels
    others = client.get("/v1/headlines?importance=!high").json()["data"]
    assert len(high) + len(others) == len(every)


def test_headlines_of_several_channels(fresh: TestClient, database: Database) -> None:
    take_in(database, document("2026-01-02", item("甲")))
    take_in(database, document("2026-01-02", item("乙")), channel="weekly")
    answer = fresh.get("/v1/headlines?channel=daily|weekly").json()
    assert [briefing["channel"] for briefing in answer["briefings"]] == ["daily", "weekly"]
    assert fresh.get("/v1/headlines?channel=!daily").status_code == 400


@pytest.mark.parametrize(
    "query",
    ["date=2025-12-23&from=2025-12-22", "to=2025-12-23", "from=2025-01-01&to=2025-12-23"],
)
def test_a_contradicting_period_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/headlines?{query}").status_code == 400
