"""Evidence of citations: the version of a document, and the lines of it that say so."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from app.query.schemas.citations import SERVICE, CitationEvidence
from app.query.snapshot.channel_titles import titles_of
from app.query.snapshot.refs import author_of
from app.store.encoding.batches import batches
from app.store.tables import Briefing, Channel, Citation, Document, Entity, Item, Mention, Source

_DOCUMENT: tuple[Any, ...] = (
    col(Document.sha256),
    col(Briefing.language),
    col(Briefing.front_matter),
    col(Channel.id).label("channel"),
)


def of_items(session: Session, item_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the lines of items, by item id."""
    statement = select(
        col(Item.id).label("key"),
        col(Item.first_line),
        col(Item.last_line),
        *_DOCUMENT,
    ).join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
    return _read(session, statement, col(Item.id), item_ids)


def of_briefings(session: Session, briefing_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the documents of briefings, by briefing id."""
    statement = select(
        col(Briefing.id).label("key"),
        _nothing("first_line"),
        _nothing("last_line"),
        *_DOCUMENT,
    ).select_from(Briefing)
    return _read(session, statement, col(Briefing.id), briefing_ids)


def of_sources(session: Session, source_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the first citation of sources, by source id."""
    order = col(Citation.line), col(Citation.pk)
    return _first(session, Citation, col(Citation.source_pk), order, Source, source_ids)


def of_entities(session: Session, entity_ids: Collection[str]) -> dict[str, CitationEvidence]:
    """Return the first mention of entities, by entity id; on that day one in an item, if any."""
    order = col(Mention.item_pk).is_(None), col(Mention.line), col(Mention.pk)
    return _first(session, Mention, col(Mention.entity_pk), order, Entity, entity_ids)


def _pks(table: Any, ids: Collection[str]) -> Any:
    return select(col(table.pk)).where(col(table.id).in_(ids))


def _nothing(name: str) -> Any:
    return func.nullif(1, 1).label(name)


def _first(
    session: Session,
    naming: Any,
    thing_pk: Any,
    order: Sequence[Any],
    table: Any,
    ids: Collection[str],
) -> dict[str, CitationEvidence]:
    """Return where things of `table` are named first, by id.

    `naming` is the table of the places, `thing_pk` its column of the thing, `order` the order
    within a document.
    """
    first_in_time = (col(naming.date), col(naming.briefing_pk), *order)
    place = func.row_number().over(partition_by=thing_pk, order_by=first_in_time)
    ranked = select(
        thing_pk.label("thing_pk"),
        col(naming.briefing_pk),
        col(naming.line),
        place.label("place"),
    )
    places = ranked.where(thing_pk.in_(_pks(table, ids))).subquery()
    statement = (
        select(
            col(table.id).label("key"),
            places.c.line.label("first_line"),
            places.c.line.label("last_line"),
            *_DOCUMENT,
        )
        .select_from(places)
        .join(table, col(table.pk) == places.c.thing_pk)
        .join(Briefing, col(Briefing.pk) == places.c.briefing_pk)
        .where(places.c.place == 1)
    )
    return _read(session, statement, col(table.id), ids)


def _read(
    session: Session,
    statement: Select[Any],
    key: Any,
    ids: Collection[str],
) -> dict[str, CitationEvidence]:
    joined = statement.join(Document, col(Document.briefing_pk) == col(Briefing.pk)).join(
        Channel, col(Channel.pk) == col(Briefing.channel_pk)
    )
    rows: list[Any] = []
    for batch in batches(sorted(ids)):
        rows += session.execute(joined.where(key.in_(batch)))
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
