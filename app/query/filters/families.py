"""Families: `Qwen-Image-Layered` is counted under `Qwen` where a question says `family=true`."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session, col

from app.query.schemas.shared import EntityRef
from app.query.snapshot.refs import entity_refs
from app.store.tables import Entity, Mention


def with_members(session: Session, pks: Iterable[int]) -> set[int]:
    """`pks` and all that is of their families, however far down."""
    reached, frontier = set(pks), set(pks)
    while frontier:
        below = select(col(Entity.pk)).where(
            col(Entity.family_pk).in_(sorted(frontier)), col(Entity.merged_into_pk).is_(None)
        )
        frontier = {pk for pk in session.execute(below).scalars() if pk} - reached
        reached |= frontier
    return reached


def named(session: Session, pks: Iterable[int], lang: str | None) -> list[EntityRef]:
    """Those of `pks` that anything names, by name."""
    found: dict[int, EntityRef] = {}
    wanted = sorted(pks)
    # A family may have more members than one statement takes parameters.
    for start in range(0, len(wanted), 900):
        mentioned = (
            select(col(Mention.entity_pk))
            .where(col(Mention.entity_pk).in_(wanted[start : start + 900]))
            .distinct()
        )
        found |= entity_refs(
            session, (pk for pk in session.execute(mentioned).scalars() if pk), lang
        )
    return sorted(found.values(), key=lambda ref: (ref.name, ref.id))
