"""Where in a text what is sought stands, why it counts, and the text marked. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from app.normalize.text import Difference, differs_by, fold
from app.normalize.tokens import Phrase, Token, is_unspaced, is_word, tokens
from app.query.schemas.search import Span
from app.query.schemas.shared import EntityRef
from app.query.search_terms import Reading, Term

# Characters of a marked excerpt, and of those before its first mark; fields and places that are told of one hit.
_EXCERPT, _BEFORE = 240, 60
_FIELDS, _SPANS = 12, 40
# Of such characters alone each token stands in the folded text as it is: no accent is taken off, nothing within is passed over.
_ODD = re.compile(
    "[^\0-\x7f\u2010-\u2027\u2030-\u205e\u2190-\u25ff\u3000-\u3029\u3030-\u9fff\uac00-\ud7a3\uff01-\uffdc\U0001f300-\U0001f64f]"
)


_SPAN = tuple(Span.model_fields)
_Span = dict[str, Any]
"""In the form of `Span`."""


class _Asked(NamedTuple):
    """A phrase of a reading of a term, its words, and what stands in a plain text just where they do (None: cannot be said)."""

    term: Term
    reading: Reading
    wanted: Phrase
    words: tuple[str, ...]
    whole: str | None


class Matcher:
    """Why things are hits for some terms, and where. `entities` are those of expanded terms."""

    def __init__(self, terms: Sequence[Term], entities: Mapping[int, EntityRef]) -> None:
        self._asked = _asked(terms)
        self._entities = {pk: entity.model_dump() for pk, entity in entities.items()}

    def match(self, score: float | None, fields: Sequence[Sequence[str]]) -> dict[str, Any]:
        """What is told of a hit with these fields (`[name, text]`), in the form of `MatchOut`."""
        highlights: list[dict[str, Any]] = []
        reasons: dict[tuple[str, str | None], tuple[int, list[str], set[Difference]]] = {}
        for name, text in fields:
            folded = fold(text)
            if not (held := _held(folded, self._asked)):
                continue
            spans = []
            for reading, span in _found(text, folded, held):
                _, places, differences = reasons.setdefault((span["term"], reading.spelling), (reading.entity or 0, [], set()))
                places += [name] if name not in places else []
                differences.update(span["folded"])
                spans.append(span)
            if spans and len(highlights) < _FIELDS:
                highlights.append({"field": name, "spans": spans[:_SPANS], "marked": _marked(text, spans)})
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


def _asked(terms: Sequence[Term]) -> list[_Asked]:
    return [
        _Asked(term, reading, wanted, wanted.words, None if wanted.open else _whole(wanted.words))
        for term in terms
        for reading in term.readings
        for wanted in reading.phrases
    ]


def _held(folded: str, asked: Sequence[_Asked]) -> Sequence[_Asked]:
    """What a text may hold; most hold nothing, and need not be taken apart for that."""
    here = [one for one in asked if (one.whole in folded if one.whole else all(word in folded for word in one.words))]
    return here if len(here) == len(asked) or not _ODD.search(folded) else asked


def _found(text: str, folded: str, asked: Sequence[_Asked]) -> Iterator[tuple[Reading, _Span]]:
    """Every place of every term in `text`, in order; of two names of one thing at one place, the one that was typed."""
    found: dict[tuple[int, int, str], tuple[Reading, _Span]] = {}
    held: list[Token] = []
    places: dict[str, list[int]] = defaultdict(list)
    is_odd = bool(asked) and _ODD.search(folded) is not None
    for term, reading, wanted, words, whole in asked:
        whole = None if is_odd else whole
        if whole is None and not held:
            held = list(tokens(text))
            for at, token in enumerate(held):
                places[token.text].append(at)
        for run in _runs(wanted, words, held, places) if whole is None else _plain_runs(folded, whole, words):
            end = run[-1].start + 1 if wanted.open and is_unspaced(run[-1].text[0]) else run[-1].end
            place = run[0].start, end, term.typed
            if place not in found:
                folds = _folded(text, run, wanted)
                found[place] = reading, dict(zip(_SPAN, (*place, reading.spelling, folds), strict=True))
    yield from (found[place] for place in sorted(found))


def _whole(words: Sequence[str]) -> str | None:
    """What stands in a plain text just where these tokens follow one another: one word, or a run of characters without blanks."""
    if len(words) == 1 and is_word(words[0]):
        return words[0]
    pairs = all(len(word) == 2 and is_unspaced(word[0]) and is_unspaced(word[1]) for word in words)
    return words[0] + "".join(word[1] for word in words[1:]) if pairs and all(a[1] == b[0] for a, b in pairwise(words)) else None


def _plain_runs(folded: str, whole: str, words: Sequence[str]) -> Iterator[Sequence[Token]]:
    alone = not is_unspaced(whole[0])
    at = folded.find(whole)
    while at >= 0:
        end = at + len(whole)
        # A word ends where no other begins.
        if not alone or not any(map(is_word, folded[max(at - 1, 0) : at] + folded[end : end + 1])):
            yield [Token(whole, at, end)] if alone else [Token(word, at + n, at + n + 2) for n, word in enumerate(words)]
        at = folded.find(whole, at + 1)


def _runs(wanted: Phrase, words: Sequence[str], held: Sequence[Token], places: Mapping[str, Sequence[int]]) -> Iterator[Sequence[Token]]:
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
    return sorted({d for a, b in pairs for d in _differences(text[a.start : a.end], wanted.text[b.start : b.end])})


# A page has the same word again and again.
_differences = lru_cache(maxsize=4_096)(differs_by)


def _marked(text: str, spans: Sequence[_Span]) -> str:
    """An excerpt around the first places, HTML-escaped, each place in `<mark>`; what is left out is `…`."""
    first = 0 if len(text) <= _EXCERPT else max(0, spans[0]["start"] - _BEFORE)
    last = max(min(len(text), first + _EXCERPT), spans[0]["end"])
    pieces, at = ["…" if first else ""], first
    for start, end in _joined(spans):
        if end <= last:
            pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
            at = end
    return "".join([*pieces, escape(text[at:last]), "…" if last < len(text) else ""])


def _joined(spans: Sequence[_Span]) -> list[tuple[int, int]]:
    """The stretches the spans cover, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((span["start"], span["end"]) for span in spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
