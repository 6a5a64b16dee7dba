"""Refusals: acts that contradict earlier judgements or the catalogue."""

from collections.abc import Sequence

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.errors import Conflict
from app.knowledge import knowledge
from app.normalize.entities.catalogue import CatalogueEntity
from app.normalize.entities.clusters import Clusters, cluster
from app.store.entities import judgements, namings
from app.store.tables import Alias, Entity, Judgement, Mention


def entity_of_node(session: Session, node: str) -> Entity:
    """Return the entity of the cluster of `node`. Raises Conflict if no document names it."""
    root = judgements.region(session, [node]).clusters.root(node)
    entity = session.exec(select(Entity).where(col(Entity.node) == root)).first()
    if entity is None:
        raise Conflict("No document names this entity any more.")
    return entity


def refuse_join(session: Session, left: str, right: str, name: str, target: str) -> None:
    """Raise Conflict if node `left` (named `name`) cannot join node `right` (named `target`).

    A curator may have separated the two or joined `left` elsewhere. If the two are one already
    the other way round, a merge would make a circle.
    """
    nodes = judgements.region(session, [left, right]).nodes
    standing = judgements.judgements_on(session, nodes)
    clusters = _curated_clusters(standing)
    for judgement in standing:
        pair = {clusters.root(judgement.left_key), clusters.root(judgement.right_key)}
        if judgement.verdict == "negative" and pair == {clusters.root(left), clusters.root(right)}:
            raise Conflict(f"{judgement.id} says that {name} is not {target}; undo that first.")
        if judgement.verdict != "positive" or judgement.left_key != left or left == right:
            continue
        # The judgement that created an entity says nothing of another one.
        if judgement.kind == "create":
            continue
        if judgement.right_key != right:
            other = entity_of_node(session, judgement.right_key).name
            raise Conflict(f"{judgement.id} says that {name} is {other}; undo that first.")
    if left != right and clusters.root(left) == clusters.root(right) == left:
        raise Conflict(f"{target} is already merged into {name}; undo that first.")


def refuse_split(session: Session, entity: Entity, node: str, name: str) -> None:
    """Raise Conflict if the spelling `name` (its `node`) cannot be split off an entity.

    It must be a spelling of the entity, not its main name, and no curator may have joined it.
    """
    if not _is_spelling(session, entity, node.removeprefix("k:")):
        raise Conflict(
            f"{name} is not a spelling of {entity.name}; its aliases list all its spellings."
        )
    if node == entity.node:
        raise Conflict(
            f"{name} is the main name of {entity.name}; split the other spellings off instead."
        )
    refuse_separation(session, node, entity.node)


def _is_spelling(session: Session, entity: Entity, key: str) -> bool:
    entity_pks = select(col(Entity.pk)).where(
        or_(col(Entity.pk) == entity.pk, col(Entity.merged_into_pk) == entity.pk)
    )
    for entity_pk, has_key in (
        (col(Mention.entity_pk), namings.of_key(key)),
        (col(Alias.entity_pk), col(Alias.key) == key),
    ):
        spelled = select(entity_pk).where(has_key, entity_pk.in_(entity_pks))
        if session.exec(spelled.limit(1)).first() is not None:
            return True
    return False


def refuse_separation(session: Session, left: str, right: str) -> None:
    """Raise Conflict if curators joined the two nodes."""
    nodes = judgements.region(session, [left, right]).nodes
    standing = judgements.judgements_on(session, nodes)
    clusters = _curated_clusters(standing)
    if clusters.root(left) != clusters.root(right):
        return
    for judgement in standing:
        if judgement.verdict == "positive" and left in (judgement.left_key, judgement.right_key):
            raise Conflict(f"{judgement.id} joins these two; undo that first.")
    raise Conflict("A curator joined these two; undo that first.")


def _curated_clusters(standing: Sequence[Judgement]) -> Clusters:
    """Return the clusters that follow from curators' judgements only."""
    pairs = []
    for judgement in standing:
        if judgement.verdict == "positive":
            pairs.append((judgement.left_key, judgement.right_key))
    return cluster([], pairs)


def refuse_catalogued(session: Session, node: str, name: str, entity: Entity) -> None:
    """Raise Conflict if the spelling `name` (its `node`) is another entity's in the catalogue.

    A spelling that a curator split off that entity is free.
    """
    key = node.removeprefix("k:")
    owners = _catalogue_owners(key)
    owner_nodes = [f"c:{owner.slug}" for owner in owners]
    clusters = judgements.region(session, [node, entity.node, *owner_nodes]).clusters
    entity_root = clusters.root(entity.node)
    for owner, owner_node in zip(owners, owner_nodes, strict=True):
        root = clusters.root(owner_node)
        if clusters.mention_root(key, owner_node) == root != entity_root:
            raise Conflict(f"{name} already names {owner.title}; split it off there first.")


def refuse_known_name(session: Session, node: str, name: str) -> None:
    """Raise Conflict if a name (its `node`) is in the catalogue, or another entity's.

    A spelling that a curator split off is free.
    """
    key = node.removeprefix("k:")
    owner_nodes = [f"c:{owner.slug}" for owner in _catalogue_owners(key)]
    clusters = judgements.region(session, [node, *owner_nodes]).clusters
    for owner, owner_node in zip(_catalogue_owners(key), owner_nodes, strict=True):
        if clusters.mention_root(key, owner_node) == clusters.root(owner_node):
            raise Conflict(f"{name} already names {owner.title}; split it off there first.")
    if clusters.root(node) != node:
        other = entity_of_node(session, node)
        raise Conflict(
            f"{name} already names {other.name} ({other.id}); split it off there first, or add an "
            "alias there."
        )


def _catalogue_owners(key: str) -> list[CatalogueEntity]:
    """Return the entities of the catalogue that have a name with this key."""
    catalogue = knowledge().catalogue
    return [catalogue.entities[slug] for slug in catalogue.slugs_by_key(key)]
