"""The query language of `q`: words, "phrases", -excluded, prefix*, a OR b, site:host. Pure.

A word ends at a space. It is searched for as the phrase of its tokens (`normalize/text/tokens.py`).
Words match outside of addresses; quoted words and words that look like an address match within
addresses, too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from unicodedata import normalize

from app.errors import BadRequest
from app.normalize.text.tokens import (
    JOINERS,
    Phrase,
    address_phrase,
    is_unspaced,
    is_word,
    phrase,
    site_phrase,
)

MAX_TERMS = 32
_MAX_WORD_PARTS = 4
_MIN_PREFIX_CHARS = 2
_QUOTES = '"＂“”„‟「」『』'
# A quoted phrase, an OR symbol or a word. A quote that never closes counts as a space.
# Only the plain hyphen and its full-width form exclude: `—推理` searches for 推理.
_PIECE = re.compile(
    rf"(?P<no>(?<![^\s{_QUOTES}])[-－](?![-－\s]))?"
    rf"(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]"
    rf"|(?P<or>[|｜])"
    rf"|(?P<word>[^\s{_QUOTES}|｜]+))"
)
_QUOTED = re.compile(f"[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]")
_BRACKETED = re.compile(r"[(（]([^()（）]*)[)）]")
_OPERATOR = re.compile(r"\bOR\b|[|｜]|(?:^|\s)[-－][^\s\-－]")
_OPERATOR_AT_BRACKET = re.compile(
    r"(?:^|\s)[-－][(（]|(?:\bOR\s+|[|｜]\s*)[(（]|[)）](?:\s+OR\b|\s*[|｜])"
)
_NEGATED_WORD = re.compile(r"[-－]\w")
# A pasted id: `arxiv:2512.02556`.
_SITE_PREFIX = re.compile(r"^site[:：]", re.IGNORECASE)
# `techcrunch.com`, `github.com/ollama/ollama`, `https://…`.
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,14}://.+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?)",
    re.IGNORECASE,
)
_ARXIV_PREFIX = re.compile(r"^arxiv[:：](?=\d)", re.IGNORECASE)

_HALF_WIDTH_KANA = re.compile("[\uff66-\uff9f]+")
# コンピューター is written コンピュータ as well: without its last mark a long word finds both.
_LONG_VOWEL = re.compile("(?<=[ァ-ヺ][ァ-ヺー][ァ-ヺー])ー(?![ァ-ヺー])")


@dataclass(frozen=True, slots=True)
class Alternative:
    """Phrases that a document must all contain.

    `spelling` and `entity` (a pk) are set for another name of the entity that the words name.
    """

    phrases: tuple[Phrase, ...]
    spelling: str | None = None
    entity: int | None = None


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A word or phrase as typed; any of its alternatives satisfies it."""

    typed: str
    alternatives: tuple[Alternative, ...]
    is_plain: bool
    """Whether it may name an entity: not excluded, no prefix, no `a OR b`."""
    operands: tuple["SearchTerm", ...] = ()
    """The terms of `a OR b`."""
    parts: tuple["SearchTerm", ...] = ()
    """The Han and Latin parts of a word without a space between them (`輝達GPU`)."""
    may_continue: bool = False
    """Whether the word may be the beginning of a name: a word typed without quotes."""


@dataclass(frozen=True)
class SearchQuery:
    """A document matches with all of `terms` and none of `excluded`."""

    terms: tuple[SearchTerm, ...]
    excluded: tuple[SearchTerm, ...]

    @cached_property
    def of_names(self) -> "SearchQuery":
        """The query of names of entities: the last word may be the beginning of one."""
        if not self.terms or not self.terms[-1].may_continue:
            return self

        *before, last = self.terms
        return replace(self, terms=(*before, _opened(last)))


def _opened(term: SearchTerm) -> SearchTerm:
    """Return a term whose words as typed match as a prefix."""
    typed, *others = term.alternatives
    *before, last = typed.phrases
    opened = replace(typed, phrases=(*before, last._replace(open=True)))

    return replace(term, alternatives=(opened, *others))


