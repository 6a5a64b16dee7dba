"""Folding of text for comparison. No other module folds.

`fold` maps every character to one character, so an offset into folded text is an offset into the
original. Keys are made from folded text. `fold_variants` folds variants of one character
(衛 衞 卫, 著 着), too: the search index and searched names are made from it. Keys are not, because
public ids follow from them. Folded text is never shown.
"""

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import opencc
import orjson

from app.compiled.files import compiled_sections, content_key
from app.normalize.kinds import Difference

VARIANTS = Path(__file__).parent / "han_variants.txt"
"""Groups of Han variants, one a line; `tests/eval/variants.py` derives it."""
_HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
_MAX_CACHED_CHARS = 200
_SPACES = "\u3000\u00a0\u2007\u202f\t"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"))
_SINGLE_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛′＇`´", "'"))
_DOUBLE_QUOTES = str.maketrans(dict.fromkeys("“”„‟″＂", '"'))


@cache
def _simplifications() -> dict[int, str]:
    """Map code points to simplified Han, dashes and quotes, one character each."""
    simple_chars = _compiled_table("simplified", _derived_simplifications)
    table = {ord(char): simple for char, simple in simple_chars.items()}
    table.update(_DASHES)
    table.update(_SINGLE_QUOTES)
    table.update(_DOUBLE_QUOTES)
    return table


def _compiled_table(name: str, derive: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Return a table that is derived once an installation: both take 23 ms of a start."""
    key = content_key([Path(__file__), VARIANTS], opencc.__version__, unicodedata.unidata_version)
    sections = compiled_sections(name, key, lambda: {name: orjson.dumps(derive())})
    table: dict[str, str] = orjson.loads(sections[name])
    return table


def _derived_simplifications() -> dict[str, str]:
    """Map Han characters to simplified ones by OpenCC's table t2s (traditional to simplified)."""
    converter = opencc.OpenCC("t2s")
    chars: list[str] = []
    for first, last in _HAN_BLOCKS:
        chars.extend(map(chr, range(first, last + 1)))

    # One call for all is four times as fast as one a character; no phrase reaches across lines.
    converted = converter.convert("\n".join(chars)).split("\n")
    table: dict[str, str] = {}
    for char, simple in zip(chars, converted, strict=True):
        # Folding keeps lengths: one character for one.
        if simple != char and len(simple) == 1:
            table[char] = simple
    return table


class _FoldedChars(dict[int, str]):
    """Map of code points to folded characters, filled on first use, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        char = _fold_char(chr(code))
        self[code] = char
        return char


_FOLDED = _FoldedChars()


def _fold_char(char: str) -> str:
    """Fold width, case, script, dash and quote of one character into one character."""
    if char in _SPACES:
        return " "

    narrow = unicodedata.normalize("NFKC", char)
    if len(narrow) == 1:
        char = narrow

    lower = char.lower()
    if len(lower) == 1:
        char = lower

    return _simplifications().get(ord(char), char)


def fold(text: str) -> str:
    """Return `text` with width, case, script, dashes and quotes folded, of the same length."""
    return _fold_short(text) if len(text) <= _MAX_CACHED_CHARS else text.translate(_FOLDED)


# The names and titles of a document are folded several times each.
@lru_cache(maxsize=8_192)
def _fold_short(text: str) -> str:
    return text.translate(_FOLDED)


class _FoldedVariants(dict[int, str]):
    """Map of code points to folded characters without variants, filled on first use."""

    def __missing__(self, code: int) -> str:
        char = fold(chr(code))
        char = _variants().get(char, char)
        self[code] = char
        return char


_FOLDED_VARIANTS = _FoldedVariants()


@cache
def _variants() -> dict[str, str]:
    """Map folded Han characters to the folded first character of their group."""
    return _compiled_table("variants", _derived_variants)


def _derived_variants() -> dict[str, str]:
    groups: list[str] = []
    for line in VARIANTS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            groups.append(line)

    table: dict[str, str] = {}
    for group in groups:
        first = fold(group[0])
        for char in fold(group):
            table[char] = first

    return table


def fold_variants(text: str) -> str:
    """Return `text` folded by `fold`, and each Han variant as the first of its group."""
    return text.translate(_FOLDED_VARIANTS)


def differs_by(left: str, right: str) -> set[Difference]:
    """Return the kinds of difference between two texts that fold alike, character by character."""
    differences: set[Difference] = set()
    for char, other in zip(left, right, strict=False):
        if char == other:
            continue

        narrow = unicodedata.normalize("NFKC", char)
        narrow_other = unicodedata.normalize("NFKC", other)
        if narrow != char or narrow_other != other:
            differences.add("width")
        if narrow != narrow_other:
            kind = _difference(narrow, narrow_other)
            differences.add(kind)

    return differences


def _difference(left: str, right: str) -> Difference:
    """Return the kind of difference between two characters of one width."""
    if left.lower() == right.lower():
        return "case"
    if is_han(left[0]):
        return "script"
    if left.isalpha():
        return "accent"

    return "sign"


def simplified(text: str) -> str:
    """Return `text` in simplified Han; case and width stay."""
    return text.translate(_simplifications())


def bigrams(run: str) -> Iterator[str]:
    """Yield the pairs of neighbouring characters of `run`."""
    for index in range(len(run) - 1):
        yield run[index : index + 2]


def has_han(text: str) -> bool:
    """Return whether `text` contains a Han ideograph."""
    return any(map(is_han, text))


def is_han(char: str) -> bool:
    """Return whether `char` is a Han ideograph."""
    # Runs for every character of every known name: comparisons are faster than a loop.
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U000323af"
    )
