"""Search over items, entities, sources and briefings together; and the same ranking for a list of one of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlmodel import Session, col

from app.errors import BadRequest
from app.query.filters import conditions, lookups
from app.query.filters.conditions import by_values
from app.query.fulltext import conditions as matching
from app.query.fulltext import highlights, ranking, window
from app.query.fulltext.language import SearchQuery
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.filter_syntax import clauses
from app.query.request.item_params import SEARCHED, ItemFilter, SearchList
from app.query.request.params import Days, Searched
from app.query.schemas.search import Counts, Expansion, Ranking
from app.query.schemas.shared import EntityRef
from app.query.snapshot.cache import CacheKind, version_cache
from app.query.snapshot.refs import entity_refs, path
from app.store.tables import Briefing, Citation, Item, Mention, SearchDocument

_KINDS = {"items": "item", "entities": "entity", "sources": "source", "briefings": "briefing"}
_PLURAL = {kind: name for name, kind in _KINDS.items()}
# Filters every kind has; where another is given, it speaks of items alone.
_OF_ALL = {*Days.model_fields, "q", "expand", "family"}
_FILTERS = ItemFilter.model_fields.keys() - {"q", "expand", "family"}
_COUNTS: CacheKind[str, dict[str, int]] = CacheKind(max_entries=10_000)
# Some ten kilobytes each.
_TEXTS: CacheKind[tuple[str, int], list[highlights.SearchedField]] = CacheKind(max_entries=400)
# The sum keeps SQLite from going through what is found for each of what the filters allow.
_LED_TO = col(SearchDocument.ref_pk) + 0
_Within = tuple[ColumnElement[bool], bool]
"""The condition on a kind of thing, and whether it is that kind, whole."""
_FIELDS = select(col(SearchDocument.ref_pk), col(SearchDocument.fields)).where(
    col(SearchDocument.kind) == bindparam("kind"),
    col(SearchDocument.ref_pk).in_(bindparam("pks", expanding=True)),
)
RANKING = Ranking(weights=ranking.WEIGHTS, k1=ranking.K1, b=ranking.B, ranked=ranking.WINDOW)


def find(session: Session, query: SearchList, lang: str | None) -> Listing[bytes]:
    """A page of all that is found, best first."""
    wanted = matching.parse(session, query)
    assert wanted
    within, warnings, meant = _within(session, query)
    counts = dict.fromkeys(SEARCHED, 0)
    plain = within.keys() == set(_KINDS.values()) and all(whole for _, whole in within.values())
    somewhere = or_(*(condition for condition, _ in within.values()))
    if plain and wanted.terms and ranking.is_indexed(session):
        asked = matching.to_fts5(wanted)
        by_kind = version_cache(session, _COUNTS).get_or_make(
            asked, lambda: window.counts(session, asked, within)
        )
        counts |= {_PLURAL[kind]: count for kind, count in by_kind.items()}
    else:
        counted = select(col(SearchDocument.kind), func.count()).where(
            matching.condition(session, wanted), somewhere
        )
        counts |= {
            _PLURAL[kind]: count
            for kind, count in session.execute(counted.group_by(col(SearchDocument.kind)))
        }
    # The kinds themselves, as any filter: `a|b`, `!a`.
    chosen = by_values(
        query.type, lambda names: col(SearchDocument.kind).in_([_KINDS[name] for name in names])
    )
    kinds = set(_KINDS)
    for clause in clauses(query.type):
        kinds = kinds - set(clause.values) if clause.negated else kinds & set(clause.values)
    given = query.model_dump(exclude={"cursor", "limit", "fields", "lang"})
    rows = ranking.page(
        session,
        wanted,
        [somewhere, *chosen],
        query.limit,
        query.cursor,
        f"search/{given!r}",
        total=sum(counts[name] for name in kinds),
        kinds=[_KINDS[name] for name in kinds] if plain else None,
    )
    fields = {
        kind: _fields(session, kind, [hit.pk for hit in rows.rows if hit.kind == kind])
        for kind in _PLURAL
    }
    names = entity_refs(session, (hit.pk for hit in rows.rows if hit.kind == "entity"), lang)
    refs = _entities(session, wanted, lang)
    matcher = highlights.Matcher(wanted.terms, refs)
    hits = []
    for hit in rows.rows:
        own, held = hit.key.partition("/")[2], fields[hit.kind].get(hit.pk, [])
        title = (
            names[hit.pk].name
            if hit.kind == "entity" and hit.pk in names
            else held[0].text
            if held
            else own
        )
        shown = {
            "type": hit.kind,
            "id": own,
            "title": title,
            "date": hit.date,
            "match": matcher.match(hit.score, held),
        }
        hits.append(orjson.dumps(shown | {"links": {"self": path(_PLURAL[hit.kind], own)}}))
    described = description.describe(session, "search", query, meant, "relevance", lang)
    extra = {
        "counts": Counts(**counts).model_dump(),
        "expanded": [entry.model_dump() for entry in expanded(wanted, refs)],
        "ranking": RANKING.model_dump(),
    }
    return Listing(hits, rows, warnings, ListMeta(described), extra)


class SearchFilter(NamedTuple):
    """A page of a list of one kind; scores by pk where it is by relevance."""

    rows: paging.PageRows
    scores: dict[int, float]


def listed(
    session: Session,
    query: Any,
    kind: str,
    statement: Any,
    default: str,
    keys: Mapping[str, Any],
    ties: Sequence[Any],
    scope: str,
    newest: int | None = None,
) -> SearchFilter:
    """A page of `statement`, whose first column is the `pk`, in the order asked for: by `keys`, or by relevance.

    `newest` is the walk's `horizon`, where the statement keeps to one.
    """
    if not by_relevance(query):
        order = paging.order_by(query.sort, default, keys, ties)
        return SearchFilter(
            paging.page(session, statement, order, query.limit, query.cursor, scope, newest), {}
        )
    wanted = matching.parse(session, query)
    if query.sort != "relevance" or wanted is None:
        raise BadRequest(
            "sort=relevance goes by what q looks for, best first: give it alone, and with a q.",
            [{"parameter": "sort", "message": "relevance stands alone and needs q"}],
        )
    within = statement.order_by(None).subquery()
    conditions = [col(SearchDocument.kind) == kind, _LED_TO.in_(select(within.c.pk))]
    found = ranking.page(session, wanted, conditions, query.limit, query.cursor, scope)
    scores = {hit.pk: hit.score for hit in found.rows}
    rows = {row.pk: row for row in session.execute(select(within).where(within.c.pk.in_(scores)))}
    return SearchFilter(found._replace(rows=[rows[pk] for pk in scores]), scores)


def by_relevance(query: Any) -> bool:
    """Whether a list is asked for best first."""
    return "relevance" in (part.strip().removeprefix("-") for part in (query.sort or "").split(","))


def horizon(session: Session, query: Any, *more: Any) -> int:
    """The `paging.horizon` of a list's walk; ranked ones freeze what they rank by in cursors of their own."""
    return paging.snapshot_briefing(
        session, None if by_relevance(query) else query.cursor, query.scope(*more)
    )


