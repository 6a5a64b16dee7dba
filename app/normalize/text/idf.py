"""What a text is made of, and how much a shared part of it says: the rarer, the more."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import fsum, log2, sqrt
from sys import intern

from app.normalize.text.folding import fold, is_han

_WORD = re.compile(
    r"[a-z0-9à-ɏ]+(?:[.+#'_\-][a-z0-9à-ɏ]+)*\+*|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\W_]+"
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
# The number in `GPT-5.2`, `v0.26.0`, `K3`, `27B`; figures that stand alone are none.
_VERSION = re.compile(
    r"(?<![\d.])\d+(?:\.\d+)+(?![\d.])|(?<=[a-z])-?\d+(?![\d.])|(?<![\d.a-z])\d+b(?![a-z0-9])"
)


@lru_cache(maxsize=8_000)
def words(text: str) -> tuple[str, ...]:
    """The words of `text`, folded: Latin words and numbers whole (`gpt-5.2`), runs of Han as bigrams; repeated as there."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        run = match[0]
        if is_han(run[0]) and len(run) > 1:
            found += (intern(run[at : at + 2]) for at in range(len(run) - 1))
        else:
            found.append(intern(run))
    return tuple(found)


def numbers(text: str) -> frozenset[str]:
    """The numbers in `text`, thousands marks dropped."""
    return frozenset(found.replace(",", "") for found in _FIGURE.findall(fold(text)))


@lru_cache(maxsize=8_000)
def versions(text: str) -> frozenset[str]:
    """The numbers in `text` that tell one version or size of a thing from another: `5.2`, `0.26.0`, `3` of K3, `27b`."""
    return frozenset(found.removeprefix("-") for found in _VERSION.findall(fold(text)))


class _Bits(dict[str, float]):
    """What each feature says, worked out when it is first asked for; of a count that changes no more."""

    def __init__(self, size: int, held: Counter[str]) -> None:
        super().__init__()
        self._size, self._held = size, held

    def __missing__(self, feature: str) -> float:
        self[feature] = said = log2((self._size + 1) / max(self._held[feature], 1))
        return said


class Idf:
    """How often each feature occurs among so many things: a feature of `df` of N says log2((N + 1) / df) bits.

    Sums are exactly rounded, so that no order of features or things changes a figure.
    """

    def __init__(self) -> None:
        """Of nothing yet."""
        self.size = 0
        self._held: Counter[str] = Counter()
        self._forget()

    def add(self, features: Iterable[str]) -> None:
        """Count in a thing by its distinct features."""
        self.size += 1
        self._held.update(iter(features))
        self._forget()

    def remove(self, features: Iterable[str]) -> None:
        """Count out a thing that was counted in."""
        self.size -= 1
        self._held.subtract(iter(features))
        self._forget()

    def _forget(self) -> None:
        self._bits = _Bits(self.size, self._held)
        self._sums: dict[frozenset[str], float] = {}

    def count(self, feature: str) -> int:
        """Things that have it."""
        return self._held[feature]

    def bits(self, feature: str) -> float:
        """What meeting the feature says, in bits."""
        return self._bits[feature]

    def dice(self, one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
        """Sørensen–Dice overlap of two sets weighted by bits, in [0, 1]; and the bits they share."""
        if one.isdisjoint(other):
            return 0.0, 0.0
        shared = fsum(map(self._bits.__getitem__, one & other))
        whole = self._sum(one) + self._sum(other)
        return (2 * shared / whole if whole else 0.0), shared

    def _sum(self, features: frozenset[str]) -> float:
        if (known := self._sums.get(features)) is None:
            known = self._sums[features] = fsum(map(self._bits.__getitem__, features))
        return known

    def vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Word counts as a vector of length 1 under (1 + log2 tf) · bits (Salton and Buckley 1988, weighting ltc)."""
        bits = self._bits
        weights = {f: bits[f] if n == 1 else (1 + log2(n)) * bits[f] for f, n in counts.items()}
        length = sqrt(fsum([v * v for v in weights.values()]))
        return {f: v / length for f, v in weights.items()} if length else {}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Of two vectors of length 1."""
    return fsum([one[f] * other[f] for f in one.keys() & other.keys()])
