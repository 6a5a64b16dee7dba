"""Entities and their spellings, kept in step with the mentions that name them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlmodel import Session, SQLModel, col, select

from app.normalize.entities.catalogue import Catalogue
from app.normalize.entities.clusters import is_catalogued
from app.normalize.entities.names import name_key, read_cell
from app.normalize.identity import slugs, stable_id
from app.store.dataset import Event
from app.store.encoding.batches import batches
from app.store.entities import judgements, spellings
from app.store.rows import insert_returning_pks
from app.store.tables import Alias, Entity, Mention, Spelling

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entity that is to be there."""

    node: str
    name: str
    slug: str
    """The one hoped for; empty where the name gives none."""


Place = tuple[str, str]
"""What a mention hangs on: the key of its spelling, and the node the document alone makes of it."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The entity of each place asked for; the entities, items and briefings whose mentions that changed."""

    entities: dict[Place, int]
    touched: set[int]
    items: set[int]
    briefings: set[int]


def follow(
    session: Session,
    concerned: Iterable[str],
    catalogue: Catalogue,
    named: Mapping[Place, str] | None = None,
    *,
    whole: bool = False,
) -> Followed:
    """Have all mentions name what they name by what is judged now, entities made where there are none.

    `concerned` are nodes something was judged of, `named` places that are to be written down (place → a spelling). `whole`
    also moves what names catalogued entities, which only a curator can.
    """
    named, judged = named or {}, set(concerned)
    start = {*judged, *(node for place in named for node in (f"k:{place[0]}", place[1]))}
    region = judgements.region(session, start, whole=whole)
    held = _held(session, region, whole)
    if beyond := {node for _, node, _ in held} - region.nodes:
        region = judgements.region(session, region.nodes | beyond, whole=whole)
    clusters = region.clusters
    targets = {
        place: clusters.mention_root(*place) for place in {*named, *((key, node) for key, node, _ in held)}
    }
    spelled = dict.fromkeys(targets.values(), "")
    for (key, node), name in sorted(named.items()):
        if (target := targets[key, node]) in (f"k:{key}", node):
            spelled[target] = spelled[target] or name
    pinned = judgements.pinned(session, region.nodes)
    for node in pinned:
        # What a curator spoke of is there even while nothing names it.
        spelled.setdefault(clusters.root(node), "")
        if is_catalogued(node):
            spelled.setdefault(node, "")
    pks, made = _ensure(session, spelled, catalogue)
    found = {place: pks[target] for place, target in targets.items()}
    touched, items, briefings = {found[place] for place in named} | made, set[int](), set[int]()
    for key, node, pk in held:
        if pk != found[key, node]:
            touched |= {found[key, node]} | ({pk} if pk else set())
            here = (
                col(Mention.key) == key,
                col(Mention.node) == node,
                col(Mention.entity_pk) == pk,
            )
            for item, briefing in session.exec(
                select(col(Mention.item_pk), col(Mention.briefing_pk)).where(*here).distinct()
            ):
                items |= {item} if item else set()
                briefings.add(briefing)
            moved = spellings.counted(session, *here)
            spellings.refresh(
                session,
                Counter({(found[key, node], name): count for (_, name), count in moved.items()}),
                moved,
            )
            session.execute(update(Mention).where(*here).values(entity_pk=found[key, node]))
    return Followed(
        found, touched | _redirect(session, region, judged - pinned, pinned, pks), items, briefings
    )


def _held(
    session: Session, region: judgements.Region, whole: bool
) -> list[tuple[str, str, int | None]]:
    """The places of mentions that may change, and what they name so far."""
    columns = (col(Mention.key), col(Mention.node), col(Mention.entity_pk))
    held: set[tuple[str, str, int | None]] = set()
    for nodes in batches(sorted(node for node in region.nodes if whole or not is_catalogued(node))):
        held.update(session.exec(select(*columns).where(col(Mention.node).in_(nodes)).distinct()))  # type: ignore[arg-type]
    # What is spelled like something that was parted may name it no more, whatever the document makes of it; a spelling
    # nothing is parted from any more may again.
    cut = sorted(
        node.removeprefix("k:")
        for node in region.nodes
        if node.startswith("k:") and (whole or node in region.clusters.cannot_link)
    )
    for keys in batches(cut):
        held.update(session.exec(select(*columns).where(col(Mention.key).in_(keys)).distinct()))  # type: ignore[arg-type]
    return sorted(held, key=lambda one: (one[0], one[1], one[2] or 0))


