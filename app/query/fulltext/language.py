"""The query language of `q`: words, "phrases", -excluded, prefix*, a OR b. Pure.

A word ends at a space. It is searched for as the phrase of its tokens (`normalize/text/tokens.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from app.errors import BadRequest
from app.normalize.text.tokens import JOINERS, Phrase, is_unspaced, phrase

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
_ARXIV_PREFIX = re.compile(r"^arxiv[:：](?=\d)", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A document matches with all of `terms` and none of `excluded`."""

    terms: tuple[SearchTerm, ...]
    excluded: tuple[SearchTerm, ...]


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
        return _plain_term(piece["quoted"], piece["quoted"].strip())

    word = _ARXIV_PREFIX.sub("", piece["word"])
    stem = word.rstrip("*＊")
    if stem != word:
        return _prefix_term(word, stem)

    term = _plain_term(word, word)

    return replace(term, parts=_parts(word)) if term else None


def _plain_term(text: str, typed: str) -> SearchTerm | None:
    tokens = phrase(text)
    return SearchTerm(typed, (Alternative((tokens,)),), True) if tokens else None


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
