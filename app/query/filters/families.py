"""Families of entities: with `family=true`, `Qwen-Image-Layered` counts as `Qwen`."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import CTE, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.schemas.shared import EntityRef
from app.query.snapshot.refs import entity_refs
from app.store.encoding.batches import batches
from app.store.tables import Entity, Mention

_ITSELF: Any = select(col(Entity.pk).label("head_pk"), col(Entity.pk).label("member_pk"))


def closure(heads: Any = _ITSELF) -> CTE:
    """Return a common table of (`head_pk`, `member_pk`), each head with itself and its members.

    Members are found at every depth. `UNION` drops repeated pairs, so a circle of families ends.
    """
    pairs: CTE = heads.cte("family", recursive=True)
    member: Any = aliased(Entity)
    is_below = member.family_pk == pairs.c.member_pk
    deeper = select(pairs.c.head_pk, member.pk).join(
        member, is_below & member.merged_into_pk.is_(None)
    )
    return pairs.union(deeper)


_MEMBERS = select(
    closure(_ITSELF.where(col(Entity.pk).in_(bindparam("heads", expanding=True)))).c.member_pk
)
_PAIRS = select(
    closure(
        _ITSELF.where(
            col(Entity.pk).in_(
                select(col(Entity.family_pk)).where(col(Entity.family_pk).is_not(None))
            )
        )
    )
)


def with_members(session: Session, pks: Iterable[int]) -> set[int]:
    """Return `pks` and the members of their families at every depth."""
    heads = set(pks)
    members = set(heads)
    for batch in batches(sorted(heads)):
        rows = session.execute(_MEMBERS, {"heads": batch})
        members.update(rows.scalars())
    return members


def members_by_head(session: Session) -> dict[int, set[int]]:
    """Return the members of every family at every depth, by the entity that heads it."""
    members: defaultdict[int, set[int]] = defaultdict(set)
    for head_pk, member_pk in session.execute(_PAIRS):
        if member_pk != head_pk:
            members[head_pk].add(member_pk)
    return members


def mentioned(session: Session, pks: Iterable[int], lang: str | None) -> list[EntityRef]:
    """Return the entities of `pks` that have a mention, sorted by name."""
    refs: dict[int, EntityRef] = {}
    for batch in batches(sorted(pks)):
        entity_pk = col(Mention.entity_pk)
        rows = session.execute(
            select(entity_pk).where(entity_pk.in_(batch)).distinct(),
        )
        mentioned_pks = [pk for pk in rows.scalars() if pk]
        refs |= entity_refs(session, mentioned_pks, lang)
    return sorted(
        refs.values(),
        key=lambda ref: (ref.name, ref.id),
    )
