"""What is found, best first: BM25 by column, title over summary over body, the newest first among equals. Alike on both engines.

The newest hits are ranked; what is older than those follows, newest first. A cursor holds the counts the ranking began with and
where the ranked ones end, so that documents taken in meanwhile move nothing that was there.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from heapq import nlargest
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from app.normalize.text.tokens import stream
from app.query.fulltext import conditions as matching
from app.query.fulltext import window as newest
from app.query.fulltext.language import SearchQuery, SearchTerm
from app.query.request import paging
from app.query.request.cursors import decode_cursor, encode_cursor, invalid_cursor
from app.query.snapshot.budget import require_worker_thread
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import SearchDocument

WINDOW = 1_000
"""So many hits are ranked, the newest."""
WEIGHTS = {"title": 10.0, "summary": 4.0, "body": 1.0}
K1, B = 1.2, 0.75
USUAL = 200
"""Tokens of a usual item, against which a length is long: a constant, so that no other document changes a score."""
WHOLE = 20.0
"""What a title adds that is what is sought and nothing else."""

_UNTITLED = (WEIGHTS["summary"] + WEIGHTS["body"]) * (K1 + 1)
"""More than summary and body add for a term, however often they hold it."""

_tie = paging.bytewise(col(SearchDocument.key))


class RankedHit(NamedTuple):
    """A thing that was found: its kind and number, and how well it fits; 0 beyond the ranked ones."""

    kind: str
    pk: int
    key: str
    date: date
    score: float


# Ranked pages.
_RANKINGS: CacheKind[Any, tuple[list[RankedHit], newest.Edge | None]] = CacheKind(max_entries=500)


class _RankCursor(BaseModel):
    """What a cursor holds: the last hit shown, and what the ranking began with."""

    model_config = ConfigDict(strict=True, extra="forbid")
    score: float
    day: int
    key: str
    weights: list[float]
    edge: tuple[int, str] | None


def page(
    session: Session,
    wanted: SearchQuery,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
    scope: str,
    *,
    total: int | None = None,
    kinds: Collection[str] | None = None,
) -> paging.PageRows:
    """A page of the hits for `wanted` under `conditions` on `SearchDocument`.

    `total` is how many there are, where that is known; `kinds` those the conditions leave whole, where they say nothing else.
    """
    by_index = kinds is not None and wanted.terms and is_indexed(session)
    found = (
        [] if by_index and total is not None else [matching.condition(session, wanted), *conditions]
    )
    if total is None:
        total = session.scalar(select(func.count()).select_from(SearchDocument).where(*found)) or 0
    last = _read(cursor, scope) if cursor else None
    weights = last.weights if last else _weights(session, wanted.terms)
    if len(weights) != len(wanted.terms):
        raise invalid_cursor()
    after = (-last.score, -last.day, last.key) if last else None
    if by_index:
        rankings = version_cache(session, _RANKINGS)
        asked = (
            matching.to_fts5(wanted),
            tuple(weights),
            frozenset(kinds or ()),
            last and last.model_dump_json(),
            limit,
        )

        def rank() -> tuple[list[RankedHit], newest.Edge | None]:
            require_worker_thread(session)
            return _by_the_index(session, wanted, weights, kinds or (), last, limit + 1)

        ranked_hits, edge = rankings.get_or_make(asked, rank)
        hits = list(ranked_hits)
    else:
        ranked = _ranked(session, wanted.terms, weights, found, last)
        edge = last.edge if last else _edge(ranked)
        hits = _following(ranked, after)[: limit + 1]
    if edge and len(hits) <= limit:
        beyond = (last.day, last.key) if last and last.score == 0 else edge
        hits += _older(
            session,
            found or [matching.condition(session, wanted), *conditions],
            beyond,
            limit + 1 - len(hits),
        )
    shown, following = hits[:limit], None
    if len(hits) > limit:
        held = _RankCursor(
            score=shown[-1].score,
            day=shown[-1].date.toordinal(),
            key=shown[-1].key,
            weights=weights,
            edge=edge,
        )
        following = encode_cursor(scope, [held.model_dump()])
    return paging.PageRows(shown, total, following)


def is_indexed(session: Session) -> bool:
    """Whether the index tells which hits are the newest: SQLite's goes by numbers, PostgreSQL's has no order."""
    return session.get_bind().dialect.name == "sqlite"


def _following(
    ranked: Iterable[RankedHit], after: tuple[float, int, str] | None
) -> list[RankedHit]:
    return [hit for hit in sorted(ranked, key=_place) if after is None or _place(hit) > after]


def _by_the_index(
    session: Session,
    wanted: SearchQuery,
    weights: Sequence[float],
    kinds: Collection[str],
    last: _RankCursor | None,
    most: int,
) -> tuple[list[RankedHit], newest.Edge | None]:
    """The next `most` of the ranked hits. Those found by their title are scored first, and no others where none can be among them."""
    said = matching.to_fts5(wanted)
    if last:
        window = newest.Window(newest.down_to(session, said, kinds, last.edge), last.edge)
    else:
        window = newest.newest(session, said, kinds, WINDOW)
    after = (-last.score, -last.day, last.key) if last else None
    score = _Scorer(wanted.terms, weights)
    titled = newest.titled(session, matching.titles_to_fts5(wanted.terms), window.numbers)
    ranked = _scored(session, score, titled, 0 if last else most)
    hits = _following(ranked, after)[:most]
    if len(hits) < most or hits[-1].score <= _UNTITLED * sum(weights):
        ranked = _scored(session, score, window.numbers, 0)
        hits = _following(ranked, after)[:most]
    return hits, window.edge


def _scored(
    session: Session, score: "_Scorer", numbers: Collection[int], most: int
) -> list[RankedHit]:
    """Hits with their scores; with `most`, only those that may be among so many of them: of the others no body is read."""
    rows = [
        (score.head(title, summary), *row)
        for *row, title, summary in newest.heads(session, numbers)
    ]
    if most and len(rows) > most:
        enough = nlargest(most, [head for head, *_ in rows])[-1] - score.most_of_body
        rows = [row for row in rows if row[0] >= enough]
    bodies = newest.bodies(session, [row[1] for row in rows])
    return [
        RankedHit(kind, pk, key, date.fromisoformat(day), score.whole(head, *bodies[number]))
        for head, number, kind, pk, key, day in rows
    ]


def _read(cursor: str, scope: str) -> _RankCursor:
    try:
        (key,) = decode_cursor(cursor, scope).key
        held = _RankCursor.model_validate_json(orjson.dumps(key))
        for day in (held.day, *(held.edge or ())[:1]):
            date.fromordinal(day)
        return held
    except (ValidationError, ValueError, OverflowError):
        raise invalid_cursor() from None


def _place(hit: RankedHit) -> tuple[float, int, str]:
    return -hit.score, -hit.date.toordinal(), hit.key


def _weights(session: Session, terms: Sequence[SearchTerm]) -> list[float]:
    """How much each term says: its inverse document frequency (Robertson and Zaragoza 2009). A term alone needs none."""
    if len(terms) < 2:
        return [1.0] * len(terms)
    total = session.scalar(select(func.count()).select_from(SearchDocument)) or 0
    held = [matching.count(session, term) for term in terms]
    return [math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in held]


def _edge(ranked: Sequence[RankedHit]) -> tuple[int, str] | None:
    """The last hit in the order of days that is ranked; None where all are. Where nothing is, the beginning of time."""
    if not ranked:
        return date.max.toordinal(), ""
    return (ranked[-1].date.toordinal(), ranked[-1].key) if len(ranked) >= WINDOW else None


def _ranked(
    session: Session,
    terms: Sequence[SearchTerm],
    weights: Sequence[float],
    found: Iterable[Any],
    last: _RankCursor | None,
) -> list[RankedHit]:
    """The newest hits, newest first; after the first page, those and what has come in since."""
    if not terms:
        return []
    names = ("kind", "ref_pk", "key", "date", "length", "title", "summary", "body")
    rows = (
        select(*(getattr(SearchDocument, name) for name in names))
        .where(*found)
        .order_by(col(SearchDocument.date).desc(), _tie)
    )
    if last is None:
        rows = rows.limit(WINDOW)
    elif last.edge:
        day = date.fromordinal(last.edge[0])
        rows = rows.where(
            or_(
                col(SearchDocument.date) > day,
                and_(col(SearchDocument.date) == day, _tie <= last.edge[1]),
            )
        )
    score = _Scorer(terms, weights)
    return [
        RankedHit(kind, pk, key, day, score.whole(score.head(title, summary), length, body))
        for kind, pk, key, day, length, title, summary, body in session.execute(rows)
    ]


def _older(
    session: Session, found: Iterable[Any], after: tuple[int, str], most: int
) -> list[RankedHit]:
    """The hits after a place in the order of days."""
    day = date.fromordinal(after[0])
    columns = (
        col(SearchDocument.kind),
        col(SearchDocument.ref_pk),
        col(SearchDocument.key),
        col(SearchDocument.date),
    )
    rows = select(*columns).where(
        *found,
        or_(col(SearchDocument.date) < day, and_(col(SearchDocument.date) == day, _tie > after[1])),
    )
    return [
        RankedHit(row.kind, row.ref_pk, row.key, row.date, 0.0)
        for row in session.execute(rows.order_by(col(SearchDocument.date).desc(), _tie).limit(most))
    ]


class _Scorer:
    """BM25 of each column (Robertson and Zaragoza 2009; `B` counts in the body alone), weighted and added up."""

    def __init__(self, terms: Sequence[SearchTerm], weights: Sequence[float]) -> None:
        # The titles that are a term and nothing else.
        self._wholes = {
            stream([" ".join(p.text for p in reading.phrases)], 10_000)
            for term in terms
            for reading in term.readings
        }
        needles = [
            [[p.needle for p in reading.phrases] for reading in term.readings] for term in terms
        ]
        self._asked = list(zip(needles, weights, strict=True))
        self.most_of_body = WEIGHTS["body"] * (K1 + 1) * sum(weights) + 1e-6
        """More than a body can add."""

    def head(self, title: str, summary: str) -> float:
        """What title and summary give."""
        return (
            self._of(title, WEIGHTS["title"], K1)
            + self._of(summary, WEIGHTS["summary"], K1)
            + WHOLE * (title in self._wholes)
        )

    def whole(self, head: float, length: int, body: str) -> float:
        """The score; a hit is ranked before all that are not."""
        return (
            round(head + self._of(body, WEIGHTS["body"], K1 * (1 - B + B * length / USUAL)), 9)
            or 1e-9
        )

    def _of(self, text: str, weight: float, against: float) -> float:
        total = 0.0
        for readings, rarity in self._asked if text else ():
            # Words that together are one name are there as often as the rarest.
            times = sum(
                [text.count(r[0]) if len(r) == 1 else min(map(text.count, r)) for r in readings]
            )
            if times:
                total += rarity * weight * times * (K1 + 1) / (times + against)
        return total
