"""Entities and their spellings, kept in step with the mentions that name them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from app.normalize.catalogue import Catalogue
from app.normalize.clusters import is_catalogued
from app.normalize.identity import slugs, stable_id
from app.normalize.names import name_key, read_cell
from app.store.dataset import Event
from app.store.ledger import clusters
from app.store.rows import chunks
from app.store.tables import Alias, Entity, Mention

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entity that is to be there."""

    node: str
    name: str
    slug: str
    """The one hoped for; empty where the name gives none."""


def link(session: Session, named: Mapping[str, str], concerned: Iterable[str], catalogue: Catalogue) -> tuple[dict[str, int], set[int]]:
    """The entity of each node in `named` (node → a spelling), made where there is none: node → `entity.pk`.

    `concerned` are nodes something was judged of: mentions elsewhere that go by them move along. Also returned are the
    entities that gained or lost mentions that way.
    """
    roots = clusters(session, {*named, *concerned})
    pks = _ensure(session, {root: named.get(root, "") for root in roots.values()}, catalogue)
    moved = _move(session, {node.removeprefix("k:"): pks[root] for node, root in roots.items() if not is_catalogued(node)})
    return {node: pks[roots[node]] for node in named}, moved


def _move(session: Session, by_key: Mapping[str, int]) -> set[int]:
    """Have the mentions that go by a key name the entity it leads to now."""
    touched: set[int] = set()
    for keys in chunks(sorted(by_key)):
        rows = session.exec(select(col(Mention.key), col(Mention.entity_pk)).where(col(Mention.key).in_(keys)).distinct()).all()
        for key, pk in rows:
            target = by_key[key or ""]
            if pk != target:
                touched |= {target} | ({pk} if pk else set())
                session.execute(update(Mention).where(col(Mention.key) == key, col(Mention.entity_pk) == pk).values(entity_pk=target))
    return touched


def _ensure(session: Session, wanted: Mapping[str, str], catalogue: Catalogue) -> dict[str, int]:
    """The entities of nodes, followed to where they were merged; `wanted` is node → a spelling to name a new one by."""
    spelled = dict.fromkeys(_above(wanted, catalogue), "") | dict(wanted)
    found: dict[str, int] = {}
    for nodes in chunks(sorted(spelled)):
        rows = session.exec(select(col(Entity.node), col(Entity.pk), col(Entity.merged_into_pk)).where(col(Entity.node).in_(nodes)))
        found |= {node: merged or pk for node, pk, merged in rows if pk}
    fresh = [_wanted(session, node, spelled[node], catalogue) for node in sorted(spelled.keys() - found.keys())]
    return found | _create(session, fresh, found, catalogue)


def _above(nodes: Iterable[str], catalogue: Catalogue) -> set[str]:
    """The catalogued nodes, with their families and makers, and those of these."""
    reached: set[str] = set()
    waiting = [node for node in nodes if is_catalogued(node)]
    while waiting:
        node = waiting.pop()
        entity = catalogue.entities.get(node.removeprefix("c:"))
        if node not in reached and entity:
            reached.add(node)
            waiting += [f"c:{slug}" for slug in (entity.family, entity.maker) if slug]
    return reached


def _wanted(session: Session, node: str, name: str, catalogue: Catalogue) -> _Wanted:
    if is_catalogued(node):
        slug = node.removeprefix("c:")
        entity = catalogue.entities.get(slug)
        return _Wanted(node, entity.title if entity else slug, slug)
    if not name:
        surface = session.exec(select(col(Mention.surface)).where(Mention.key == node.removeprefix("k:")).limit(1)).first()
        name = read_cell(surface).name if surface else node.removeprefix("k:")
    return _Wanted(node, name[:_LONGEST_NAME], "")


def _create(session: Session, fresh: list[_Wanted], above: Mapping[str, int], catalogue: Catalogue) -> dict[str, int]:
    ids = {entry.node: entity_id(entry.node) for entry in fresh}
    choices = {entry.node: ((entry.slug,) if entry.slug else ()) + slugs(entry.name, ids[entry.node]) for entry in fresh}
    taken: set[str] = set()
    for part in chunks(sorted({slug for choice in choices.values() for slug in choice})):
        taken.update(session.exec(select(col(Entity.slug)).where(col(Entity.slug).in_(part))))
    made = []
    # Catalogued entities choose first: their slugs are given.
    for entry in sorted(fresh, key=lambda entry: (not is_catalogued(entry.node), entry.node)):
        slug = next(slug for slug in choices[entry.node] if slug not in taken)
        taken.add(slug)
        known = catalogue.entities.get(entry.node.removeprefix("c:")) if is_catalogued(entry.node) else None
        entity = Entity(id=ids[entry.node], node=entry.node, slug=slug, name=entry.name)
        if known:
            entity.sqlmodel_update(
                {"type": known.type, "names": dict(known.names), "external_ids": dict(known.ids or {}), "origin": "catalogue"}
            )
        made.append((entity, known))
    session.add_all(entity for entity, _ in made)
    session.flush()
    pks = {entity.node: entity.pk for entity, _ in made if entity.pk}
    for entity, known in made:
        if known:
            entity.family_pk = pks.get(f"c:{known.family}") or above.get(f"c:{known.family}")
            entity.maker_pk = pks.get(f"c:{known.maker}") or above.get(f"c:{known.maker}")
            session.add_all(_known_aliases(entity, known.names, {a.name: (a.lang, a.kind) for a in known.aliases}))
    session.flush()
    return pks