def parse_query(text: str) -> SearchQuery:
    """Parse `text`; pieces without a letter or digit are skipped.

    Raises BadRequest for an empty query, for more than MAX_TERMS terms and for unsupported syntax.
    """
    _reject_brackets(text)
    parser = _Parser(text)
    for piece in _PIECE.finditer(text):
        parser.take(piece)

    return parser.query()


class _Parser:
    """Collects the terms of one query, piece by piece."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._groups: list[list[SearchTerm]] = []
        self._excluded: list[SearchTerm] = []
        self._after_or = False
        self._last_excluded = False

    def take(self, piece: re.Match[str]) -> None:
        """Read the next piece. Raises BadRequest for NOT and for `-` beside OR."""
        operator = _operator(piece)
        if operator == "OR":
            self._take_or(piece)
        elif operator == "NOT":
            raise _refused(
                "NOT is not an operator",
                'Write -word to exclude a word, or "NOT" in quotes to search for it',
                "NOT is written as -",
            )
        elif operator is None:
            self._take_term(piece)

    def _take_or(self, piece: re.Match[str]) -> None:
        self._after_or = bool(self._groups or self._excluded)
        if not self._after_or or not self._last_excluded:
            return

        # `-a|b` is one piece. With a space or OR, it is unclear whether b is excluded.
        around = self._text[piece.start() - 1 : piece.end() + 1]
        if not piece["or"] or around != around.strip():
            raise _negated_operand()

    def _take_term(self, piece: re.Match[str]) -> None:
        if self._after_or and _is_negated(piece):
            raise _negated_operand()

        term = _term(piece)
        if term is None:
            return

        self._last_excluded = bool(piece["no"]) or (self._after_or and self._last_excluded)
        if self._last_excluded:
            self._excluded.append(replace(term, is_plain=False))
        elif self._after_or:
            self._groups[-1].append(term)
        else:
            self._groups.append([term])

        self._after_or = False

    def query(self) -> SearchQuery:
        """Return the query. Raises BadRequest for no terms or too many."""
        count = sum(map(len, self._groups)) + len(self._excluded)
        if count > MAX_TERMS:
            raise _refused(
                f"{count} words and phrases are too many",
                f"Give at most {MAX_TERMS}",
                "too many words",
            )

        if not count:
            raise _refused(
                "there is nothing to search for",
                'Give a word, a "phrase", a prefix* or an -excluded word',
                "no letter, digit or character",
            )

        return SearchQuery(tuple(map(_or_term, self._groups)), tuple(self._excluded))


def _operator(piece: re.Match[str]) -> str | None:
    if piece["or"]:
        return "OR"

    is_operator = piece["word"] in ("OR", "AND", "NOT") and not piece["no"]
    return piece["word"] if is_operator else None


def _is_negated(piece: re.Match[str]) -> bool:
    return bool(piece["no"] or _NEGATED_WORD.match(piece["word"] or ""))


def _term(piece: re.Match[str]) -> SearchTerm | None:
    if piece["quoted"] is not None:
        quoted = _composed(piece["quoted"])
        return _plain_term(quoted, quoted.strip(), in_addresses=quoted.isascii())

    word = _ARXIV_PREFIX.sub("", piece["word"])
    site = _SITE_PREFIX.sub("", word)
    if site != word:
        return _site_term(word, site)

    word = _composed(word)
    stem = word.rstrip("*＊")
    if stem != word:
        return _prefix_term(word, stem)

    is_address = _ADDRESS.fullmatch(word) is not None
    term = _plain_term(_LONG_VOWEL.sub("", word), word, in_addresses=is_address)
    if term is None:
        return None

    may_continue = not is_address and _may_continue(term.alternatives[0].phrases[0])
    return replace(term, parts=_parts(word), may_continue=may_continue)


def _composed(text: str) -> str:
    """Return text with half-width katakana as letters of full width, its marks joined to them."""
    return _HALF_WIDTH_KANA.sub(lambda kana: normalize("NFKC", kana[0]), text)


def _plain_term(text: str, typed: str, *, in_addresses: bool = False) -> SearchTerm | None:
    tokens = phrase(text)
    if tokens is None:
        return None

    alternatives = [Alternative((tokens,))]
    within = address_phrase(text) if in_addresses else None
    if within and within.words != tokens.words:
        alternatives.append(Alternative((within,)))

    return SearchTerm(typed, tuple(alternatives), True)


def _site_term(word: str, site: str) -> SearchTerm:
    """Return the term of `site:host` or `site:host/path`. Raises BadRequest without a host."""
    host = site_phrase(site)
    if host is None:
        raise _refused(
            f"{word!r} names no host",
            "Write site:example.com for addresses of a host and of the hosts below it",
            "site: without a host",
        )

    phrases = [host]
    _, _, path = site.partition("://")[2].partition("/") if "://" in site else site.partition("/")
    address = address_phrase(site) if path else None
    if address:
        phrases.append(address)

    return SearchTerm(word, (Alternative(tuple(phrases)),), False)


def _may_continue(tokens: Phrase) -> bool:
    """Return whether a word ends in letters, or in a number after letters (`qwen3`)."""
    *before, last = tokens.words
    if len(last) >= _MIN_PREFIX_CHARS and is_word(last):
        return True

    return last[0].isdigit() and any(map(is_word, before))


def _prefix_term(word: str, stem: str) -> SearchTerm | None:
    tokens = phrase(stem, prefix=True)
    if tokens is None:
        return None

    letters = "".join(token.text for token in tokens.tokens if token.text not in JOINERS)
    if len(letters) < _MIN_PREFIX_CHARS:
        raise _refused(
            f"the prefix {word!r} is too short",
            "Give at least two characters before the *",
            f"{word!r} is too short a prefix",
        )

    return SearchTerm(word, (Alternative((tokens,)),), False)


def _parts(word: str) -> tuple[SearchTerm, ...]:
    """Return a word cut where Han and Latin meet; () for a word of one script."""
    parts = []
    for _, run in groupby(word, is_unspaced):
        text = "".join(run)
        if part := _plain_term(text, text):
            parts.append(part)

    return tuple(parts) if 1 < len(parts) <= _MAX_WORD_PARTS else ()


def _or_term(group: list[SearchTerm]) -> SearchTerm:
    if len(group) == 1:
        return group[0]

    typed = " OR ".join(term.typed for term in group)
    return SearchTerm(typed, all_alternatives(group), False, tuple(group))


def all_alternatives(terms: Iterable[SearchTerm]) -> tuple[Alternative, ...]:
    """Return the alternatives of all `terms`, in order."""
    alternatives: list[Alternative] = []
    for term in terms:
        alternatives.extend(term.alternatives)

    return tuple(alternatives)


def _reject_brackets(text: str) -> None:
    """Raise BadRequest for brackets that group terms: ignoring them would change the meaning."""
    plain = _QUOTED.sub('""', text)
    groups = any(map(_OPERATOR.search, _BRACKETED.findall(plain)))
    if groups or _OPERATOR_AT_BRACKET.search(plain):
        raise _refused(
            "brackets cannot group terms",
            '"a OR b c" already means one of a and b, and c; -a|b excludes both; '
            "put text with brackets in quotes",
            "brackets do not group",
        )


def _negated_operand() -> BadRequest:
    return _refused(
        "an excluded word cannot be combined with OR",
        "Write -a|b, without a space, or -a -b to exclude both",
        "- beside OR",
    )


def _refused(problem: str, remedy: str, message: str) -> BadRequest:
    detail = f"q: {problem}. {remedy}."
    return BadRequest(detail, [{"parameter": "q", "message": message}])
