"""Features of a text and their inverse document frequency (IDF): a rare feature weighs more."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import fsum, log2, sqrt
from sys import intern

from app.normalize.text.folding import bigrams, fold, is_han

_WORD = re.compile(
    r"[a-z0-9à-ɏ]+(?:[.+#'_\-][a-z0-9à-ɏ]+)*\+*"
    r"|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
    r"|[^\W_]+"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# The number in `GPT-5.2`, `v0.26.0`, `K3`, `27B`; a plain number in running text is no version.
_VERSION = re.compile(
    r"(?<![\d.])\d+(?:\.\d+)+(?![\d.])"
    r"|(?<=[a-z])-?\d+(?![\d.])"
    r"|(?<![\d.a-z])\d+b(?![a-z0-9])"
)


@lru_cache(maxsize=8_000)
def words(text: str) -> tuple[str, ...]:
    """Return the folded words of `text` in order, repetitions included.

    Latin words and numbers stay whole (`gpt-5.2`). A run of Han characters becomes its bigrams.
    """
    result: list[str] = []
    folded = fold(text)
    for run in _WORD.findall(folded):
        is_phrase = len(run) > 1 and is_han(run[0])
        if is_phrase:
            result.extend(map(intern, bigrams(run)))
        else:
            result.append(intern(run))

    return tuple(result)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in `text` without thousands separators: `8600` for `8,600`."""
    folded = fold(text)
    matches = _NUMBER.findall(folded)
    return frozenset([number.replace(",", "") for number in matches])


@lru_cache(maxsize=8_000)
def versions(text: str) -> frozenset[str]:
    """Return the numbers that tell versions or sizes apart: `5.2`, `0.26.0`, `3` of K3, `27b`."""
    folded = fold(text)
    matches = _VERSION.findall(folded)
    return frozenset([version.removeprefix("-") for version in matches])


class _Bits(dict[str, float]):
    """Bits of each feature for a fixed set of documents, computed on first use."""

    def __init__(self, size: int, frequencies: Counter[str]) -> None:
        super().__init__()
        self._size = size
        self._frequencies = frequencies

    def __missing__(self, feature: str) -> float:
        frequency = max(self._frequencies[feature], 1)
        bits = log2((self._size + 1) / frequency)
        self[feature] = bits
        return bits


class _BitsOfFrequency(dict[int, float]):
    """Bits of a feature by its document frequency, computed on first use."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, frequency: int) -> float:
        bits = log2((self._size + 1) / max(frequency, 1))
        self[frequency] = bits
        return bits


class Idf:
    """Document frequencies of features.

    A feature in `df` of N documents has log2((N + 1) / df) bits.
    Sums are rounded exactly, so the order of features and documents never changes a number.
    """

    def __init__(self) -> None:
        """Create an index of no documents."""
        self.size = 0
        self._frequencies: Counter[str] = Counter()
        self._clear_cache()

    def add(self, features: Iterable[str]) -> None:
        """Count one more document, given by its distinct features."""
        self.size += 1
        self._frequencies.update(iter(features))
        self._clear_cache()

    def remove(self, features: Iterable[str]) -> None:
        """Take back one document that was added with these features."""
        self.size -= 1
        self._frequencies.subtract(iter(features))
        self._clear_cache()

    def _clear_cache(self) -> None:
        self._bits = _Bits(
            self.size,
            self._frequencies,
        )
        self._bits_of_frequency = _BitsOfFrequency(self.size)
        self._sums: dict[frozenset[str], float] = {}

    def count(self, feature: str) -> int:
        """Return the number of documents with the feature."""
        return self._frequencies[feature]

    def bits(self, feature: str) -> float:
        """Return the information content of the feature, in bits."""
        return self._bits[feature]

    def dice(self, left: frozenset[str], right: frozenset[str]) -> tuple[float, float]:
        """Return the Sørensen–Dice overlap weighted by bits, in [0, 1], and the shared bits."""
        if left.isdisjoint(right):
            return 0.0, 0.0

        # The sum of an intersection is not cached: a pair of documents is compared once.
        shared = fsum(map(self._bits.__getitem__, left & right))
        total = self._sum(left) + self._sum(right)
        if not total:
            return 0.0, shared

        return 2 * shared / total, shared

    def _sum(self, features: frozenset[str]) -> float:
        """Return the bits of all `features`; each set is summed once."""
        total = self._sums.get(features)
        if total is None:
            bits = map(self._bits.__getitem__, features)
            total = fsum(bits)
            self._sums[features] = total

        return total

    def vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return word counts as a vector of length 1, weighted by (1 + log2 tf) · bits.

        The weighting is `ltc` of Salton and Buckley (1988).
        """
        vector: dict[str, float] = {}
        squares: list[float] = []
        frequency_of = self._frequencies.get
        for feature, count in counts.items():
            # By frequency, not by feature: every day has other frequencies, and few of them.
            bits = self._bits_of_frequency[frequency_of(feature, 1)]
            weight = bits if count == 1 else (1 + log2(count)) * bits
            vector[feature] = weight
            squares.append(weight * weight)

        length = sqrt(fsum(squares))
        if not length:
            return {}

        for feature in vector:
            vector[feature] /= length

        return vector


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """Return the cosine of two vectors of length 1."""
    products: list[float] = []
    for feature in left.keys() & right.keys():
        product = left[feature] * right[feature]
        products.append(product)
    return fsum(products)
