"""Ranking: BM25 by column, title over summary over body, the newest first among equal scores.

The newest RANKED_HITS hits are scored; older hits follow, newest first. A cursor stores the
weights and the cutoff of the first page, so that documents ingested during a walk move no hit.
Both engines rank alike.
"""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from heapq import nlargest
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from app.normalize.entities.names import name_key
from app.query.fulltext import matching, stored_texts, window
from app.query.fulltext.hits import Expressions
from app.query.fulltext.language import SearchQuery, SearchTerm
from app.query.fulltext.scoring import EXACT_NAME_BONUS, Scorer
from app.query.fulltext.window import Cutoff, Window
from app.query.request import paging
from app.query.request.cursors import decode_cursor, encode_cursor, invalid_cursor
from app.query.snapshot.budget import require_budget
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import Alias, SearchDocument

RANKED_HITS = 1_000
"""Number of newest hits that are scored."""
# So few hits are read at once, heads and bodies.
_MAX_SCORED_WHOLE = 150
_SIZES: CacheKind[str, int] = CacheKind(max_entries=1)
_by_key = paging.bytewise(col(SearchDocument.key))
_SortKey = tuple[float, int, str]


class RankedHit(NamedTuple):
    """A hit: its kind, its pk in the table of that kind, and its score; 0 for an unranked hit."""

    kind: str
    pk: int
    key: str
    date: date
    score: float

    def sort_key(self) -> _SortKey:
        """Return the sort key: best score first, then newest, then by key."""
        return -self.score, -self.date.toordinal(), self.key


class RankedWindow(NamedTuple):
    """The next ranked hits, best first, and the cutoff they end at (None: all hits are ranked).

    `named` are the keys of hits beyond the cutoff that are ranked as well: their name is the query.
    """

    hits: list[RankedHit]
    cutoff: Cutoff | None
    named: tuple[str, ...] = ()


_PageKey = tuple[tuple[tuple[str, str], ...], tuple[float, ...], str | None, int]
"""Expressions by kind, weights, cursor and number of hits of a page."""
_RANKINGS: CacheKind[_PageKey, RankedWindow] = CacheKind(max_entries=500)


class _RankCursor(BaseModel):
    """Content of a cursor: the last hit shown, and the weights and cutoff of the first page."""

    model_config = ConfigDict(strict=True, extra="forbid")
    score: float
    day: int
    key: str
    weights: list[float]
    cutoff: Cutoff | None

    def sort_key(self) -> _SortKey:
        """Return the sort key of the last hit shown."""
        return -self.score, -self.day, self.key


def page(
    session: Session,
    query: SearchQuery,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
    scope: str,
    *,
    total: int | None = None,
    kinds: Collection[str] | None = None,
    kind: str | None = None,
) -> paging.PageRows:
    """Return a page of the hits of `query` under `conditions` on `SearchDocument`.

    `total` is the number of hits if already known; `kind` the only kind that the conditions
    select, if they do. `kinds` is given if the conditions select
    kinds and nothing else; then SQLite ranks by its index. Raises BadRequest for a bad cursor, and
    WouldBlock on the event loop for many hits that were not ranked before.
    """

    def matched() -> list[ColumnElement[bool]]:
        return [matching.condition(session, query, kind), *conditions]

    if total is None:
        total = _total(session, matched())

    last = _read_cursor(cursor, scope) if cursor else None
    weights = last.weights if last else _idf_weights(session, query.terms)
    if len(weights) != len(query.terms):
        raise invalid_cursor()

    scorer = Scorer(query, weights)
    if kinds is not None and query.terms and matching.is_sqlite(session):
        ranked = _cached_window(
            session,
            query,
            scorer,
            kinds,
            matched,
            last,
            limit + 1,
        )
    else:
        newest = _window_by_rows(
            session,
            matched(),
            scorer,
            last,
            limit + 1,
        )
        ranked = _with_named(session, query, scorer, matched, newest, last, limit + 1)

    older = _older_hits(
        session,
        matched,
        ranked,
        last,
        limit + 1,
    )

    return ranked_page(
        [*ranked.hits, *older],
        limit,
        total,
        scope,
        weights,
        ranked.cutoff,
    )


