"""Search over items, entities, sources and briefings, and lists of one of them by relevance."""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

import orjson
from sqlalchemy import (
    ColumnElement,
    GenerativeSelect,
    Row,
    Select,
    and_,
    func,
    or_,
    select,
)
from sqlmodel import Session, col

from app.errors import BadRequest
from app.query.filters import conditions, lookups
from app.query.filters.conditions import by_values
from app.query.fulltext import matching, ranking, scoring, stored_texts, window
from app.query.fulltext.highlights import Matcher, SearchedTexts
from app.query.fulltext.language import SearchQuery, SearchTerm
from app.query.fulltext.matching import SearchText, named_entity
from app.query.fulltext.ranking import RankedHit
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.filter_syntax import clauses
from app.query.request.item_params import SEARCHED, ItemFilter, SearchList
from app.query.request.params import Days, RolledUp
from app.query.schemas.search import Expansion, Ranking
from app.query.schemas.shared import EntityRef
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.refs import entity_names, entity_refs, path
from app.store.tables import Briefing, Citation, Item, Mention, SearchDocument

_KINDS = {"items": "item", "entities": "entity", "sources": "source", "briefings": "briefing"}
_PLURALS = {kind: plural for plural, kind in _KINDS.items()}
# Filters of every kind. Any other filter applies to items alone.
_SHARED_FILTERS = {*Days.model_fields, "q", "expand", *RolledUp.model_fields}
_FILTERS = ItemFilter.model_fields.keys() - {"q", "expand", *RolledUp.model_fields}
# A thousand expressions of usual length.
_COUNTS: CacheKind[tuple[tuple[str, str], ...], Mapping[str, int]] = CacheKind(
    max_bytes=2_000_000, size=sys.getsizeof
)
# Adding 0 keeps SQLite from using this column's index once for each pk the filters allow.
_UNINDEXED_PK = col(SearchDocument.ref_pk) + 0
_CURSOR_FREE = {"cursor", "limit", "fields", "lang"}
"""Parameters that may change during a walk."""
RANKING = Ranking(
    weights=scoring.WEIGHTS,
    k1=scoring.K1,
    b=scoring.B,
    ranked=ranking.RANKED_HITS,
)
_RANKING = RANKING.model_dump()


class ListQuery(SearchText, paging.PageQuery, Protocol):
    """The parameters of a list that can be sorted by relevance."""

    @property
    def sort(self) -> str | None:
        """Sort keys separated by commas."""


class ScoredPage(NamedTuple):
    """A page of a list of one kind; scores by pk if sorted by relevance, else empty."""

    rows: paging.PageRows
    scores: dict[int, float]


class _SearchScope(NamedTuple):
    """The documents a search may find: a condition for each kind, and whether none is filtered."""

    conditions: Mapping[str, ColumnElement[bool]]
    is_unfiltered: bool
    warnings: list[str]
    resolved: lookups.Resolved
    """The rows that each value of an id-like filter names."""


def find(session: Session, query: SearchList, lang: str | None) -> Listing[bytes]:
    """Return a page of the hits of all requested kinds, best first, as JSON."""
    parsed = matching.parse(session, query)
    assert parsed
    scope = _scope(session, query)
    counts = _counts(session, parsed, scope)
    rows = _hit_page(session, query, parsed, scope, counts)
    refs = _expanded_entities(session, parsed, lang)
    hits = _hits(
        session,
        rows.rows,
        parsed,
        refs,
        lang,
    )
    text = description.describe(
        session,
        "search",
        query,
        scope.resolved.pks,
        "relevance",
        lang,
    )
    extra = {
        "counts": counts,
        "expanded": [expansion.model_dump() for expansion in expanded(parsed, refs)],
        "ranking": _RANKING,
    }

    return Listing(
        hits,
        rows,
        scope.warnings,
        ListMeta(text, members=lookups.counted_members(session, scope.resolved, lang)),
        extra,
    )


