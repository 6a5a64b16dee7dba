"""Repeating the judgements of another Briefbase, for a mirror."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.curate.conduct import Curation, Outcome, conduct
from app.curate.conflicts import entity_of_node
from app.query.schemas.judgements import ActOut
from app.store.dataset import Event
from app.store.db import Database
from app.store.entities import sync
from app.store.entities.judgements import Act
from app.store.tables import Entity, Judgement


def repeat(
    database: Database, channel: str, judgement_id: str, details: Mapping[str, Any], now: datetime
) -> ActOut:
    """Repeat a judgement under its id and at its time; `details` are those of its change.

    One that is known changes nothing. Raises Conflict if no document names its entity.
    """

    def perform(session: Session, _: datetime) -> Outcome:
        earlier = _judgement(session, judgement_id)
        outcome = Outcome(entity_of_node(session, details["right"]))
        if earlier:
            outcome.judgements.append(earlier)
            return outcome
        undone = _judgement(session, details["undoes"]) if details["undoes"] else None
        act = Act(
            details["kind"],
            details["verdict"],
            details["left"],
            details["right"],
            details["evidence"],
        )
        curation = Curation(details["actor"], details["reason"])
        judgement = curation.judge(session, act, now, undone)
        judgement.id = judgement_id
        session.add(judgement)
        session.flush()
        event = _event(judgement, undone, outcome.entity)
        outcome.add(judgement, *([event] if event else []))
        named = undone if judgement.kind == "undo" else judgement
        if named and named.kind == "alias":
            outcome.spellings.append(named.evidence["name"])
        return outcome

    curation = Curation(details["actor"], details["reason"])
    return conduct(database, channel, curation, perform, changes_spellings=True, now=now)


def _judgement(session: Session, judgement_id: str) -> Judgement | None:
    statement = select(Judgement).where(col(Judgement.id) == judgement_id)
    return session.exec(statement).first()


def _event(judgement: Judgement, undone: Judgement | None, entity: Entity) -> Event | None:
    """Return the change that a judgement is besides, for the log: a merge or a split."""
    kind = judgement.kind
    if kind == "undo" and undone:
        kind = {"merge": "split", "split": "merge"}.get(undone.kind, "")
    other = sync.entity_id(judgement.left_key)
    if kind in ("merge", "link"):
        return Event("merged", "entity", other, {"into": entity.id})
    if kind == "split":
        details = {"spelling": judgement.evidence.get("text"), "into": other}
        return Event("split", "entity", entity.id, details)
    return None
