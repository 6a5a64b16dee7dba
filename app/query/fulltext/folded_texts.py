"""Many texts folded at once. Pure.

The table is filled from `fold_variants` as characters occur. numpy reads it ten times as fast as
`str.translate` reads a dict.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.normalize.text.folding import fold_variants
from app.normalize.text.tokens import is_unchanged

Codes = NDArray[np.uint32]
"""Code points, shape (n_chars,)."""
SEPARATOR = "\n"
"""Between two texts that are folded together: a part of no token."""

_SIZE = 0x20000
_ENCODING = "utf-32-le"
_UNKNOWN = 0xFFFFFFFF
_ZERO, _NINE, _COMMA = map(ord, "09,")
_FOLDED = np.full(_SIZE, _UNKNOWN, np.uint32)
_IS_ODD = np.ones(_SIZE, bool)
"""Which folded characters a token may hold as another one, or not at all; true for the rest."""


class FoldedTexts(NamedTuple):
    """Texts folded together, each followed by `SEPARATOR`."""

    text: str
    starts: list[int]
    """Start of each text, and of the one that would follow."""
    odd: list[int]
    """Numbers of the texts whose folded form may lack one of their tokens, ascending."""

    def one(self, number: int) -> str:
        """Return one of the folded texts."""
        return self.text[self.starts[number] : self.starts[number + 1] - 1]

    def numbers_with(self, needles: Iterable[str]) -> set[int]:
        """Return the numbers of the texts that contain one of `needles`."""
        numbers: set[int] = set()
        for needle in needles:
            place = self.text.find(needle)
            while place >= 0:
                number = bisect_right(self.starts, place)
                numbers.add(number - 1)
                place = self.text.find(needle, self.starts[number])

        return numbers


def fold_all(documents: Iterable[Sequence[str]]) -> list[FoldedTexts]:
    """Return the texts of each document as `fold_variants` folds them.

    A text is odd if it has a character that a token holds as another one, or commas within a
    number.
    """
    documents = list(documents)
    joined = "".join([text + SEPARATOR for texts in documents for text in texts])
    folded, codes = _folded(joined)
    odd = _odd_places(folded, codes)
    result, base = [], 0
    for texts in documents:
        starts = [0, *accumulate(len(text) + 1 for text in texts)]
        end = base + starts[-1]
        places = odd[bisect_left(odd, base) : bisect_left(odd, end)]
        numbers = sorted({bisect_right(starts, place - base) - 1 for place in places})
        result.append(FoldedTexts(folded[base:end], starts, numbers))
        base = end

    return result


def _odd_places(folded: str, codes: Codes) -> list[int]:
    odd = _IS_ODD[np.minimum(codes, _SIZE - 1)]
    if "," in folded:
        is_digit = (codes >= _ZERO) & (codes <= _NINE)
        odd[1:-1] |= (codes[1:-1] == _COMMA) & is_digit[:-2] & is_digit[2:]

    places: list[int] = np.flatnonzero(odd).tolist()
    return places


def _folded(text: str) -> tuple[str, Codes]:
    """Return a folded text as characters and as code points."""
    codes = _codes(text)
    in_table = codes[codes < _SIZE]
    unknown = in_table[_FOLDED[in_table] == _UNKNOWN]
    for code in np.unique(unknown).tolist():
        _add(code)

    if len(in_table) < len(codes):
        folded = fold_variants(text)
        return folded, _codes(folded)

    folded_codes = _FOLDED[codes]
    return folded_codes.tobytes().decode(_ENCODING, "surrogatepass"), folded_codes


def _add(code: int) -> None:
    """Add a character to the tables."""
    folded = fold_variants(chr(code))
    _FOLDED[code] = ord(folded)
    if ord(folded) < _SIZE:
        _IS_ODD[ord(folded)] = not is_unchanged(folded)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode(_ENCODING, "surrogatepass"), np.uint32)
