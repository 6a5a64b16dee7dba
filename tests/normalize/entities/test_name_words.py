"""Words of names in any script, and normalised versions."""

import pytest

from app.normalize.entities.name_words import (
    WordClass,
    joined_letters,
    plain_text,
    read_tokens,
    read_words,
)


def words(name: str) -> list[str]:
    return [word.text for word in read_words(read_tokens(name), name)]


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("Qwen2.5-VL-72B", ["qwen", "2.5", "vl", "72b"]),
        ("claude-3-5-sonnet", ["claude", "3.5", "sonnet"]),
        ("GPT-4o", ["gpt", "4o"]),
        ("Seedream 4.0", ["seedream", "4"]),
        ("gpt-4o-2024-08-06", ["gpt", "4o", "20240806"]),
        ("Mixtral 8x7B", ["mixtral", "8x7b"]),
        ("昇騰910B", ["升腾", "910b"]),
        ("H100s", ["h", "100"]),
        ("AIME'25", ["aime", "2025"]),
        ("", []),
    ],
)
def test_tokens_and_versions(name: str, tokens: list[str]) -> None:
    assert [token.text for token in read_tokens(name)] == tokens


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Google’s", "google"),
        ("Tülu", "tulu"),
        ("Command R+", "command r plus"),
        ("C++", "c++"),
        ("cal.com", "cal"),
    ],
)
def test_accents_possessives_and_symbols(name: str, plain: str) -> None:
    assert plain_text(name) == plain


def test_only_letters_and_digits_are_joined() -> None:
    assert joined_letters("deepseek_ai/V3") == "deepseekaiv3"


def test_terms_are_translated_word_by_word() -> None:
    assert words("圖神經網路") == words("Graph Neural Networks") == ["graphneuralnetwork"]
    assert words("量子機器人") == words("quantum robots") == ["quantum", "robot"]


def test_han_is_cut_so_that_few_characters_are_in_no_phrase() -> None:
    assert words("具身智能體") == ["embodied", "agent"]
    assert words("斑馬晶片") == ["斑马", "chip"]


def test_an_abbreviation_that_ends_in_s_is_no_plural() -> None:
    assert words("DBS") == ["dbs"]
    assert words("Titans") == ["titans"]
    assert words("LLMs") == ["largelanguagemodel"]


def test_each_word_has_its_class() -> None:
    name = "華為 上海 Zorb 3 7B 晶片"
    classes = [word.word_class for word in read_words(read_tokens(name), name)]
    assert classes == [
        WordClass.MAKER,
        WordClass.PLACE,
        WordClass.PROPER,
        WordClass.NUMBER,
        WordClass.SIZE,
        WordClass.TERM,
    ]
