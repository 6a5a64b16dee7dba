"""Rows of entities, sources and threads, with their counts under the filters."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.columns.entity_pages import entity_rows, select_entities
from app.query.filters import conditions
from app.query.filters.lookups import Resolved
from app.query.publishing.exports.complete_first import Row
from app.query.request import paging
from app.query.request.export_params import EntityExport, SourceExport, ThreadExport
from app.query.snapshot.refs import shown_name
from app.query.snapshot.streams import partitions
from app.query.stories import threads
from app.query.taxonomy.sources import selected_sources, source_values
from app.store.tables import Entity, Spelling, Thread

BATCH_ROWS = 500
"""Rows that are completed by one statement."""


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), BATCH_ROWS):
        yield values[start : start + BATCH_ROWS]


def entities(
    session: Session, query: EntityExport, resolved: Resolved, lang: str | None
) -> Iterator[Row]:
    """Yield the entities, the most mentioned first."""
    newest = paging.snapshot_briefing(session, None, "")
    selection = select_entities(session, query, newest)
    order = np.argsort(-selection.counts.mentions, kind="stable").tolist()
    for indexes in _batches(order):
        pks = selection.pks[indexes].tolist()
        counts = selection.counts.where(list(indexes))
        columns = (counts.items, counts.mentions, counts.briefings, counts.first, counts.last)
        known = _known_entities(session, pks, lang)
        spellings = _spellings(session, pks)
        numbers = zip(*(column.tolist() for column in columns), strict=True)
        for pk, (items, mentions, briefings, first, last) in zip(pks, numbers, strict=True):
            yield known[pk] | {
                "items": items,
                "mentions": mentions,
                "briefings": briefings,
                "first_seen": _day(first),
                "last_seen": _day(last),
                "spellings": spellings[pk],
            }


def _day(ordinal: int) -> str | None:
    """Return a day as ISO 8601, None for the ordinal 0."""
    return date.fromordinal(ordinal).isoformat() if ordinal else None


def _known_entities(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, Row]:
    """Return the stored rows of entities, by pk."""
    columns = (
        col(Entity.id),
        col(Entity.slug),
        col(Entity.type),
        col(Entity.name),
        col(Entity.names),
        col(Entity.family_pk),
        col(Entity.maker_pk),
    )
    rows = list(entity_rows(session, pks, *columns))
    relatives = {row.family_pk for row in rows} | {row.maker_pk for row in rows}
    ids = _survivors(session, [pk for pk in relatives if pk])
    known = {}
    for row in rows:
        known[row.pk] = {
            "id": row.id,
            "slug": row.slug,
            "type": row.type,
            "name": shown_name(row.name, row.names, lang),
            "name_en": row.names.get("en"),
            "name_zh_hant": row.names.get("zh-Hant"),
            "name_zh_hans": row.names.get("zh-Hans"),
            "family": ids.get(row.family_pk),
            "maker": ids.get(row.maker_pk),
        }
    return known


def _survivors(session: Session, pks: Sequence[int]) -> dict[int, str]:
    """Return the id of each entity, or of the one that it was merged into, by pk."""
    survivor: Any = aliased(Entity)
    statement: Any = (
        select(col(Entity.pk), func.coalesce(survivor.id, col(Entity.id)))
        .outerjoin(survivor, survivor.pk == col(Entity.merged_into_pk))
        .where(col(Entity.pk).in_(pks))
    )
    return dict(session.execute(statement).all())


def _spellings(session: Session, pks: Sequence[int]) -> dict[int, list[str]]:
    """Return the names that documents use, the most frequent first, by pk."""
    order = (col(Spelling.count).desc(), paging.bytewise(col(Spelling.name)))
    statement = select(col(Spelling.entity_pk), col(Spelling.name)).order_by(*order)
    names: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in session.execute(statement.where(col(Spelling.entity_pk).in_(pks))):
        names[pk].append(name)
    return names


def sources(
    session: Session, query: SourceExport, resolved: Resolved, lang: str | None
) -> Iterator[Row]:
    """Yield the sources, the last cited first."""
    newest = paging.snapshot_briefing(session, None, "")
    statement, keys = selected_sources(session, query, resolved, newest)
    order = (keys["last_cited"].desc(), paging.bytewise(statement.selected_columns.id))
    for rows in partitions(session, statement.order_by(*order), BATCH_ROWS):
        for values in source_values(session, rows):
            yield _source_row(values)


def _source_row(values: Row) -> Row:
    publisher = values["publisher"]
    return {
        "id": values["id"],
        "status": values["status"],
        "url": values["url"],
        "arxiv": values["arxiv_id"] and f"arXiv:{values['arxiv_id']}",
        "publisher": publisher and publisher.id,
        "publisher_name": publisher and publisher.name,
        "label": values["label"],
        "target": values["target"],
        "citations": values["citations"],
        "first_cited": values["first_cited"],
        "last_cited": values["last_cited"],
    }


def stories(
    session: Session, query: ThreadExport, resolved: Resolved, lang: str | None
) -> Iterator[Row]:
    """Yield the threads, the newest first."""
    columns: tuple[Any, ...] = (
        col(Thread.pk),
        col(Thread.id),
        col(Thread.items),
        col(Thread.first_date),
        col(Thread.last_date),
    )
    where = conditions.threads(query, resolved, col(Thread.items))
    order = (col(Thread.last_date).desc(), paging.bytewise(col(Thread.id)))
    statement = select(*columns).where(*where).order_by(*order)
    for rows in partitions(session, statement, BATCH_ROWS):
        members = threads.members_of(session, [row.pk for row in rows])
        for row in rows:
            yield _thread_row(row, members[row.pk])


def _thread_row(row: Any, members: Sequence[Any]) -> Row:
    shapes = []
    for member in members:
        shapes.append(
            {
                "item": member.id,
                "briefing": member.briefing,
                "date": member.date,
                "role": member.role,
                "title": member.title,
            }
        )
    return {
        "id": row.id,
        "title": members[0].title,
        "items": row.items,
        "channels": sorted({member.channel for member in members}),
        "first_date": row.first_date,
        "last_date": row.last_date,
        "latest_item": members[-1].id,
        "members": shapes,
    }
