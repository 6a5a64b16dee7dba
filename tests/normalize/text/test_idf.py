"""Features of a text and their weights."""

from math import log2, sqrt

import pytest

from app.normalize.text.idf import Idf, cosine, count_weights, numbers, versions, words


def test_words_are_latin_words_and_han_bigrams() -> None:
    assert words("GPT-5.2 與 昇騰晶片 C++") == ("gpt-5.2", "与", "升腾", "腾晶", "晶片", "c++")
    assert words("昇騰") == words("升腾")
    assert words("") == words("…！") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPT-5.2", {"5.2"}),
        ("v0.26.0", {"0.26.0"}),
        ("Kimi K3", {"3"}),
        ("Qwen 3.8 27B", {"3.8", "27b"}),
        ("RTX 5090", set()),
        ("2026 年 8 月", set()),
        ("約 10%", set()),
        ("5 billion", set()),
    ],
)
def test_versions_in_a_text(text: str, expected: set[str]) -> None:
    assert versions(text) == expected


def test_numbers_have_no_thousands_separators() -> None:
    assert numbers("8,600 萬、3.3 億") == {"8600", "3.3"}


def test_bits_follow_added_and_removed_documents() -> None:
    idf = Idf()
    for features in ({"a", "b"}, {"a"}, {"c"}):
        idf.add(features)
    assert idf.bits("b") == log2(4)
    assert idf.bits("a") == idf.bits("nowhere") - 1 == log2(4 / 2)
    idf.remove({"a"})
    assert (idf.size, idf.count("a"), idf.bits("a")) == (2, 1, log2(3))


def test_features_of_no_document_are_forgotten() -> None:
    idf = Idf()
    for number in range(100):
        idf.add({"a", f"only in {number}"})
        if number:
            idf.remove({"a", f"only in {number - 1}"})
    assert (idf.size, idf.count("a"), idf.count("only in 99"), idf.count("only in 98")) == (
        1,
        1,
        1,
        0,
    )
    assert len(idf._frequencies) < 6


def test_lengths_and_products_are_those_of_weighted_bits() -> None:
    idf = Idf()
    for features in ({"a", "b"}, {"a", "c"}, {"d"}):
        idf.add(features)
    weights = count_weights({"a": 1, "b": 4})
    assert weights == {"a": 1, "b": 3}
    assert list(idf.bits_of(["a", "b", "nowhere"])) == [1, 2, 2]
    assert idf.length(weights) == sqrt(1 + 6**2)
    assert idf.product(weights, {"b": 2, "d": 9}) == 6 * 4
    assert idf.length({}) == idf.product({}, weights) == 0
    assert idf.vector({"a": 1, "b": 4}) == {"a": 1 / sqrt(37), "b": 6 / sqrt(37)}


def test_dice_and_cosine_by_hand() -> None:
    idf = Idf()
    for features in ({"a", "b"}, {"a", "c"}, {"d"}):
        idf.add(features)
    share, bits = idf.dice(frozenset("ab"), frozenset("ac"))
    assert share == pytest.approx(2 * 1 / (2 * (1 + 2)))
    assert bits == 1.0
    assert idf.dice(frozenset(), frozenset()) == (0.0, 0.0)
    vector = idf.vector({"a": 1, "b": 1})
    assert cosine(vector, vector) == pytest.approx(1)
    assert cosine(vector, idf.vector({"d": 3})) == cosine({}, {}) == 0
