"""The vocabulary: one identity for a word in all languages."""

import pytest

from app.normalize.lexicon.vocabulary import (
    chinese,
    english,
    implies_qualifier,
    is_generic,
    singular,
)
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
def test_plural_endings_are_removed(word: str, single: str) -> None:
    assert singular(word) == single


def test_words_of_taiwan_and_the_mainland_share_identities() -> None:
    for traditional, mainland in [
        ("資料中心", "数据中心"),
        ("人工智慧", "人工智能"),
        ("軟體", "软件"),
        ("晶片", "芯片"),
    ]:
        assert chinese()[fold(traditional)] == chinese()[fold(mainland)]


def test_near_synonyms_have_different_identities() -> None:
    assert english()["tokenizer"] != english()["tokenization"]
    assert english()["aisafety"] != english()["aisecurity"]
    assert chinese()[fold("無人駕駛")] != chinese()[fold("自動駕駛")]
    assert chinese()[fold("大模型")] != chinese()[fold("大語言模型")]


def test_only_some_terms_imply_a_qualifier() -> None:
    assert implies_qualifier(("hallucination",))
    assert not implies_qualifier(("chip",))


def test_plain_words_name_nothing_in_particular() -> None:
    assert all(map(is_generic, ("agent", "Agents", "推理", "智能體", "model", "AI")))
    assert not any(map(is_generic, ("Ascend", "昇騰", "large language model", "大型語言模型", "")))
