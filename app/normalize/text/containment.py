"""Containment of one text in another: the share of its words that the other text has, too.

Latin words and numbers count whole. Han characters count in pairs. Both are folded.
"""

import re
from collections.abc import Iterable

from app.normalize.text.folding import bigrams, fold

_RUN = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*(?:\+\+|[+#](?![a-z0-9]))?|[㐀-鿿豈-﫿]+")
# A Latin word says about as much as a Chinese word of three characters, which is two pairs.
_LATIN_WORD_WEIGHT = 2


def shingles(text: str) -> frozenset[str]:
    """Return the Latin words and Han pairs of `text`; a single Han character is its own shingle."""
    pieces: set[str] = set()
    folded = fold(text)
    for run in _RUN.findall(folded):
        is_whole = len(run) == 1 or run[0].isascii()
        if is_whole:
            pieces.add(run)
        else:
            pieces.update(bigrams(run))

    return frozenset(pieces)


def weight(pieces: Iterable[str]) -> int:
    """Return the total weight of shingles: 2 for a Latin word, 1 for a letter or a Han shingle."""
    total = 0
    for piece in pieces:
        is_latin_word = len(piece) > 1 and piece[0].isascii()
        total += _LATIN_WORD_WEIGHT if is_latin_word else 1
    return total


def containment(part: frozenset[str], whole: frozenset[str]) -> float:
    """Return the weighted share of `part` that `whole` contains, in [0, 1]; 0 for an empty part."""
    if not part:
        return 0.0

    shared = part & whole
    return weight(shared) / weight(part)
