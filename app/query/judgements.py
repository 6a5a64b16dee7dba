"""What was judged of names: the links that wait for a person, and how an entity came to be what it is."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.entity_params import HistoryList, ReviewList
from app.query.schemas.ledger import JudgementOut, NodeRef, ReviewOut
from app.query.schemas.shared import BriefingRef
from app.query.snapshot.refs import entity_refs
from app.store.tables import Briefing, Channel, Entity, Judgement, Mention

# A table looked at for a second time.
_Columns = Any


def _standing(judgement: Any) -> ColumnElement[bool]:
    """That a curator's judgement was not undone."""
    later: _Columns = aliased(Judgement)
    undone = select(later.pk).where(later.undoes_pk == judgement.pk).exists()
    return and_(judgement.briefing_pk.is_(None), judgement.undoes_pk.is_(None), ~undone)


def review(session: Session, query: ReviewList, lang: str | None) -> Listing[ReviewOut]:
    """A page of the links that no document decides and nobody has judged yet, each once whatever number of documents ask."""
    scope = query.scope()
    newest = paging.snapshot_briefing(session, query.cursor, scope)
    left, right = col(Judgement.left_key), col(Judgement.right_key)
    said: _Columns = aliased(Judgement)
    positive = and_(said.left_key == left, said.verdict == "positive")
    same = or_(
        and_(said.left_key == left, said.right_key == right),
        and_(said.left_key == right, said.right_key == left),
    )
    settled = select(said.pk).where(_standing(said), or_(positive, same)).exists()
    # Another document may have decided what this one could not; then both sides are one already.
    named: _Columns = aliased(Mention)
    target: _Columns = aliased(Entity)
    candidate = func.coalesce(target.merged_into_pk, target.pk)
    one_already = (
        select(named.pk)
        .where(
            named.node == left,
            or_(
                named.entity_pk
                == select(candidate)
                .where(target.node == right)
                .correlate(Judgement, named)
                .scalar_subquery(),
                _shared(named, right),
            ),
        )
        .exists()
    )
    statement = (
        select(
            left,
            right,
            func.min(col(Judgement.id)).label("id"),
            func.max(col(Judgement.score)).label("score"),
        )
        .where(
            col(Judgement.verdict) == "unsure",
            col(Judgement.briefing_pk) <= newest,
            ~settled,
            ~one_already,
        )
        .group_by(left, right)
    ).subquery()
    keys = {"score": statement.c.score, "spelling": paging.bytewise(statement.c.left_key)}
    order = paging.order_by(
        query.sort, "-score", keys, (keys["spelling"], paging.bytewise(statement.c.right_key))
    )
    rows = paging.page(
        session, select(*statement.c), order, query.limit, query.cursor, scope, newest
    )
    return Listing([entry for row in rows.rows if (entry := _doubt(session, row, lang))], rows)


def _shared(named: Any, right: Any) -> ColumnElement[bool]:
    """That a mention names what mentions of the node `right` name."""
    other: _Columns = aliased(Mention)
    shared: ColumnElement[bool] = (
        select(other.pk)
        .where(other.node == right, other.entity_pk == named.entity_pk)
        .correlate(Judgement, named)
        .exists()
    )
    return shared


def _doubt(session: Session, row: Any, lang: str | None) -> ReviewOut | None:
    judged = session.execute(select(Judgement).where(col(Judgement.id) == row.id)).scalar_one()
    spelled = session.execute(
        select(col(Mention.surface))
        .where(col(Mention.node) == row.left_key)
        .order_by(col(Mention.surface))
        .limit(1)
    ).scalar()
    now, candidate = _goes_by(session, row.left_key), _goes_by(session, row.right_key)
    refs = entity_refs(session, [pk for pk in (now, candidate) if pk], lang)
    pair = (
        col(Judgement.left_key) == row.left_key,
        col(Judgement.right_key) == row.right_key,
        col(Judgement.verdict) == "unsure",
        col(Judgement.briefing_pk).is_not(None),
    )
    briefings = session.execute(
        select(col(Judgement.briefing_pk)).where(*pair).distinct()
    ).scalars()
    return ReviewOut(
        id=row.id,
        spelling=spelled or row.left_key.removeprefix("k:"),
        entity=refs.get(now or 0),
        candidate=refs[candidate or 0],
        method=judged.method,
        score=row.score,
        evidence=judged.evidence.get("text"),
        documents=sorted(
            _briefings(session, briefings).values(), key=lambda ref: (ref.date, ref.id)
        ),
    )


