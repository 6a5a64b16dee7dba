"""Judgements on names: what says what is the same as what. Clusters follow from them alone (`normalize/clusters.py`)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlmodel import Session, col

from app.normalize.clusters import Link, roots
from app.normalize.identity import stable_id
from app.store.rows import chunks, storable
from app.store.tables import Judgement

RESOLVER = "resolver"


def record(session: Session, briefing_pk: int, links: Iterable[Link], doubts: Iterable[Link], now: datetime) -> set[str]:
    """Put down what a document says of its names, in place of what its former version said; the nodes that concerns."""
    mine = (col(Judgement.briefing_pk) == briefing_pk, col(Judgement.actor) == RESOLVER)
    concerned = {node for pair in session.execute(select(col(Judgement.left_key), col(Judgement.right_key)).where(*mine)) for node in pair}
    session.execute(delete(Judgement).where(*mine))
    for verdict, judged in (("positive", links), ("unsure", doubts)):
        for link in judged:
            left, right = storable(link.left), storable(link.right)
            concerned |= {left, right}
            session.add(
                Judgement(
                    id=stable_id("j", str(briefing_pk), verdict, left, right),
                    kind="link",
                    verdict=verdict,
                    left_key=left,
                    right_key=right,
                    method=link.method,
                    score=link.score,
                    evidence={"text": link.evidence},
                    actor=RESOLVER,
                    briefing_pk=briefing_pk,
                    created_at=now,
                )
            )
    session.flush()
    return concerned


def clusters(session: Session, nodes: Iterable[str]) -> dict[str, str]:
    """The root of every node that is linked, however far, to one of `nodes`; and of those themselves."""
    known, frontier = set(nodes), set(nodes)
    links: set[Link] = set()
    while frontier:
        reached: set[str] = set()
        for part in chunks(sorted(frontier)):
            left, right = col(Judgement.left_key), col(Judgement.right_key)
            rows = session.execute(
                select(left, right, col(Judgement.method), col(Judgement.score)).where(
                    col(Judgement.verdict) == "positive", or_(left.in_(part), right.in_(part))
                )
            )
            for a, b, method, score in rows:
                links.add(Link(a, b, method, score, ""))
                # A catalogued entity ends the walk: what else is linked to it does not move with this name.
                reached |= {node for node in (a, b) if node.startswith("k:")}
        frontier = reached - known
        known |= reached
    found = roots(links)
    return {node: found.get(node, node) for node in known}
