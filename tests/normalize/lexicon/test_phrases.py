"""The rows of the vocabulary are well formed."""

from collections import defaultdict

from app.normalize.lexicon.phrases import TERMS
from app.normalize.text.folding import fold


def test_every_row_has_an_identity_and_no_phrase_has_two() -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for line in TERMS.strip().splitlines():
        english, _, chinese = line.partition("|")
        phrases = [phrase.strip() for phrase in english.split(",")]
        assert all(phrases), line
        for phrase in [*phrases, *map(fold, chinese.split())]:
            owners[phrase].add(phrases[0])
    assert {phrase: found for phrase, found in owners.items() if len(found) > 1} == {}