def _redirect(
    session: Session,
    region: judgements.Region,
    loose: set[str],
    pinned: set[str],
    pks: Mapping[str, int],
) -> set[int]:
    """Have each entity a curator spoke of lead to the one it became; those for which that changed, and the `loose` ones.

    Nothing may have kept a loose one there but a judgement that is gone.
    """
    changed: set[int] = set()
    columns = (col(Entity.pk), col(Entity.node), col(Entity.merged_into_pk))
    for nodes in batches(sorted(region.nodes)):
        for pk, node, was in session.execute(
            select(*columns).where(col(Entity.node).in_(nodes)).order_by(col(Entity.id))
        ).all():
            root = region.clusters.root(node)
            into = pks[root] if node in pinned and root != node else None
            if node in loose:
                changed.add(pk)
            if was != into:
                changed |= {pk for pk in (pk, was, into) if pk}
                session.execute(
                    update(Entity).where(col(Entity.pk) == pk).values(merged_into_pk=into)
                )
    return changed


def _ensure(
    session: Session, wanted: Mapping[str, str], catalogue: Catalogue
) -> tuple[dict[str, int], set[int]]:
    """The entities of nodes, and which of them were made; `wanted` is node → a spelling to name a new one by."""
    spelled = dict.fromkeys(_above(wanted, catalogue), "") | dict(wanted)
    found: dict[str, int] = {}
    for nodes in batches(sorted(spelled)):
        found |= {
            node: pk
            for node, pk in session.exec(
                select(col(Entity.node), col(Entity.pk)).where(col(Entity.node).in_(nodes))
            )
            if pk
        }
    fresh = [
        _wanted(session, node, spelled[node], catalogue)
        for node in sorted(spelled.keys() - found.keys())
    ]
    made = _create(session, fresh, found, catalogue)
    return found | made, set(made.values())


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
        surface = session.exec(
            select(col(Mention.surface)).where(Mention.key == node.removeprefix("k:")).limit(1)
        ).first()
        name = read_cell(surface).name if surface else node.removeprefix("k:")
    return _Wanted(node, name[:_LONGEST_NAME], "")


def _create(
    session: Session, fresh: list[_Wanted], above: dict[str, int], catalogue: Catalogue
) -> dict[str, int]:
    ids = {entry.node: entity_id(entry.node) for entry in fresh}
    choices = {
        entry.node: ((entry.slug,) if entry.slug else ()) + slugs(entry.name, ids[entry.node])
        for entry in fresh
    }
    taken: set[str] = set()
    for part in batches(sorted({slug for choice in choices.values() for slug in choice})):
        taken.update(session.exec(select(col(Entity.slug)).where(col(Entity.slug).in_(part))))
    rows: list[dict[str, Any]] = []
    # Catalogued entities choose first: their slugs are given.
    for entry in sorted(fresh, key=lambda entry: (not is_catalogued(entry.node), entry.node)):
        slug = next(slug for slug in choices[entry.node] if slug not in taken)
        taken.add(slug)
        known = (
            catalogue.entities.get(entry.node.removeprefix("c:"))
            if is_catalogued(entry.node)
            else None
        )
        rows.append(
            {
                "id": ids[entry.node],
                "node": entry.node,
                "slug": slug,
                "name": entry.name,
                "type": known.type if known else "other",
                "names": dict(known.names) if known else {},
                "external_ids": dict(known.ids or {}) if known else {},
                "origin": "catalogue" if known else "document",
            }
        )
    pks = dict(
        zip((row["node"] for row in rows), insert_returning_pks(session, Entity, rows), strict=True)
    )
    held = above | pks
    tied = [
        {
            "own": pk,
            "family_pk": held.get(f"c:{known.family}"),
            "maker_pk": held.get(f"c:{known.maker}"),
        }
        for node, pk in pks.items()
        if is_catalogued(node)
        and (known := catalogue.entities.get(node.removeprefix("c:")))
        and (known.family or known.maker)
    ]
    if tied:
        table = SQLModel.metadata.tables["entity"]
        session.execute(update(table).where(table.c.pk == bindparam("own")), tied)
    return pks


def entity_id(node: str) -> str:
    """The public id of the entity a node stands for."""
    return stable_id("e", node if is_catalogued(node) else node.removeprefix("k:"))


def refresh(session: Session, touched: Iterable[int], catalogue: Catalogue) -> list[Event]:
    """Bring names and spellings of `touched` entities in line with their mentions; those nothing names any more go.

    The name of an entity that no catalogue holds is its most frequent spelling, the first in order among equals: the same
    documents give the same name in any order.
    """
    unnamed: list[int] = []
    for pks in batches(sorted(set(touched))):
        spelled = spellings.of(session, pks)
        held: dict[int, list[Any]] = defaultdict(list)
        columns: list[Any] = [
            col(Alias.pk),
            col(Alias.entity_pk),
            col(Alias.name),
            col(Alias.lang),
            col(Alias.kind),
            col(Alias.origin),
        ]
        for alias in session.execute(select(*columns).where(col(Alias.entity_pk).in_(pks))):
            held[alias.entity_pk].append(alias)
        found = [
            (entity, known_names(entity, catalogue))
            for entity in session.exec(select(Entity).where(col(Entity.pk).in_(pks)))
        ]
        given, cut = judgements.given(
            session, {entity.node: {name_key(name) for name in names} for entity, names in found}
        )
        for entity, names in found:
            assert entity.pk
            kept = {
                name: (*kind, "catalogue")
                for name, kind in names.items()
                if name_key(name) not in cut[entity.node]
            }
            kept |= {name: (*kind, "curator") for name, kind in given[entity.node].items()}
            _respell(session, entity, spelled[entity.pk], kept, held[entity.pk])
            if not spelled[entity.pk]:
                unnamed.append(entity.pk)
    session.flush()
    return _sweep(session, unnamed)


