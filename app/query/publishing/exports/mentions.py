"""Rows of mentions."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.query.filters import conditions
from app.query.filters.lookups import Resolved
from app.query.publishing.exports.complete_first import Row
from app.query.request.export_params import MentionExport
from app.query.snapshot.refs import entity_refs
from app.query.snapshot.streams import partitions
from app.store.tables import Briefing, Channel, Entity, Item, Mention

BATCH_ROWS = 1_000
_OF_MENTIONS = ("entity", "entity_type")
"""Parameters that select mentions, not items."""
_COLUMNS: tuple[Any, ...] = (
    col(Briefing.id).label("briefing"),
    col(Channel.id).label("channel"),
    col(Mention.date),
    col(Item.id).label("item"),
    col(Mention.kind),
    col(Mention.field),
    col(Mention.surface),
    col(Mention.entity_pk),
    col(Mention.inferred),
    col(Mention.method),
    col(Mention.score),
    col(Mention.line),
    col(Mention.start_char).label("start"),
    col(Mention.end_char).label("end"),
)


def mentions(
    session: Session, query: MentionExport, resolved: Resolved, lang: str | None
) -> Iterator[Row]:
    """Yield the mentions in the order of ingestion: no sort holds millions of rows."""
    statement = (
        select(*_COLUMNS)
        .join(Briefing, col(Briefing.pk) == col(Mention.briefing_pk))
        .join(Channel, col(Channel.pk) == col(Mention.channel_pk))
        .outerjoin(Item, col(Item.pk) == col(Mention.item_pk))
        .where(*_where(query, resolved))
        .order_by(col(Mention.pk))
    )
    for rows in partitions(session, statement, BATCH_ROWS):
        refs = entity_refs(session, {row.entity_pk for row in rows if row.entity_pk}, lang)
        for row in rows:
            yield _mention_row(row._asdict(), refs.get(row.entity_pk))


def _mention_row(row: Row, ref: Any) -> Row:
    del row["entity_pk"]
    row["entity"] = ref and ref.id
    row["entity_name"] = ref and ref.name
    row["entity_type"] = ref and ref.type
    row["score"] = float(row["score"])
    return row


def _where(query: MentionExport, resolved: Resolved) -> list[Any]:
    where: list[Any] = [
        *conditions.days(
            query,
            resolved,
            col(Mention.date),
            col(Mention.channel_pk),
        ),
        *conditions.text(
            query,
            resolved,
            "item",
            col(Mention.item_pk),
        ),
        *conditions.by_values(query.mention, lambda kinds: col(Mention.kind).in_(kinds)),
        *conditions.by_ids(
            "entity",
            query.entity,
            resolved,
            col(Mention.entity_pk).in_,
        ),
    ]
    items = conditions.selected_items(query, resolved, _OF_MENTIONS)
    if items is not None:
        where.append(col(Mention.item_pk).in_(items))
    for condition in conditions.by_values(query.entity_type, _is_of_type):
        where.append(condition)
    return where


def _is_of_type(types: Any) -> Any:
    pks = select(col(Entity.pk)).where(col(Entity.type).in_(types))
    return col(Mention.entity_pk).in_(pks)
