from math import log2

import pytest

from app.normalize.text.idf import Idf, cosine, numbers, versions, words


def test_words_are_latin_words_and_pairs_of_han() -> None:
    assert words("GPT-5.2 與 昇騰晶片 C++") == ("gpt-5.2", "与", "升腾", "腾晶", "晶片", "c++")
    assert words("昇騰") == words("升腾")
    assert words("") == words("…！") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GPT-5.2", {"5.2"}), ("v0.26.0", {"0.26.0"}), ("Kimi K3", {"3"}), ("Qwen 3.8 27B", {"3.8", "27b"}), ("RTX 5090", set()),
        ("2026 年 8 月", set()), ("約 10%", set()), ("5 billion", set()),
    ],
)  # fmt: skip
def test_versions(text: str, found: set[str]) -> None:
    assert versions(text) == found


def test_figures_lose_thousands_marks() -> None:
    assert numbers("8,600 萬、3.3 億") == {"8600", "3.3"}


def test_bits_count_what_is_held_now() -> None:
    rarity = Idf()
    for features in ({"a", "b"}, {"a"}, {"c"}):
        rarity.add(features)
    assert rarity.bits("b") == log2(4)
    assert rarity.bits("a") == rarity.bits("nowhere") - 1 == log2(4 / 2)
    rarity.remove({"a"})
    assert (rarity.size, rarity.count("a"), rarity.bits("a")) == (2, 1, log2(3))


def test_dice_and_cosine_by_hand() -> None:
    rarity = Idf()
    for features in ({"a", "b"}, {"a", "c"}, {"d"}):
        rarity.add(features)
    share, bits = rarity.dice(frozenset("ab"), frozenset("ac"))
    assert (share, bits) == (pytest.approx(2 * 1 / (2 * (1 + 2))), 1.0)
    assert rarity.dice(frozenset(), frozenset()) == (0.0, 0.0)
    one = rarity.vector({"a": 1, "b": 1})
    assert cosine(one, one) == pytest.approx(1)
    assert cosine(one, rarity.vector({"d": 3})) == cosine({}, {}) == 0
