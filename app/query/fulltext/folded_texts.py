"""Many texts folded at once. Pure.

The table is filled from `fold_variants` as characters occur. numpy reads it ten times as fast as
`str.translate` reads a dict.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.normalize.text.folding import fold_variants

Codes = NDArray[np.uint32]
"""Code points, shape (n_chars,)."""

PLAIN_RANGES = (
    (0x0, 0x7F),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x2190, 0x25FF),
    (0x3000, 0x3029),
    (0x3030, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xFF01, 0xFFDC),
    (0x1F300, 0x1F64F),
)
"""Folded characters that each are a part of a token or a gap: no accent was removed from them and
none is skipped within a token."""
_SIZE = 0x20000
_ENCODING = "utf-32-le"
_UNKNOWN = 0xFFFFFFFF
_ZERO, _NINE, _COMMA = map(ord, "09,")
_FOLDED = np.full(_SIZE, _UNKNOWN, np.uint32)
_IS_ODD = np.ones(_SIZE, bool)
for _first, _last in PLAIN_RANGES:
    _IS_ODD[_first : _last + 1] = False


def fold_all(texts: Sequence[str]) -> tuple[list[str], list[bool]]:
    """Return each text as `fold_variants` folds it, and whether it may lack a token of the text.

    It may if it has a character that `PLAIN_RANGES` leave out, or commas within a number.
    """
    folded, codes = _folded("".join(texts))
    odd = _IS_ODD[np.minimum(codes, _SIZE - 1)]
    if "," in folded:
        is_digit = (codes >= _ZERO) & (codes <= _NINE)
        odd[1:-1] |= (codes[1:-1] == _COMMA) & is_digit[:-2] & is_digit[2:]
    odd_before = np.zeros(len(odd) + 1, np.int64)
    np.cumsum(odd, out=odd_before[1:])
    folded_texts, bounds = [], [0]
    for text in texts:
        start = bounds[-1]
        bounds.append(start + len(text))
        folded_texts.append(folded[start : bounds[-1]])

    return folded_texts, (np.diff(odd_before[bounds]) > 0).tolist()


def _folded(text: str) -> tuple[str, Codes]:
    """Return a folded text as characters and as code points."""
    codes = _codes(text)
    if int(codes.max(initial=0)) >= _SIZE:
        folded = fold_variants(text)
        return folded, _codes(folded)

    folded_codes = _FOLDED[codes]
    unknown = codes[folded_codes == _UNKNOWN]
    if len(unknown):
        for code in np.unique(unknown).tolist():
            _FOLDED[code] = ord(fold_variants(chr(code)))
        folded_codes = _FOLDED[codes]

    return folded_codes.tobytes().decode(_ENCODING, "surrogatepass"), folded_codes


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode(_ENCODING, "surrogatepass"), np.uint32)
