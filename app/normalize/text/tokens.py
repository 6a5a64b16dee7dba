"""The one tokenizer: what is written down in the search index and what is asked of it are cut alike, on every engine.

Text is folded (script, width, case, accents), then cut by kind of character. Each Han character, kana or hangul is one
position: the token there is it and the next one, or it alone where a run ends, so that a word of several characters is the
phrase of its bigrams, and a single character whatever begins with it. Letters and digits make words; signs that join or end
them (`GPT-5.2`, `C++`, `AT&T`, `.NET`) are tokens of their own, so that such a name is found whole, as a phrase, and by its
parts. A token never holds a blank. Linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from app.normalize.text.folding import fold, is_han

PART = "‖"
"""Stands between two texts of one stream, so that no phrase reaches over; no text yields it as a token."""
JOINERS = "-_&/'@.+#"
LONGEST = 64
"""Characters of a token; a longer word is cut into several."""

# Characters by kind: h written without blanks, w word, i ignored within either, s a sign of its own, d p j joiners, else a gap.
_RUNS = re.compile(
    r"(?P<h>h[hi]*)|(?P<w>w[wi]*)|(?P<j>(?<=[wi])[dpj]{1,3}(?=w)|(?<=[wi])p{1,3}|(?<![wdpj])d(?=w))|(?P<s>s)"
)
_UNSPACED = (
    (0x3005, 0x3007),
    (0x3040, 0x309F),
    (0x30A1, 0x30FA),
    (0x30FC, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0xAC00, 0xD7A3),
)


class Token(NamedTuple):
    """A token and the characters of the original it was read from."""

    text: str
    start: int
    end: int


def _kind(char: str) -> str:
    if char.isascii():
        return (
            "w"
            if char.isalnum()
            else {".": "d", "+": "p", "#": "p"}.get(char, "j" if char in JOINERS else " ")
        )
    code = ord(char)
    if is_han(char) or any(first <= code <= last for first, last in _UNSPACED):
        return "h"
    category = unicodedata.category(char)
    if category == "Cf" or 0x300 <= code <= 0x36F or 0xFE00 <= code <= 0xFE0F:
        return "i"
    return "w" if category[0] in "LNM" else "s" if category[0] == "S" else " "


class _Kinds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = kind = _kind(chr(code))
        return kind


_KINDS = _Kinds()


@cache
def _bare(char: str) -> str:
    """A letter of a word without its accent; nothing for what is ignored."""
    if _KINDS[ord(char)] == "i":
        return ""
    parts = unicodedata.normalize("NFD", char)
    return parts[0] if parts[0] < "\u0590" and all(map(unicodedata.combining, parts[1:])) else char


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text` in order, one a position, with offsets into it in code points."""
    folded = fold(text)
    kinds = folded.translate(_KINDS)
    for run in _RUNS.finditer(kinds):
        start, end = run.span()
        if run.lastgroup == "w":
            for at in range(start, end, LONGEST):
                to = min(at + LONGEST, end)
                word = folded[at:to]
                if word := word if word.isascii() else "".join(map(_bare, word)):
                    yield Token(word, at, to)
        elif run.lastgroup == "h":
            places = [at for at in range(start, end) if kinds[at] == "h"]
            for at, after in pairwise(places):
                yield Token(folded[at] + folded[after], at, after + 1)
            yield Token(folded[places[-1]], places[-1], places[-1] + 1)
        else:
            for at in range(start, end):
                yield Token(folded[at], at, at + 1)


def stream(texts: Iterable[str], most: int) -> str:
    """The tokens of some texts, in at most `most` bytes: a blank before and after each, PART between two texts; "" for none."""
    parts = []
    for text in texts:
        found = " ".join(token.text for token in tokens(text))
        if found:
            parts.append(found)
    joined = f" {PART} ".join(parts)
    if len(joined) * 4 > most and len(encoded := joined.encode()) > most:
        # The last token may be cut short: it goes.
        joined = encoded[:most].decode(errors="ignore").rpartition(" ")[0]
    return f" {joined} " if joined else ""


class Phrase(NamedTuple):
    """Tokens that follow one another; where it is `open`, the last is the beginning of one."""

    tokens: tuple[Token, ...]
    open: bool
    text: str
    """What it was read from."""

    @property
    def words(self) -> tuple[str, ...]:
        """The tokens without their places."""
        return tuple(token.text for token in self.tokens)

    @property
    def needle(self) -> str:
        """What stands in a stream exactly where the phrase does."""
        return f" {' '.join(self.words)}{'' if self.open else ' '}"


def phrase(text: str, *, prefix: bool = False) -> Phrase | None:
    """`text` as it is looked for; None if it holds no token. With `prefix` its last word may go on."""
    found = list(tokens(text))
    if not found:
        return None
    if not is_unspaced(found[-1].text[0]):
        return Phrase(tuple(found), prefix, text)
    # The text may go on after a last Han character: its bigram says all there is to say of it, if it has one.
    within = len(found) > 1 and found[-2].end == found[-1].end
    return Phrase(tuple(found[:-1] if within else found), not within, text)


def is_unspaced(char: str) -> bool:
    """Whether `char` is of a script written without blanks between words."""
    return _KINDS[ord(char)] == "h"


def is_word(text: str) -> bool:
    """Whether `text` is letters and digits alone, of scripts that part words by blanks."""
    return all(_KINDS[ord(char)] == "w" for char in text)
