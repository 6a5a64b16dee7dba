"""How much of one text another one says: Latin words and numbers whole, Han in pairs of characters, both folded."""

import re
from collections.abc import Iterable

from app.normalize.text.folding import fold

_RUN = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*(?:\+\+|[+#](?![a-z0-9]))?|[㐀-鿿豈-﫿]+")
# A Latin word says about as much as a Chinese one of three characters, which is two pairs; a letter alone as one.
_LATIN = 2


def shingles(text: str) -> frozenset[str]:
    """The Latin words and the pairs of Han characters of a text; a Han character that stands alone counts as one."""
    found: set[str] = set()
    for run in _RUN.findall(fold(text)):
        if run[0].isascii():
            found.add(run)
        else:
            found.update([run[at : at + 2] for at in range(len(run) - 1)] or [run])
    return frozenset(found)


def weight(some: Iterable[str]) -> int:
    """How much grams say together."""
    return sum(_LATIN if len(gram) > 1 and gram[0].isascii() else 1 for gram in some)


def containment(wanted: frozenset[str], held: frozenset[str]) -> float:
    """The share of `wanted` that `held` says, from 0 to 1; 0 where nothing is wanted."""
    return weight(wanted & held) / weight(wanted) if wanted else 0.0
