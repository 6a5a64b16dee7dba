"""The acts of a curator: merge, split, alias, drop an alias, undo, settle.

`channel` is always the default channel; `reference` is an entity's id, slug or spelling. Every act
raises NotFound for an unknown reference and Conflict if earlier judgements forbid the act. An act
that was done before changes nothing and returns the earlier judgements.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.curate.conduct import Curation, Outcome, conduct
from app.curate.conflicts import (
    entity_of_node,
    refuse_catalogued,
    refuse_join,
    refuse_separation,
    refuse_split,
)
from app.errors import Conflict, NotFound
from app.normalize.entities.names import name_key
from app.query.entities import references
from app.query.schemas.judgements import ActOut
from app.store.dataset import Event
from app.store.db import Database
from app.store.entities import creations, judgements, sync
from app.store.entities.judgements import Act
from app.store.rows import strip_unstorable
from app.store.tables import Alias, Entity, Judgement


def merge(
    database: Database, channel: str, reference: str, target_reference: str, curation: Curation
) -> ActOut:
    """Merge an entity into another; the old id redirects from now on."""

    def perform(session: Session, now: datetime) -> Outcome:
        curation.check_expected(session, _entity(session, reference))
        target = _entity(session, target_reference)
        source = _unmerged(session, reference)
        if source.pk == target.pk:
            raise Conflict(f"{target.name} cannot be merged into itself.")
        outcome = Outcome(target)
        if source.merged_into_pk:
            outcome.judgements = _earlier_merge(session, source, target)
            return outcome
        refuse_join(
            session,
            source.node,
            target.node,
            source.name,
            target.name,
        )
        evidence = {"text": f"{source.name} → {target.name}"}
        act = Act(
            "merge",
            "positive",
            source.node,
            target.node,
            evidence,
        )
        event = Event("merged", "entity", source.id, {"name": source.name, "into": target.id})
        outcome.add(curation.judge(session, act, now), event)
        return outcome

    return conduct(database, channel, curation, perform)


def _earlier_merge(session: Session, source: Entity, target: Entity) -> list[Judgement]:
    """Return the judgements that merged `source`. Raises Conflict if it went elsewhere."""
    merged_into = session.get_one(Entity, source.merged_into_pk)
    if merged_into.pk != target.pk:
        raise Conflict(
            f"{source.name} is already merged into {merged_into.name} ({merged_into.id}); "
            f"undo that first, or merge {merged_into.name}."
        )
    return _joins(session, source.node)


def split(
    database: Database, channel: str, reference: str, names: Iterable[str], curation: Curation
) -> ActOut:
    """Split spellings off an entity; each gets an entity that no automatic link joins again."""

    def perform(session: Session, now: datetime) -> Outcome:
        entity = _entity(session, reference)
        curation.check_expected(session, entity)
        outcome = Outcome(entity)
        for name in dict.fromkeys(names):
            node = _node(name)
            earlier = _separations(session, node, entity.node)
            if earlier:
                outcome.judgements.extend(earlier)
                continue
            refuse_split(session, entity, node, name)
            act = Act(
                "split",
                "negative",
                node,
                entity.node,
                {"text": name},
            )
            details = {"spelling": name, "into": sync.entity_id(node)}
            event = Event("split", "entity", entity.id, details)
            outcome.add(curation.judge(session, act, now), event)
        return outcome

    return conduct(database, channel, curation, perform)


def alias(
    database: Database,
    channel: str,
    reference: str,
    name: str,
    lang: str | None,
    kind: str,
    curation: Curation,
) -> ActOut:
    """Add a spelling to an entity; stored documents are searched for it too."""

    def perform(session: Session, now: datetime) -> Outcome:
        entity = _entity(session, reference)
        curation.check_expected(session, entity)
        outcome = Outcome(entity)
        spelling = strip_unstorable(name)
        node = _node(name)
        for judgement in _joins(session, node):
            is_alias_here = judgement.kind == "alias" and judgement.right_key == entity.node
            if is_alias_here and judgement.evidence["name"] == spelling:
                outcome.judgements.append(judgement)
        if outcome.judgements:
            return outcome
        refuse_catalogued(session, node, name, entity)
        refuse_join(
            session,
            node,
            entity.node,
            name,
            entity.name,
        )
        evidence = {"text": name, "name": spelling, "lang": lang, "kind": kind}
        act = Act(
            "alias",
            "positive",
            node,
            entity.node,
            evidence,
        )
        outcome.add(curation.judge(session, act, now))
        outcome.spellings.append(spelling)
        return outcome

    return conduct(database, channel, curation, perform, changes_spellings=True)


def drop_alias(
    database: Database, channel: str, reference: str, alias_reference: str, curation: Curation
) -> ActOut:
    """Remove a spelling that a curator added, given by its alias id or as it is written."""

    def perform(session: Session, now: datetime) -> Outcome:
        entity = _entity(session, reference)
        curation.check_expected(session, entity)
        nodes = _nodes(session, entity)
        judged = session.exec(
            select(Judgement)
            .where(col(Judgement.kind) == "alias", col(Judgement.right_key).in_(nodes))
            .order_by(col(Judgement.pk).desc())
        )
        for judgement in judged:
            name = judgement.evidence["name"]
            if alias_reference in (name, references.alias_id(judgement.right_key, name)):
                return _undo(session, judgement, entity, curation, now)
        _refuse_document_alias(session, entity, nodes, alias_reference)
        raise NotFound(f"{entity.name} has no alias {alias_reference!r}.")

    return conduct(database, channel, curation, perform, changes_spellings=True)


def _refuse_document_alias(
    session: Session, entity: Entity, nodes: list[str], alias_reference: str
) -> None:
    """Raise Conflict if the alias comes from a document or the catalogue."""
    rows = session.execute(
        select(col(Alias.name), col(Entity.node))
        .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
        .where(col(Entity.node).in_(nodes))
    )
    for name, node in rows:
        if alias_reference in (name, references.alias_id(node, name)):
            raise Conflict(
                f"The alias {name} was not added by a curator; split it off {entity.name} instead."
            )


def undo(database: Database, channel: str, judgement_id: str, curation: Curation) -> ActOut:
    """Undo a curator's judgement; both the judgement and its undo stay on record."""

    def perform(session: Session, now: datetime) -> Outcome:
        judgement = _judgement(session, judgement_id)
        if judgement.briefing_pk:
            raise Conflict(
                "This judgement comes from a document and cannot be undone; "
                "split the spelling off, or merge."
            )
        if judgement.kind == "undo":
            raise Conflict("An undo cannot be undone; repeat the original action.")
        entity = entity_of_node(session, judgement.right_key)
        curation.check_expected(session, entity)
        return _undo(session, judgement, entity, curation, now)

    return conduct(database, channel, curation, perform, changes_spellings=True)


