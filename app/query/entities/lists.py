"""Entities: a list with counts, and one entity with its names."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast, get_args

import numpy as np
from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from app.query import search
from app.query.columns.arrays import EntityTally, Ints, empty_tally
from app.query.columns.entity_pages import (
    EntitySelection,
    entity_rows,
    select_entities,
    sort_columns,
)
from app.query.columns.mentions import mention_columns
from app.query.entities import references, related
from app.query.filters import families, lookups
from app.query.filters.lookups import Resolved
from app.query.listing import description, dimensions, facets, grouping
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.entity_params import EntityList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.entities import AliasOut, EntityCounts, EntityLinks, EntityOut, EntitySummary
from app.query.schemas.shared import EntityRef, EntityType, MentionKind
from app.query.snapshot.refs import entity_refs, path, shown_name
from app.store.encoding.columns import KINDS
from app.store.tables import Alias, Entity

MAX_RELATED = 3


def find(session: Session, query: EntityList, lang: str | None) -> Listing[EntitySummary]:
    """Return a page of the entities that the selected items mention, with counts in these items."""
    newest = search.snapshot_briefing(session, query)
    selection = select_entities(session, query, newest)
    if search.is_by_relevance(query):
        page, _ = search.page(
            session, query, "entity", selection.statement(), "", {}, (), query.scope(), newest
        )
        rows = [int(selection.pks.searchsorted(row.pk)) for row in page.rows]
    else:
        page = paging.page_of_arrays(
            sort_columns(session, query, selection),
            selection.slugs(session),
            query.limit,
            query.cursor,
            query.scope(),
            newest,
        )
        rows = cast(list[int], page.rows)
    summaries = []
    for summary in _summaries(session, selection, rows, lang):
        summaries.append(EntitySummary(**summary))
    meta = _list_meta(session, selection, query, lang)
    return Listing(summaries, page, selection.resolved.warnings, meta)


def buckets(session: Session, query: EntityList, lang: str | None) -> Listing[BucketOut]:
    """Return a page of buckets of the entities that the selected items mention."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    selection = select_entities(session, query, newest)
    bucket_outs, page = grouping.buckets(
        session, _groupable(selection), query, lang, query.scope(), newest
    )
    meta = _list_meta(session, selection, query, lang)
    return Listing(bucket_outs, page, selection.resolved.warnings, meta)


def _groupable(selection: EntitySelection) -> grouping.Groupable:
    return grouping.Groupable(
        selection.statement(), col(Entity.pk), dimensions.OF_ENTITIES, path("entities")
    )


def _list_meta(
    session: Session, selection: EntitySelection, query: EntityList, lang: str | None
) -> ListMeta:
    resolved = selection.resolved
    text = description.describe(session, "entities", query, resolved.pks, "-mentions", lang)
    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    if query.facets:
        return facets.with_facets(session, _groupable(selection), query, lang, meta)
    return meta


def one(session: Session, pk: int, lang: str | None) -> EntityOut:
    """Return an entity with its names and its counts over all briefings."""
    columns = mention_columns(session)
    own_mentions = columns.mentions({pk})
    row = next(
        entity_rows(
            session,
            [pk],
            col(Entity.names),
            col(Entity.family_pk),
            col(Entity.maker_pk),
            col(Entity.external_ids),
        )
    )
    counts = empty_tally(1)
    if len(own_mentions.kind):
        counts = columns.totals.where(columns.entity_indexes([pk]))
    selection = EntitySelection(np.array([pk]), counts, Resolved())
    (summary,) = _summaries(session, selection, [0], lang)
    survivors = {}
    for related_pk in (row.family_pk, row.maker_pk):
        if related_pk:
            survivors[related_pk] = _survivor(session, related_pk)
    refs = entity_refs(session, survivors.values(), lang)
    member_pks = families.with_members(session, [pk], "family") - {pk}
    summary["members"] = families.mentioned(session, member_pks, lang)
    return EntityOut(
        **summary,
        names=row.names,
        aliases=_aliases(session, pk),
        family=refs.get(survivors.get(row.family_pk, 0)),
        maker=refs.get(survivors.get(row.maker_pk, 0)),
        mentions=_counts_by_kind(own_mentions.kind, own_mentions.count),
        related=related.strongest(session, pk, MAX_RELATED, lang),
        external_ids=row.external_ids,
    )