def _hit_page(
    session: Session,
    query: SearchList,
    parsed: SearchQuery,
    scope: _SearchScope,
    counts: Mapping[str, int],
) -> paging.PageRows:
    in_scope = _IS_OF_ANY_KIND
    if not scope.is_unfiltered:
        in_scope = or_(*scope.conditions.values())
    by_type = by_values(query.type, _is_of_types)
    plurals = _requested_plurals(query)
    parameters = query.model_dump(exclude=_CURSOR_FREE)

    return ranking.page(
        session,
        parsed,
        [in_scope, *by_type],
        query.limit,
        query.cursor,
        f"search/{parameters!r}",
        total=sum(map(counts.__getitem__, plurals)),
        kinds=_kinds(plurals) if scope.is_unfiltered else None,
    )


def _is_of_types(plurals: Sequence[str]) -> ColumnElement[bool]:
    return col(SearchDocument.kind).in_(_kinds(plurals))


def _kinds(plurals: Iterable[str]) -> list[str]:
    return list(map(_KINDS.__getitem__, plurals))


def _requested_plurals(query: SearchList) -> set[str]:
    """Return the kinds that satisfy every clause of `type`: `a|b`, `!a`."""
    plurals = set(_KINDS)
    for clause in clauses(query.type):
        if clause.negated:
            plurals.difference_update(clause.values)
        else:
            plurals.intersection_update(clause.values)

    return plurals


def _counts(session: Session, parsed: SearchQuery, scope: _SearchScope) -> dict[str, int]:
    """Return the number of hits of each kind, by its plural."""
    if scope.is_unfiltered and parsed.terms and matching.is_sqlite(session):
        by_kind = _index_counts(session, parsed, scope.conditions)
    else:
        by_kind = _row_counts(session, parsed, scope.conditions.values())

    counts = dict.fromkeys(SEARCHED, 0)
    for kind, count in by_kind.items():
        counts[_PLURALS[kind]] = count

    return counts


def _index_counts(
    session: Session, parsed: SearchQuery, kinds: Collection[str]
) -> Mapping[str, int]:
    expressions = matching.expressions(parsed, kinds)
    cache = version_cache(session, _COUNTS)
    key = tuple(sorted(expressions.items()))
    return cache.get_or_make(key, lambda: window.counts(session, expressions))


def _row_counts(
    session: Session, parsed: SearchQuery, kind_conditions: Iterable[ColumnElement[bool]]
) -> Mapping[str, int]:
    counted = (
        select(col(SearchDocument.kind), func.count())
        .where(matching.condition(session, parsed), or_(*kind_conditions))
        .group_by(col(SearchDocument.kind))
    )
    counts: dict[str, int] = {}
    for kind, count in session.execute(counted):
        counts[kind] = count

    return counts


def _hits(
    session: Session,
    ranked: Sequence[RankedHit],
    parsed: SearchQuery,
    expanded_refs: Mapping[int, EntityRef],
    lang: str | None,
) -> list[bytes]:
    """Return ranked hits as JSON in the form of `Hit`."""
    pks: dict[str, list[int]] = {kind: [] for kind in _PLURALS}
    for hit in ranked:
        pks[hit.kind].append(hit.pk)

    if not ranked:
        return []

    texts = stored_texts.texts(session, [(hit.kind, hit.pk) for hit in ranked])
    names = entity_names(session, pks["entity"], lang)
    matcher = Matcher(parsed.terms, expanded_refs)
    name_matcher = Matcher(parsed.of_names.terms, expanded_refs)
    hits = []
    for hit in ranked:
        hit_texts = texts.get((hit.kind, hit.pk))
        if hit.kind == "entity":
            hits.append(
                _hit_json(
                    hit,
                    hit_texts,
                    names.get(hit.pk),
                    name_matcher,
                )
            )
        else:
            hits.append(_hit_json(hit, hit_texts, None, matcher))

    return hits