def matches(
    session: Session,
    query: Searched,
    kind: str,
    pks: Sequence[int],
    scores: Mapping[int, float],
    lang: str | None,
) -> dict[int, dict[str, Any]]:
    """Why each of `pks` is in a list under `q`, in the form of `MatchOut`; empty where there is none."""
    wanted = matching.parse(session, query)
    if wanted is None:
        return {}
    refs = _entities(session, wanted, lang)
    matcher = highlights.Matcher(wanted.terms, refs)
    return {
        pk: matcher.match(scores.get(pk), held) for pk, held in _fields(session, kind, pks).items()
    }


def _within(
    session: Session, query: SearchList
) -> tuple[dict[str, _Within], list[str], lookups.Pks]:
    """What each kind of thing must be under the filters, warnings, what ids mean. Filters of items alone leave out the rest."""
    if not any(getattr(query, name) for name in _FILTERS):
        return {kind: _of(kind, None) for kind in _PLURAL}, [], {}
    # What is sought is asked of the documents themselves.
    plain = ItemFilter.model_validate(
        query.model_dump(include=set(ItemFilter.model_fields)) | {"q": None}
    )
    resolved = lookups.resolve(session, plain)
    where = conditions.items(plain, resolved)
    within = {"item": _of("item", select(col(Item.pk)).where(*where) if where else None)}
    narrow = sorted(
        name for name in ItemFilter.model_fields.keys() - _OF_ALL if getattr(query, name)
    )
    if narrow:
        return (
            within,
            [
                *resolved.warnings,
                f"{', '.join(narrow)}: filters of items; entities, sources and briefings are left out.",
            ],
            resolved.pks,
        )
    tables: tuple[tuple[str, Any, Any], ...] = (
        ("entity", Mention, col(Mention.entity_pk)),
        ("source", Citation, col(Citation.source_pk)),
        ("briefing", Briefing, col(Briefing.pk)),
    )
    for kind, table, pk in tables:
        days = conditions.days(query, resolved, table.date, table.channel_pk)
        within[kind] = _of(kind, select(pk).where(*days, pk.is_not(None)) if days else None)
    return within, resolved.warnings, resolved.pks


def _of(kind: str, pks: Any) -> _Within:
    here = col(SearchDocument.kind) == kind
    return (here, True) if pks is None else (and_(here, _LED_TO.in_(pks)), False)


def _entities(session: Session, wanted: SearchQuery, lang: str | None) -> dict[int, EntityRef]:
    return entity_refs(
        session,
        (
            reading.entity
            for whole in wanted.terms
            for term in (whole, *whole.options)
            for reading in term.readings
            if reading.entity
        ),
        lang,
    )


def expanded(wanted: SearchQuery, refs: Mapping[int, EntityRef]) -> list[Expansion]:
    """The words of `wanted` that are looked for by other spellings, too."""
    return [
        Expansion(
            term=term.typed,
            entity=refs[term.readings[-1].entity or 0],
            spellings=[r.spelling for r in term.readings if r.spelling],
        )
        for whole in wanted.terms
        for term in whole.options or (whole,)
        if term.readings[-1].entity
    ]


def _fields(
    session: Session, kind: str, pks: Sequence[int]
) -> dict[int, list[highlights.SearchedField]]:
    def read(
        missing: list[tuple[str, int]],
    ) -> dict[tuple[str, int], list[highlights.SearchedField]]:
        values = {"kind": kind, "pks": [pk for _, pk in missing]}
        texts = {}
        for pk, fields in session.connection().execute(_FIELDS, values):
            texts[kind, pk] = highlights.read(fields)
        return texts

    known = version_cache(session, _TEXTS).get_or_make_all([(kind, pk) for pk in pks], read)
    return {pk: fields for (_, pk), fields in known.items()}
