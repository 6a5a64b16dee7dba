from math import prod
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.query.test_threads import get, told

__all__ = ["told"]


def of(client: TestClient, title: str) -> tuple[str, Any]:
    """The id of an item by the beginning of its title, and what is related to it."""
    item = next(
        i for i in get(client, "/v1/items", limit=100)["data"] if i["title"].startswith(title)
    )["id"]
    return item, get(client, f"/v1/items/{item}/related", limit=100)


def test_the_other_report_of_a_paper_comes_first(client: TestClient) -> None:
    item, found = of(client, "SMELLNET：實境嗅覺辨識資料集（")
    first = found["data"][0]
    assert (found["item"]["id"], first["title"]) == (item, "SMELLNET：實境嗅覺辨識資料集")
    reasons = {reason["kind"]: reason for reason in first["reasons"]}
    assert {"thread", "source", "title"} <= reasons.keys()
    assert len(reasons["source"]["sources"]) == 1
    assert item not in [other["id"] for other in found["data"]]


def test_scores_are_what_the_formula_says(client: TestClient) -> None:
    _, found = of(client, "SGLang 原生")
    assert "Π" in found["formula"]
    assert found["meta"]["total"] == len(found["data"]) > 0
    scores = [other["score"] for other in found["data"]]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= 0.2
    for other in found["data"]:
        assert other["score"] == pytest.approx(
            1 - prod(1 - reason["score"] for reason in other["reasons"]), abs=0.001
        )
        assert all(reason["text"] for reason in other["reasons"])


def test_a_family_is_a_reason(client: TestClient) -> None:
    _, found = of(client, "Qwen-Image-Layered")
    reasons = {reason["kind"] for other in found["data"] for reason in other["reasons"]}
    assert reasons <= {"thread", "source", "entities", "title", "family"}
    assert "entities" in reasons


def test_filters_pages_and_what_is_not_there(told: TestClient) -> None:
    item, found = of(told, "Zyphra")
    assert {other["date"] for other in found["data"]} > {"2026-01-03"}
    one = get(told, f"/v1/items/{item}/related", to="2026-01-03", channel="daily", limit=100)
    assert {other["id"] for other in one["data"]} == {
        other["id"]
        for other in found["data"]
        if other["date"] <= "2026-01-03" and ":" not in other["briefing"]
    }
    walked, at = [], f"/v1/items/{item}/related?limit=1"
    while at:
        page = get(told, at)
        walked += [other["id"] for other in page["data"]]
        at = page["links"]["next"]
    assert walked == [other["id"] for other in found["data"]]
    assert told.get("/v1/items/i_none/related").status_code == 404
    assert told.get(f"/v1/items/{item}/related?cursor=x").status_code == 400
    assert get(told, f"/v1/items/{item}/related", fields="id,reasons.kind")["data"][0].keys() == {
        "id",
        "reasons",
    }
