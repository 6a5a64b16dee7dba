"""Judgements on names: what says what is the same as what. Clusters follow from them alone (`normalize/clusters.py`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.normalize.entities.clusters import Clusters, JudgementLink, Pair, cluster, is_catalogued
from app.normalize.identity import stable_id
from app.store.encoding.batches import batches
from app.store.rows import insert_rows, strip_unstorable
from app.store.tables import Judgement

RESOLVER = "resolver"


@dataclass(frozen=True, slots=True)
class Act:
    """What a curator says of two nodes."""

    kind: str
    verdict: str
    left: str
    right: str
    evidence: dict[str, Any]


def record(
    session: Session,
    briefing_pk: int,
    links: Iterable[JudgementLink],
    doubts: Iterable[JudgementLink],
    now: datetime,
) -> set[str]:
    """Put down what a document says of its names, in place of what its former version said; the nodes that concerns."""
    mine = (col(Judgement.briefing_pk) == briefing_pk, col(Judgement.actor) == RESOLVER)
    concerned = {
        node
        for pair in session.exec(
            select(col(Judgement.left_key), col(Judgement.right_key)).where(*mine)
        )
        for node in pair
    }
    session.execute(delete(Judgement).where(*mine))
    rows = []
    for verdict, judged in (("positive", links), ("unsure", doubts)):
        for link in judged:
            left, right = strip_unstorable(link.left), strip_unstorable(link.right)
            concerned |= {left, right}
            rows.append(
                {
                    "id": stable_id("j", str(briefing_pk), verdict, left, right),
                    "kind": "link",
                    "verdict": verdict,
                    "left_key": left,
                    "right_key": right,
                    "method": link.method,
                    "score": link.score,
                    "evidence": {"text": link.evidence},
                    "actor": RESOLVER,
                    "briefing_pk": briefing_pk,
                    "created_at": now,
                }
            )
    insert_rows(session, Judgement, rows)
    return concerned


def judge(
    session: Session,
    act: Act,
    actor: str,
    reason: str | None,
    now: datetime,
    undoes: Judgement | None = None,
) -> Judgement:
    """Put down what a curator says."""
    said = session.exec(select(func.count()).where(col(Judgement.briefing_pk).is_(None))).one()
    judgement = Judgement(
        id=stable_id("j", act.kind, act.left, act.right, str(said)),
        kind=act.kind,
        verdict=act.verdict,
        left_key=act.left,
        right_key=act.right,
        method="curator",
        score=1.0,
        evidence=strip_unstorable(act.evidence),
        actor=actor,
        reason=strip_unstorable(reason),
        created_at=now,
        undoes_pk=undoes.pk if undoes else None,
    )
    session.add(judgement)
    session.flush()
    return judgement


def standing() -> ColumnElement[bool]:
    """The condition that a judgement is a curator's, and was not undone."""
    later = aliased(Judgement)
    undone = select(later.pk).where(later.undoes_pk == col(Judgement.pk)).exists()
    return col(Judgement.briefing_pk).is_(None) & col(Judgement.undoes_pk).is_(None) & ~undone


def undoing(session: Session, judgement: Judgement) -> Judgement | None:
    """What undid a judgement."""
    return session.exec(select(Judgement).where(Judgement.undoes_pk == judgement.pk)).first()


def standing_of(session: Session, nodes: Iterable[str]) -> Sequence[Judgement]:
    """What curators say of nodes, in the order they said it."""
    held: dict[str, Judgement] = {}
    for part in batches(sorted(set(nodes))):
        touching = or_(col(Judgement.left_key).in_(part), col(Judgement.right_key).in_(part))
        held |= {
            judgement.id: judgement
            for judgement in session.exec(select(Judgement).where(standing(), touching))
        }
    return sorted(held.values(), key=lambda judgement: judgement.pk or 0)


