"""Judgements of names: the links that await a person, and the history of an entity."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.entity_params import HistoryList, ReviewList
from app.query.schemas.judgements import JudgementOut, NodeRef, ReviewOut
from app.query.schemas.shared import BriefingRef, ItemRef
from app.query.snapshot.refs import entity_refs
from app.store.tables import Briefing, Channel, Entity, Item, Judgement, Mention, Naming

MAX_REVIEWED_ITEMS = 5
"""Items listed with an open link at most."""
# An aliased table; its columns have no static type.
_Aliased = Any


def _is_in_force(judgement: _Aliased) -> ColumnElement[bool]:
    """Return the condition that a curator's judgement was not undone."""
    later: _Aliased = aliased(Judgement)
    undone = (
        select(later.pk)
        .where(
            later.undoes_pk == judgement.pk,
        )
        .exists()
    )
    return and_(
        judgement.briefing_pk.is_(None),
        judgement.undoes_pk.is_(None),
        ~undone,
    )


def review(session: Session, query: ReviewList, lang: str | None) -> Listing[ReviewOut]:
    """Return a page of the links that no document and no curator has decided.

    A link that several documents leave open is listed once.
    """
    scope = query.scope()
    newest = paging.snapshot_briefing(session, query.cursor, scope)
    left, right = col(Judgement.left_key), col(Judgement.right_key)
    open_links = (
        select(
            left,
            right,
            func.min(col(Judgement.id)).label("id"),
            func.max(col(Judgement.score)).label("score"),
        )
        .where(
            col(Judgement.verdict) == "unsure",
            col(Judgement.briefing_pk) <= newest,
            ~_is_settled(left, right),
            ~_is_linked(left, right),
        )
        .group_by(left, right)
        .subquery()
    )
    spelling = paging.bytewise(open_links.c.left_key)
    page = paging.page(
        session,
        select(*open_links.c),
        paging.order_by(
            query.sort,
            "-score",
            {"score": open_links.c.score, "spelling": spelling},
            (spelling, paging.bytewise(open_links.c.right_key)),
        ),
        query,
        scope=scope,
        snapshot=newest,
    )
    return Listing(
        [_review_out(session, row, lang) for row in page.rows],
        page,
    )


def _is_settled(left: Any, right: Any) -> ColumnElement[bool]:
    """Return the condition that a curator linked `left`, or judged this pair."""
    judgement: _Aliased = aliased(Judgement)
    is_linked = and_(judgement.left_key == left, judgement.verdict == "positive")
    same_pair = and_(
        judgement.left_key == left,
        judgement.right_key == right,
    )
    reversed_pair = and_(
        judgement.left_key == right,
        judgement.right_key == left,
    )
    settling = select(judgement.pk).where(
        _is_in_force(judgement), or_(is_linked, same_pair, reversed_pair)
    )
    return settling.exists()


def _is_linked(left: Any, right: Any) -> ColumnElement[bool]:
    """Return the condition that both nodes name one entity, by the decision of some document."""
    mention: _Aliased = aliased(Mention)
    entity: _Aliased = aliased(Entity)
    entity_pk = (
        select(
            func.coalesce(
                entity.merged_into_pk,
                entity.pk,
            )
        )
        .where(entity.node == right)
        .correlate(Judgement, mention)
        .scalar_subquery()
    )
    linked = select(mention.pk).where(
        _of_node(left, mention),
        or_(
            mention.entity_pk == entity_pk,
            _shares_entity(mention, right),
        ),
    )
    return linked.exists()


def _of_node(node: Any, mention: Any = Mention) -> ColumnElement[bool]:
    """Return the condition that documents give a mention this node."""
    namings = select(col(Naming.pk)).where(col(Naming.node) == node)
    is_of_node: ColumnElement[bool] = mention.naming_pk.in_(namings)
    return is_of_node


def _shares_entity(mention: _Aliased, node: Any) -> ColumnElement[bool]:
    """Return the condition that a mention of `node` names the entity that `mention` names."""
    other: _Aliased = aliased(Mention)
    shared: ColumnElement[bool] = (
        select(other.pk)
        .where(_of_node(node, other), other.entity_pk == mention.entity_pk)
        .correlate(Judgement, mention)
        .exists()
    )
    return shared


def _review_out(session: Session, row: Any, lang: str | None) -> ReviewOut:
    statement = select(Judgement).where(
        col(Judgement.id) == row.id,
    )
    judgement = session.execute(statement).scalar_one()
    entity_pk = _entity_of_node(session, row.left_key)
    candidate_pk = _entity_of_node(session, row.right_key)
    pks = [pk for pk in (entity_pk, candidate_pk) if pk]
    refs = entity_refs(session, pks, lang)
    documents = _briefing_refs(session, _undecided_in(session, row)).values()
    return ReviewOut(
        id=row.id,
        spelling=_spelling(session, row.left_key),
        entity=refs.get(entity_pk or 0),
        candidate=refs[candidate_pk or 0],
        method=judgement.method,
        score=row.score,
        evidence=judgement.evidence.get("text"),
        documents=sorted(documents, key=lambda ref: (ref.date, ref.id)),
        items=_items_of(session, row.left_key),
    )


def _items_of(session: Session, node: str) -> list[ItemRef]:
    """Return the newest items that mention a node."""
    item_pks = select(col(Mention.item_pk)).where(_of_node(node))
    statement = (
        select(col(Item.id), col(Item.title), col(Item.date))
        .where(col(Item.pk).in_(item_pks))
        .order_by(col(Item.date).desc(), paging.bytewise(col(Item.id)))
        .limit(MAX_REVIEWED_ITEMS)
    )
    refs: list[ItemRef] = []
    for item_id, title, day in session.execute(statement):
        refs.append(ItemRef(id=item_id, title=title, date=day))
    return refs