def ranked_page(
    hits: Sequence[RankedHit],
    limit: int,
    total: int,
    scope: str,
    weights: Sequence[float],
    cutoff: Cutoff | None,
) -> paging.PageRows:
    """Return the first `limit` of the ordered `hits` as a page; any further hit means a next page.

    Pure.
    """

    def cursor_after(count: int) -> str:
        return _encode_cursor(hits[count - 1], weights, cutoff, scope)

    return paging.PageRows(
        hits[:limit],
        total,
        cursor_after(limit) if len(hits) > limit else None,
        cursor_after,
    )


def _encode_cursor(
    hit: RankedHit, weights: Sequence[float], cutoff: Cutoff | None, scope: str
) -> str:
    """Return the cursor of the page after `hit`."""
    content = _RankCursor(
        score=hit.score,
        day=hit.date.toordinal(),
        key=hit.key,
        weights=list(weights),
        cutoff=cutoff,
    )
    return encode_cursor(scope, [content.model_dump()])


def _read_cursor(cursor: str, scope: str) -> _RankCursor:
    key = decode_cursor(cursor, scope).key
    try:
        (values,) = key
        content = _RankCursor.model_validate_json(orjson.dumps(values))
        # Both days must be dates: other numbers raise ValueError or OverflowError here.
        date.fromordinal(content.day)
        if content.cutoff:
            date.fromordinal(content.cutoff[0])
    except (ValidationError, ValueError, OverflowError):
        raise invalid_cursor() from None

    return content


def _total(session: Session, matched: Sequence[ColumnElement[bool]]) -> int:
    counted = select(func.count()).select_from(SearchDocument).where(*matched)
    return session.scalar(counted) or 0


def _idf_weights(session: Session, terms: Sequence[SearchTerm]) -> list[float]:
    """Return the inverse document frequency of each term (Robertson and Zaragoza 2009).

    A single term gets 1: its weight changes no order.
    """
    if len(terms) < 2:
        return [1.0] * len(terms)

    sizes = version_cache(session, _SIZES)
    size = sizes.get_or_make("documents", lambda: _total(session, []))
    weights = []
    for term in terms:
        count = matching.count(session, term)
        weights.append(math.log(1 + (size - count + 0.5) / (count + 0.5)))

    return weights


def _cached_window(
    session: Session,
    query: SearchQuery,
    scorer: Scorer,
    kinds: Collection[str],
    matched: Callable[[], Sequence[ColumnElement[bool]]],
    last: _RankCursor | None,
    count: int,
) -> RankedWindow:
    """Return `_window_by_index` with the named hits, cached.

    Raises WouldBlock on the event loop for many hits.
    """
    last_json = last.model_dump_json() if last else None
    expressions = matching.expressions(query, kinds)
    key = (
        tuple(sorted(expressions.items())),
        tuple(scorer.weights),
        last_json,
        count,
    )

    def rank() -> RankedWindow:
        newest = _window_by_index(session, query, scorer, expressions, last, count)
        return _with_named(session, query, scorer, matched, newest, last, count)

    return version_cache(session, _RANKINGS).get_or_make(key, rank)


