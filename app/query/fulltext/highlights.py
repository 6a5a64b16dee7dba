"""Where in a text what is sought stands, why it counts, and the text marked. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from app.normalize.kinds import Difference
from app.normalize.text.folding import differs_by, fold
from app.normalize.text.tokens import Phrase, Token, is_unspaced, is_word, tokens
from app.query.fulltext.language import Alternative, SearchTerm
from app.query.schemas.shared import EntityRef

# Characters of a marked excerpt, and of those before its first mark; fields and places that are told of one hit.
_EXCERPT, _BEFORE = 240, 60
_FIELDS, _SPANS = 12, 40
# Of such characters alone each token stands in the folded text as it is: no accent is taken off, nothing within is passed over.
_ODD = re.compile(
    "[^\0-\x7f\u2010-\u2027\u2030-\u205e\u2190-\u25ff\u3000-\u3029\u3030-\u9fff\uac00-\ud7a3\uff01-\uffdc\U0001f300-\U0001f64f]"
)


# What HTML would take for its own.
_SPECIAL = re.compile("[&<>\"']")
_Span = dict[str, Any]
"""In the form of `Span`."""


class _Asked(NamedTuple):
    """A phrase of a reading of a term, its words, and what stands in a plain text just where they do (None: cannot be said), as typed."""

    term: SearchTerm
    reading: Alternative
    wanted: Phrase
    words: tuple[str, ...]
    whole: str | None
    typed: str


class SearchedField(NamedTuple):
    """A field of what can be found: its text, folded too, and whether tokens may not stand there as they are."""

    name: str
    text: str
    folded: str
    is_odd: bool


def read(fields: Sequence[Sequence[str]]) -> list[SearchedField]:
    """Fields as they are stored (`[name, text]`), made ready to be looked through."""
    return [
        SearchedField(name, text, folded := fold(text), _ODD.search(folded) is not None)
        for name, text in fields
    ]


class Matcher:
    """Why things are hits for some terms, and where. `entities` are those of expanded terms."""

    def __init__(self, terms: Sequence[SearchTerm], entities: Mapping[int, EntityRef]) -> None:
        self._asked = _asked(terms)
        self._entities = {pk: entity.model_dump() for pk, entity in entities.items()}

    def match(self, score: float | None, fields: Sequence[SearchedField]) -> dict[str, Any]:
        """What is told of a hit with these fields, in the form of `MatchOut`."""
        highlights: list[dict[str, Any]] = []
        reasons: dict[tuple[str, str | None], tuple[int, list[str], set[Difference]]] = {}
        for field in fields:
            name, text, folded, is_odd = field
            if not (held := self._asked if is_odd else _held(folded, self._asked)):
                continue
            spans = []
            for reading, span in _found(field, held):
                _, places, differences = reasons.setdefault(
                    (span["term"], reading.spelling), (reading.entity or 0, [], set())
                )
                places += [name] if name not in places else []
                differences.update(span["folded"])
                spans.append(span)
            if spans and len(highlights) < _FIELDS:
                highlights.append(
                    {"field": name, "spans": spans[:_SPANS], "marked": _marked(text, spans)}
                )
        why = [
            {
                "term": term,
                "spelling": spelling,
                "entity": self._entities.get(entity),
                "fields": places[:_FIELDS],
                "folded": sorted(folded),
            }
            for (term, spelling), (entity, places, folded) in reasons.items()
        ]
        return {"score": score, "why": why, "highlights": highlights}


def _asked(terms: Sequence[SearchTerm]) -> list[_Asked]:
    return [
        _of(term, reading, wanted)
        for term in terms
        for reading in term.readings
        for wanted in reading.phrases
    ]


def _of(term: SearchTerm, reading: Alternative, wanted: Phrase) -> _Asked:
    typed = wanted.text[wanted.tokens[0].start : wanted.tokens[-1].end]
    whole = None if wanted.open else _whole(wanted.words)
    # Of what is as long, each character stands for one.
    return _Asked(
        term,
        reading,
        wanted,
        wanted.words,
        whole if whole and len(whole) == len(typed) else None,
        typed,
    )


def _held(folded: str, asked: Sequence[_Asked]) -> Sequence[_Asked]:
    """What a plain text may hold; most hold nothing, and need not be taken apart for that."""
    return [
        one
        for one in asked
        if (one.whole in folded if one.whole else all(word in folded for word in one.words))
    ]


def _found(field: SearchedField, asked: Sequence[_Asked]) -> Iterator[tuple[Alternative, _Span]]:
    """Every place of every term in a text, in order; of two names of one thing at one place, the one that was typed."""
    _, text, folded, is_odd = field
    found: dict[tuple[int, int, str], tuple[Alternative, _Span]] = {}
    held: list[Token] = []
    places: dict[str, list[int]] = defaultdict(list)
    for term, reading, wanted, words, whole, typed in asked:
        if whole and not is_odd:
            for start, end in _plain_places(folded, whole):
                if (start, end, term.typed) not in found:
                    found[start, end, term.typed] = (
                        reading,
                        _span(start, end, term, reading, _differences(text[start:end], typed)),
                    )
            continue
        if not held:
            held = list(tokens(text))
            for at, token in enumerate(held):
                places[token.text].append(at)
        for run in _runs(wanted, words, held, places):
            start, end = (
                run[0].start,
                run[-1].start + 1 if wanted.open and is_unspaced(run[-1].text[0]) else run[-1].end,
            )
            if (start, end, term.typed) not in found:
                found[start, end, term.typed] = (
                    reading,
                    _span(start, end, term, reading, _folded(text, run, wanted)),
                )
    yield from (found[place] for place in sorted(found))


def _span(
    start: int, end: int, term: SearchTerm, reading: Alternative, folded: Sequence[Difference]
) -> _Span:
    return {
        "start": start,
        "end": end,
        "term": term.typed,
        "spelling": reading.spelling,
        "folded": folded,
    }


def _whole(words: Sequence[str]) -> str | None:
    """What stands in a plain text just where these tokens follow one another: one word, or a run of characters without blanks."""
    if len(words) == 1 and is_word(words[0]):
        return words[0]
    pairs = all(len(word) == 2 and is_unspaced(word[0]) and is_unspaced(word[1]) for word in words)
    return (
        words[0] + "".join(word[1] for word in words[1:])
        if pairs and all(a[1] == b[0] for a, b in pairwise(words))
        else None
    )


def _plain_places(folded: str, whole: str) -> Iterator[tuple[int, int]]:
    alone = not is_unspaced(whole[0])
    at = folded.find(whole)
    while at >= 0:
        end = at + len(whole)
        # A word ends where no other begins.
        if not alone or not any(map(is_word, folded[max(at - 1, 0) : at] + folded[end : end + 1])):
            yield at, end
        at = folded.find(whole, at + 1)


def _runs(
    wanted: Phrase, words: Sequence[str], held: Sequence[Token], places: Mapping[str, Sequence[int]]
) -> Iterator[Sequence[Token]]:
    last = len(words) - 1
    starts = places.get(words[0], ()) if last or not wanted.open else range(len(held))
    for at in starts:
        run = held[at : at + last + 1]
        if (
            len(run) == last + 1
            and all(token.text == word for token, word in zip(run[:last], words, strict=False))
            and (run[-1].text.startswith(words[-1]) if wanted.open else run[-1].text == words[-1])
        ):
            yield run


def _folded(text: str, run: Sequence[Token], wanted: Phrase) -> list[Difference]:
    pairs = zip(run, wanted.tokens, strict=True)
    return sorted(
        {
            d
            for a, b in pairs
            for d in _differences(text[a.start : a.end], wanted.text[b.start : b.end])
        }
    )


# A page has the same word again and again.
@lru_cache(maxsize=4_096)
def _differences(one: str, other: str) -> tuple[Difference, ...]:
    return tuple(sorted(differs_by(one, other)))


def _marked(text: str, spans: Sequence[_Span]) -> str:
    """An excerpt around the first places, HTML-escaped, each place in `<mark>`; what is left out is `…`."""
    first = 0 if len(text) <= _EXCERPT else max(0, spans[0]["start"] - _BEFORE)
    last = max(min(len(text), first + _EXCERPT), spans[0]["end"])
    write = escape if _SPECIAL.search(text, first, last) else str
    pieces, at = ["…" if first else ""], first
    for start, end in _joined(spans):
        if end <= last:
            pieces += [write(text[at:start]), "<mark>", write(text[start:end]), "</mark>"]
            at = end
    return "".join([*pieces, write(text[at:last]), "…" if last < len(text) else ""])


def _joined(spans: Sequence[_Span]) -> list[tuple[int, int]]:
    """The stretches the spans, which are in order, cover; those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in ((span["start"], span["end"]) for span in spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