def spellings(session: Session) -> dict[str, str]:
    """The spellings curators gave to entities, to be looked for in running text: spelling → node."""
    rows = session.exec(
        select(col(Judgement.left_key), col(Judgement.evidence))
        .where(col(Judgement.kind) == "alias", standing())
        .order_by(col(Judgement.pk))
    )
    return {evidence["name"]: node for node, evidence in rows}


def pinned(session: Session, nodes: Iterable[str]) -> set[str]:
    """Those of `nodes` whose entities stay although nothing names them: curators, or doubts waiting for one, speak of them."""
    found: set[str] = set()
    for part in batches(sorted(set(nodes))):
        for side in (col(Judgement.left_key), col(Judgement.right_key)):
            found.update(
                session.exec(
                    select(side).where(
                        standing(), col(Judgement.verdict) == "positive", side.in_(part)
                    )
                )
            )
        unsure = (
            col(Judgement.verdict) == "unsure",
            col(Judgement.briefing_pk).is_not(None),
            col(Judgement.right_key).in_([node for node in part if is_catalogued(node)]),
        )
        found.update(session.exec(select(col(Judgement.right_key)).where(*unsure).distinct()))
    return found


Given = dict[str, dict[str, tuple[str | None, str]]]
"""By node: spelling → language and kind."""


def given(
    session: Session, keys: Mapping[str, Collection[str]]
) -> tuple[Given, dict[str, set[str]]]:
    """By each node of `keys`: the spellings curators gave it, and which of its keys they say it does not go by."""
    spelled: Given = {node: {} for node in keys}
    for part in batches(sorted(keys)):
        aliases = (standing(), col(Judgement.kind) == "alias", col(Judgement.right_key).in_(part))
        for judgement in session.exec(select(Judgement).where(*aliases)):
            evidence = judgement.evidence
            spelled[judgement.right_key][evidence["name"]] = (evidence["lang"], evidence["kind"])
    own = {f"k:{key}" for held in keys.values() for key in held}
    parted = (
        set(
            session.exec(
                select(col(Judgement.left_key)).where(
                    standing(), col(Judgement.verdict) == "negative"
                )
            )
        )
        & own
    )
    if not parted:
        return spelled, {node: set() for node in keys}
    clusters = region(session, {*keys, *parted}).clusters
    return spelled, {
        node: {key for key in held if clusters.mention_root(key, node) != clusters.root(node)}
        for node, held in keys.items()
    }


@dataclass(frozen=True, slots=True)
class Region:
    """The nodes that what was judged of some nodes can reach, and their clusters."""

    nodes: frozenset[str]
    clusters: Clusters


def region(session: Session, nodes: Iterable[str], *, whole: bool = False) -> Region:
    """The clusters of `nodes`, with every node a judgement ties to them, however far.

    What documents link to a catalogued entity is left out unless `whole`: no document changes what that entity goes by, so
    other names linked to it stay where they are.
    """
    known, frontier = set(nodes), set(nodes)
    links: set[JudgementLink] = set()
    ties: dict[str, set[Pair]] = defaultdict(set)
    left, right = col(Judgement.left_key), col(Judgement.right_key)
    columns = (left, right, col(Judgement.method), col(Judgement.score), col(Judgement.verdict))
    while frontier:
        reached: set[str] = set()
        for part in batches(sorted(node for node in frontier if whole or not is_catalogued(node))):
            automatic = (
                col(Judgement.briefing_pk).is_not(None),
                col(Judgement.verdict) == "positive",
            )
            for a, b, method, score, _ in session.exec(
                select(*columns).where(*automatic, or_(left.in_(part), right.in_(part)))  # type: ignore[call-overload]
            ):
                links.add(JudgementLink(a, b, method, score, ""))
                reached |= {a, b}
        for part in batches(sorted(frontier)):
            for a, b, _, _, verdict in session.exec(
                select(*columns).where(standing(), or_(left.in_(part), right.in_(part)))  # type: ignore[call-overload]
            ):
                ties[verdict].add((a, b))
                reached |= {a, b}
        frontier = reached - known
        known |= reached
    return Region(frozenset(known), cluster(links, ties["positive"], ties["negative"]))
