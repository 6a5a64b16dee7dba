"""Single words of the vocabulary."""

from app.normalize.lexicon.words import PLAIN, WORDS


def test_rows_begin_with_single_words() -> None:
    assert all(
        " " not in line.partition("|")[0].partition(",")[0].strip()
        for line in WORDS.strip().splitlines()
    )


def test_plain_words_are_single_and_in_lower_case() -> None:
    assert all(word == word.lower() and word.isalpha() for word in PLAIN.split())
