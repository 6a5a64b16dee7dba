"""The rows of the vocabulary."""

from collections import defaultdict

from app.normalize.lexicon.phrases import TERMS
from app.normalize.text.folding import fold


def test_every_phrase_has_exactly_one_identity() -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for line in TERMS.strip().splitlines():
        english, _, chinese = line.partition("|")
        phrases = [phrase.strip() for phrase in english.split(",")]
        assert all(phrases), line
        for phrase in [*phrases, *map(fold, chinese.split())]:
            owners[phrase].add(phrases[0])
    shared = {phrase: identities for phrase, identities in owners.items() if len(identities) > 1}
    assert shared == {}