def _hit_json(
    hit: RankedHit, texts: SearchedTexts | None, name: str | None, matcher: Matcher
) -> bytes:
    public_id = hit.key.partition("/")[2]
    title = name or public_id
    if not name and texts and texts.stored:
        _, title = texts.stored[0]

    content: dict[str, str | date | dict[str, Any]] = {
        "type": hit.kind,
        "id": public_id,
        "title": title,
        "date": hit.date,
        "match": matcher.match(hit.score, texts),
        "links": {"self": path(_PLURALS[hit.kind], public_id)},
    }

    return orjson.dumps(content)


def page(
    session: Session,
    query: ListQuery,
    kind: str,
    statement: GenerativeSelect,
    default: str,
    keys: Mapping[str, Any],
    ties: Sequence[Any],
    scope: str,
    newest: int | None = None,
) -> ScoredPage:
    """Return a page of `statement`, sorted by `keys` or by relevance.

    The first column of `statement` is the `pk`. `newest` is the snapshot of the walk (the pk of a
    briefing), if the statement is limited to one. Raises BadRequest for relevance without `q` or
    beside another key.
    """
    if not is_by_relevance(query):
        order = paging.order_by(
            query.sort,
            default,
            keys,
            ties,
        )
        rows = paging.page(session, statement, order, query, scope=scope, snapshot=newest)
        return ScoredPage(rows, {})

    parsed = matching.parse(session, query)
    if query.sort != "relevance" or parsed is None:
        raise BadRequest(
            f"sort: {query.sort!r} is not valid; sort=relevance cannot be combined with other "
            "keys and needs a q to rank by.",
            [{"parameter": "sort", "message": "relevance stands alone and needs q"}],
        )

    return _page_by_relevance(session, query, kind, statement, parsed, scope)


def _page_by_relevance(
    session: Session,
    query: ListQuery,
    kind: str,
    statement: GenerativeSelect,
    parsed: SearchQuery,
    scope: str,
) -> ScoredPage:
    listed = statement.order_by(None).subquery()
    is_listed = [col(SearchDocument.kind) == kind, _UNINDEXED_PK.in_(select(listed.c.pk))]
    ranked = ranking.page(
        session,
        parsed,
        is_listed,
        query.limit,
        query.cursor,
        scope,
        kind=kind,
    )
    scores = {hit.pk: hit.score for hit in ranked.rows}
    rows: dict[int, Row[Any]] = {}
    for row in session.execute(select(listed).where(listed.c.pk.in_(scores))):
        rows[row.pk] = row

    return ScoredPage(ranked._replace(rows=list(map(rows.__getitem__, scores))), scores)


def is_by_relevance(query: ListQuery) -> bool:
    """Return whether the sort keys of a list include relevance."""
    keys = (query.sort or "").split(",")
    return any(key.strip().removeprefix("-") == "relevance" for key in keys)


def snapshot_briefing(session: Session, query: ListQuery, *more: Any) -> int:
    """Return the `paging.snapshot_briefing` of a list.

    Cursors of ranked lists hold a cutoff and no snapshot.
    """
    cursor = None if is_by_relevance(query) else query.cursor
    return paging.snapshot_briefing(
        session,
        cursor,
        query.scope(*more),
    )


def matches(
    session: Session,
    query: SearchText,
    kind: str,
    pks: Sequence[int],
    scores: Mapping[int, float],
    lang: str | None,
) -> dict[int, dict[str, Any]]:
    """Return for each of `pks` why it matches `q`, in the form of `MatchOut`; {} without a `q`."""
    parsed = matching.parse(session, query)
    if parsed is None:
        return {}

    refs = _expanded_entities(session, parsed, lang)
    matcher = Matcher(matching.for_kind(parsed, kind).terms, refs)
    reasons: dict[int, dict[str, Any]] = {}
    for (_, pk), texts in stored_texts.texts(session, [(kind, pk) for pk in pks]).items():
        reasons[pk] = matcher.match(scores.get(pk), texts)

    return reasons


