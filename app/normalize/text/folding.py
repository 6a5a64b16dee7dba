"""The only place text is folded.

`fold` keeps the length of its input, character by character, so that an offset into folded text is an
offset into the original. Keys and the search index are made from folded text; it is never shown.
"""

import unicodedata
from functools import cache
from typing import Literal

import opencc

Difference = Literal["width", "case", "script", "accent", "sign"]

_HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = {ord(c): "'" for c in "‘’‚‛′＇`´"} | {ord(c): '"' for c in "“”„‟″＂"}


@cache
def _table() -> dict[int, str]:
    """Traditional to simplified Han, one character for one, made once from OpenCC's t2s tables."""
    converter = opencc.OpenCC("t2s")
    table: dict[int, str] = {}
    for first, last in _HAN_BLOCKS:
        for code in range(first, last + 1):
            simple = converter.convert(chr(code))
            if len(simple) == 1 and simple != chr(code):
                table[code] = simple
    return table | dict((_DASHES | _QUOTES).items())


class _Folded(dict[int, str]):
    """Code point → folded character, each worked out when it is first met, so that `str.translate` does the rest."""

    def __missing__(self, code: int) -> str:
        self[code] = _fold_char(chr(code))
        return self[code]


_FOLDED = _Folded()


def _fold_char(char: str) -> str:
    """One character in, one character out: width, case, script, dash and quote folded."""
    if char in "\u3000\u00a0\u2007\u202f\t":
        return " "
    wide = unicodedata.normalize("NFKC", char)
    char = wide if len(wide) == 1 else char
    lower = char.lower()
    char = lower if len(lower) == 1 else char
    return _table().get(ord(char), char)


def fold(text: str) -> str:
    """`text` with width, case, script, dashes and quotes folded; `len(fold(text)) == len(text)`."""
    return text.translate(_FOLDED)


def differs_by(one: str, other: str) -> set[Difference]:
    """What had to be folded for two texts to meet, character by character."""
    found: set[Difference] = set()
    for a, b in zip(one, other, strict=False):
        wide_a, wide_b = unicodedata.normalize("NFKC", a), unicodedata.normalize("NFKC", b)
        if a != b and (wide_a != a or wide_b != b):
            found.add("width")
        if wide_a != wide_b:
            same = wide_a.lower() == wide_b.lower()
            found.add(
                "case"
                if same
                else "script"
                if is_han(wide_a[0])
                else "accent"
                if wide_a.isalpha()
                else "sign"
            )
    return found


def simplified(text: str) -> str:
    """Our own words in simplified Han."""
    return text.translate(_table())


def is_han(char: str) -> bool:
    """Whether `char` is a Han ideograph."""
    # Asked of every character of every known name: said in comparisons, not in a loop.
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U000323af"
    )
