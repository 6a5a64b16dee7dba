import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.names import name_key
from app.query.autocomplete import Names

SPELLED = [
    (1, "NVIDIA", True), (1, "輝達", True), (2, "NVIDIA TensorRT", False), (2, "TensorRT", True), (3, "Qwen", True), (3, "千問", True),
    (4, "Qwen-Image-Layered", True), (5, "Vibe", True), (6, "Vibe Proving", True), (7, "C++", True), (8, "昇騰 Ascend", True),
]  # fmt: skip
NAMES = Names("v-1", [(n, name, name_key(name), shown) for n, name, shown in SPELLED], {1: 9, 2: 3, 3: 5, 4: 2, 5: 1, 6: 1, 7: 1, 8: 2}, {})


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


def test_looking_among_many_names_stays_quick() -> None:
    names = [f"Model-{n:05} {n * 7919 % 99991}" for n in range(20_000)]
    many = Names("v-2", [(n, name, name_key(name), True) for n, name in enumerate(names)], dict.fromkeys(range(20_000), 1), {})
    for typed in ("model", "mdoel-00123", "9" * 64, "zzzzzzzz", "ab" * 128):
        begun = time.perf_counter()
        many.find(typed, 10)
        assert time.perf_counter() - begun < 1
