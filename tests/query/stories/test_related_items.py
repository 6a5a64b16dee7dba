"""Items related to an item, by HTTP."""

from math import prod
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.query.stories.test_threads import get, stories_client

__all__ = ["stories_client"]


def related_to(client: TestClient, title: str) -> tuple[str, Any]:
    """Return the id of the item whose title begins with `title`, and its related items."""
    items = get(client, "/v1/items", limit=100)["data"]
    item = next(item["id"] for item in items if item["title"].startswith(title))
    return item, get(client, f"/v1/items/{item}/related", limit=100)


def test_the_other_report_of_a_paper_comes_first(client: TestClient) -> None:
    item, answer = related_to(client, "SMELLNET：實境嗅覺辨識資料集（")
    first = answer["data"][0]
    assert (answer["item"]["id"], first["title"]) == (item, "SMELLNET：實境嗅覺辨識資料集")
    reasons = {reason["kind"]: reason for reason in first["reasons"]}
    assert {"thread", "source", "title"} <= reasons.keys()
    assert len(reasons["source"]["sources"]) == 1
    assert item not in [other["id"] for other in answer["data"]]


def test_scores_follow_the_formula(client: TestClient) -> None:
    _, answer = related_to(client, "SGLang 原生")
    assert "Π" in answer["formula"]
    assert answer["meta"]["total"] == len(answer["data"]) > 0
    scores = [other["score"] for other in answer["data"]]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 0.2
    for other in answer["data"]:
        assert other["score"] == pytest.approx(
            1 - prod(1 - reason["score"] for reason in other["reasons"]), abs=0.001
        )
        assert all(reason["text"] for reason in other["reasons"])


def test_a_family_is_a_reason(client: TestClient) -> None:
    _, answer = related_to(client, "Qwen-Image-Layered")
    reasons = {reason["kind"] for other in answer["data"] for reason in other["reasons"]}
    assert reasons <= {"thread", "source", "entities", "title", "family"}
    assert "entities" in reasons


def test_filters_pages_and_unknown_items(stories_client: TestClient) -> None:
    item, answer = related_to(stories_client, "Zyphra")
    assert {other["date"] for other in answer["data"]} > {"2026-01-03"}
    filtered = get(
        stories_client, f"/v1/items/{item}/related", to="2026-01-03", channel="daily", limit=100
    )
    assert {other["id"] for other in filtered["data"]} == {
        other["id"]
        for other in answer["data"]
        if other["date"] <= "2026-01-03" and ":" not in other["briefing"]
    }
    walked, url = [], f"/v1/items/{item}/related?limit=1"
    while url:
        page = get(stories_client, url)
        walked += [other["id"] for other in page["data"]]
        url = page["links"]["next"]
    assert walked == [other["id"] for other in answer["data"]]
    assert stories_client.get("/v1/items/i_none/related").status_code == 404
    assert stories_client.get(f"/v1/items/{item}/related?cursor=x").status_code == 400
    assert get(stories_client, f"/v1/items/{item}/related", fields="id,reasons.kind")["data"][
        0
    ].keys() == {
        "id",
        "reasons",
    }
