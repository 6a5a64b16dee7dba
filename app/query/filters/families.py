"""Roll-ups: entities with the members of their families and with what they make.

With `rollup=family`, `Qwen-Image-Layered` counts as `Qwen`; with `rollup=maker`, `GB300` as NVIDIA.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, get_args

from sqlalchemy import CTE, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.query.schemas.shared import EntityRef, Rollup
from app.query.snapshot.refs import entity_refs
from app.store.encoding.batches import batches
from app.store.tables import Entity, Mention

IsHead = Callable[[Any], Any]
"""Condition that a column of primary keys holds a head whose members are looked up."""


def closure(relation: Rollup, is_head: IsHead | None = None) -> CTE:
    """Return a common table of (`head_pk`, `member_pk`), each head with itself and its members.

    `family` follows families, `maker` goes from a maker to what it makes and on to the families of
    that, and `all` follows both relations. A method is no product: a paper describes it, and others
    use it. Members are found at every depth, those of merged entities too. `UNION` drops repeated
    pairs, so a circle ends. Without `is_head`, every entity is a head.
    """
    heads = _pairs(col(Entity.pk), is_head)
    if relation == "maker":
        # The family of the maker itself, such as its subsidiaries, is not made by it.
        makers = heads.union(_merged_pairs(is_head)).cte("maker")
        product: Any = aliased(Entity)
        products = select(makers.c.head_pk, product.pk.label("member_pk")).join(
            product, _is_made_by(product, makers.c.member_pk)
        )
        made = _with_members_below(products, "made", "family")
        return heads.union(select(made)).cte("rollup")
    return _with_members_below(heads, "rollup", relation)


def _pairs(head_pk: Any, is_head: IsHead | None) -> Select[Any]:
    pairs = select(
        head_pk.label("head_pk"),
        col(Entity.pk).label("member_pk"),
    )
    return pairs.where(is_head(head_pk)) if is_head else pairs


def _merged_pairs(is_head: IsHead | None) -> Select[Any]:
    """Return pairs of heads and the entities that were merged into them."""
    target_pk = col(Entity.merged_into_pk)
    return _pairs(target_pk, is_head).where(target_pk.is_not(None))


def _is_made_by(product: Any, maker_pk: Any) -> Any:
    return and_(
        product.maker_pk == maker_pk,
        product.type != "method",
        product.merged_into_pk.is_(None),
    )


def _with_members_below(pairs: Select[Any], name: str, relation: Rollup) -> CTE:
    """Return a recursive table of `pairs` with all that is below their members.

    Entities merged into a member are in it, because what is below them is below the member.
    """
    above: CTE = pairs.cte(name, recursive=True)
    member: Any = aliased(Entity)
    is_part = and_(member.family_pk == above.c.member_pk, member.merged_into_pk.is_(None))
    is_below = or_(is_part, member.merged_into_pk == above.c.member_pk)
    if relation == "all":
        is_below = or_(is_below, _is_made_by(member, above.c.member_pk))
    deeper = select(above.c.head_pk, member.pk).join(member, is_below)
    return above.union(deeper)


_HEADS: Any = bindparam("heads", expanding=True)


def _has_members(relation: Rollup) -> IsHead:
    parents = {
        "family": [col(Entity.family_pk)],
        "maker": [col(Entity.maker_pk)],
        "all": [col(Entity.family_pk), col(Entity.maker_pk)],
    }
    conditions = []
    # What is below a merged entity is below the entity it was merged into.
    for parent in [*parents[relation], col(Entity.merged_into_pk)]:
        conditions.append(select(parent).where(parent.is_not(None)))
    return lambda pk: or_(*(pk.in_(statement) for statement in conditions))


def _members_of(relation: Rollup) -> Select[Any]:
    members = closure(relation, lambda pk: pk.in_(_HEADS))
    return select(members.c.member_pk)


_MEMBERS: dict[Rollup, Select[Any]] = {
    relation: _members_of(relation) for relation in get_args(Rollup)
}
_MEMBERS_BY_HEAD: dict[Rollup, Select[Any]] = {
    relation: select(closure(relation, _has_members(relation))) for relation in get_args(Rollup)
}


def with_members(session: Session, pks: Iterable[int], relation: Rollup | None) -> set[int]:
    """Return `pks` and, with a `relation`, the members that it counts as them."""
    heads = set(pks)
    members = set(heads)
    if relation:
        for batch in batches(sorted(heads)):
            rows = session.execute(_MEMBERS[relation], {"heads": batch})
            members.update(rows.scalars())
    return members


def members_by_head(session: Session, relation: Rollup) -> dict[int, set[int]]:
    """Return the members that each entity has by a relation, without itself, by its pk."""
    members: defaultdict[int, set[int]] = defaultdict(set)
    for head_pk, member_pk in session.execute(_MEMBERS_BY_HEAD[relation]):
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
    return sorted(refs.values(), key=name_order)


def name_order(ref: EntityRef) -> tuple[str, str]:
    """Return the sort key of a member: its name, then its id."""
    return ref.name, ref.id
