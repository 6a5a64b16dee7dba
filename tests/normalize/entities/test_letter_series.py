"""Versions that are one letter and a number."""

import pytest

from app.normalize.entities.letter_series import head_of, is_member, is_noun, version_of
from app.normalize.text.folding import fold


def is_of_series(text: str, surface: str, known: str, entity_type: str, maker: str) -> bool:
    start = text.index(surface)
    return is_member(
        text,
        fold(text),
        start,
        start + len(surface),
        known=[known],
        entity_type=entity_type,
        makers=[maker],
    )


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("o9-mini 開放下載", "o9-mini"),
        ("o6 模型拿下滿分", "o6"),
        ("OpenAI 推出 o9", "o9"),
        ("o7 from OpenAI", "o7"),
    ],
)
def test_a_sign_of_the_series_is_beside_a_small_letter(text: str, surface: str) -> None:
    assert is_of_series(text, surface, "o3", "model", "openai")


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("The o2 sensor failed", "o2"),
        ("血氧 O2 模型", "O2"),
        ("他住在 o5 棟", "o5"),
        ("Holo o8 model", "o8"),
        ("o12 模型", "o12"),
    ],
)
def test_other_letters_with_numbers_are_no_versions(text: str, surface: str) -> None:
    assert not is_of_series(text, surface, "o3", "model", "openai")


def test_a_capital_needs_a_tier_a_noun_or_the_maker_beside_it() -> None:
    assert is_of_series("M9 Ultra 用於桌機", "M9 Ultra", "M5", "chip", "apple")
    assert is_of_series("The M9 chip ships", "M9", "M5", "chip", "apple")
    assert is_of_series("Apple 的 M9 量產", "M9", "M5", "chip", "apple")
    assert not is_of_series("Apple 總部旁的 M9 公路", "M9", "M5", "chip", "apple")
    assert not is_of_series("Surface M9 chip", "M9", "M5", "chip", "apple")
    assert not is_of_series("地震規模 M7.1", "M7.1", "M5", "chip", "apple")


def test_v_numbers_the_versions_of_everything() -> None:
    assert version_of("M5 Pro") == "M5"
    assert version_of("K1.5") == "K1"
    assert version_of("V4 系列") is None
    assert version_of("GPT-5") is None


def test_a_title_has_the_head_of_its_letter() -> None:
    assert head_of("apple m5", "m") == "apple m"
    assert head_of("o3", "o") == "o"
    assert head_of("ampere", "a") == "a"


def test_a_noun_of_the_type_is_no_tier() -> None:
    assert is_noun("gpu", "chip")
    assert not is_noun("ultra", "chip")
    assert not is_noun("gpu", "product")
