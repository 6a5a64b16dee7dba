"""Containment of one text in another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.containment import containment, shingles, weight


def test_latin_words_are_whole_and_han_is_in_pairs() -> None:
    assert shingles("GPT-5.2 與 C++ 的資料中心") == {
        "gpt",
        "5.2",
        "c++",
        "与",
        "的资",
        "资料",
        "料中",
        "中心",
    }
    assert shingles("、。 —") == frozenset()
    assert weight({"gpt", "资料"}) == 3


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        ("TikTok Shop 禮物卡", "TikTok Shop 推出數位礼物卡", 1.0),
        ("昆山杯", "崑崙", 0.0),
        ("", "x", 0.0),
        ("甲乙 ab", "AB", 2 / 3),
    ],
)
def test_share_of_a_text_in_another(part: str, whole: str, share: float) -> None:
    assert containment(shingles(part), shingles(whole)) == share


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_longer_text_contains_its_beginning(text: str, more: str) -> None:
    part = shingles(text)
    assert 0 <= containment(part, shingles(more)) <= 1
    assert not part or containment(part, shingles(f"{text} {more}")) == 1
