"""An inverted index from pairs of adjacent characters to the keys that contain them."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.query.names.text_table import code_points


class BigramIndex:
    """Rows of `keys` by bigram; the last character of a key is paired with an end mark.

    A bigram is the number of its first character times the alphabet's size plus that of its
    second. Characters are numbered from 1; the end mark is 0.
    """

    def __init__(self, keys: Sequence[str], lengths: NDArray[np.int64]) -> None:
        codes = code_points("".join(keys))
        alphabet = np.unique(codes)
        self._size = len(alphabet) + 1
        self._numbers = {chr(code): n for n, code in enumerate(alphabet.tolist(), 1)}
        firsts = np.searchsorted(alphabet, codes).astype(np.int64) + 1
        seconds = np.append(firsts[1:], 0)
        seconds[np.cumsum(lengths) - 1] = 0
        # Bigram and row packed into one integer sort together, in place: a million names have
        # ten million bigrams.
        row_bits = len(keys).bit_length()
        packed = firsts * self._size + seconds
        packed <<= row_bits
        packed |= np.repeat(np.arange(len(keys)), lengths)
        packed.sort()
        packed = packed[starts_run(packed)]
        row_mask = (1 << row_bits) - 1
        self._rows: NDArray[np.uint32] = (packed & row_mask).astype(np.uint32)
        packed >>= row_bits
        starts = np.flatnonzero(starts_run(packed))
        self._bigrams: NDArray[np.int64] = packed[starts]
        self._starts: NDArray[np.uint32] = np.append(starts, len(packed)).astype(np.uint32)

    def rows_with_char(self, char: str) -> NDArray[np.uint32]:
        """Return the rows that contain a character; a row may repeat."""
        number = self._numbers.get(char, -1)
        bounds = [number * self._size, (number + 1) * self._size]
        first, last = np.searchsorted(self._bigrams, bounds).tolist()

        return self._rows[self._starts.item(first) : self._starts.item(last)]

    def rows_by_bigram(self, key: str) -> list[NDArray[np.uint32]]:
        """Return, for each distinct bigram of `key` that some row contains, its rows in order."""
        rows = []
        bigrams = self._bigrams_of(key)
        indexes = np.searchsorted(self._bigrams, bigrams).tolist()
        for index, bigram in zip(indexes, bigrams, strict=True):
            if index < len(self._bigrams) and self._bigrams.item(index) == bigram:
                start = self._starts.item(index)
                rows.append(self._rows[start : self._starts.item(index + 1)])

        return rows

    def _bigrams_of(self, key: str) -> list[int]:
        """Return the distinct bigrams of known characters in `key`."""
        bigrams = set()
        for first, second in pairwise(key):
            if first in self._numbers and second in self._numbers:
                bigrams.add(self._numbers[first] * self._size + self._numbers[second])

        return list(bigrams)


def starts_run(values: NDArray[np.int64] | NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return for each value whether it differs from the one before it."""
    if not len(values):
        return np.zeros(0, np.bool_)

    return np.append(True, values[1:] != values[:-1])