def _window_by_index(
    session: Session,
    query: SearchQuery,
    scorer: Scorer,
    expressions: Expressions,
    last: _RankCursor | None,
    count: int,
) -> RankedWindow:
    """Return the next `count` ranked hits by SQLite's index.

    Title hits are scored first. Other hits are scored only if one of them may be on the page.
    """
    newest = _newest_window(session, expressions, last)
    require_budget(session, "score hits", len(newest.rowids))
    if len(newest.rowids) <= _MAX_SCORED_WHOLE:
        are_all_shown = last is None and len(newest.rowids) < count
        hits = _score_all(session, scorer, newest.rowids, with_texts=are_all_shown)
        return RankedWindow(_next_hits(hits, last, count), newest.cutoff)

    titles = matching.title_expressions(query, expressions)
    titled = window.title_hits(session, titles, newest.rowids)
    scored = _score_best(
        session,
        scorer,
        titled,
        count if last is None else len(titled),
    )
    hits = _next_hits(scored, last, count)
    if len(hits) < count or hits[-1].score <= scorer.max_untitled:
        scored = _score_best(
            session,
            scorer,
            newest.rowids,
            len(newest.rowids),
        )
        hits = _next_hits(scored, last, count)

    return RankedWindow(hits, newest.cutoff)


def _newest_window(session: Session, expressions: Expressions, last: _RankCursor | None) -> Window:
    if last is None:
        return window.newest_hits(session, expressions, RANKED_HITS)

    rowids = window.hits_until(session, expressions, last.cutoff)
    return Window(rowids, last.cutoff)


def _score_all(
    session: Session, scorer: Scorer, rowids: Collection[int], *, with_texts: bool
) -> list[RankedHit]:
    """Return the hits of `rowids`, scored; one statement reads heads and bodies."""
    hits = []
    for kind, pk, key, day, title, summary, length, body in stored_texts.tokens(
        session, rowids, with_texts=with_texts
    ):
        score = scorer.score(scorer.head_score(kind, title, summary), length, body)
        hits.append(RankedHit(kind, pk, key, date.fromisoformat(day), score))

    return hits


def _score_best(
    session: Session, scorer: Scorer, rowids: Collection[int], count: int
) -> list[RankedHit]:
    """Return the hits of `rowids` that may be among the best `count`, scored.

    The bodies of the other hits are not read.
    """
    heads = []
    for rowid, kind, *row, title, summary in window.heads(session, rowids):
        heads.append((scorer.head_score(kind, title, summary), rowid, kind, *row))

    if len(heads) > count:
        best = nlargest(count, [head[0] for head in heads])
        threshold = best[-1] - scorer.max_body
        heads = [head for head in heads if head[0] >= threshold]

    bodies = window.bodies(session, [head[1] for head in heads])
    hits = []
    for head_score, rowid, kind, pk, key, day in heads:
        score = scorer.score(head_score, *bodies[rowid])
        hits.append(RankedHit(kind, pk, key, date.fromisoformat(day), score))

    return hits


def _window_by_rows(
    session: Session,
    matched: Sequence[ColumnElement[bool]],
    scorer: Scorer,
    last: _RankCursor | None,
    count: int,
) -> RankedWindow:
    """Return the next `count` ranked hits by reading and scoring the newest rows."""
    hits = _scored_rows(session, matched, scorer, last) if scorer.weights else []
    cutoff = last.cutoff if last else _cutoff(hits)

    return RankedWindow(_next_hits(hits, last, count), cutoff)


def _with_named(
    session: Session,
    query: SearchQuery,
    scorer: Scorer,
    matched: Callable[[], Sequence[ColumnElement[bool]]],
    newest: RankedWindow,
    last: _RankCursor | None,
    count: int,
) -> RankedWindow:
    """Return a window with the older entities whose name is the query: they come first."""
    if newest.cutoff is None or not scorer.weights:
        return newest

    typed = " ".join(term.typed for term in query.terms)
    owners = select(col(Alias.entity_pk)).where(col(Alias.key) == name_key(typed))
    rows = select(*_HIT_COLUMNS, *_TEXT_COLUMNS).where(
        *matched(),
        _is_beyond(*newest.cutoff),
        col(SearchDocument.kind) == "entity",
        col(SearchDocument.ref_pk).in_(owners),
    )
    hits = [hit for hit in _scored(session, rows, scorer) if hit.score >= EXACT_NAME_BONUS]
    ranked = _next_hits([*newest.hits, *hits], last, count)
    return RankedWindow(ranked, newest.cutoff, tuple(hit.key for hit in hits))


