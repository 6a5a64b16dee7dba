"""Story threads: a list, one with its members, and where items stand in them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import NotFound
from app.query.filters import conditions as filters
from app.query.listing import description
from app.query.listing.page import Listing, ListMeta
from app.query.request import paging
from app.query.request.item_params import ThreadList
from app.query.schemas.shared import ItemRef
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


def collapsed(keys: Any, conditions: Sequence[Any]) -> Any:
    """`keys` of the items under `conditions`, of one thread the newest only, each with `told`: how many of its thread there are."""
    # By another name, so that a condition on threads does not take it for its own.
    member = aliased(ThreadMember)
    story = func.coalesce(col(member.thread_pk), -col(Item.pk))
    # Of a day, what tells the story rather than what refers to it or tells it again.
    poorer = case((col(Item.kind) == "stub", 2), (col(member.role) == "duplicate", 1), else_=0)
    newest = (
        col(Item.date).desc(),
        poorer,
        col(Item.ordinal).desc(),
        paging.bytewise(col(Item.id)),
    )
    ranked = (
        select(
            col(Item.pk).label("pk"),
            func.row_number().over(partition_by=story, order_by=newest).label("place"),
            func.count().over(partition_by=story).label("told"),
        )
        .join(member, col(member.item_pk) == col(Item.pk), isouter=True)
        .where(*conditions)
        .subquery()
    )
    return (
        keys.add_columns(ranked.c.told)
        .join(ranked, ranked.c.pk == col(Item.pk))
        .where(ranked.c.place == 1)
    )


def find(session: Session, query: ThreadList, lang: str | None = None) -> Listing[ThreadSummary]:
    """A page of the threads `query` asks for, as they were when the walk began: what is told on of them meanwhile moves none."""
    newest = paging.snapshot_briefing(session, query.cursor, query.scope())
    known: Any = Thread
    keys = SORT_KEYS
    if within := paging.up_to_snapshot(session, newest, col(Item.briefing_pk)):
        told = (
            func.min(col(Item.date)).label("first_date"),
            func.max(col(Item.date)).label("last_date"),
            func.count().label("told"),
        )
        joined = select(col(ThreadMember.thread_pk), *told).join(
            Item, col(Item.pk) == col(ThreadMember.item_pk)
        )
        known = joined.where(*within).group_by(col(ThreadMember.thread_pk)).subquery().c
        keys = {"last": known.last_date, "first": known.first_date, "items": known.told}
    built = filters.threads(session, query, keys["items"], within)
    columns: list[Any] = [
        col(Thread.pk),
        col(Thread.id),
        keys["items"].label("items"),
        known.first_date,
        known.last_date,
    ]
    statement = select(*columns).where(*built.conditions)
    if within:
        statement = statement.where(known.thread_pk == col(Thread.pk))
    ties = (keys["last"].desc(), keys["first"].desc(), paging.bytewise(col(Thread.id)))
    order = paging.order_by(query.sort, "-last", keys, ties)
    rows = paging.page(session, statement, order, query.limit, query.cursor, query.scope(), newest)
    members = _members(session, [row.pk for row in rows.rows], *within)
    shown = [ThreadSummary(**_summary(row, members[row.pk])) for row in rows.rows]
    return Listing(
        shown,
        rows,
        built.warnings,
        ListMeta(description.describe(session, "threads", query, built.found, "-last", lang)),
    )


def one(session: Session, thread_id: str, lang: str | None) -> ThreadOut:
    """A thread with its members and what joined them."""
    row = session.execute(
        select(
            col(Thread.pk),
            col(Thread.id),
            col(Thread.items),
            col(Thread.first_date),
            col(Thread.last_date),
        ).where(col(Thread.id) == thread_id)
    ).first()
    if row is None:
        raise NotFound(
            f"There is no thread {thread_id!r}; a thread has two items at least, and its id is that of its first."
        )
    held = _members(session, [row.pk])[row.pk]
    joins = _joins(session, row.pk, lang)
    members = [
        ThreadMemberOut(
            item=_ref(member),
            briefing=member.briefing,
            channel=member.channel,
            role=member.role,
            joined=joins.get(member.pk),
        )
        for member in held
    ]
    return ThreadOut(
        **_summary(row, held), members=members, entities=_shared(session, row.pk, lang)
    )


def _members(session: Session, threads: Sequence[int], *within: Any) -> dict[int, list[Any]]:
    """The members of threads in the order they were told, by `thread.pk`."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = session.execute(
        select(
            col(ThreadMember.thread_pk), col(Item.pk), col(Item.id), col(Item.title), col(Item.date), col(Item.ordinal),
            col(ThreadMember.role), col(Briefing.id).label("briefing"), col(Channel.id).label("channel"),
        )
        .join(Item, col(Item.pk) == col(ThreadMember.item_pk))
        .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        .join(Channel, col(Channel.pk) == col(Item.channel_pk))
        .where(col(ThreadMember.thread_pk).in_(threads), *within)
    ).all()  # fmt: skip
    for row in sorted(rows, key=lambda row: (row.date, row.channel, row.ordinal)):
        found[row.thread_pk].append(row)
    return found


