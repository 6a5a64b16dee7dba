"""Entities that an id, a slug or a spelling means."""

from collections.abc import Callable

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.normalize.entities.names import name_key
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.tables import Alias, Entity

_PKS: CacheKind[tuple[str, str], set[int]] = CacheKind(max_entries=10_000)


def entity_pks(session: Session, value: str) -> set[int]:
    """Return the entities with this id, slug or spelling; a spelling may belong to several."""
    return cached_pks(session, "entities", value, _read_entities)


def cached_pks(
    session: Session, table: str, value: str, read: Callable[[Session, str], set[int]]
) -> set[int]:
    """Return a copy of the rows of `table` that a value means, read once for each version."""
    cache = version_cache(session, _PKS)
    return set(cache.get_or_make((table, value), lambda: read(session, value)))


def _read_entities(session: Session, value: str) -> set[int]:
    entities = select(col(Entity.pk), col(Entity.merged_into_pk))
    by_id = or_(
        col(Entity.id) == value,
        col(Entity.slug) == value.lower(),
    )
    rows = session.execute(entities.where(by_id)).all()
    if not rows:
        spelled = entities.join(
            Alias,
            col(Alias.entity_pk) == col(Entity.pk),
        )
        by_key = spelled.where(
            col(Alias.key) == name_key(value),
        )
        rows = session.execute(by_key).all()
    return {merged_into_pk or pk for pk, merged_into_pk in rows}
