"""Judgements on names: statements that two nodes are, or are not, the same entity.

Clusters follow from judgements alone (`normalize/entities/clusters.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.normalize.entities.clusters import Clusters, JudgementLink, Pair, cluster, is_catalogued
from app.normalize.identity import stable_id
from app.store.dataset import Event
from app.store.encoding.batches import batches
from app.store.rows import insert_rows, rows_where_in, strip_unstorable
from app.store.tables import Judgement

RESOLVER = "resolver"
"""The actor of automatic judgements."""

_LEFT, _RIGHT = col(Judgement.left_key), col(Judgement.right_key)
_VERDICT = col(Judgement.verdict)
_GIVES_SPELLING = col(Judgement.kind).in_(["alias", "create"])
_FROM_DOCUMENT = col(Judgement.briefing_pk).is_not(None)


@dataclass(frozen=True, slots=True)
class Act:
    """A curator's statement on two nodes."""

    kind: str
    verdict: str
    left: str
    right: str
    evidence: dict[str, Any]


def record_links(
    session: Session,
    briefing_pk: int,
    links: Iterable[JudgementLink],
    doubts: Iterable[JudgementLink],
    now: datetime,
) -> set[str]:
    """Write the judgements of a document that has none, and return their nodes."""
    nodes: set[str] = set()
    rows = []
    for verdict, judged in (("positive", links), ("unsure", doubts)):
        for link in judged:
            nodes |= {link.left, link.right}
            rows.append(
                {
                    "id": stable_id("j", str(briefing_pk), verdict, link.left, link.right),
                    "kind": "link",
                    "verdict": verdict,
                    "left_key": link.left,
                    "right_key": link.right,
                    "method": link.method,
                    "score": link.score,
                    "evidence": {"text": link.evidence},
                    "actor": RESOLVER,
                    "briefing_pk": briefing_pk,
                    "created_at": now,
                }
            )

    insert_rows(session, Judgement, rows)
    return nodes


def withdraw_links(session: Session, briefing_pk: int) -> set[str]:
    """Remove the judgements of a document, and return their nodes."""
    of_document = (
        col(Judgement.briefing_pk) == briefing_pk,
        col(Judgement.actor) == RESOLVER,
    )
    nodes: set[str] = set()
    for pair in session.execute(select(_LEFT, _RIGHT).where(*of_document)):
        nodes.update(pair)
    session.execute(delete(Judgement).where(*of_document))
    return nodes