def _is_beyond(day: int, key: str) -> ColumnElement[bool]:
    """Return the condition on documents that come after a day and a key, newest first."""
    before = date.fromordinal(day)
    of_day = and_(col(SearchDocument.date) == before, _by_key > key)
    return or_(col(SearchDocument.date) < before, of_day)


def _cutoff(hits: Sequence[RankedHit]) -> Cutoff | None:
    """Return the last of the newest hits; None if all hits are ranked.

    Without a ranked hit the cutoff is the latest date, so that every hit is older.
    """
    if not hits:
        return date.max.toordinal(), ""

    if len(hits) < RANKED_HITS:
        return None

    return hits[-1].date.toordinal(), hits[-1].key


def _scored_rows(
    session: Session,
    matched: Sequence[ColumnElement[bool]],
    scorer: Scorer,
    last: _RankCursor | None,
) -> list[RankedHit]:
    """Return the scored hits, newest first: RANKED_HITS, then all down to the cutoff."""
    rows = _newest_first(_HIT_COLUMNS + _TEXT_COLUMNS).where(*matched)
    if last is None:
        rows = rows.limit(RANKED_HITS)
    elif last.cutoff:
        day, key = date.fromordinal(last.cutoff[0]), last.cutoff[1]
        of_day = and_(col(SearchDocument.date) == day, _by_key <= key)
        rows = rows.where(or_(col(SearchDocument.date) > day, of_day))

    return _scored(session, rows, scorer)


def _scored(session: Session, rows: Select[*tuple[Any, ...]], scorer: Scorer) -> list[RankedHit]:
    """Return the hits of a statement of hits and texts, scored."""
    hits = []
    for kind, pk, key, day, length, title, summary, body in session.execute(rows):
        head_score = scorer.head_score(kind, title, summary)
        hits.append(
            RankedHit(
                kind,
                pk,
                key,
                day,
                scorer.score(head_score, length, body),
            )
        )

    return hits


def _next_hits(hits: Iterable[RankedHit], last: _RankCursor | None, count: int) -> list[RankedHit]:
    """Return the best `count` hits after the last one shown."""
    ordered = sorted(hits, key=RankedHit.sort_key)
    if last is not None:
        after = last.sort_key()
        ordered = [hit for hit in ordered if hit.sort_key() > after]

    return ordered[:count]


def _older_hits(
    session: Session,
    matched: Callable[[], Sequence[ColumnElement[bool]]],
    ranked: RankedWindow,
    last: _RankCursor | None,
    count: int,
) -> list[RankedHit]:
    """Return the unranked hits that fill up `count` hits, newest first, with score 0."""
    missing = count - len(ranked.hits)
    if not ranked.cutoff or missing <= 0:
        return []

    day, key = (last.day, last.key) if last and last.score == 0 else ranked.cutoff
    rows = _newest_first(_HIT_COLUMNS).where(
        *matched(),
        _is_beyond(day, key),
        col(SearchDocument.key).not_in(ranked.named),
    )
    hits = session.execute(rows.limit(missing))

    return [RankedHit(kind, pk, key, day, 0.0) for kind, pk, key, day in hits]


_HIT_COLUMNS = (
    col(SearchDocument.kind),
    col(SearchDocument.ref_pk),
    col(SearchDocument.key),
    col(SearchDocument.date),
)
_TEXT_COLUMNS = (
    col(SearchDocument.length),
    col(SearchDocument.title),
    col(SearchDocument.summary),
    col(SearchDocument.body),
)


def _newest_first(columns: Iterable[Any]) -> Select[Any]:
    return select(*columns).order_by(col(SearchDocument.date).desc(), _by_key)