def _scope(session: Session, query: SearchList) -> _SearchScope:
    """Return the documents that the filters allow.

    Filters of items exclude every other kind; a warning names them.
    """
    if not any(map(vars(query).__getitem__, _FILTERS)):
        return _SearchScope(_ALL_KINDS, True, [], lookups.Resolved())

    # The search document is compared with `q`, so the items are not.
    fields = query.model_dump(include=set(ItemFilter.model_fields)) | {"q": None}
    item_filter = ItemFilter.model_validate(fields)
    resolved = lookups.resolve(session, item_filter)
    item_conditions = conditions.items(item_filter, resolved)
    item_pks = select(col(Item.pk)).where(*item_conditions)
    is_item = _is_kind("item", item_pks if item_conditions else None)
    item_filters = _item_filters(query)
    if item_filters:
        warning = (
            f"{', '.join(item_filters)}: filters of items only; "
            "entities, sources and briefings are left out."
        )
        return _SearchScope(
            {"item": is_item},
            False,
            [*resolved.warnings, warning],
            resolved,
        )

    kind_conditions = {"item": is_item} | _by_day_and_channel(query, resolved)
    is_unfiltered = not item_conditions

    return _SearchScope(kind_conditions, is_unfiltered, resolved.warnings, resolved)


def _item_filters(query: SearchList) -> list[str]:
    """Return the names of the filters in use that apply to items alone."""
    names = ItemFilter.model_fields.keys() - _SHARED_FILTERS
    return sorted(name for name in names if getattr(query, name))


def _by_day_and_channel(
    query: SearchList, resolved: lookups.Resolved
) -> dict[str, ColumnElement[bool]]:
    """Return for each kind but items the condition that days and channels allow it."""
    tables: tuple[tuple[str, Any, Any], ...] = (
        ("entity", Mention, col(Mention.entity_pk)),
        ("source", Citation, col(Citation.source_pk)),
        ("briefing", Briefing, col(Briefing.pk)),
    )
    kind_conditions = {}
    for kind, table, pk in tables:
        days = conditions.days(query, resolved, table.date, table.channel_pk)
        pks = select(pk).where(*days, pk.is_not(None))
        kind_conditions[kind] = _is_kind(kind, pks if days else None)

    return kind_conditions


def _is_kind(kind: str, pks: Select[Any] | None = None) -> ColumnElement[bool]:
    """Return the condition that a document is of a kind; with `pks`, that it is one of them."""
    is_kind = col(SearchDocument.kind) == kind
    return is_kind if pks is None else and_(is_kind, _UNINDEXED_PK.in_(pks))


_ALL_KINDS = {kind: _is_kind(kind) for kind in _PLURALS}
_IS_OF_ANY_KIND = or_(*_ALL_KINDS.values())


def _terms_and_operands(parsed: SearchQuery) -> list[SearchTerm]:
    terms: list[SearchTerm] = []
    for term in parsed.terms:
        terms += (term, *term.operands)

    return terms


def _expanded_entities(
    session: Session, parsed: SearchQuery, lang: str | None
) -> dict[int, EntityRef]:
    """Return the entities whose other spellings are searched for, by pk."""
    pks: list[int] = []
    for term in _terms_and_operands(parsed):
        pks.extend(other.entity for other in term.alternatives if other.entity)

    return entity_refs(session, pks, lang)


def expanded(parsed: SearchQuery, refs: Mapping[int, EntityRef]) -> list[Expansion]:
    """Return the words that are also searched for by other spellings of their entity."""
    terms: list[SearchTerm] = []
    for term in parsed.terms:
        terms += term.operands or (term,)

    return [_expansion(term, refs) for term in terms if named_entity(term)]


def _expansion(term: SearchTerm, refs: Mapping[int, EntityRef]) -> Expansion:
    spellings = [other.spelling for other in term.alternatives if other.spelling]
    return Expansion(
        term=term.typed,
        entity=refs[named_entity(term) or 0],
        spellings=spellings,
    )
