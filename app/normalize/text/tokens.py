"""The tokenizer of the search index and of search queries, the same on every database engine.

Text is folded (script, variants, width, case, accents), then cut by kind of character:

- Each Han character, kana or hangul is one position. Its token is the bigram with the next one,
  or the character alone at the end of a run. A longer word is therefore the phrase of its bigrams.
- Letters make words, digits make numbers, so `Qwen3.8`, `Qwen 3.8` and `qwen-3.8` are one phrase.
- A number keeps its points and loses its commas: `3.8` and `1,000` are one token each.
- Symbols that join or end words (`C++`, `AT&T`, `.NET`) are tokens of their own. Dashes and
  underscores are none.
- An address (`https://…`, `www.…`) gives `IN_ADDRESS` tokens, which no plain word equals, and a
  `SITE` token for its host and for each domain above it.

A token never contains a space. Time is linear in the length of the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from app.normalize.text.folding import fold_variants, is_han

PART = "‖"
"""Separator of two texts in one stream, so that no phrase crosses; no text yields it as a token."""
IN_ADDRESS = "⌁"
"""First character of the tokens of an address."""
SITE = "⌂"
"""First character of the token of a host or of a domain above it."""
JOINERS = "&/'@.+#"
MAX_TOKEN_CHARS = 64
"""Longest token; a longer word is cut into several."""
MAX_HOST_CHARS = 253
"""Longest name of a host (RFC 1035)."""
_MAX_CACHED_CHARS = 300

# One letter a kind of character: h unspaced script, w letter, n digit, i ignored, s symbol,
# d p j joiners (dot, plus and hash, others), c comma, space for a gap.
_RUNS = re.compile(
    r"(?P<h>h[hi]*)|(?P<w>w[wi]*)"
    r"|(?P<n>(?:(?<![wnidpj])d)?(?:n{1,3}(?:cn{3})+(?!n)|n+)(?:dn+)*)"
    r"|(?P<j>(?<=[wni])[dpj]{1,3}(?=[wn])|(?<=[wni])p{1,3}|(?<![wnidpj])d(?=w))"
    r"|(?P<s>s)"
)
_ASCII_KINDS = dict.fromkeys(JOINERS, "j") | {".": "d", "+": "p", "#": "p", ",": "c"}
# A scheme has few letters: bounded, the search stays linear. Full-width marks end an address.
_ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]{1,14}://|www\.)[!#-;=?-\[\]_a-z~]+",
    re.ASCII | re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@]*@)?([a-z0-9.-]*[a-z0-9])")
_UNSPACED = (
    (0x3005, 0x3007),
    (0x3040, 0x309F),
    (0x30A1, 0x30FA),
    (0x30FC, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0xAC00, 0xD7A3),
)
# Combining accents and variation selectors.
_IGNORED = ((0x300, 0x36F), (0xFE00, 0xFE0F))


class Token(NamedTuple):
    """A token and its range in the original text, in code points, the end exclusive."""

    text: str
    start: int
    end: int


def _kind(char: str) -> str:
    """Return the letter of the kind of `char`, as used in `_RUNS`."""
    if char.isascii():
        return _ascii_kind(char)
    if is_han(char) or _is_in(char, _UNSPACED):
        return "h"

    category = unicodedata.category(char)
    if category == "Cf" or _is_in(char, _IGNORED):
        return "i"
    if category.startswith(("L", "N", "M")):
        return "w"
    if category.startswith("S"):
        return "s"

    return " "


def _ascii_kind(char: str) -> str:
    if char.isdigit():
        return "n"

    return "w" if char.isalpha() else _ASCII_KINDS.get(char, " ")


def _is_in(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Return whether the code point of `char` lies in one of `ranges`."""
    code = ord(char)
    for first, last in ranges:
        if code < first:
            continue
        if code <= last:
            return True

    return False


class _Kinds(dict[int, str]):
    """Map of code points to kinds, filled on first use, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        kind = _kind(chr(code))
        self[code] = kind
        return kind


_KINDS = _Kinds()


@cache
def _without_accent(char: str) -> str:
    """Return a letter of a word without its accent; the empty string for an ignored character."""
    if _KINDS[ord(char)] == "i":
        return ""

    decomposed = unicodedata.normalize("NFD", char)
    letter = decomposed[0]
    marks = decomposed[1:]
    # Past U+0590 a combining mark is part of the letter.
    if letter >= "\u0590":
        return char
    if not all(map(unicodedata.combining, marks)):
        return char

    return letter


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of `text` in order, one a position."""
    folded = fold_variants(text)
    kinds = folded.translate(_KINDS)
    start = 0
    for address in _ADDRESS.finditer(text):
        yield from _tokens_between(folded, kinds, start, address.start())
        yield from _address_tokens(folded, kinds, *address.span())
        start = address.end()

    yield from _tokens_between(folded, kinds, start, len(folded))


