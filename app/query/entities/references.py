"""References to entities, read: an id, a slug or a spelling, and the entity it stands for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.entities.names import name_key
from app.normalize.identity import stable_id
from app.query.filters import entity_values
from app.query.request.suggestions import similar
from app.query.snapshot.refs import entity_refs
from app.store.tables import Alias, Entity

# Names that a message about an unknown entity is compared with.
MAX_SUGGESTED_NAMES = 1_000

_PK_OF_ID = select(col(Entity.pk)).where(
    col(Entity.id) == bindparam("id"), col(Entity.merged_into_pk).is_(None)
)


def of_id(session: Session, entity_id: str) -> int | None:
    """Return the pk of the entity with this id; None if it is unknown or was merged."""
    return session.connection().execute(_PK_OF_ID, {"id": entity_id}).scalar()


def id_of(session: Session, pk: int) -> str:
    """Return the public id of an entity."""
    row = select(col(Entity.id)).where(col(Entity.pk) == pk)
    return str(session.execute(row).scalar_one())


def resolve(session: Session, value: str) -> int:
    """Return the pk of the entity with this id, slug or spelling.

    Raises NotFound if no entity has it, and if several have it.
    """
    pks = entity_values.entity_pks(session, value)
    if not pks:
        names_like_it = _similar_names(session, value)
        raise NotFound(f"There is no entity {value!r}{similar(value, names_like_it)}.")
    if len(pks) > 1:
        refs = sorted(
            entity_refs(session, pks, None).values(),
            key=lambda ref: ref.id,
        )
        names = ", ".join(f"{ref.name} ({ref.id})" for ref in refs)
        raise NotFound(f"{value!r} names {len(pks)} entities: {names}; ask for one by its id.")
    return pks.pop()


def _similar_names(session: Session, value: str) -> Sequence[str]:
    """Return names whose keys start with the same two characters."""
    same_start = col(Alias.key).startswith(
        name_key(value)[:2],
        autoescape=True,
    )
    names = (
        select(col(Alias.name))
        .where(same_start)
        .order_by(
            col(Alias.name),
        )
    )
    return session.execute(names.limit(MAX_SUGGESTED_NAMES)).scalars().all()


def alias_id(node: str, name: str) -> str:
    """Return the id of a spelling of the entity with the node `node`."""
    return stable_id("a", node, name)


def merged_into(session: Session, value: str) -> str | None:
    """Return the id of the entity that the one with this id or slug was merged into."""
    survivor: Any = aliased(Entity)
    has_name = or_(
        col(Entity.id) == value,
        col(Entity.slug) == value.lower(),
    )
    statement = (
        select(survivor.id)
        .join(Entity, col(Entity.merged_into_pk) == survivor.pk)
        .where(
            has_name,
        )
    )
    survivor_id: str | None = session.execute(statement).scalar()
    return survivor_id
