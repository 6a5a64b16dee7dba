import string
import time

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.query.autocomplete import Names

NAMES = Names(
    "v-1",
    [
        (1, "NVIDIA", True), (1, "輝達", True), (2, "NVIDIA TensorRT", False), (2, "TensorRT", True), (3, "Qwen", True), (3, "千問", True),
        (4, "Qwen-Image-Layered", True), (5, "Vibe", True), (6, "Vibe Proving", True), (7, "C++", True), (8, "昇騰 Ascend", True),
    ],
    {1: 9, 2: 3, 3: 5, 4: 2, 5: 1, 6: 1, 7: 1, 8: 2},
    {},
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "entity", "how"),
    [
        ("nvi", 1, "prefix"),
        ("NVIDIA", 1, "exact"),
        ("nvida", 1, "typo"),
        ("辉达", 1, "exact"),
        ("tensor", 2, "prefix"),
        ("千", 3, "prefix"),
        ("千问", 3, "exact"),
        ("layered", 4, "infix"),
        ("ｑｗｅｎ－ｉｍａｇｅ", 4, "prefix"),
        ("proving", 6, "infix"),
        ("c++", 7, "exact"),
        ("ascend", 8, "infix"),
        ("升腾", 8, "prefix"),
    ],
)
def test_what_is_typed_is_found(typed: str, entity: int, how: str) -> None:
    best = NAMES.find(typed, 5)[0]
    assert (best.entity, best.how) == (entity, how)


def test_prefixes_come_before_what_stands_within_before_slips() -> None:
    order = ["exact", "prefix", "infix", "typo"]
    for typed in ("qwen", "vibe", "nvidia", "nvidai", "t"):
        found = [order.index(match.how) for match in NAMES.find(typed, 20)]
        assert found == sorted(found)
        entities = [match.entity for match in NAMES.find(typed, 20)]
        assert len(entities) == len(set(entities))
    assert [match.entity for match in NAMES.find("vibe", 5)] == [5, 6]


@given(st.text(max_size=300))
def test_any_text_may_be_typed(typed: str) -> None:
    for match in NAMES.find(typed, 5):
        assert 0 < match.score <= 1


def get(client: TestClient, typed: str, **params: object) -> dict:  # type: ignore[type-arg]
    answer = client.get("/v1/autocomplete", params={"q": typed, **{name: str(value) for name, value in params.items()}})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_over_http_with_hints(client: TestClient) -> None:
    first, second = get(client, "qwen")["data"][:2]
    assert (first["name"], first["match"], first["hint"]["maker"]["name"]) == ("Qwen", "exact", "Alibaba")
    assert second["name"] == "Qwen-Image-Layered"
    assert second["hint"]["family"]["name"]
    assert second["hint"]["last_item"]["title"] in second["hint"]["text"]
    assert get(client, "nvda")["data"][0]["name"] == "NVIDIA"
    assert len(get(client, "a", limit=3)["data"]) == 3
    assert get(client, "   ")["data"] == []


def test_only_what_the_base_names_is_offered(client: TestClient) -> None:
    for completion in get(client, "a", limit=50)["data"]:
        assert completion["mentions"] > 0
        assert client.get(f"/v1/entities/{completion['id']}").json()["counts"]["mentions"] == completion["mentions"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=string.printable + "千問昇騰\u0301\u202e😀%_\\'\"", min_size=1, max_size=256))
def test_hostile_strings_are_safe(client: TestClient, typed: str) -> None:
    assert client.get("/v1/autocomplete", params={"q": typed}).status_code in (200, 400)


@pytest.mark.parametrize("params", [{}, {"q": "a" * 257}, {"q": "a\0"}, {"q": "a", "limit": "51"}, {"q": "a", "limt": "1"}])
def test_what_is_no_question_is_refused(client: TestClient, params: dict[str, str]) -> None:
    assert client.get("/v1/autocomplete", params=params).status_code == 400


def test_looking_among_many_names_stays_quick() -> None:
    many = Names("v-2", [(n, f"Model-{n:05} {n * 7919 % 99991}", True) for n in range(20_000)], dict.fromkeys(range(20_000), 1), {})
    for typed in ("model", "mdoel-00123", "9" * 64, "zzzzzzzz", "ab" * 128):
        begun = time.perf_counter()
        many.find(typed, 10)
        assert time.perf_counter() - begun < 1