def _goes_by(session: Session, node: str) -> int | None:
    """The entity that a node names: its own, what that was merged into, or what its mentions name."""
    own = select(func.coalesce(col(Entity.merged_into_pk), col(Entity.pk))).where(
        col(Entity.node) == node
    )
    named = select(col(Mention.entity_pk)).where(col(Mention.node) == node).limit(1)
    found: int | None = session.execute(own).scalar() or session.execute(named).scalar()
    return found


def history(session: Session, pk: int, query: HistoryList) -> Listing[JudgementOut]:
    """A page of the judgements that concern an entity, the newest first: its own names', and those of what was merged into it."""
    nodes = select(col(Entity.node)).where(
        or_(col(Entity.pk) == pk, col(Entity.merged_into_pk) == pk)
    )
    nodes_named = select(col(Mention.node)).where(col(Mention.entity_pk) == pk)
    touching = or_(
        *(
            side.in_(part)
            for side in (col(Judgement.left_key), col(Judgement.right_key))
            for part in (nodes, nodes_named)
        )
    )
    order = [col(Judgement.created_at).desc(), col(Judgement.id).asc()]
    columns = (col(Judgement.pk), col(Judgement.created_at), col(Judgement.id))
    rows = paging.page(
        session, select(*columns).where(touching), order, query.limit, query.cursor, query.scope(pk)
    )
    return Listing(_judgements(session, [row.pk for row in rows.rows]), rows)


def _judgements(session: Session, pks: list[int]) -> list[JudgementOut]:
    found = {
        judged.pk: judged
        for judged in session.execute(select(Judgement).where(col(Judgement.pk).in_(pks))).scalars()
    }
    briefings = _briefings(
        session, [judged.briefing_pk for judged in found.values() if judged.briefing_pk]
    )
    later: _Columns = aliased(Judgement)
    undone_by = {
        row[0]: row[1]
        for row in session.execute(
            select(later.undoes_pk, later.id).where(later.undoes_pk.in_(pks))
        )
    }
    former = [judged.undoes_pk for judged in found.values() if judged.undoes_pk]
    rows = session.execute(
        select(col(Judgement.pk), col(Judgement.id)).where(col(Judgement.pk).in_(former))
    )
    undone = {row[0]: row[1] for row in rows}
    return [
        JudgementOut.model_validate(
            {
                "id": judged.id,
                "kind": judged.kind,
                "verdict": judged.verdict,
                "left": _node(judged.left_key),
                "right": _node(judged.right_key),
                "method": judged.method,
                "score": judged.score,
                "evidence": judged.evidence.get("text"),
                "actor": judged.actor,
                "reason": judged.reason,
                "at": judged.created_at,
                "briefing": briefings.get(judged.briefing_pk or 0),
                "undoes": undone.get(judged.undoes_pk),
                "undone_by": undone_by.get(judged.pk),
            }
        )
        for judged in (found[pk] for pk in pks)
    ]


def _node(node: str) -> NodeRef:
    return NodeRef(kind="catalogue" if node.startswith("c:") else "name", value=node[2:])


def _briefings(session: Session, pks: Any) -> dict[int, BriefingRef]:
    columns = (
        col(Briefing.pk),
        col(Briefing.id),
        col(Channel.id),
        col(Briefing.date),
        col(Briefing.title),
    )
    rows = session.execute(
        select(*columns)
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(col(Briefing.pk).in_(sorted(pks)))
    )
    return {
        pk: BriefingRef(id=briefing, channel=channel, date=day, title=title)
        for pk, briefing, channel, day, title in rows
        if pk
    }