def _spelling(session: Session, node: str) -> str:
    """Return the first surface of a node's mentions, or its key."""
    statement = (
        select(col(Mention.surface)).where(_of_node(node)).order_by(col(Mention.surface)).limit(1)
    )
    return session.execute(statement).scalar() or node.removeprefix("k:")


def _undecided_in(session: Session, row: Any) -> list[int]:
    """Return the briefings whose documents leave a link open."""
    briefing_pk = col(Judgement.briefing_pk)
    statement = select(briefing_pk).where(
        col(Judgement.left_key) == row.left_key,
        col(Judgement.right_key) == row.right_key,
        col(Judgement.verdict) == "unsure",
        briefing_pk.is_not(None),
    )
    return [pk for pk in session.execute(statement.distinct()).scalars() if pk]


def _entity_of_node(session: Session, node: str) -> int | None:
    """Return the entity with this node, merges followed, or the entity that its mentions name."""
    survivor_pk = func.coalesce(
        col(Entity.merged_into_pk),
        col(Entity.pk),
    )
    by_node = select(survivor_pk).where(
        col(Entity.node) == node,
    )
    pk: int | None = session.execute(by_node).scalar()
    if pk:
        return pk
    by_mention = select(col(Mention.entity_pk)).where(
        _of_node(node),
    )
    return session.execute(by_mention.limit(1)).scalar()


def history(session: Session, pk: int, query: HistoryList) -> Listing[JudgementOut]:
    """Return a page of the judgements about an entity and those merged into it, newest first."""
    nodes = select(col(Entity.node)).where(
        or_(
            col(Entity.pk) == pk,
            col(Entity.merged_into_pk) == pk,
        )
    )
    mentioned_nodes = (
        select(col(Naming.node))
        .join(Mention, col(Mention.naming_pk) == col(Naming.pk))
        .where(
            col(Mention.entity_pk) == pk,
        )
    )
    left, right = col(Judgement.left_key), col(Judgement.right_key)
    about_entity = or_(
        left.in_(nodes), left.in_(mentioned_nodes), right.in_(nodes), right.in_(mentioned_nodes)
    )
    keys = select(
        col(Judgement.pk),
        col(Judgement.created_at),
        col(Judgement.id),
    )
    page = paging.page(
        session,
        keys.where(about_entity),
        [
            col(Judgement.created_at).desc(),
            col(Judgement.id).asc(),
        ],
        query,
        scope=query.scope(pk),
    )
    return Listing(
        _judgement_outs(session, [row.pk for row in page.rows]),
        page,
    )


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, JudgementOut]:
    """Return judgements by their id; each names the one that undoes it."""
    statement = select(col(Judgement.pk)).where(col(Judgement.id).in_(sorted(ids)))
    pks = [pk for pk in session.execute(statement).scalars() if pk]
    return {judgement.id: judgement for judgement in _judgement_outs(session, pks)}


def _judgement_outs(session: Session, pks: Sequence[int]) -> list[JudgementOut]:
    """Return judgements in the order of `pks`."""
    statement = select(Judgement).where(
        col(Judgement.pk).in_(pks),
    )
    judgements = {}
    for judgement in session.execute(statement).scalars():
        judgements[judgement.pk] = judgement
    briefing_pks = {judgement.briefing_pk for judgement in judgements.values()}
    briefings = _briefing_refs(session, filter(None, briefing_pks))
    later: _Aliased = aliased(Judgement)
    undoing = select(later.undoes_pk, later.id).where(
        later.undoes_pk.in_(pks),
    )
    undone_by = {row[0]: row[1] for row in session.execute(undoing)}
    former_pks = [judgement.undoes_pk for judgement in judgements.values() if judgement.undoes_pk]
    former = select(
        col(Judgement.pk),
        col(Judgement.id),
    ).where(
        col(Judgement.pk).in_(former_pks),
    )
    undoes = {row[0]: row[1] for row in session.execute(former)}
    outs = []
    for pk in pks:
        judgement = judgements[pk]
        out = _judgement_out(
            judgement,
            briefings.get(judgement.briefing_pk or 0),
            undoes.get(judgement.undoes_pk),
            undone_by.get(pk),
        )
        outs.append(out)
    return outs


def _judgement_out(
    judgement: Judgement, briefing: BriefingRef | None, undoes: str | None, undone_by: str | None
) -> JudgementOut:
    return JudgementOut.model_validate(
        {
            "id": judgement.id,
            "kind": judgement.kind,
            "verdict": judgement.verdict,
            "left": _node_ref(judgement.left_key),
            "right": _node_ref(judgement.right_key),
            "method": judgement.method,
            "score": judgement.score,
            "evidence": judgement.evidence.get("text"),
            "actor": judgement.actor,
            "reason": judgement.reason,
            "at": judgement.created_at,
            "briefing": briefing,
            "undoes": undoes,
            "undone_by": undone_by,
        }
    )


def _node_ref(node: str) -> NodeRef:
    return NodeRef(kind="catalogue" if node.startswith("c:") else "name", value=node[2:])


def _briefing_refs(session: Session, pks: Iterable[int]) -> dict[int, BriefingRef]:
    columns: tuple[Any, ...] = (
        col(Briefing.pk),
        col(Briefing.id),
        col(Channel.id),
        col(Briefing.date),
        col(Briefing.title),
    )
    statement = (
        select(*columns)
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(Briefing.pk).in_(sorted(pks)))
    )
    refs = {}
    for pk, briefing_id, channel, day, title in session.execute(statement):
        refs[pk] = BriefingRef(
            id=briefing_id,
            channel=channel,
            date=day,
            title=title,
        )
    return refs
