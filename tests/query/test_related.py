from math import log

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.query import related


def g2(both: int, one: int, other: int, items: int) -> float:
    return float(related.g2(np.array([both]), one, np.array([other]), items)[0])


def npmi(both: int, one: int, other: int, items: int) -> float:
    return float(related.npmi(np.array([both]), one, np.array([other]), items)[0])


def by_hand(both: int, one: int, other: int, items: int) -> float:
    """The same a table at a time."""
    table = [
        (both, one, other),
        (one - both, one, items - other),
        (other - both, items - one, other),
        (items - one - other + both, items - one, items - other),
    ]
    ratio = 2 * sum(
        seen * log(seen * items / (row * column)) for seen, row, column in table if seen
    )
    return round(-ratio if both * items < one * other else ratio, 4)


def test_g2_is_what_dunning_gives() -> None:
    # Worked by hand: O = 10, 10, 20, 60 of 100; E = 6, 14, 24, 56.
    expected = 2 * (10 * log(10 / 6) + 10 * log(10 / 14) + 20 * log(20 / 24) + 60 * log(60 / 56))
    assert g2(10, 20, 30, 100) == pytest.approx(expected, abs=1e-4)
    assert g2(6, 20, 30, 100) == 0
    assert g2(0, 20, 30, 100) < 0 < g2(20, 20, 20, 100)
    assert g2(5, 5, 5, 5) == 0


def test_many_at_once_are_each_alone() -> None:
    dice = np.random.default_rng(5)
    for items in (7, 80, 5_000):
        one = int(dice.integers(1, items + 1))
        other = dice.integers(1, items + 1, 200)
        both = dice.integers(np.maximum(one + other - items, 0), np.minimum(one, other) + 1)
        wanted = [
            by_hand(*pair, items)
            for pair in zip(both.tolist(), [one] * 200, other.tolist(), strict=True)
        ]
        assert related.g2(both, one, other, items).tolist() == wanted


def test_npmi_runs_from_never_to_always() -> None:
    assert npmi(0, 3, 4, 50) == -1
    assert npmi(6, 20, 30, 100) == 0
    assert npmi(7, 7, 7, 50) == npmi(5, 5, 5, 5) == 1


def get(client: TestClient, path: str, **params: object) -> dict:  # type: ignore[type-arg]
    answer = client.get(
        path,
        params={key.rstrip("_"): str(value) for key, value in params.items()} or None,
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_counts_are_those_of_the_items(client: TestClient) -> None:
    shown = get(client, "/v1/entities/Qwen/related", limit=100)
    assert (shown["items"], shown["own"]) == (
        79,
        get(client, "/v1/entities/Qwen/items")["meta"]["total"],
    )
    assert shown["statistic"]["name"].startswith("log-likelihood")
    assert shown["meta"]["total"] == len(shown["data"]) > 3
    for other in shown["data"][:5]:
        assert get(client, other["links"]["items"])["meta"]["total"] == other["count"]
        assert get(client, other["links"]["self"])["counts"]["items"] == other["items"]
        assert other["g2"] == g2(other["count"], shown["own"], other["items"], shown["items"])
    assert "Qwen" not in [other["name"] for other in shown["data"]]


def test_it_is_walked_to_its_end_in_every_order(client: TestClient) -> None:
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
def test_what_is_no_question_is_refused(client: TestClient, params: dict[str, str]) -> None:
    assert (
        client.get("/v1/entities/AWS/related", params=params, follow_redirects=True).status_code
        == 400
    )


def test_the_profile(client: TestClient) -> None:
    shown = get(client, "/v1/entities/NVIDIA")
    assert shown["names"]["en"] == "NVIDIA"
    assert sum(shown["mentions"].values()) == shown["counts"]["mentions"]
    assert shown["external_ids"]["wikidata"] == "Q182477"
    assert len(shown["related"]) == 3
    assert shown["related"] == get(client, "/v1/entities/NVIDIA/related", limit=3)["data"]
    family = get(client, "/v1/entities/Qwen")
    assert [member["name"] for member in family["members"]] == ["Qwen-Image-Layered"]
    assert get(client, "/v1/entities/Qwen-Image-Layered")["family"]["slug"] == "qwen-image"
    assert family["maker"]["slug"] == "alibaba"
