"""Highlights: where a text matches the terms of a query, and why. Pure.

All offsets are code points of the original text.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from app.normalize.kinds import Difference
from app.normalize.text.folding import differs_by
from app.normalize.text.tokens import (
    IN_ADDRESS,
    SITE,
    Phrase,
    Token,
    is_unspaced,
    is_word,
    tokens,
)
from app.query.fulltext.folded_texts import FoldedTexts, fold_all
from app.query.fulltext.language import Alternative, SearchTerm
from app.query.schemas.shared import EntityRef

_EXCERPT_CHARS = 240
_CHARS_BEFORE_MARK = 60
_MAX_FIELDS = 12
_MAX_SPANS_PER_FIELD = 40
_SECOND = itemgetter(1)
_ADDRESS = re.compile(r"://|www\.")
_HTML_SPECIAL = re.compile("[&<>\"']")
_MARKS = IN_ADDRESS + SITE
_SpanDict = dict[str, Any]
"""Plain data in the form of the schema `Span`."""
_SpanKey = tuple[int, int, str]
"""Start, end and term of a span."""


class _Pattern(NamedTuple):
    """One phrase of one alternative of a term."""

    term: SearchTerm
    alternative: Alternative
    phrase: Phrase
    words: tuple[str, ...]
    needle: str | None
    """The folded text that occurs in a plain text exactly where the phrase does, if there is one
    as long as the phrase that was typed."""
    typed: str


class SearchedField(NamedTuple):
    """A searched text and its folded form; `is_odd` if that may lack a token of the text."""

    name: str
    text: str
    folded: str
    is_odd: bool

    def has_address(self) -> bool:
        """Return whether an address may mark some of the tokens."""
        return _ADDRESS.search(self.folded) is not None


class SearchedTexts(NamedTuple):
    """The fields of a document as stored, `[name, text]`, and their texts folded.

    A page has hundreds of fields, of which a few match: only those become a `SearchedField`.
    """

    stored: Sequence[Sequence[str]]
    folded: FoldedTexts

    def candidates(self, probes: Collection[str]) -> list[SearchedField]:
        """Return the fields that contain one of `probes`, and those that may do so."""
        numbers = self.folded.numbers_with(probes)
        odd = self.folded.odd
        fields = []
        for number in sorted(numbers.union(odd)):
            name, text = self.stored[number]
            fields.append(SearchedField(name, text, self.folded.one(number), number in odd))

        return fields


class _Reason(NamedTuple):
    """Why a document matches a term: the entity of the spelling (0: none), fields, differences."""

    entity: int
    fields: list[str]
    differences: set[Difference]


def searched_texts(documents: Iterable[Sequence[Sequence[str]]]) -> list[SearchedTexts]:
    """Fold the fields of documents, each stored as `[name, text]`, all at once."""
    stored = list(documents)
    folded = fold_all([list(map(_SECOND, fields)) for fields in stored])
    return list(map(SearchedTexts, stored, folded))


class Matcher:
    """Explains the hits of some terms. `entities` are those of other spellings, by pk."""

    def __init__(self, terms: Sequence[SearchTerm], entities: Mapping[int, EntityRef]) -> None:
        self._patterns = _patterns(terms)
        self._probes = {_probe(pattern) for pattern in self._patterns}
        self._entities = {pk: entity.model_dump() for pk, entity in entities.items()}

    def match(self, score: float | None, texts: SearchedTexts | None) -> dict[str, Any]:
        """Return why a hit with these texts matches, in the form of `MatchOut`."""
        highlights: list[dict[str, Any]] = []
        reasons: dict[tuple[str, str | None], _Reason] = {}
        for field in texts.candidates(self._probes) if texts else ():
            spans = self._spans(field, reasons)
            if spans and len(highlights) < _MAX_FIELDS:
                highlights.append(_highlight(field, spans))

        why = []
        for (term, spelling), reason in reasons.items():
            why.append(self._why(term, spelling, reason))

        return {"score": score, "why": why, "highlights": highlights}

    def _spans(
        self, field: SearchedField, reasons: dict[tuple[str, str | None], _Reason]
    ) -> list[_SpanDict]:
        """Return the spans of a field, and add them to `reasons`."""
        spans: list[_SpanDict] = []
        patterns = _candidate_patterns(field, self._patterns)
        if not patterns:
            return spans

        for alternative, span in _find_spans(field, patterns):
            key = span["term"], alternative.spelling
            reason = reasons.get(key)
            if reason is None:
                reason = reasons[key] = _Reason(
                    alternative.entity or 0,
                    [],
                    set(),
                )

            if field.name not in reason.fields:
                reason.fields.append(field.name)

            reason.differences.update(span["folded"])
            spans.append(span)

        return spans

    def _why(self, term: str, spelling: str | None, reason: _Reason) -> dict[str, Any]:
        return {
            "term": term,
            "spelling": spelling,
            "entity": self._entities.get(reason.entity),
            "fields": reason.fields[:_MAX_FIELDS],
            "folded": sorted(reason.differences),
        }


def _highlight(field: SearchedField, spans: Sequence[_SpanDict]) -> dict[str, Any]:
    return {
        "field": field.name,
        "spans": spans[:_MAX_SPANS_PER_FIELD],
        "marked": _marked(field.text, spans),
    }


def _patterns(terms: Iterable[SearchTerm]) -> list[_Pattern]:
    patterns = []
    for term in terms:
        for alternative in term.alternatives:
            for phrase in alternative.phrases:
                patterns.append(_pattern(term, alternative, phrase))

    return patterns


def _pattern(term: SearchTerm, alternative: Alternative, phrase: Phrase) -> _Pattern:
    typed = phrase.text[phrase.tokens[0].start : phrase.tokens[-1].end]
    needle = _open_needle(phrase.words) if phrase.open else _plain_needle(phrase.words)
    # Offsets map one to one only if folding and cutting kept the length.
    if needle and len(needle) != len(typed):
        needle = None

    return _Pattern(
        term,
        alternative,
        phrase,
        phrase.words,
        needle,
        typed,
    )


def _plain_needle(words: Sequence[str]) -> str | None:
    """Return the text that occurs in a plain text exactly where these tokens are consecutive.

    That is a single word, or the characters of Han bigrams that overlap; None for other tokens.
    """
    if len(words) == 1 and is_word(words[0]):
        return words[0]

    if not all(map(_is_bigram, words)):
        return None

    if any(before[1] != after[0] for before, after in pairwise(words)):
        return None

    return words[0] + "".join(word[1] for word in words[1:])


def _open_needle(words: Sequence[str]) -> str | None:
    """Return the text that a plain text has exactly where a token begins with the only word.

    A character of an unspaced script begins a token wherever it stands.
    """
    (word,) = words if len(words) == 1 else ("",)
    is_char = len(word) == 1 and is_unspaced(word)
    return word if is_char or (word and is_word(word)) else None


def _probe(pattern: _Pattern) -> str:
    """Return a text that every plain text with the pattern contains."""
    return pattern.needle or max((word.lstrip(_MARKS) for word in pattern.words), key=len)


def _is_bigram(word: str) -> bool:
    return len(word) == 2 and is_unspaced(word[0]) and is_unspaced(word[1])


def _candidate_patterns(field: SearchedField, patterns: Sequence[_Pattern]) -> Sequence[_Pattern]:
    """Return the patterns that may occur in a field: most texts have none and need no tokens."""
    if field.is_odd:
        return patterns

    return [pattern for pattern in patterns if _may_contain(field.folded, pattern)]


def _may_contain(folded: str, pattern: _Pattern) -> bool:
    if pattern.needle:
        return pattern.needle in folded

    return all(word.lstrip(_MARKS) in folded for word in pattern.words)


def _find_spans(
    field: SearchedField, patterns: Iterable[_Pattern]
) -> Iterator[tuple[Alternative, _SpanDict]]:
    """Yield every span of every pattern in a field, in order of offsets.

    If several names of one entity match at one place, the first alternative is yielded: the typed
    one.
    """
    spans: dict[_SpanKey, tuple[Alternative, _SpanDict]] = {}
    index: _TokenIndex | None = None
    for pattern in patterns:
        if pattern.needle and not field.is_odd and not field.has_address():
            _add_plain_spans(spans, field, pattern, pattern.needle)
            continue

        index = index or _TokenIndex(field.text)
        for run in index.runs(pattern):
            _add_span(
                spans,
                pattern,
                *_bounds(run, pattern),
                run,
                field.text,
            )

    for key in sorted(spans):
        yield spans[key]


def _add_plain_spans(
    spans: dict[_SpanKey, tuple[Alternative, _SpanDict]],
    field: SearchedField,
    pattern: _Pattern,
    needle: str,
) -> None:
    for start, end in _plain_places(field.folded, needle, is_open=pattern.phrase.open):
        key = start, end, pattern.term.typed
        if key not in spans:
            differences = _differences(field.text[start:end], pattern.typed)
            spans[key] = (
                pattern.alternative,
                _span(
                    start,
                    end,
                    pattern,
                    differences,
                ),
            )


def _add_span(
    spans: dict[_SpanKey, tuple[Alternative, _SpanDict]],
    pattern: _Pattern,
    start: int,
    end: int,
    run: Sequence[Token],
    text: str,
) -> None:
    key = start, end, pattern.term.typed
    if key not in spans:
        differences = _run_differences(text, run, pattern.phrase)
        spans[key] = (
            pattern.alternative,
            _span(
                start,
                end,
                pattern,
                differences,
            ),
        )


def _bounds(run: Sequence[Token], pattern: _Pattern) -> tuple[int, int]:
    """Return the start and the end of a run of tokens."""
    last = run[-1]
    # An open Han phrase matches the first character of the last bigram only.
    if pattern.phrase.open and is_unspaced(last.text[0]):
        return run[0].start, last.start + 1

    return run[0].start, last.end


def _span(start: int, end: int, pattern: _Pattern, differences: Sequence[Difference]) -> _SpanDict:
    return {
        "start": start,
        "end": end,
        "term": pattern.term.typed,
        "spelling": pattern.alternative.spelling,
        "folded": differences,
    }


def _plain_places(folded: str, needle: str, *, is_open: bool) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each occurrence.

    A word must not continue before it; after it, only an open one may, whose end is that of the
    longer word.
    """
    needs_boundary = not is_unspaced(needle[0])
    start = folded.find(needle)
    while start >= 0:
        end = start + len(needle)
        if not needs_boundary:
            yield start, end
        elif not _is_letter(folded, start - 1):
            word_end = _word_end(folded, end)
            if is_open or word_end == end:
                yield start, word_end

        start = folded.find(needle, start + 1)