def record_act(
    session: Session,
    act: Act,
    actor: str,
    reason: str | None,
    now: datetime,
    undoes: Judgement | None = None,
) -> Judgement:
    """Record the judgement of a curator."""
    by_curators = select(func.count()).where(col(Judgement.briefing_pk).is_(None))
    serial = session.execute(by_curators).scalar_one()
    judgement = Judgement(
        id=stable_id("j", act.kind, act.left, act.right, str(serial)),
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


def event_of(session: Session, judgement: Judgement) -> Event:
    """Return the change that a new judgement of a curator is: all that repeats it elsewhere."""
    undone = session.get(Judgement, judgement.undoes_pk) if judgement.undoes_pk else None
    payload = {
        "kind": judgement.kind,
        "verdict": judgement.verdict,
        "left": judgement.left_key,
        "right": judgement.right_key,
        "evidence": judgement.evidence,
        "actor": judgement.actor,
        "reason": judgement.reason,
        "undoes": undone.id if undone else None,
    }
    return Event("added", "judgement", judgement.id, payload)


def in_force() -> ColumnElement[bool]:
    """Return the condition that a judgement is a curator's and was not undone."""
    later = aliased(Judgement)
    undone = select(col(later.pk)).where(
        col(later.undoes_pk) == col(Judgement.pk),
    )
    return and_(
        col(Judgement.briefing_pk).is_(None),
        col(Judgement.undoes_pk).is_(None),
        ~undone.exists(),
    )


def undo_of(session: Session, judgement: Judgement) -> Judgement | None:
    """Return the judgement that undid another one."""
    statement = select(Judgement).where(
        col(Judgement.undoes_pk) == judgement.pk,
    )
    return session.execute(statement).scalars().first()


def judgements_on(session: Session, nodes: Iterable[str]) -> Sequence[Judgement]:
    """Return the curators' judgements on nodes that are in force, the oldest first."""
    by_pk: dict[int, Judgement] = {}
    for batch in batches(sorted(set(nodes))):
        touching = or_(_LEFT.in_(batch), _RIGHT.in_(batch))
        statement = select(Judgement).where(in_force(), touching)
        for judgement in session.execute(statement).scalars():
            by_pk[judgement.pk or 0] = judgement
    return [by_pk[pk] for pk in sorted(by_pk)]


def curated_spellings(session: Session) -> dict[str, str]:
    """Return the spellings curators gave to entities, to be found in running text, with nodes."""
    statement = (
        select(_LEFT, col(Judgement.evidence))
        .where(
            _GIVES_SPELLING,
            in_force(),
        )
        .order_by(col(Judgement.pk))
    )
    spellings = {}
    for node, evidence in session.execute(statement):
        spellings[evidence["name"]] = node
    return spellings


def creations(session: Session, nodes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the properties of the entities that curators created, by those of `nodes`.

    That is `name`, `lang`, `type`, and the nodes of `family` and `maker`.
    """
    created: dict[str, dict[str, Any]] = {}
    statement = select(_RIGHT, col(Judgement.evidence)).where(
        col(Judgement.kind) == "create",
        in_force(),
    )
    for node, evidence in rows_where_in(session, statement, _RIGHT, set(nodes)):
        created[node] = evidence
    return created


def pinned_nodes(session: Session, nodes: Iterable[str]) -> set[str]:
    """Return those of `nodes` whose entities stay although no mention leads to them.

    Curators, or unsure judgements that wait for a curator, refer to them.
    """
    by_curator = (in_force(), _VERDICT == "positive")
    waiting = (_VERDICT == "unsure", _FROM_DOCUMENT)
    nodes = set(nodes)
    pinned: set[str] = set()
    for side in (_LEFT, _RIGHT):
        statement = select(side).where(*by_curator)
        pinned.update(
            row[0]
            for row in rows_where_in(
                session,
                statement,
                side,
                nodes,
            )
        )

    catalogued = set(filter(is_catalogued, nodes))
    doubtful = select(_RIGHT).where(*waiting).distinct()
    pinned.update(
        row[0]
        for row in rows_where_in(
            session,
            doubtful,
            _RIGHT,
            catalogued,
        )
    )
    return pinned


NamesByNode = dict[str, dict[str, tuple[str | None, str]]]
"""By node: spelling → language and kind."""


def curated_names(
    session: Session, keys: Mapping[str, Collection[str]]
) -> tuple[NamesByNode, dict[str, set[str]]]:
    """Return the judgements on names of nodes; `keys` has the name keys of each node.

    That is, by node: the spellings they gave it, and those of its keys they split off it.
    """
    given_names: NamesByNode = {node: {} for node in keys}
    aliases = select(Judgement).where(
        in_force(),
        _GIVES_SPELLING,
    )
    for (judgement,) in rows_where_in(session, aliases, _RIGHT, keys):
        evidence = judgement.evidence
        name = evidence["name"]
        given_names[judgement.right_key][name] = (evidence["lang"], evidence["kind"])

    split_off: dict[str, set[str]] = {node: set() for node in keys}
    split_nodes = _split_nodes(session, keys)
    if split_nodes:
        clusters = region(session, {*keys, *split_nodes}).clusters
        for node, own_keys in keys.items():
            root = clusters.root(node)
            for key in own_keys:
                if clusters.mention_root(key, node) != root:
                    split_off[node].add(key)

    return given_names, split_off


def _split_nodes(session: Session, keys: Mapping[str, Collection[str]]) -> set[str]:
    """Return the nodes of `keys` that a curator split off something."""
    statement = select(_LEFT).where(
        in_force(),
        _VERDICT == "negative",
    )
    split_nodes = set(session.execute(statement).scalars())
    own_nodes: set[str] = set()
    for own_keys in keys.values():
        own_nodes.update(f"k:{key}" for key in own_keys)
    return split_nodes & own_nodes


@dataclass(frozen=True, slots=True)
class Region:
    """The nodes that judgements tie to some nodes, however far, and their clusters."""

    nodes: frozenset[str]
    clusters: Clusters


def region(session: Session, nodes: Iterable[str], *, whole: bool = False) -> Region:
    """Return the clusters of `nodes`, with every node that a judgement ties to them.

    The links of documents to a catalogued entity are left out unless `whole`: no document changes
    the root of that entity, so other names linked to it stay where they are.
    """
    links: set[JudgementLink] = set()
    ties: dict[str, set[Pair]] = defaultdict(set)
    known = set(nodes)
    frontier = set(known)
    while frontier:
        reached: set[str] = set()
        sources = frontier
        if not whole:
            sources = {node for node in frontier if not is_catalogued(node)}
        for link in _document_links(session, sources):
            links.add(link)
            reached |= {link.left, link.right}
        for verdict, left, right in _curator_ties(session, frontier):
            ties[verdict].add((left, right))
            reached |= {left, right}
        frontier = reached - known
        known |= reached

    clusters = cluster(links, ties["positive"], ties["negative"])
    return Region(frozenset(known), clusters)


def _document_links(session: Session, nodes: Collection[str]) -> Iterator[JudgementLink]:
    """Yield the automatic links of `nodes`."""
    columns = select(
        _LEFT,
        _RIGHT,
        col(Judgement.method),
        col(Judgement.score),
    )
    automatic = columns.where(_FROM_DOCUMENT, _VERDICT == "positive")
    for batch in batches(sorted(nodes)):
        touching = or_(_LEFT.in_(batch), _RIGHT.in_(batch))
        for left, right, method, score in session.execute(automatic.where(touching)):
            yield JudgementLink(left, right, method, score, "")


def _curator_ties(session: Session, nodes: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield verdict, left and right node of the judgements on `nodes` that are in force."""
    ties = select(_VERDICT, _LEFT, _RIGHT).where(in_force())
    for batch in batches(sorted(nodes)):
        touching = or_(_LEFT.in_(batch), _RIGHT.in_(batch))
        yield from session.execute(ties.where(touching)).all()
