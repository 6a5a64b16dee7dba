"""The vocabulary: one identity a word, whichever language it is said in."""

import pytest

from app.normalize.lexicon.vocabulary import chinese, english, implied, is_generic, singular
from app.normalize.text.folding import fold


@pytest.mark.parametrize(
    ("word", "single"),
    [
        ("models", "model"),
        ("batteries", "battery"),
        ("switches", "switch"),
        ("bus", "bus"),
        ("class", "class"),
    ],
)
def test_singular(word: str, single: str) -> None:
    assert singular(word) == single


def test_both_sides_of_the_strait_say_the_same() -> None:
    for one, other in [
        ("資料中心", "数据中心"),
        ("人工智慧", "人工智能"),
        ("軟體", "软件"),
        ("晶片", "芯片"),
    ]:
        assert chinese()[fold(one)] == chinese()[fold(other)]


def test_near_synonyms_stay_apart() -> None:
    assert english()["tokenizer"] != english()["tokenization"]
    assert english()["aisafety"] != english()["aisecurity"]
    assert chinese()[fold("無人駕駛")] != chinese()[fold("自動駕駛")]
    assert chinese()[fold("大模型")] != chinese()[fold("大語言模型")]


def test_qualifiers_are_implied_by_some_terms_only() -> None:
    assert implied(("hallucination",))
    assert not implied(("chip",))


def test_plain_words_name_nothing_in_particular() -> None:
    assert all(map(is_generic, ("agent", "Agents", "推理", "智能體", "model", "AI")))
    assert not any(map(is_generic, ("Ascend", "昇騰", "large language model", "大型語言模型", "")))
