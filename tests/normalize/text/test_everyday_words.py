"""Words that the list lacks."""

from app.normalize.text.everyday_words import EVERYDAY_WORDS
from app.normalize.text.folding import fold
from app.normalize.text.word_edges import word_list


def test_words_are_folded_and_have_two_characters_or_more() -> None:
    for word in EVERYDAY_WORDS:
        assert word == fold(word)
        assert 2 <= len(word) <= 5


def test_the_list_has_them() -> None:
    assert all(word in word_list() for word in EVERYDAY_WORDS)
