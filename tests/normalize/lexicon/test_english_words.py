"""Ordinary English words and their counts."""

import pytest

from app.normalize.lexicon import english_words


@pytest.mark.parametrize("word", ["the", "Introducing", "however", "World's", "agents"])
def test_ordinary_words_have_a_count(word: str) -> None:
    assert english_words.count(word) > 0


@pytest.mark.parametrize("word", ["nvidia", "OpenLogi", "Fairphone", "sqlite", ""])
def test_names_of_products_have_none(word: str) -> None:
    assert english_words.count(word) == 0


def test_common_words_are_counted_more_often_than_rare_ones() -> None:
    assert english_words.count("the") > english_words.count("studio")
    assert english_words.count("studio") > english_words.count("precursor")
