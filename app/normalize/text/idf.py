"""Features of a text and their inverse document frequency (IDF): a rare feature weighs more."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from math import fsum, log2, sqrt
from operator import mul
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


class _BitsOfFrequency(dict[int, float]):
    """Bits of a feature among some documents by its frequency, computed on first use."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, frequency: int) -> float:
        bits = log2((self._size + 1) / max(frequency, 1))
        self[frequency] = bits
        return bits


# The indexes of one window have one size. The next day has another, and few frequencies.
_bits_of_frequency = lru_cache(maxsize=8)(_BitsOfFrequency)


class Idf:
    """Document frequencies of features.

    A feature in `df` of N documents has log2((N + 1) / df) bits.
    Sums are rounded exactly, so the order of features and documents never changes a number.
    """

    def __init__(self) -> None:
        """Create an index of no documents."""
        self.size = 0
        self._frequencies: Counter[str] = Counter()
        self._removed = 0
        self._sums: dict[frozenset[str], float] = {}

    def add(self, features: Iterable[str]) -> None:
        """Count one more document, given by its distinct features."""
        self.size += 1
        self._frequencies.update(iter(features))
        self._sums.clear()

    def remove(self, features: Iterable[str]) -> None:
        """Take back one document that was added with these features."""
        self.size -= 1
        self._frequencies.subtract(iter(features))
        self._sums.clear()
        self._removed += 1
        if self._removed > self.size:
            # Features of no document: a window that moves for years would collect them.
            self._frequencies = +self._frequencies
            self._removed = 0

    def count(self, feature: str) -> int:
        """Return the number of documents with the feature."""
        return self._frequencies[feature]

    def bits(self, feature: str) -> float:
        """Return the information content of the feature, in bits."""
        return _bits_of_frequency(self.size)[self._frequencies[feature]]

    def bits_of(self, features: Iterable[str]) -> Iterator[float]:
        """Yield the bits of each feature."""
        bits = _bits_of_frequency(self.size)
        return map(bits.__getitem__, map(self._frequencies.__getitem__, features))

    def dice(self, left: frozenset[str], right: frozenset[str]) -> tuple[float, float]:
        """Return the Sørensen–Dice overlap weighted by bits, in [0, 1], and the shared bits."""
        if left.isdisjoint(right):
            return 0.0, 0.0

        # The sum of an intersection is not cached: a pair of documents is compared once.
        shared = fsum(self.bits_of(left & right))
        total = self._sum(left) + self._sum(right)
        if not total:
            return 0.0, shared

        return 2 * shared / total, shared

    def _sum(self, features: frozenset[str]) -> float:
        """Return the bits of all `features`; each set is summed once."""
        total = self._sums.get(features)
        if total is None:
            total = fsum(self.bits_of(features))
            self._sums[features] = total

        return total

    def length(self, weights: Mapping[str, float]) -> float:
        """Return the length of the vector of weight · bits."""
        components = list(map(mul, weights.values(), self.bits_of(weights)))
        return sqrt(fsum(map(mul, components, components)))

    def product(self, left: Mapping[str, float], right: Mapping[str, float]) -> float:
        """Return the inner product of two vectors of weight · bits."""
        common = left.keys() & right.keys()
        products: list[float] = []
        for feature, bits in zip(common, self.bits_of(common), strict=True):
            products.append((left[feature] * bits) * (right[feature] * bits))
        return fsum(products)

    def vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return word counts as a vector of length 1, weighted by (1 + log2 tf) · bits.

        The weighting is `ltc` of Salton and Buckley (1988).
        """
        weights = count_weights(counts)
        length = self.length(weights)
        if not length:
            return {}

        components = map(mul, weights.values(), self.bits_of(weights))
        return {
            feature: component / length
            for feature, component in zip(weights, components, strict=True)
        }


def count_weights(counts: Mapping[str, int]) -> dict[str, float]:
    """Return 1 + log2 of each count."""
    weights = {}
    for feature, count in counts.items():
        weights[feature] = 1.0 if count == 1 else 1 + log2(count)

    return weights


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """Return the cosine of two vectors of length 1."""
    products: list[float] = []
    for feature in left.keys() & right.keys():
        product = left[feature] * right[feature]
        products.append(product)
    return fsum(products)
