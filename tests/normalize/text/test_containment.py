import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.containment import containment, shingles, weight


def test_words_whole_and_han_in_pairs() -> None:
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
    ("wanted", "held", "share"),
    [
        ("TikTok Shop 禮物卡", "TikTok Shop 推出數位礼物卡", 1.0),
        ("昆山杯", "崑崙", 0.0),
        ("", "x", 0.0),
        ("甲乙 ab", "AB", 2 / 3),
    ],
)
def test_cover(wanted: str, held: str, share: float) -> None:
    assert containment(shingles(wanted), shingles(held)) == share


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_text_is_said_by_all_that_holds_it(one: str, other: str) -> None:
    assert 0 <= containment(shingles(one), shingles(other)) <= 1
    assert not shingles(one) or containment(shingles(one), shingles(f"{one} {other}")) == 1