def mismatches(session: Session) -> int:
    """How many spellings are not those mentions have, or not under the key they are found by."""
    used = {
        (pk, name)
        for pk, name in session.execute(select(col(Spelling.entity_pk), col(Spelling.name)))
        if len(name) <= _LONGEST_NAME
    }
    rows = session.execute(
        select(col(Alias.entity_pk), col(Alias.name), col(Alias.key), col(Alias.origin))
    )
    held = {(pk, name): (origin, key == name_key(name)) for pk, name, key, origin in rows}
    unused = {place for place, (origin, _) in held.items() if origin == "document"} - used
    return len(used - held.keys()) + len(unused) + sum(not right for _, right in held.values())


Kind = tuple[str | None, str]
"""The language of a spelling, and what kind of spelling it is."""


def known_names(entity: Entity, catalogue: Catalogue) -> dict[str, Kind]:
    """The spellings the catalogue has of an entity."""
    known = (
        catalogue.entities.get(entity.node.removeprefix("c:"))
        if is_catalogued(entity.node)
        else None
    )
    if known is None:
        return {}
    aliases: dict[str, Kind] = {alias.name: (alias.lang, alias.kind) for alias in known.aliases}
    names: dict[str, Kind] = {name: (lang, "name") for lang, name in known.names.items()}
    return {name: kind for name, kind in (aliases | names).items() if len(name) <= _LONGEST_NAME}


def _respell(
    session: Session,
    entity: Entity,
    names: Counter[str],
    kept: Mapping[str, tuple[str | None, str, str]],
    held: list[Any],
) -> None:
    wanted = {
        name: (None, "spelling", "document") for name in names if len(name) <= _LONGEST_NAME
    } | dict(kept)
    stays = {
        alias.name
        for alias in held
        if wanted.get(alias.name) == (alias.lang, alias.kind, alias.origin)
    }
    if gone := [alias.pk for alias in held if alias.name not in stays]:
        session.execute(delete(Alias).where(col(Alias.pk).in_(gone)))
    fresh = [
        {
            "entity_pk": entity.pk,
            "name": name,
            "key": name_key(name),
            "lang": lang,
            "kind": kind,
            "origin": origin,
        }
        for name, (lang, kind, origin) in sorted(wanted.items())
        if name not in stays
    ]
    if fresh:
        session.execute(insert(Alias), fresh)
    if entity.origin == "document" and names:
        name = min(names, key=lambda spelling: (-names[spelling], spelling))
        if name != entity.name:
            session.execute(update(Entity).where(col(Entity.pk) == entity.pk).values(name=name))


def _sweep(session: Session, unnamed: Iterable[int]) -> list[Event]:
    """Take away entities that nothing names, and that are neither family nor maker of another; then those above them."""
    events: list[Event] = []
    waiting = set(unnamed)
    while waiting:
        above: set[int] = set()
        for pks in batches(sorted(waiting)):
            needed = set(
                session.exec(
                    select(col(Mention.entity_pk)).where(col(Mention.entity_pk).in_(pks)).distinct()
                )
            )
            for column in (col(Entity.family_pk), col(Entity.maker_pk), col(Entity.merged_into_pk)):
                needed.update(session.exec(select(column).where(column.in_(pks)).distinct()))
            columns: list[Any] = [
                getattr(Entity, name)
                for name in ("pk", "id", "node", "name", "family_pk", "maker_pk")
            ]
            idle = [
                row
                for row in session.execute(select(*columns).where(col(Entity.pk).in_(pks)))
                if row.pk not in needed
            ]
            pinned = judgements.pinned(session, [row.node for row in idle])
            gone = [row for row in idle if row.node not in pinned]
            events += [Event("removed", "entity", row.id, {"name": row.name}) for row in gone]
            above |= {pk for row in gone for pk in (row.family_pk, row.maker_pk) if pk}
            session.execute(delete(Alias).where(col(Alias.entity_pk).in_([row.pk for row in gone])))
            session.execute(delete(Entity).where(col(Entity.pk).in_([row.pk for row in gone])))
        waiting = above
    return events