def _known_aliases(entity: Entity, names: Mapping[str, str], aliases: Mapping[str, tuple[str | None, str]]) -> list[Alias]:
    spelled = {name: (lang, "name") for lang, name in names.items()}
    return [
        Alias(entity_pk=entity.pk, name=name, key=name_key(name), lang=lang, kind=kind, origin="catalogue")  # type: ignore[arg-type]
        for name, (lang, kind) in ({**aliases, **spelled}).items()
        if len(name) <= _LONGEST_NAME
    ]


def entity_id(node: str) -> str:
    """The public id of the entity a node stands for."""
    return stable_id("e", node if is_catalogued(node) else node.removeprefix("k:"))


def refresh(session: Session, touched: Iterable[int]) -> list[Event]:
    """Bring names and spellings of `touched` entities in line with their mentions; those nothing names any more go.

    The name of an entity that no catalogue holds is its most frequent spelling, the first in order among equals: the same
    documents give the same name in any order.
    """
    events: list[Event] = []
    unnamed: list[int] = []
    for pks in chunks(sorted(set(touched))):
        spelled: dict[int, Counter[str]] = defaultdict(Counter)
        rows = session.exec(
            select(col(Mention.entity_pk), col(Mention.surface), func.count())
            .where(col(Mention.entity_pk).in_(pks))
            .group_by(col(Mention.entity_pk), col(Mention.surface))
        )
        for pk, surface, count in rows:
            spelled[pk][read_cell(surface).name] += count  # type: ignore[index]
        aliases: dict[int, list[Alias]] = defaultdict(list)
        for alias in session.exec(select(Alias).where(col(Alias.entity_pk).in_(pks))):
            aliases[alias.entity_pk].append(alias)
        for entity in session.exec(select(Entity).where(col(Entity.pk).in_(pks))).all():
            assert entity.pk
            _respell(session, entity, spelled[entity.pk], aliases[entity.pk])
            if not spelled[entity.pk]:
                unnamed.append(entity.pk)
    session.flush()
    return events + _sweep(session, unnamed)


def _respell(session: Session, entity: Entity, names: Counter[str], aliases: list[Alias]) -> None:
    held = {alias.name for alias in aliases}
    for alias in aliases:
        if alias.origin == "document" and alias.name not in names:
            session.execute(delete(Alias).where(col(Alias.pk) == alias.pk))
    fresh = sorted(name for name in set(names) - held if len(name) <= _LONGEST_NAME)
    session.add_all(Alias(entity_pk=entity.pk, name=name, key=name_key(name)) for name in fresh)  # type: ignore[arg-type]
    if entity.origin == "document" and names:
        name = min(names, key=lambda spelling: (-names[spelling], spelling))
        if name != entity.name:
            session.execute(update(Entity).where(col(Entity.pk) == entity.pk).values(name=name))


def _sweep(session: Session, unnamed: Iterable[int]) -> list[Event]:
    """Take away entities that nothing names, and that are neither family nor maker of another; then those above them."""
    events: list[Event] = []
    waiting = sorted(set(unnamed))
    while waiting:
        pk = waiting.pop()
        entity = session.get(Entity, pk)
        if entity is None or entity.origin == "curator":
            continue
        named = session.exec(select(col(Mention.pk)).where(Mention.entity_pk == pk).limit(1)).first()
        below = session.exec(
            select(col(Entity.pk))
            .where(or_(col(Entity.family_pk) == pk, col(Entity.maker_pk) == pk, col(Entity.merged_into_pk) == pk))
            .limit(1)
        ).first()
        if named or below:
            continue
        waiting += [above for above in (entity.family_pk, entity.maker_pk) if above]
        events.append(Event("removed", "entity", entity.id, {"name": entity.name}))
        session.execute(delete(Alias).where(col(Alias.entity_pk) == pk))
        session.execute(delete(Entity).where(col(Entity.pk) == pk))
        session.expunge(entity)
    return events
