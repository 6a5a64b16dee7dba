"""Evidence of citations: the version of a document, and the lines of it that say so."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlmodel import Session, col

from app.query.schemas.citations import SERVICE, CitationEvidence, DocumentPlace
from app.query.snapshot.channel_titles import titles_of
from app.query.snapshot.refs import author_of
from app.store.encoding.batches import batches
from app.store.tables import Briefing, Channel, Citation, Document, Entity, Item, Mention, Source

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _place(key: Any, first_line: Any, last_line: Any) -> Select[Any]:
    columns = (first_line.label("first_line"), last_line.label("last_line"))
    return select(key.label("key"), col(Document.sha256), *columns).where(key.in_(_IDS))


def _of_items() -> Select[Any]:
    place = _place(col(Item.id), col(Item.first_line), col(Item.last_line))
    return place.join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))


def _of_briefings() -> Select[Any]:
    return _place(col(Briefing.id), func.nullif(1, 1), func.nullif(1, 1)).select_from(Briefing)


def _first(naming: Any, thing_pk: Any, order: Sequence[Any], table: Any) -> Select[Any]:
    """Return the statement of the places where things of `table` are named first.

    `naming` is the table of the places, `thing_pk` its column of the thing, `order` the order
    within a document.
    """
    rank = func.row_number().over(partition_by=thing_pk, order_by=(col(naming.briefing_pk), *order))
    # An index has the first day: ranking all mentions of 20 entities took 3 ms instead of 1.
    first_day = select(func.min(col(naming.date))).where(thing_pk == col(table.pk))
    of_first_day = col(naming.date) == first_day.scalar_subquery().correlate(table)
    places = (
        select(
            thing_pk.label("thing_pk"),
            col(naming.briefing_pk),
            col(naming.line),
            rank.label("rank"),
        )
        .join(table, col(table.pk) == thing_pk)
        .where(col(table.id).in_(_IDS), of_first_day)
        .subquery()
    )
    return (
        _place(col(table.id), places.c.line, places.c.line)
        .select_from(places)
        .join(table, col(table.pk) == places.c.thing_pk)
        .join(Briefing, col(Briefing.pk) == places.c.briefing_pk)
        .where(places.c.rank == 1)
    )


_IN_ITEM_FIRST = (col(Mention.item_pk).is_(None), col(Mention.line), col(Mention.pk))
_FIRST_CITED = (col(Citation.line), col(Citation.pk))
_IN_BRIEFINGS: dict[str, Select[Any]] = {
    "items": _of_items(),
    "briefings": _of_briefings(),
    "sources": _first(Citation, col(Citation.source_pk), _FIRST_CITED, Source),
    "entities": _first(Mention, col(Mention.entity_pk), _IN_ITEM_FIRST, Entity),
}
_PLACES: dict[str, Select[Any]] = {}
_EVIDENCE: dict[str, Select[Any]] = {}
for _name, _statement in _IN_BRIEFINGS.items():
    _PLACES[_name] = _statement.join(Document, col(Document.briefing_pk) == col(Briefing.pk))
    _EVIDENCE[_name] = (
        _PLACES[_name]
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .add_columns(
            col(Briefing.language), col(Briefing.front_matter), col(Channel.id).label("channel")
        )
    )


def places(session: Session, collection: str, ids: Collection[str]) -> dict[str, DocumentPlace]:
    """Return the places of things of a collection by id; a thing that is nowhere has none.

    An entity or source has the place where it is named first.
    """
    by_id = {}
    for row in _rows(session, _PLACES[collection], ids):
        by_id[row.key] = DocumentPlace(row.sha256, row.first_line, row.last_line)
    return by_id


def of_items(session: Session, item_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the lines of items, by item id."""
    return _evidence(session, "items", item_ids)


def of_briefings(session: Session, briefing_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the documents of briefings, by briefing id."""
    return _evidence(session, "briefings", briefing_ids)


def of_sources(session: Session, source_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the first citation of sources, by source id."""
    return _evidence(session, "sources", source_ids)


def of_entities(session: Session, entity_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the first mention of entities, by entity id; on that day one in an item, if any."""
    return _evidence(session, "entities", entity_ids)


def _evidence(
    session: Session, collection: str, ids: Collection[str]
) -> dict[str, CitationEvidence]:
    rows = _rows(session, _EVIDENCE[collection], ids)
    names = titles_of(session, {row.channel for row in rows})
    evidence = {}
    for row in rows:
        evidence[row.key] = CitationEvidence(
            sha256=row.sha256,
            author=author_of(row.front_matter, names.get(row.channel, SERVICE)),
            language=row.language,
            first_line=row.first_line,
            last_line=row.last_line,
        )
    return evidence


def _rows(session: Session, statement: Select[Any], ids: Collection[str]) -> list[Any]:
    rows: list[Any] = []
    for batch in batches(sorted(ids)):
        rows += session.connection().execute(statement, {"ids": batch})
    return rows
