"""Entities that curators created: type, family and maker follow from their judgements."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.knowledge import knowledge
from app.normalize.entities.versions import versions_of
from app.store.encoding.batches import batches
from app.store.entities import judgements
from app.store.tables import Entity


def refresh(session: Session, nodes: Iterable[str]) -> None:
    """Write the curated properties of the entities of `nodes`, else those of the documents."""
    for batch in batches(sorted(set(nodes))):
        created = judgements.creations(session, batch)
        statement = select(Entity).where(col(Entity.node).in_(batch))
        for entity in session.execute(statement).scalars():
            evidence = created.get(entity.node)
            if evidence:
                _write_created(session, entity, evidence)
            elif entity.origin == "curator":
                _write_uncreated(session, entity)
    session.flush()


def _write_created(session: Session, entity: Entity, evidence: Mapping[str, Any]) -> None:
    entity.origin = "curator"
    entity.name = evidence["name"]
    entity.type = evidence["type"]
    entity.names = {evidence["lang"]: evidence["name"]} if evidence["lang"] else {}
    entity.family_pk = _pk_of(session, evidence["family"])
    entity.maker_pk = _pk_of(session, evidence["maker"])


def _write_uncreated(session: Session, entity: Entity) -> None:
    member = versions_of(knowledge().catalogue).new_member(entity.name)
    entity.origin = "document"
    entity.type = member.type if member else "other"
    entity.names = {}
    entity.family_pk = _pk_of(session, f"c:{member.family}") if member else None
    entity.maker_pk = _pk_of(session, f"c:{member.maker}") if member else None


def _pk_of(session: Session, node: str | None) -> int | None:
    """Return the entity of a node, None if there is none."""
    if node is None:
        return None
    return session.execute(select(col(Entity.pk)).where(col(Entity.node) == node)).scalar()
