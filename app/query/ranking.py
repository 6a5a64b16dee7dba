"""What is found, best first: BM25 by column, title over summary over body, the newest first among equals. Alike on both engines.

The newest hits are ranked; what is older than those follows, newest first. A cursor holds the counts the ranking began with and
where the ranked ones end, so that documents taken in meanwhile move nothing that was there.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from app.normalize.tokens import stream
from app.query import matching, paging
from app.query.search_terms import Sought, Term
from app.store.tables import SearchDocument

WINDOW = 1_000
"""So many hits are ranked, the newest."""
WEIGHTS = {"title": 10.0, "summary": 4.0, "body": 1.0}
K1, B = 1.2, 0.75
USUAL = 200
"""Tokens of a usual item, against which a length is long: a constant, so that no other document changes a score."""
WHOLE = 20.0
"""What a title adds that is what is sought and nothing else."""

_tie = paging.bytewise(col(SearchDocument.key))


class Hit(NamedTuple):
    """A thing that was found: its kind and number, and how well it fits; 0 beyond the ranked ones."""

    kind: str
    pk: int
    key: str
    date: date
    score: float


class _Frozen(BaseModel):
    """What a cursor holds: the last hit shown, and what the ranking began with."""

    model_config = ConfigDict(strict=True, extra="forbid")
    score: float
    day: int
    key: str
    weights: list[float]
    edge: tuple[int, str] | None


def page(
    session: Session,
    wanted: Sought,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
    scope: str,
    *,
    total: int | None = None,
) -> paging.Rows:
    """A page of the hits for `wanted` under `conditions` on `SearchDocument`; `total` is how many there are, where that is known."""
    found = [matching.holds(session, wanted), *conditions]
    if total is None:
        total = session.scalar(select(func.count()).select_from(SearchDocument).where(*found)) or 0
    last = _read(cursor, scope) if cursor else None
    weights = last.weights if last else _weights(session, wanted.terms)
    if len(weights) != len(wanted.terms):
        raise paging.bad_cursor()
    ranked = _ranked(session, wanted.terms, weights, found, last)
    edge = last.edge if last else _edge(ranked)
    after = (-last.score, -last.day, last.key) if last else None
    hits = [hit for hit in sorted(ranked, key=_place) if after is None or _place(hit) > after][: limit + 1]
    if edge and len(hits) <= limit:
        beyond = (last.day, last.key) if last and last.score == 0 else edge
        hits += _older(session, found, beyond, limit + 1 - len(hits))
    shown, following = hits[:limit], None
    if len(hits) > limit:
        held = _Frozen(score=shown[-1].score, day=shown[-1].date.toordinal(), key=shown[-1].key, weights=weights, edge=edge)
        following = paging.sealed(scope, orjson.dumps(held.model_dump()).decode())
    return paging.Rows(shown, total, following)


def _read(cursor: str, scope: str) -> _Frozen:
    try:
        held = _Frozen.model_validate_json(paging.unsealed(cursor, scope))
        for day in (held.day, *(held.edge or ())[:1]):
            date.fromordinal(day)
        return held
    except (ValidationError, ValueError, OverflowError):
        raise paging.bad_cursor() from None


def _place(hit: Hit) -> tuple[float, int, str]:
    return -hit.score, -hit.date.toordinal(), hit.key


def _weights(session: Session, terms: Sequence[Term]) -> list[float]:
    """How much each term says: its inverse document frequency (Robertson and Zaragoza 2009). A term alone needs none."""
    if len(terms) < 2:
        return [1.0] * len(terms)
    total = session.scalar(select(func.count()).select_from(SearchDocument)) or 0
    held = [matching.count(session, term) for term in terms]
    return [math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in held]


def _edge(ranked: Sequence[Hit]) -> tuple[int, str] | None:
    """The last hit in the order of days that is ranked; None where all are. Where nothing is, the beginning of time."""
    if not ranked:
        return date.max.toordinal(), ""
    return (ranked[-1].date.toordinal(), ranked[-1].key) if len(ranked) >= WINDOW else None


def _ranked(session: Session, terms: Sequence[Term], weights: Sequence[float], found: Iterable[Any], last: _Frozen | None) -> list[Hit]:
    """The newest hits, newest first; after the first page, those and what has come in since."""
    if not terms:
        return []
    # The titles that are a term and nothing else.
    wholes = {stream([" ".join(p.text for p in reading.phrases)], 10_000) for term in terms for reading in term.readings}
    names = ("kind", "ref_pk", "key", "date", "length", "title", "summary", "body")
    rows = select(*(getattr(SearchDocument, name) for name in names)).where(*found).order_by(col(SearchDocument.date).desc(), _tie)
    if last is None:
        rows = rows.limit(WINDOW)
    elif last.edge:
        day = date.fromordinal(last.edge[0])
        rows = rows.where(or_(col(SearchDocument.date) > day, and_(col(SearchDocument.date) == day, _tie <= last.edge[1])))
    return [Hit(row.kind, row.ref_pk, row.key, row.date, _score(row, terms, weights, wholes)) for row in session.execute(rows)]


def _older(session: Session, found: Iterable[Any], after: tuple[int, str], most: int) -> list[Hit]:
    """The hits after a place in the order of days."""
    day = date.fromordinal(after[0])
    columns = (col(SearchDocument.kind), col(SearchDocument.ref_pk), col(SearchDocument.key), col(SearchDocument.date))
    rows = select(*columns).where(*found, or_(col(SearchDocument.date) < day, and_(col(SearchDocument.date) == day, _tie > after[1])))
    return [
        Hit(row.kind, row.ref_pk, row.key, row.date, 0.0)
        for row in session.execute(rows.order_by(col(SearchDocument.date).desc(), _tie).limit(most))
    ]


def _score(row: Any, terms: Sequence[Term], weights: Sequence[float], wholes: Collection[str]) -> float:
    """BM25 of each column (Robertson and Zaragoza 2009; `B` counts in the body alone), weighted and added up."""
    score = 0.0
    for term, rarity in zip(terms, weights, strict=True):
        for name, weight in WEIGHTS.items():
            if times := _times(getattr(row, name), term):
                length = 1 - B + B * row.length / USUAL if name == "body" else 1.0
                score += rarity * weight * times * (K1 + 1) / (times + K1 * length)
    score += WHOLE * (row.title in wholes)
    # A hit is ranked before all that are not.
    return round(score, 9) or 1e-9


def _times(text: str, term: Term) -> int:
    """How often a stream holds a term; words that together are one name as often as the rarest."""
    return sum(min(text.count(p.needle) for p in reading.phrases) for reading in term.readings) if text else 0
