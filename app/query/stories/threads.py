"""Story threads: a list, one thread with its members, and lists with one item for each thread."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import NotFound
from app.query.filters import conditions, lookups
from app.query.filters.conditions import Condition
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.item_params import ThreadList
from app.query.schemas.shared import EntityRef, ItemRef
from app.query.schemas.threads import (
    JoinEvidence,
    JoinOut,
    ThreadEntity,
    ThreadLinks,
    ThreadMemberOut,
    ThreadOut,
    ThreadSummary,
    WeighedEntity,
)
from app.query.snapshot.refs import entity_refs, path
from app.store.tables import (
    Briefing,
    Channel,
    Entity,
    Item,
    ItemLink,
    Mention,
    Thread,
    ThreadMember,
)

SORT_KEYS: dict[str, Any] = {
    "last": col(Thread.last_date),
    "first": col(Thread.first_date),
    "items": col(Thread.items),
}


def collapsed(keys: Any, item_conditions: Sequence[Condition]) -> Any:
    """Return the statement `keys` of items, reduced to the newest matching item of each thread.

    The column `told` holds the number of matching items of the thread.
    """
    # Aliased, so that a condition on threads does not correlate with this table.
    member: Any = aliased(ThreadMember)
    thread_or_item = func.coalesce(member.thread_pk, -col(Item.pk))
    # On one day, prefer the item that tells the story to one that repeats or refers to it.
    rank_of_kind = case(
        (col(Item.kind) == "stub", 2),
        (member.role == "duplicate", 1),
        else_=0,
    )
    newest_first = (
        col(Item.date).desc(),
        rank_of_kind,
        col(Item.ordinal).desc(),
        paging.bytewise(col(Item.id)),
    )
    place = func.row_number().over(partition_by=thread_or_item, order_by=newest_first)
    size = func.count().over(partition_by=thread_or_item)
    ranked = (
        select(
            col(Item.pk).label("pk"),
            place.label("place"),
            size.label("told"),
        )
        .join(member, member.item_pk == col(Item.pk), isouter=True)
        .where(*item_conditions)
        .subquery()
    )
    joined = keys.add_columns(ranked.c.told).join(
        ranked,
        ranked.c.pk == col(Item.pk),
    )
    return joined.where(ranked.c.place == 1)


def find(session: Session, query: ThreadList, lang: str | None = None) -> Listing[ThreadSummary]:
    """Return a page of the threads that `query` asks for.

    Threads are shown as they were when the walk began, so that no thread moves between pages.
    """
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    in_snapshot = paging.up_to_snapshot(session, newest, col(Item.briefing_pk))
    sizes = _sizes_in(in_snapshot) if in_snapshot else None
    keys = SORT_KEYS
    if sizes is not None:
        keys = {"last": sizes.last_date, "first": sizes.first_date, "items": sizes.item_count}
    resolved = lookups.resolve(session, query)
    statement: Any = select(
        col(Thread.pk), col(Thread.id), keys["items"].label("items"), keys["first"], keys["last"]
    )
    statement = statement.where(
        *conditions.threads(
            query,
            resolved,
            keys["items"],
            in_snapshot,
        )
    )
    if sizes is not None:
        statement = statement.where(sizes.thread_pk == col(Thread.pk))
    ties = (
        keys["last"].desc(),
        keys["first"].desc(),
        paging.bytewise(col(Thread.id)),
    )
    page = paging.page(
        session, statement, paging.order_by(query.sort, "-last", keys, ties), query, snapshot=newest
    )
    members = members_of(
        session,
        [row.pk for row in page.rows],
        *in_snapshot,
    )
    summaries = [
        ThreadSummary(
            **_summary(
                row,
                members[row.pk],
            )
        )
        for row in page.rows
    ]
    text = description.describe(session, "threads", query, resolved.pks, "-last", lang)
    meta = ListMeta(text, members=lookups.counted_members(session, resolved, lang))
    return Listing(summaries, page, resolved.warnings, meta)


def _sizes_in(in_snapshot: Sequence[Condition]) -> Any:
    """Return the columns of a subquery with the size and dates of threads in a snapshot."""
    statement = select(
        col(ThreadMember.thread_pk),
        func.min(col(Item.date)).label("first_date"),
        func.max(col(Item.date)).label("last_date"),
        func.count().label("item_count"),
    )
    joined = statement.join(
        Item,
        col(Item.pk) == col(ThreadMember.item_pk),
    )
    return (
        joined.where(*in_snapshot)
        .group_by(
            col(ThreadMember.thread_pk),
        )
        .subquery()
        .columns
    )


def one(session: Session, thread_id: str, lang: str | None) -> ThreadOut:
    """Return a thread with its members and the evidence that joined them.

    Raises NotFound for an unknown id.
    """
    statement = select(
        col(Thread.pk),
        col(Thread.id),
        col(Thread.items),
        col(Thread.first_date),
        col(Thread.last_date),
    )
    row = session.execute(
        statement.where(col(Thread.id) == thread_id),
    ).first()
    if row is None:
        raise NotFound(
            f"There is no thread {thread_id!r}. A thread has at least two items; its id follows "
            "from the first."
        )
    members = members_of(session, [row.pk])[row.pk]
    joins = _joins(session, row.pk, lang)
    member_outs = []
    for member in members:
        out = ThreadMemberOut(
            item=_item_ref(member),
            briefing=member.briefing,
            channel=member.channel,
            role=member.role,
            joined=joins.get(member.pk),
        )
        member_outs.append(out)
    return ThreadOut(
        **_summary(row, members),
        members=member_outs,
        entities=_shared_entities(session, row.pk, lang),
    )


def members_of(
    session: Session, thread_pks: Sequence[int], *in_snapshot: Condition
) -> dict[int, list[Any]]:
    """Return the members of threads in the order they were published, by `thread.pk`."""
    columns: tuple[Any, ...] = (
        col(ThreadMember.thread_pk),
        col(Item.pk),
        col(Item.id),
        col(Item.title),
        col(Item.date),
        col(Item.ordinal),
        col(ThreadMember.role),
        col(Briefing.id).label("briefing"),
        col(Channel.id).label("channel"),
    )
    statement = (
        select(*columns)
        .join(Item, col(Item.pk) == col(ThreadMember.item_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .where(col(ThreadMember.thread_pk).in_(thread_pks), *in_snapshot)
    )
    rows = session.execute(statement).all()
    members: defaultdict[int, list[Any]] = defaultdict(list)
    for row in sorted(
        rows,
        key=lambda row: (row.date, row.channel, row.ordinal),
    ):
        members[row.thread_pk].append(row)
    return members


def _summary(row: Any, members: Sequence[Any]) -> dict[str, Any]:
    links = ThreadLinks(
        self=path("threads", row.id),
        items=f"/v1/items?thread={row.id}",
    )
    return {
        "id": row.id,
        "title": members[0].title,
        "items": row.items,
        "channels": sorted({member.channel for member in members}),
        "first_date": row.first_date,
        "last_date": row.last_date,
        "latest": _item_ref(members[-1]),
        "links": links,
    }


def _item_ref(row: Any) -> ItemRef:
    return ItemRef(id=row.id, title=row.title, date=row.date)


def _joins(session: Session, thread_pk: int, lang: str | None) -> dict[int, JoinOut]:
    """Return the evidence that joined each member but the first, by `item.pk`."""
    earlier: Any = aliased(Item)
    columns: tuple[Any, ...] = (
        col(ItemLink.item_pk),
        earlier.id,
        col(ItemLink.signal),
        col(ItemLink.score),
        col(ItemLink.evidence),
    )
    same_item = col(ThreadMember.item_pk) == col(ItemLink.item_pk)
    same_earlier_item = col(ThreadMember.joined_pk) == col(ItemLink.earlier_pk)
    rows = session.execute(
        select(*columns)
        .join(ThreadMember, same_item & same_earlier_item)
        .join(earlier, earlier.pk == col(ItemLink.earlier_pk))
        .where(col(ThreadMember.thread_pk) == thread_pk)
    ).all()
    entity_ids: set[str] = set()
    for row in rows:
        entity_ids.update(_shared_bits(row.evidence))
    refs = _refs_by_id(session, entity_ids, lang)
    joins = {}
    for item_pk, item_id, signal, score, evidence in rows:
        joins[item_pk] = JoinOut(
            item=item_id, signal=signal, score=score, evidence=_evidence(evidence, refs)
        )
    return joins


def _shared_bits(evidence: dict[str, Any]) -> dict[str, float]:
    """Return the bits of the entities that two items share, by entity id."""
    names = evidence.get("names") or {}
    return {
        shared["entity"]: shared["bits"]
        for shared in names.get(
            "shared",
            (),
        )
    }


def _refs_by_id(session: Session, entity_ids: set[str], lang: str | None) -> dict[str, EntityRef]:
    statement = select(col(Entity.pk)).where(
        col(Entity.id).in_(entity_ids),
    )
    entity_pks = [pk for pk in session.execute(statement).scalars() if pk]
    refs = entity_refs(session, entity_pks, lang)
    return {ref.id: ref for ref in refs.values()}


def _evidence(evidence: dict[str, Any], refs: dict[str, EntityRef]) -> JoinEvidence:
    title = evidence.get("title") or {}
    names = evidence.get("names") or {}
    text = evidence.get("text") or {}
    entities = []
    for entity_id, bits in _shared_bits(evidence).items():
        if entity_id in refs:
            entities.append(WeighedEntity(entity=refs[entity_id], bits=bits))
    return JoinEvidence(
        sources=evidence.get("sources", []),
        reference=evidence.get("reference"),
        title=title.get("score"),
        words=title.get("words", []),
        names=names.get("score"),
        entities=entities,
        text=text.get("score"),
    )


def _shared_entities(session: Session, thread_pk: int, lang: str | None) -> list[ThreadEntity]:
    """Return the entities that titles or entity lines of two or more members name."""
    entity_pk = col(Mention.entity_pk)
    item_count = func.count(func.distinct(col(Mention.item_pk)))
    statement = (
        select(entity_pk, item_count)
        .join(ThreadMember, col(ThreadMember.item_pk) == col(Mention.item_pk))
        .where(
            col(ThreadMember.thread_pk) == thread_pk,
            col(Mention.kind).in_(("title", "listed")),
            entity_pk.is_not(None),
        )
        .group_by(entity_pk)
        .having(item_count > 1)
    )
    counts = {pk: count for pk, count in session.execute(statement) if pk}
    refs = entity_refs(session, counts, lang)
    entities = [
        ThreadEntity(
            entity=refs[pk],
            items=count,
        )
        for pk, count in counts.items()
    ]
    return sorted(
        entities,
        key=lambda shared: (-shared.items, shared.entity.id),
    )