def _tokens_between(folded: str, kinds: str, first: int, last: int) -> Iterator[Token]:
    """Yield the tokens of folded text from `first` to before `last`."""
    for run in _RUNS.finditer(kinds, first, last):
        start, end = run.span()
        if run.lastgroup == "w":
            yield from _word_tokens(folded, start, end)
        elif run.lastgroup == "n":
            yield from _number_tokens(folded, start, end)
        elif run.lastgroup == "h":
            yield from _bigrams(folded, kinds, start, end)
        else:
            # Joiners and symbols: one token a character.
            for index in range(start, end):
                yield Token(folded[index], index, index + 1)


def _address_tokens(folded: str, kinds: str, first: int, last: int) -> Iterator[Token]:
    """Yield the host of an address with the domains above it, then its words."""
    host = _HOST.match(folded, first, last)
    if host:
        start, end = host.span(1)
        while end - start <= MAX_HOST_CHARS:
            yield Token(SITE + folded[start:end], start, end)
            dot = folded.find(".", start, end)
            if dot < 0:
                break
            start = dot + 1

    for token in _tokens_between(folded, kinds, first, last):
        if token.text not in JOINERS:
            yield token._replace(text=IN_ADDRESS + token.text)


def _number_tokens(folded: str, start: int, end: int) -> Iterator[Token]:
    """Yield the token of one number without its commas, cut at `MAX_TOKEN_CHARS`."""
    for index in range(start, end, MAX_TOKEN_CHARS):
        stop = min(index + MAX_TOKEN_CHARS, end)
        digits = folded[index:stop].replace(",", "")
        if digits:
            yield Token(digits, index, stop)


def _word_tokens(folded: str, start: int, end: int) -> Iterator[Token]:
    """Yield the tokens of one word, cut at `MAX_TOKEN_CHARS`."""
    for index in range(start, end, MAX_TOKEN_CHARS):
        stop = min(index + MAX_TOKEN_CHARS, end)
        word = folded[index:stop]
        if not word.isascii():
            word = "".join(map(_without_accent, word))
        if word:
            yield Token(word, index, stop)


def _bigrams(folded: str, kinds: str, start: int, end: int) -> Iterator[Token]:
    """Yield the tokens of one run of unspaced characters; ignored characters are skipped."""
    position = start
    for following in range(start + 1, end):
        if kinds[following] != "h":
            continue

        bigram = folded[position] + folded[following]
        yield Token(bigram, position, following + 1)
        position = following

    # The last character has no next one.
    last = folded[position]
    yield Token(last, position, position + 1)


def _token_texts(text: str) -> list[str]:
    """Return the texts of the tokens of `text`, without an object for most of them."""
    folded = fold_variants(text)
    kinds = folded.translate(_KINDS)
    words: list[str] = []
    start = 0
    for address in _ADDRESS.finditer(text):
        _add_texts(words, folded, kinds, start, address.start())
        words.extend([token.text for token in _address_tokens(folded, kinds, *address.span())])
        start = address.end()

    _add_texts(words, folded, kinds, start, len(folded))
    return words


def _add_texts(words: list[str], folded: str, kinds: str, first: int, last: int) -> None:
    """Add the texts of the tokens from `first` to before `last` to `words`."""
    for run in _RUNS.finditer(kinds, first, last):
        start, end = run.span()
        kind = run.lastgroup
        if kind == "h" and "i" not in kinds[start:end]:
            chars = folded[start:end]
            words.extend(map(str.__add__, chars, chars[1:]))
            words.append(chars[-1])
        elif kind == "h":
            words.extend(
                [
                    token.text
                    for token in _bigrams(
                        folded,
                        kinds,
                        start,
                        end,
                    )
                ]
            )
        elif kind == "n":
            words.extend([token.text for token in _number_tokens(folded, start, end)])
        elif kind == "w":
            word = folded[start:end]
            if len(word) <= MAX_TOKEN_CHARS and word.isascii():
                words.append(word)
            else:
                words.extend([token.text for token in _word_tokens(folded, start, end)])
        else:
            words.extend(folded[start:end])