def _is_letter(text: str, place: int) -> bool:
    return place >= 0 and is_word(text[place])


def _word_end(text: str, place: int) -> int:
    while place < len(text) and is_word(text[place]):
        place += 1

    return place


class _TokenIndex:
    """The tokens of a text, and where each of them occurs."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._indexes: dict[str, list[int]] = {}
        for index, token in enumerate(self._tokens):
            self._indexes.setdefault(token.text, []).append(index)

    def runs(self, pattern: _Pattern) -> Iterator[Sequence[Token]]:
        """Yield each run of tokens that is the phrase of a pattern."""
        *before, last = pattern.words
        starts: Sequence[int] = self._indexes.get(pattern.words[0], ())
        if pattern.phrase.open and not before:
            # Any token may begin with the prefix.
            starts = range(len(self._tokens))

        for start in starts:
            run = self._tokens[start : start + len(pattern.words)]
            if len(run) < len(pattern.words) or [token.text for token in run[:-1]] != before:
                continue

            text = run[-1].text
            if text == last or (pattern.phrase.open and text.startswith(last)):
                yield run


def _run_differences(text: str, run: Sequence[Token], phrase: Phrase) -> list[Difference]:
    """Return the differences ignored to match a run of tokens with a phrase, sorted."""
    differences: set[Difference] = set()
    for token, typed in zip(run, phrase.tokens, strict=True):
        written = text[token.start : token.end]
        differences.update(_differences(written, phrase.text[typed.start : typed.end]))

    return sorted(differences)


# A page repeats the same words.
@lru_cache(maxsize=4_096)
def _differences(written: str, typed: str) -> tuple[Difference, ...]:
    return tuple(sorted(differs_by(written, typed)))


def _marked(text: str, spans: Sequence[_SpanDict]) -> str:
    """Return an HTML-escaped excerpt around the first spans, each in `<mark>`.

    `…` stands for omitted text.
    """
    first = 0
    if len(text) > _EXCERPT_CHARS:
        first = max(0, spans[0]["start"] - _CHARS_BEFORE_MARK)

    last = max(min(len(text), first + _EXCERPT_CHARS), spans[0]["end"])
    html = escape if _HTML_SPECIAL.search(text, first, last) else str
    pieces = ["…"] if first else []
    written = first
    for start, end in _joined(spans):
        if end <= last:
            pieces += [html(text[written:start]), "<mark>", html(text[start:end]), "</mark>"]
            written = end

    pieces.append(html(text[written:last]))
    if last < len(text):
        pieces.append("…")

    return "".join(pieces)


def _joined(spans: Iterable[_SpanDict]) -> list[tuple[int, int]]:
    """Return the bounds of the spans in order, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for span in spans:
        start, end = span["start"], span["end"]
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))

    return joined
