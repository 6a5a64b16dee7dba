"""The entity of each mention: links of mentions follow the judgements; new nodes get entities."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from app.knowledge import knowledge
from app.normalize.decide import MAX_NAME_CHARS
from app.normalize.entities.clusters import is_catalogued
from app.normalize.entities.names import read_cell
from app.normalize.entities.versions import NewMember, versions_of
from app.normalize.identity import slugs, stable_id
from app.store.dataset import Event
from app.store.entities import creations, judgements, namings, spellings
from app.store.entities.aliases import catalogue_entity
from app.store.entities.judgements import Region
from app.store.entities.namings import Place
from app.store.rows import insert_returning_pks, rows_where_in, table_of
from app.store.tables import Entity, Mention, Naming
from app.store.touched import Touched


@dataclass(frozen=True, slots=True)
class Relinked:
    """The entity (`pk`) of each requested place, and the rows that relinking touched."""

    entities: dict[Place, int]
    touched: Touched


@dataclass(frozen=True, slots=True)
class _Link:
    """A link that mentions have: their place, and their entity so far."""

    place: Place
    entity_pk: int | None


@dataclass
class _Nodes:
    """The entities (`pk`) of nodes, and those that were created for them."""

    pks: dict[str, int] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)


def relink_mentions(
    session: Session,
    judged: Iterable[str],
    new_places: Mapping[Place, str] | None = None,
    *,
    whole: bool = False,
) -> Relinked:
    """Link all mentions to the entities that the judgements give, creating those that are missing.

    `judged` are nodes whose judgements changed. `new_places` are places of mentions that are about
    to be written, each with a spelling. `whole` also moves mentions of catalogued entities, which
    only a curator's judgement can do.
    """
    judged, new_places = set(judged), new_places or {}
    start = set(judged)
    for key, node in new_places:
        start |= {f"k:{key}", node}
    region = judgements.region(session, start, whole=whole)
    links = _movable_links(session, region, whole)
    beyond = {link.place[1] for link in links} - region.nodes
    if beyond:
        region = judgements.region(session, region.nodes | beyond, whole=whole)
    targets: dict[Place, str] = {}
    for place in [
        *new_places,
        *(link.place for link in links),
    ]:
        targets[place] = region.clusters.mention_root(*place)

    pinned = judgements.pinned_nodes(session, region.nodes)
    nodes = _ensure_entities(
        session,
        _names_by_node(
            targets,
            new_places,
            region,
            pinned,
        ),
    )
    entities = {place: nodes.pks[target] for place, target in targets.items()}
    touched = Touched(entities=nodes.created | {entities[place] for place in new_places})
    touched.created_entities |= nodes.created
    for link in links:
        if link.entity_pk != entities[link.place]:
            _move(session, link, entities[link.place], touched)

    loose = judged - pinned
    touched.entities |= _redirect(session, region, loose, pinned, nodes.pks)
    return Relinked(entities, touched)


def _movable_links(session: Session, region: Region, whole: bool) -> list[_Link]:
    """Return the links of the mentions that may change."""
    columns = (
        select(
            col(Naming.key),
            col(Naming.node),
            col(Mention.entity_pk),
        )
        .join(Mention, col(Mention.naming_pk) == col(Naming.pk))
        .distinct()
    )
    nodes: Collection[str] = region.nodes
    if not whole:
        nodes = [node for node in region.nodes if not is_catalogued(node)]
    rows = set(rows_where_in(session, columns, col(Naming.node), nodes))
    # A spelling that was split off may no longer lead to its entity, whatever node its document
    # gives it; a spelling that is no longer split off may again.
    keys = []
    for node in region.nodes:
        if node.startswith("k:") and (whole or node in region.clusters.cannot_link):
            keys.append(node.removeprefix("k:"))

    rows.update(rows_where_in(session, columns, col(Naming.key), keys))
    links = [_Link((key, node), entity_pk) for key, node, entity_pk in rows]
    return sorted(links, key=lambda link: (link.place, link.entity_pk or 0))


def _names_by_node(
    targets: Mapping[Place, str],
    new_places: Mapping[Place, str],
    region: Region,
    pinned: Iterable[str],
) -> dict[str, str]:
    """Return the nodes that need an entity, each with a spelling for a new one, or empty."""
    names = dict.fromkeys(targets.values(), "")
    for (key, node), name in sorted(new_places.items()):
        target = targets[key, node]
        if target in (f"k:{key}", node) and not names[target]:
            names[target] = name

    for node in pinned:
        # An entity that a curator judged stays even while nothing names it.
        names.setdefault(region.clusters.root(node), "")
        if is_catalogued(node):
            names.setdefault(node, "")

    return names


def _move(session: Session, link: _Link, entity_pk: int, touched: Touched) -> None:
    """Link the mentions of one link to another entity."""
    touched.entities.add(entity_pk)
    if link.entity_pk:
        touched.entities.add(link.entity_pk)
    same_link = (
        namings.of_place(link.place),
        col(Mention.entity_pk) == link.entity_pk,
    )
    locations = select(
        col(Mention.item_pk),
        col(Mention.briefing_pk),
    ).distinct()
    for item_pk, briefing_pk in session.execute(locations.where(*same_link)):
        touched.relinked_briefings.add(briefing_pk)
        if item_pk:
            touched.items.add(item_pk)

    counts = spellings.count_mentions(session, *same_link)
    touched.spellings.subtract(counts)
    for (_, name), count in counts.items():
        touched.spellings[entity_pk, name] += count
    session.execute(update(Mention).where(*same_link).values(entity_pk=entity_pk))


def _redirect(
    session: Session,
    region: Region,
    loose: Collection[str],
    pinned: Collection[str],
    pks: Mapping[str, int],
) -> set[int]:
    """Have each pinned entity lead to the root of its cluster; return what changed, and the loose.

    A loose entity may have been kept by a judgement that is gone; it may have to be removed.
    """
    changed: set[int] = set()
    columns = select(
        col(Entity.pk),
        col(Entity.node),
        col(Entity.merged_into_pk),
    )
    statement = columns.order_by(col(Entity.id))
    rows = list(rows_where_in(session, statement, col(Entity.node), region.nodes))
    for pk, node, former_target in rows:
        assert pk
        root = region.clusters.root(node)
        target = pks[root] if node in pinned and root != node else None
        if node in loose:
            changed.add(pk)
        if former_target != target:
            changed.update(other for other in (pk, former_target, target) if other)
            by_pk = update(Entity).where(
                col(Entity.pk) == pk,
            )
            session.execute(by_pk.values(merged_into_pk=target))

    return changed


def _ensure_entities(session: Session, names: Mapping[str, str]) -> _Nodes:
    """Return the entities of nodes, creating those that are missing; `names` are for new ones."""
    members = _new_members(names)
    parents = _nodes_above(members.values())
    all_names = dict.fromkeys(_with_relatives([*names, *parents]), "")
    all_names.update(names)
    nodes = _Nodes()
    columns = select(
        col(Entity.node),
        col(Entity.pk),
    )
    for node, pk in rows_where_in(session, columns, col(Entity.node), all_names):
        assert pk
        nodes.pks[node] = pk

    missing = {}
    for node in sorted(all_names.keys() - nodes.pks.keys()):
        missing[node] = _name_for(session, node, all_names[node])
    created = _create_entities(session, missing, members)
    nodes.pks.update(created)
    nodes.created.update(created.values())
    _link_relatives(session, created, nodes.pks, members)
    creations.refresh(session, [node for node in created if not is_catalogued(node)])
    return nodes


def _new_members(names: Mapping[str, str]) -> dict[str, NewMember]:
    """Return node → family and maker, of the nodes whose names are versions of a known family."""
    versions = versions_of(knowledge().catalogue)
    members: dict[str, NewMember] = {}
    for node, name in names.items():
        member = None if is_catalogued(node) else versions.new_member(name)
        if member:
            members[node] = member
    return members


def _nodes_above(members: Iterable[NewMember]) -> set[str]:
    """Return the nodes of the families and makers of new members."""
    nodes: set[str] = set()
    for member in members:
        nodes.add(f"c:{member.family}")
        if member.maker:
            nodes.add(f"c:{member.maker}")
    return nodes


def _with_relatives(nodes: Iterable[str]) -> set[str]:
    """Return the catalogued ones of `nodes` with their families and makers, however far up."""
    reached: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        entity = catalogue_entity(node)
        if entity and node not in reached:
            reached.add(node)
            waiting.extend(f"c:{slug}" for slug in (entity.family, entity.maker) if slug)

    return reached


def _name_for(session: Session, node: str, spelling: str) -> str:
    """Return the first name of a new entity; `spelling` may be empty."""
    if is_catalogued(node):
        entity = catalogue_entity(node)
        return entity.title if entity else node.removeprefix("c:")

    key = node.removeprefix("k:")
    if not spelling:
        any_surface = (
            select(col(Mention.surface))
            .where(
                namings.of_key(key),
            )
            .limit(1)
        )
        surface = session.execute(any_surface).scalars().first()
        spelling = read_cell(surface).name if surface else key

    return spelling[:MAX_NAME_CHARS]


def _create_entities(
    session: Session, names: Mapping[str, str], members: Mapping[str, NewMember]
) -> dict[str, int]:
    """Create the entities of nodes and return their `pk`s; `names` has a name for each node."""
    rows: list[dict[str, Any]] = []
    # Catalogued entities come first: the catalogue chose their slugs.
    ordered = sorted(names, key=lambda node: (not is_catalogued(node), node))
    free_slugs = _free_slugs(session, ordered, names)
    for node in ordered:
        row = {
            "id": entity_id(node),
            "node": node,
            "slug": free_slugs[node],
            "name": names[node],
        }
        rows.append(row | _catalogue_columns(node, members.get(node)))

    return dict(zip(ordered, insert_returning_pks(session, Entity, rows), strict=True))


def _catalogue_columns(node: str, member: NewMember | None) -> dict[str, Any]:
    """Return the columns of an entity that the catalogue fills."""
    entity = catalogue_entity(node)
    if entity is None:
        return {
            "type": member.type if member else "other",
            "names": {},
            "external_ids": {},
            "origin": "document",
        }
    return {
        "type": entity.type,
        "names": dict(entity.names),
        "external_ids": dict(entity.ids or {}),
        "origin": "catalogue",
    }


def _free_slugs(session: Session, nodes: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """Return a slug for each node, that no other entity has; the first nodes choose first."""
    choices: dict[str, list[str]] = {}
    for node in nodes:
        choices[node] = list(slugs(names[node], entity_id(node)))
        if is_catalogued(node):
            choices[node].insert(0, node.removeprefix("c:"))

    candidates: set[str] = set()
    candidates.update(*choices.values())
    taken = set()
    for (slug,) in rows_where_in(
        session,
        select(col(Entity.slug)),
        col(Entity.slug),
        candidates,
    ):
        taken.add(slug)
    free: dict[str, str] = {}
    for node, node_choices in choices.items():
        free[node] = next(slug for slug in node_choices if slug not in taken)
        taken.add(free[node])

    return free


def _link_relatives(
    session: Session,
    created: Mapping[str, int],
    pks: Mapping[str, int],
    members: Mapping[str, NewMember],
) -> None:
    """Set family and maker of entities that were created; `pks` has all nodes."""
    rows = []
    for node, pk in created.items():
        entity = catalogue_entity(node) or members.get(node)
        if entity and (entity.family or entity.maker):
            rows.append(
                {
                    "row_pk": pk,
                    "family_pk": pks.get(f"c:{entity.family}"),
                    "maker_pk": pks.get(f"c:{entity.maker}"),
                }
            )

    if rows:
        table = table_of(Entity)
        by_pk = update(table).where(table.c.pk == bindparam("row_pk"))
        session.execute(by_pk, rows)


def added_events(session: Session, created: Collection[int]) -> list[Event]:
    """Return the changes that new entities are, for the log; call it when their names are final."""
    columns = select(col(Entity.id), col(Entity.name))
    events = []
    for entity_id_, name in rows_where_in(session, columns, col(Entity.pk), created):
        events.append(Event("added", "entity", entity_id_, {"name": name}))
    return sorted(events, key=lambda event: event.object_id)


def entity_id(node: str) -> str:
    """Return the public id of the entity that a node stands for."""
    return stable_id("e", node if is_catalogued(node) else node.removeprefix("k:"))
