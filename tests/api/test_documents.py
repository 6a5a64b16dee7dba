"""Editions and versions over HTTP."""

import hashlib
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store.db import Database
from tests.conftest import take_in
from tests.documents import briefing, item

CHINESE = briefing(item("甲公司發表新模型", summary="繁體中文的摘要，說明這個模型。"), title="早報")
ENGLISH = briefing(
    item("A model", summary="An English summary of the model."),
    title="Evening",
    heading="Top Headlines",
    lang="en",
)
NEWER = briefing(item("乙"), item("丙"), title="早報二")


@pytest.fixture
def two(fresh: TestClient, database: Database) -> TestClient:
    """A client of a day with two editions, the first with two versions."""
    take_in(database, CHINESE, "2026-01-02-am.md")
    take_in(database, ENGLISH, "2026-01-02-pm.md")
    take_in(database, NEWER, "2026-01-02-am.md")
    return fresh


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_lists_show_editions_and_languages(two: TestClient) -> None:
    data = get(two, "/v1/briefings?fields=id,edition,language")["data"]
    assert data == [
        {"id": "2026-01-02", "edition": "am", "language": "zh-Hant"},
        {"id": "2026-01-02-pm", "edition": "pm", "language": "en"},
    ]


@pytest.mark.parametrize(
    ("query", "briefings", "items"),
    [
        ("language=en", ["2026-01-02-pm"], 1),
        ("language=!en", ["2026-01-02"], 2),
        ("language=en|zh-Hant", ["2026-01-02", "2026-01-02-pm"], 3),
        ("language=ja", [], 0),
    ],
)
def test_lists_filter_by_language(
    two: TestClient, query: str, briefings: list[str], items: int
) -> None:
    data = get(two, f"/v1/briefings?{query}")["data"]
    assert [entry["id"] for entry in data] == briefings
    assert get(two, f"/v1/items?{query}")["meta"]["total"] == items


def test_an_unknown_language_names_the_valid_ones(two: TestClient) -> None:
    answer = two.get("/v1/briefings?language=zh")
    assert answer.status_code == 400
    assert "zh-Hant" in answer.json()["detail"]


def test_latest_and_headlines_are_of_the_primary_edition(two: TestClient) -> None:
    latest = get(two, "/v1/briefings/latest")
    assert latest["id"] == "2026-01-02"
    editions = get(two, latest["links"]["editions"])["data"]
    assert [entry["id"] for entry in editions] == ["2026-01-02", "2026-01-02-pm"]
    for path in ("/v1/headlines", "/v1/headlines?date=2026-01-02"):
        headlines = get(two, path)
        assert headlines["briefing"]["id"] == "2026-01-02"
        assert [entry["id"] for entry in headlines["editions"]] == ["2026-01-02-pm"]


def test_an_unknown_edition_names_the_nearest_days(two: TestClient, database: Database) -> None:
    take_in(database, briefing(item("丁"), date="2026-01-05"), "2026-01-05.md")
    answer = two.get("/v1/briefings/2026-01-04-noon")
    assert answer.status_code == 404
    assert "2026-01-02 and 2026-01-05" in answer.json()["detail"]


def test_versions_lead_to_their_bytes(two: TestClient) -> None:
    page = get(two, "/v1/briefings/2026-01-02/versions")
    assert page["meta"]["total"] == 2
    assert [version["current"] for version in page["data"]] == [True, False]
    for version, text in zip(page["data"], (NEWER, CHINESE), strict=True):
        answer = two.get(version["links"]["document"])
        assert answer.content == text.encode()
        assert answer.headers["content-type"].startswith("text/markdown")
        assert "immutable" in answer.headers["cache-control"]
        assert version["sha256"] == hashlib.sha256(text.encode()).hexdigest()
        assert version["bytes"] == len(text.encode())


def test_versions_of_the_default_channel_redirect(two: TestClient) -> None:
    answer = two.get("/v1/briefings/daily:2026-01-02/versions")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/v1/briefings/2026-01-02/versions"


def test_the_source_of_an_item_names_its_version(two: TestClient) -> None:
    entry = get(two, "/v1/items?q=乙")["data"][0]
    source = get(two, entry["links"]["source"])
    path, _, lines = source["links"]["document"].partition("#")
    assert path == f"/v1/documents/{source['sha256']}"
    first, last = source["lines"]["first"], source["lines"]["last"]
    assert lines == f"L{first}-{last}"
    document = two.get(path).text.splitlines()
    assert source["text"].strip() == "\n".join(document[first - 1 : last]).strip()


def test_lines_of_a_former_version_stay(fresh: TestClient, database: Database) -> None:
    take_in(database, CHINESE, "2026-01-02.md")
    entry = get(fresh, "/v1/items")["data"][0]
    source = get(fresh, entry["links"]["source"])
    take_in(database, NEWER, "2026-01-02.md")
    path, _, lines = source["links"]["document"].partition("#L")
    first, last = map(int, lines.split("-"))
    cited = fresh.get(path).text.splitlines()[first - 1 : last]
    assert source["text"].strip() == "\n".join(cited).strip()
    current, former = get(fresh, "/v1/briefings/2026-01-02/versions")["data"]
    assert former["links"]["document"] == path
    newer = get(fresh, get(fresh, "/v1/items")["data"][0]["links"]["source"])
    assert newer["sha256"] == current["sha256"] != source["sha256"]


def test_an_unknown_hash_is_not_found(two: TestClient) -> None:
    assert two.get(f"/v1/documents/{'0' * 64}").status_code == 404
    assert two.get("/v1/documents/x").status_code == 404