def _joined_tokens(text: str) -> str:
    """Return the tokens of `text`, separated by spaces."""
    if len(text) > _MAX_CACHED_CHARS:
        return " ".join(_token_texts(text))
    return _cached_tokens(text)


@lru_cache(maxsize=8_192)
def _cached_tokens(text: str) -> str:
    # Addresses, labels and names: a third of the texts of a day are there twice.
    return " ".join(_token_texts(text))


def stream(texts: Iterable[str], max_bytes: int) -> str:
    """Return the tokens of `texts` in at most `max_bytes` bytes of UTF-8; "" for no tokens.

    A space stands before and after each token, `PART` between two texts.
    """
    parts = filter(None, map(_joined_tokens, texts))
    joined = f" {PART} ".join(parts)
    joined = _truncated(joined, max_bytes)
    if not joined:
        return ""

    return f" {joined} "


def _truncated(joined: str, max_bytes: int) -> str:
    """Return tokens separated by spaces, without those past `max_bytes` bytes of UTF-8."""
    # A code point takes at most 4 bytes: short texts need no encoding.
    if len(joined) * 4 <= max_bytes:
        return joined

    encoded = joined.encode()
    if len(encoded) <= max_bytes:
        return joined

    beginning = encoded[:max_bytes].decode(errors="ignore")
    # The last token may be cut: drop it.
    whole_tokens, _, _ = beginning.rpartition(" ")
    return whole_tokens


class Phrase(NamedTuple):
    """Consecutive tokens to search for. If `open`, the last one matches as a prefix."""

    tokens: tuple[Token, ...]
    open: bool
    text: str
    """The text the tokens were read from."""

    @property
    def words(self) -> tuple[str, ...]:
        """The tokens' texts."""
        return tuple([token.text for token in self.tokens])

    @property
    def needle(self) -> str:
        """The string that a stream contains exactly where it contains the phrase."""
        words = " ".join(self.words)
        if self.open:
            return f" {words}"

        return f" {words} "


def phrase(text: str, *, prefix: bool = False) -> Phrase | None:
    """Return `text` as a phrase to search for; None without tokens.

    With `prefix` the last word also matches longer words.
    """
    phrase_tokens = tuple(token for token in tokens(text) if token.text[0] != SITE)
    if not phrase_tokens:
        return None
    if not is_unspaced(phrase_tokens[-1].text[0]):
        return Phrase(phrase_tokens, prefix, text)

    # More characters may follow a last Han character. The bigram before it already contains it,
    # so the single character is dropped.
    *earlier, last = phrase_tokens
    is_in_bigram = bool(earlier) and earlier[-1].end == last.end
    if is_in_bigram:
        return Phrase(tuple(earlier), False, text)

    return Phrase(phrase_tokens, True, text)


def address_phrase(text: str) -> Phrase | None:
    """Return `text` as a phrase to search for within addresses; None without words."""
    words = []
    for token in tokens(text):
        if token.text[0] == SITE or token.text in JOINERS:
            continue
        marked = IN_ADDRESS + token.text.removeprefix(IN_ADDRESS)
        words.append(token._replace(text=marked))

    return Phrase(tuple(words), False, text) if words else None


def site_phrase(text: str) -> Phrase | None:
    """Return a host or an address as the phrase of its `SITE` token; None without a host."""
    host = _HOST.match(fold_variants(text))
    if host is None:
        return None

    start, end = host.span(1)
    name = SITE + host[1].removeprefix("www.")
    return Phrase((Token(name, start, end),), False, text)


def is_unspaced(char: str) -> bool:
    """Return whether `char` belongs to a script written without spaces between words."""
    return _KINDS[ord(char)] == "h"


def is_unchanged(char: str) -> bool:
    """Return whether a folded character stands in its token as it is.

    It does unless it is ignored within tokens or loses an accent there.
    """
    kind = _KINDS[ord(char)]
    return kind != "i" and (kind != "w" or _without_accent(char) == char)


def is_word(text: str) -> bool:
    """Return whether `text` is only letters of scripts that separate words by spaces."""
    kinds = text.translate(_KINDS)
    return kinds.count("w") == len(text)
