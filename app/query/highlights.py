"""Where in a text what is sought stands, why it counts, and the text marked. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from app.normalize.text import Difference, differs_by
from app.normalize.tokens import Phrase, Token, is_unspaced, tokens
from app.query.schemas.search import Highlight, MatchOut, Span, Why
from app.query.schemas.shared import EntityRef
from app.query.search_terms import Reading, Term

# Characters of a marked excerpt, and of those before its first mark; fields and places that are told of one hit.
_EXCERPT, _BEFORE = 240, 60
_FIELDS, _SPANS = 12, 40


def match(score: float | None, fields: Sequence[Sequence[str]], terms: Sequence[Term], entities: Mapping[int, EntityRef]) -> MatchOut:
    """Why a thing with these fields (`[name, text]`) is a hit for `terms`, and where; `entities` are those of expanded terms."""
    highlights: list[Highlight] = []
    reasons: dict[tuple[str, str | None], tuple[EntityRef | None, list[str], set[Difference]]] = {}
    for name, text in fields:
        spans: list[Span] = []
        for term, reading, span in _found(text, terms):
            entity = entities.get(reading.entity or 0)
            _, places, folded = reasons.setdefault((term.typed, reading.spelling), (entity, [], set()))
            places += [name] if name not in places else []
            folded |= set(span.folded)
            spans.append(span)
        if spans and len(highlights) < _FIELDS:
            highlights.append(Highlight(field=name, spans=spans[:_SPANS], marked=_marked(text, spans)))
    why = [
        Why(term=term, spelling=spelling, entity=entity, fields=places[:_FIELDS], folded=sorted(folded))
        for (term, spelling), (entity, places, folded) in reasons.items()
    ]
    return MatchOut(score=score, why=why, highlights=highlights)


def _found(text: str, terms: Sequence[Term]) -> Iterator[tuple[Term, Reading, Span]]:
    """Every place of every term in `text`, in order; of two names of one thing at one place, the one that was typed."""
    held = list(tokens(text))
    places: dict[str, list[int]] = defaultdict(list)
    for at, token in enumerate(held):
        places[token.text].append(at)
    found: dict[tuple[int, int, str], tuple[Term, Reading, Span]] = {}
    for term in terms:
        for reading in term.readings:
            for wanted in reading.phrases:
                for run in _runs(wanted, held, places):
                    end = run[-1].start + 1 if wanted.open and is_unspaced(run[-1].text[0]) else run[-1].end
                    span = Span(start=run[0].start, end=end, term=term.typed, spelling=reading.spelling, folded=_folded(text, run, wanted))
                    found.setdefault((span.start, span.end, term.typed), (term, reading, span))
    yield from (found[place] for place in sorted(found))


def _runs(wanted: Phrase, held: Sequence[Token], places: Mapping[str, Sequence[int]]) -> Iterator[Sequence[Token]]:
    words, last = wanted.words, len(wanted.words) - 1
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
    return sorted({d for a, b in pairs for d in differs_by(text[a.start : a.end], wanted.text[b.start : b.end])})


def _marked(text: str, spans: Sequence[Span]) -> str:
    """An excerpt around the first places, HTML-escaped, each place in `<mark>`; what is left out is `…`."""
    first = 0 if len(text) <= _EXCERPT else max(0, spans[0].start - _BEFORE)
    last = max(min(len(text), first + _EXCERPT), spans[0].end)
    pieces, at = ["…" if first else ""], first
    for start, end in _joined(spans):
        if end <= last:
            pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
            at = end
    return "".join([*pieces, escape(text[at:last]), "…" if last < len(text) else ""])


def _joined(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """The stretches the spans cover, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((span.start, span.end) for span in spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