def _counts_by_kind(kinds: Ints, counts: Ints) -> dict[MentionKind, int]:
    """Return the number of mentions of each kind that occurs.

    `kinds` holds indexes of `KINDS`, `counts` the mentions of each; both have one row for each
    kind of mention in an item or briefing.
    """
    totals = (
        np.bincount(kinds, counts, len(KINDS))
        .astype(
            int,
        )
        .tolist()
    )
    total_by_kind = dict(zip(KINDS, totals, strict=True))
    counts_by_kind: dict[MentionKind, int] = {}
    for kind in get_args(MentionKind):
        if total_by_kind.get(kind):
            counts_by_kind[kind] = total_by_kind[kind]
    return counts_by_kind


def _survivor(session: Session, pk: int) -> int:
    """Return the entity that an entity was merged into, or the entity itself."""
    survivor_pk = func.coalesce(
        col(Entity.merged_into_pk),
        col(Entity.pk),
    )
    statement = select(survivor_pk).where(
        col(Entity.pk) == pk,
    )
    survivor: int = session.execute(statement).scalar_one()
    return survivor


def _aliases(session: Session, pk: int) -> list[AliasOut]:
    """Return the spellings of an entity and of those merged into it, each once, sorted by name."""
    columns = (
        col(Entity.node),
        col(Alias.name),
        col(Alias.lang),
        col(Alias.kind),
        col(Alias.origin),
    )
    is_own = col(Entity.pk) == pk
    rows = session.execute(
        select(*columns)
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(or_(is_own, col(Entity.merged_into_pk) == pk))
        .order_by(paging.bytewise(col(Alias.name)), is_own, col(Entity.node))
    )
    # The entity's own spelling comes last and replaces the same spelling of a merged entity.
    aliases = {}
    for node, name, lang, kind, origin in rows:
        aliases[name] = AliasOut(
            id=references.alias_id(node, name), name=name, lang=lang, kind=kind, origin=origin
        )
    return list(aliases.values())


def _summaries(
    session: Session, selection: EntitySelection, rows: Sequence[int], lang: str | None
) -> Iterator[dict[str, Any]]:
    """Yield the fields of `EntitySummary` of some rows of a selection."""
    pks = selection.pks[list(rows)].tolist()
    counts = selection.counts.where(list(rows))
    arrays = [getattr(counts, name).tolist() for name in EntityTally.__slots__]
    entities = {}
    columns = (
        col(Entity.id),
        col(Entity.slug),
        col(Entity.name),
        col(Entity.names),
        col(Entity.type),
    )
    for entity in entity_rows(session, pks, *columns):
        entities[entity.pk] = entity
    members_of = _member_refs(session, selection, pks, lang)
    for pk, items, mention_count, briefings, first, last in zip(
        pks,
        *arrays,
        strict=True,
    ):
        entity = entities[pk]
        yield {
            "id": entity.id,
            "slug": entity.slug,
            "name": shown_name(entity.name, entity.names, lang),
            "type": cast(EntityType, entity.type),
            "counts": EntityCounts(items=items, mentions=mention_count, briefings=briefings),
            "first_seen": date.fromordinal(first) if first else None,
            "last_seen": date.fromordinal(last) if last else None,
            "members": members_of[pk],
            "links": _links(entity.id),
        }


def _member_refs(
    session: Session, selection: EntitySelection, pks: Sequence[int], lang: str | None
) -> dict[int, list[EntityRef]]:
    """Return the entities that count as each of `pks`, sorted by name, by pk."""
    all_pks: set[int] = set()
    for pk in pks:
        all_pks.update(selection.members.get(pk, ()))
    refs = entity_refs(session, all_pks, lang)
    members_of = {}
    for pk in pks:
        members = [refs[member] for member in selection.members.get(pk, ())]
        members_of[pk] = sorted(members, key=families.name_order)
    return members_of


def _links(entity_id: str) -> EntityLinks:
    address = path("entities", entity_id)
    return EntityLinks(
        self=address,
        items=f"{address}/items",
        timeline=f"{address}/timeline",
        related=f"{address}/related",
        history=f"{address}/history",
    )
