"""Names that are everyday words as well."""

from app.normalize.lexicon.everyday_uses import BUSINESS_WORDS, everyday_uses
from app.normalize.text.folding import fold


def test_all_words_are_folded() -> None:
    words = {*BUSINESS_WORDS, *everyday_uses()}
    for uses in everyday_uses().values():
        for use in uses:
            words.update(use.after, use.nearby)
    assert {word for word in words if word != fold(word)} == set()


def test_a_measure_word_needs_a_number() -> None:
    (apple,) = everyday_uses()["苹果"]
    assert apple.before.search("买了三颗")
    assert apple.before.search("3 颗")
    assert not apple.before.search("颗")


def test_a_use_without_words_before_matches_nothing() -> None:
    (amazon,) = everyday_uses()["亚马逊"]
    assert not amazon.before.search("")
    assert "雨林" in amazon.after