def _summary(row: Any, members: Sequence[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": members[0].title,
        "items": row.items,
        "channels": sorted({member.channel for member in members}),
        "first_date": row.first_date,
        "last_date": row.last_date,
        "latest": _ref(members[-1]),
        "links": ThreadLinks(self=path("threads", row.id), items=f"/v1/items?thread={row.id}"),
    }


def _ref(row: Any) -> ItemRef:
    return ItemRef(id=row.id, title=row.title, date=row.date)


def _joins(session: Session, thread: int, lang: str | None) -> dict[int, JoinOut]:
    """What joined each member but the first, by `item.pk`."""
    earlier = aliased(Item)
    rows = session.execute(
        select(
            col(ItemLink.item_pk),
            earlier.id,
            col(ItemLink.signal),
            col(ItemLink.score),
            col(ItemLink.evidence),
        )  # type: ignore[call-overload]
        .join(
            ThreadMember,
            (col(ThreadMember.item_pk) == col(ItemLink.item_pk))
            & (col(ThreadMember.joined_pk) == col(ItemLink.earlier_pk)),
        )
        .join(earlier, earlier.pk == col(ItemLink.earlier_pk))
        .where(col(ThreadMember.thread_pk) == thread)
    ).all()
    named = {
        shared["entity"]
        for row in rows
        for shared in row.evidence.get("names", {}).get("shared", ())
    }
    pks = {
        entity: pk
        for pk, entity in session.execute(
            select(col(Entity.pk), col(Entity.id)).where(col(Entity.id).in_(named))
        )
    }
    entities = {ref.id: ref for ref in entity_refs(session, pks.values(), lang).values()}
    return {
        pk: JoinOut(item=item, signal=signal, score=score, evidence=_evidence(evidence, entities))
        for pk, item, signal, score, evidence in rows
    }


def _evidence(evidence: dict[str, Any], entities: dict[str, Any]) -> JoinEvidence:
    title, names, text = (evidence.get(part) for part in ("title", "names", "text"))
    return JoinEvidence(
        sources=evidence.get("sources", []),
        reference=evidence.get("reference"),
        title=title["score"] if title else None,
        words=title["words"] if title else [],
        names=names["score"] if names else None,
        entities=[
            WeighedEntity(entity=entities[s["entity"]], bits=s["bits"])
            for s in (names or {}).get("shared", ())
            if s["entity"] in entities
        ],
        text=text["score"] if text else None,
    )


def _shared(session: Session, thread: int, lang: str | None) -> list[ThreadEntity]:
    count = func.count(func.distinct(col(Mention.item_pk)))
    rows = session.execute(
        select(col(Mention.entity_pk), count)
        .join(ThreadMember, col(ThreadMember.item_pk) == col(Mention.item_pk))
        .where(
            col(ThreadMember.thread_pk) == thread,
            col(Mention.kind).in_(("title", "listed")),
            col(Mention.entity_pk).is_not(None),
        )
        .group_by(col(Mention.entity_pk))
        .having(count > 1)
    ).all()
    shown = entity_refs(session, (pk for pk, _ in rows if pk), lang)
    found = [ThreadEntity(entity=shown[pk], items=n) for pk, n in rows if pk]
    return sorted(found, key=lambda shared: (-shared.items, shared.entity.id))
