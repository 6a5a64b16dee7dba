"""Decisions on names: the entity of each, with the reason. No rule is here."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.normalize.entities.name_clusters import MatchReason
from app.normalize.kinds import ResolutionOutcome

NEW = "new:"
"""Prefix of the key of an entity that is not in the catalogue."""
_DOUBT_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """An entity that a name may name, and their similarity in [0, 1]."""

    entity: str
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The entity of a name, with the method, the score in [0, 1] and the evidence."""

    name: str
    entity: str
    """Slug of a catalogued entity, or `new:` and a key. Names with equal `entity` are the same."""
    outcome: ResolutionOutcome
    method: str
    score: float
    evidence: str
    candidates: tuple[NameCandidate, ...] = ()


def candidate_order(candidate: NameCandidate) -> tuple[float, str]:
    """Sort key of a candidate: the highest score first, then by entity."""
    return -candidate.score, candidate.entity


def new_decision(
    name: str,
    entity: str,
    outcome: ResolutionOutcome,
    reason: MatchReason,
    candidates: tuple[NameCandidate, ...] = (),
) -> Decision:
    """Return a decision with the method, score and evidence of `reason`."""
    return Decision(
        name,
        entity,
        outcome,
        reason.method,
        reason.score,
        reason.evidence,
        candidates,
    )


def doubtful(name: str, entity: str, slugs: Sequence[str]) -> Decision:
    """Return the decision on a name that may stand for catalogued entities."""
    evidence = "an everyday word; only a translation matches"
    if len(slugs) > 1:
        evidence = "several entities have this name"
    reason = MatchReason("ambiguous", _DOUBT_SCORE, evidence)
    candidates: list[NameCandidate] = []
    for slug in slugs:
        candidates.append(NameCandidate(slug, _DOUBT_SCORE))

    return new_decision(
        name,
        entity,
        "uncertain",
        reason,
        tuple(candidates),
    )