def settle(
    database: Database, channel: str, judgement_id: str, verdict: str, curation: Curation
) -> ActOut:
    """Settle an uncertain link with the verdict "positive" or "negative"."""

    def perform(session: Session, now: datetime) -> Outcome:
        doubt = _judgement(session, judgement_id)
        if doubt.verdict != "unsure" or not doubt.briefing_pk:
            raise Conflict("This judgement does not await review; only uncertain links do.")
        left, right = doubt.left_key, doubt.right_key
        entity = entity_of_node(session, right)
        outcome = Outcome(entity)
        curation.check_expected(session, entity)
        outcome.judgements = _earlier_verdict(session, doubt, verdict)
        if outcome.judgements:
            return outcome
        evidence = {"text": doubt.evidence.get("text"), "settles": doubt.id}
        if verdict == "positive":
            refuse_join(
                session,
                left,
                right,
                left[2:],
                entity.name,
            )
            act = Act("link", verdict, left, right, evidence)
            event = Event("merged", "entity", sync.entity_id(left), {"into": entity.id})
            outcome.add(curation.judge(session, act, now), event)
        else:
            refuse_separation(session, left, right)
            act = Act("reject", verdict, left, right, evidence)
            outcome.add(curation.judge(session, act, now))
        return outcome

    return conduct(database, channel, curation, perform)


def _earlier_verdict(session: Session, doubt: Judgement, verdict: str) -> list[Judgement]:
    """Return the judgement that settled a link. Raises Conflict if the verdict was another."""
    pair = {doubt.left_key, doubt.right_key}
    for judgement in judgements.judgements_on(session, [doubt.left_key]):
        if {judgement.left_key, judgement.right_key} == pair:
            if judgement.verdict != verdict:
                raise Conflict(
                    f"{judgement.id} already settled the link as {judgement.verdict}; "
                    "undo that first."
                )
            return [judgement]
    return []


def _undo(
    session: Session, judgement: Judgement, entity: Entity, curation: Curation, now: datetime
) -> Outcome:
    outcome = Outcome(entity)
    earlier = judgements.undo_of(session, judgement)
    if earlier:
        outcome.judgements = [earlier]
        return outcome
    left, right = judgement.left_key, judgement.right_key
    act = Act(
        "undo",
        "unsure",
        left,
        right,
        {"text": judgement.evidence.get("text")},
    )
    outcome.add(curation.judge(session, act, now, undoes=judgement))
    if judgement.kind == "merge":
        source = session.exec(select(Entity).where(col(Entity.node) == left)).first()
        if source:
            details = {"name": source.name, "from": entity.id}
            outcome.events.append(Event("split", "entity", source.id, details))
    elif judgement.kind == "split":
        details = {"into": entity.id}
        outcome.events.append(Event("merged", "entity", sync.entity_id(left), details))
    elif judgement.kind in ("alias", "create"):
        outcome.spellings.append(judgement.evidence["name"])
        creations.refresh(session, [right])
    return outcome


def _node(name: str) -> str:
    """Return the node of a spelling."""
    return f"k:{name_key(strip_unstorable(name))}"


def _nodes(session: Session, entity: Entity) -> list[str]:
    """Return the nodes of an entity and of the entities merged into it."""
    merged = select(col(Entity.node)).where(col(Entity.merged_into_pk) == entity.pk)
    return [entity.node, *session.exec(merged)]


def _joins(session: Session, node: str) -> list[Judgement]:
    """Return the curators' judgements that join `node` to another."""
    joins = []
    for judgement in judgements.judgements_on(session, [node]):
        if judgement.left_key == node and judgement.verdict == "positive":
            joins.append(judgement)
    return joins


def _separations(session: Session, node: str, other: str) -> list[Judgement]:
    """Return the curators' judgements that separate two nodes."""
    separations = []
    for judgement in judgements.judgements_on(session, [node]):
        pair = {judgement.left_key, judgement.right_key}
        if judgement.verdict == "negative" and pair == {node, other}:
            separations.append(judgement)
    return separations


def _entity(session: Session, reference: str) -> Entity:
    return session.get_one(Entity, references.resolve(session, reference))


def _unmerged(session: Session, reference: str) -> Entity:
    """Return the entity with this id or slug even if it was merged, else the one so spelled."""
    named = or_(col(Entity.id) == reference, col(Entity.slug) == reference.lower())
    return session.exec(select(Entity).where(named)).first() or _entity(session, reference)


def _judgement(session: Session, judgement_id: str) -> Judgement:
    judgement = session.exec(select(Judgement).where(col(Judgement.id) == judgement_id)).first()
    if judgement is None:
        raise NotFound(f"There is no judgement {judgement_id!r}.")
    return judgement
