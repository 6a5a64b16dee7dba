"""The JSON of items, put together from their rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from app.store.encoding.stored_item import (
    ItemPlace,
    StoredItem,
    entity_placeholder,
    entry_placeholder,
)
from app.store.tables import (
    Briefing,
    Channel,
    Citation,
    Claim,
    Echo,
    Item,
    Mention,
    Publisher,
    Section,
    Source,
    WatchlistEntry,
)

Entries = defaultdict[int, list[Any]]
"""JSON objects by the `pk` of their item, briefing or cell."""
AnyRow = Row[*tuple[Any, ...]]

_COLUMNS: tuple[Any, ...] = (
    col(Item.pk),
    col(Item.id),
    col(Item.kind),
    col(Item.position),
    col(Item.parent),
    col(Item.title),
    col(Item.summary),
    col(Item.importance_level),
    col(Item.importance_label),
    col(Item.importance_reason),
    col(Item.first_line),
    col(Item.last_line),
    col(Item.date),
    col(Item.updated_at),
    col(Item.details),
    col(Item.extra),
    col(Briefing.id).label("briefing_id"),
    col(Briefing.title).label("briefing_title"),
    col(Channel.id).label("channel"),
    col(Section.position).label("section_position"),
    col(Section.kind).label("section_kind"),
    col(Section.title).label("section_title"),
)


def item_bodies(session: Session, pks: Sequence[int]) -> dict[int, bytes]:
    """Return the stored JSON of items by `pk`."""
    entities = _entities(session, pks)
    sources = _sources(session, pks)
    certainty = _certainty(session, pks)
    echoes = _echoes(session, pks)
    statement = (
        select(*_COLUMNS)
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(Section, col(Section.pk) == col(Item.section_pk))
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .where(col(Item.pk).in_(pks))
    )
    bodies = {}
    for row in session.execute(statement):
        parts = {
            "details": row.details,
            "entities": entities[row.pk],
            "sources": sources[row.pk],
            "certainty": certainty[row.pk],
            "extra": row.extra,
            "echoes": echoes[row.pk],
        }
        bodies[row.pk] = StoredItem.encode(_core(row), _place(row), parts)

    return bodies


def _core(row: AnyRow) -> dict[str, Any]:
    """Return the members that an item has everywhere."""
    importance = None
    if row.importance_label is not None:
        importance = {
            "level": row.importance_level,
            "label": row.importance_label,
            "reason": row.importance_reason,
        }

    return {
        "id": row.id,
        "kind": row.kind,
        "position": row.position,
        "parent": row.parent,
        "title": row.title,
        "summary": row.summary,
        "importance": importance,
        "lines": {
            "first": row.first_line,
            "last": row.last_line,
        },
    }


def _place(row: AnyRow) -> ItemPlace:
    """Return the place of an item, which it shows outside of its briefing."""
    return ItemPlace(
        row.date,
        row.briefing_id,
        row.channel,
        row.briefing_title,
        row.section_position,
        row.section_kind,
        row.section_title,
        row.updated_at,
        row.id,
    )


def _entities(session: Session, pks: Sequence[int]) -> Entries:
    """Return the entities of items: the cells of entity lines, then those of running text alone.

    Cells are in their order; the others are listed once each, in the order of the text.
    """
    statement = select(
        col(Mention.pk),
        col(Mention.item_pk),
        col(Mention.cell_pk),
        col(Mention.entity_pk),
        col(Mention.surface),
        col(Mention.inferred),
        col(Mention.position),
        col(Mention.kind),
        col(Mention.start_char),
    ).where(col(Mention.item_pk).in_(pks))
    listed: list[AnyRow] = []
    in_text: list[AnyRow] = []
    for row in session.execute(statement):
        (listed if row.kind == "listed" else in_text).append(row)
    listed.sort(key=lambda row: (row.item_pk, row.position, row.pk))
    in_text.sort(key=lambda row: (row.start_char, row.pk))
    parts = _cell_parts(listed)
    entries: Entries = defaultdict(list)
    seen = set()
    for row in listed:
        seen.add((row.item_pk, row.entity_pk))
        if not row.cell_pk:
            entries[row.item_pk].append(_entity(row, parts.get(row.pk, [])))

    for row in in_text:
        if row.entity_pk and (row.item_pk, row.entity_pk) not in seen:
            seen.add((row.item_pk, row.entity_pk))
            entries[row.item_pk].append(_entity(row, []))

    return entries


def _cell_parts(listed: Sequence[AnyRow]) -> Entries:
    """Return the parts of composite cells, by the `pk` of the cell."""
    parts: Entries = defaultdict(list)
    for row in listed:
        if row.cell_pk:
            part = {
                "surface": row.surface,
                "entity": entity_placeholder(row.entity_pk),
            }
            parts[row.cell_pk].append(part)

    return parts


def _entity(row: AnyRow, parts: list[dict[str, Any]]) -> Any:
    if row.entity_pk and not row.inferred and not parts:
        return entry_placeholder(row.surface, row.entity_pk, is_listed=row.kind == "listed")
    return {
        "surface": row.surface,
        "listed": row.kind == "listed",
        "inferred": row.inferred,
        "entity": entity_placeholder(row.entity_pk),
        "parts": parts,
    }


def _sources(session: Session, pks: Sequence[int]) -> Entries:
    """Return the citations of items, in their order."""
    statement: Any = (
        select(
            col(Citation.item_pk),
            col(Source.id),
            col(Citation.label),
            col(Citation.target),
            col(Source.url),
            col(Source.arxiv_id),
            col(Citation.arxiv_version),
            col(Citation.status),
            col(Publisher.id).label("publisher"),
            col(Publisher.name),
        )
        .join(Source, col(Source.pk) == col(Citation.source_pk))
        .join(Publisher, col(Publisher.pk) == col(Source.publisher_pk), isouter=True)
        .where(col(Citation.item_pk).in_(pks))
        .order_by(
            col(Citation.item_pk),
            col(Citation.position),
        )
    )
    entries: Entries = defaultdict(list)
    for row in session.execute(statement):
        publisher = None
        if row.publisher:
            publisher = {"id": row.publisher, "name": row.name}
        entry = {
            "id": row.id,
            "label": row.label,
            "target": row.target,
            "url": row.url,
            "arxiv_id": row.arxiv_id,
            "arxiv_version": row.arxiv_version,
            "status": row.status,
            "publisher": publisher,
        }
        assert row.item_pk
        entries[row.item_pk].append(entry)

    return entries


def _certainty(session: Session, pks: Sequence[int]) -> Entries:
    """Return the hedged claims of items, in the order of the text."""
    statement: Any = (
        select(
            col(Claim.item_pk),
            col(Claim.kind),
            col(Claim.field),
            col(Claim.surface),
            col(Claim.text),
            col(Claim.line),
            col(Claim.start_char).label("start"),
            col(Claim.end_char).label("end"),
        )
        .where(col(Claim.item_pk).in_(pks))
        .order_by(
            col(Claim.item_pk),
            col(Claim.start_char),
            col(Claim.pk),
        )
    )
    return entries_by_first_column(session, statement)


def entries_by_first_column(session: Session, statement: Any) -> Entries:
    """Return the rows of a statement as objects of their columns but the first, by the first."""
    entries: Entries = defaultdict(list)
    for row in session.execute(statement).mappings():
        entry = dict(row)
        pk = entry.pop(next(iter(entry)))
        entries[pk].append(entry)
    return entries


def _echoes(session: Session, pks: Sequence[int]) -> Entries:
    """Return the echoes of items, in the order of the text; those of watch lists have an id."""
    in_watchlist = (
        (col(Echo.place) == "watchlist")
        & (col(WatchlistEntry.briefing_pk) == col(Echo.briefing_pk))
        & (col(WatchlistEntry.position) == col(Echo.position))
    )
    statement: Any = (
        select(
            col(Echo.item_pk),
            col(Echo.place).label("where"),
            col(Echo.position),
            col(WatchlistEntry.id),
            col(Echo.line),
            col(Echo.text),
            col(Echo.signal),
            col(Echo.score),
        )
        .join(WatchlistEntry, in_watchlist, isouter=True)
        .where(col(Echo.item_pk).in_(pks))
        .order_by(
            col(Echo.line),
            col(Echo.place),
            col(Echo.position),
        )
    )
    return entries_by_first_column(session, statement)
