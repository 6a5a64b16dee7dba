"""Related entities: the statistics by hand, the counts from lists of items."""

from math import log
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.query.entities import related


def g2(both: int, first_count: int, other: int, items: int) -> float:
    return float(related.g2(np.array([both]), first_count, np.array([other]), items)[0])


def npmi(both: int, first_count: int, other: int, items: int) -> float:
    return float(related.npmi(np.array([both]), first_count, np.array([other]), items)[0])


def by_hand(both: int, first_count: int, other: int, items: int) -> float:
    """Return G² of one table, in plain Python."""
    table = [
        (both, first_count, other),
        (first_count - both, first_count, items - other),
        (other - both, items - first_count, other),
        (items - first_count - other + both, items - first_count, items - other),
    ]
    ratio = 2 * sum(
        seen * log(seen * items / (row * column)) for seen, row, column in table if seen
    )
    return round(-ratio if both * items < first_count * other else ratio, 4)


def test_g2_is_what_dunning_gives() -> None:
    # Worked by hand: O = 10, 10, 20, 60 of 100; E = 6, 14, 24, 56.
    expected = 2 * (10 * log(10 / 6) + 10 * log(10 / 14) + 20 * log(20 / 24) + 60 * log(60 / 56))
    assert g2(10, 20, 30, 100) == pytest.approx(expected, abs=1e-4)
    assert g2(6, 20, 30, 100) == 0
    assert g2(0, 20, 30, 100) < 0 < g2(20, 20, 20, 100)
    assert g2(5, 5, 5, 5) == 0


def test_an_array_gives_the_value_of_each_table() -> None:
    dice = np.random.default_rng(5)
    for items in (7, 80, 5_000):
        first_count = int(dice.integers(1, items + 1))
        other = dice.integers(1, items + 1, 200)
        both = dice.integers(
            np.maximum(first_count + other - items, 0), np.minimum(first_count, other) + 1
        )
        expected_values = [
            by_hand(*pair, items)
            for pair in zip(both.tolist(), [first_count] * 200, other.tolist(), strict=True)
        ]
        assert related.g2(both, first_count, other, items).tolist() == expected_values


def test_npmi_runs_from_never_to_always() -> None:
    assert npmi(0, 3, 4, 50) == -1
    assert npmi(6, 20, 30, 100) == 0
    assert npmi(7, 7, 7, 50) == npmi(5, 5, 5, 5) == 1


def get(client: TestClient, path: str, **params: object) -> dict[str, Any]:
    answer = client.get(
        path,
        params={key.rstrip("_"): str(value) for key, value in params.items()} or None,
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_counts_are_those_of_the_items(client: TestClient) -> None:
    body = get(client, "/v1/entities/Qwen/related", limit=100)
    assert (body["items"], body["own"]) == (
        79,
        get(client, "/v1/entities/Qwen/items")["meta"]["total"],
    )
    assert body["statistic"]["name"].startswith("log-likelihood")
    assert body["meta"]["total"] == len(body["data"]) > 3
    for other in body["data"][:5]:
        assert get(client, other["links"]["items"])["meta"]["total"] == other["count"]
        assert get(client, other["links"]["self"])["counts"]["items"] == other["items"]
        assert other["g2"] == g2(other["count"], body["own"], other["items"], body["items"])
    assert "Qwen" not in [other["name"] for other in body["data"]]


def test_every_order_is_walked_to_its_end(client: TestClient) -> None:
    for sort in ("g2", "count", "npmi"):
        whole = get(client, "/v1/entities/AWS/related", sort=sort, limit=100)["data"]
        assert [other[sort] for other in whole] == sorted(
            (other[sort] for other in whole), reverse=True
        )
        walked, path = [], "/v1/entities/AWS/related?limit=7&sort=" + sort
        while path:
            page = client.get(path, follow_redirects=True).json()
            walked += page["data"]
            path = page["links"]["next"]
        assert walked == whole


def test_filters_and_families(client: TestClient) -> None:
    orgs = get(client, "/v1/entities/AWS/related", entity_type="org")
    assert {other["type"] for other in orgs["data"]} <= {"org"}
    early = get(client, "/v1/entities/AWS/related", to="2025-11-22")
    assert early["items"] == 22
    family = get(client, "/v1/entities/Qwen/related", family="true", limit=100)
    assert [member["name"] for member in family["members"]] == ["Qwen-Image-Layered"]
    assert not {"Qwen", "Qwen-Image-Layered"} & {other["name"] for other in family["data"]}
    assert get(client, "/v1/entities/AWS/related", to="2000-01-01")["data"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "g3"},
        {"cursor": "AAAA"},
        {"entity_type": "organ"},
        {"limit": "0"},
        {"from": "2025"},
    ],
)
def test_invalid_parameters_are_refused(client: TestClient, params: dict[str, str]) -> None:
    assert (
        client.get("/v1/entities/AWS/related", params=params, follow_redirects=True).status_code
        == 400
    )


def test_the_profile(client: TestClient) -> None:
    body = get(client, "/v1/entities/NVIDIA")
    assert body["names"]["en"] == "NVIDIA"
    assert sum(body["mentions"].values()) == body["counts"]["mentions"]
    assert body["external_ids"]["wikidata"] == "Q182477"
    assert len(body["related"]) == 3
    assert body["related"] == get(client, "/v1/entities/NVIDIA/related", limit=3)["data"]
    family = get(client, "/v1/entities/Qwen")
    assert [member["name"] for member in family["members"]] == ["Qwen-Image-Layered"]
    assert get(client, "/v1/entities/Qwen-Image-Layered")["family"]["slug"] == "qwen-image"
    assert family["maker"]["slug"] == "alibaba"
