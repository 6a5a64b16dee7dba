"""Names of entities, kept in step with mentions, catalogue and curators; unused entities go."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session, col

from app.knowledge import knowledge
from app.normalize.decide import MAX_NAME_CHARS
from app.normalize.entities.catalogue import CatalogueEntity
from app.normalize.entities.clusters import is_catalogued
from app.normalize.entities.names import name_key
from app.store.dataset import Event
from app.store.encoding.batches import batches
from app.store.entities import judgements, spellings
from app.store.rows import delete_where_in, insert_rows, pks_of, rows_where_in, values_of
from app.store.tables import Alias, Entity, Mention, Spelling
from app.store.touched import Touched

LangAndKind = tuple[str | None, str]
"""The language of a spelling, and the kind of spelling it is."""

_ALIASES = select(
    col(Alias.pk),
    col(Alias.entity_pk),
    col(Alias.name),
    col(Alias.lang),
    col(Alias.kind),
    col(Alias.origin),
)


@dataclass(frozen=True, slots=True)
class _AliasValue:
    """The value of an alias: the relation of a spelling to its entity."""

    lang: str | None
    kind: str
    origin: str


@dataclass(frozen=True, slots=True)
class _StoredAlias:
    """A row of the alias table."""

    pk: int
    name: str
    value: _AliasValue


def refresh(session: Session, touched: Touched) -> None:
    """Bring the names of `touched` entities in line with mentions, catalogue and curators.

    The name of an entity that no catalogue holds is its most frequent spelling, the first in order
    among equals: the same documents give the same name in any order of ingestion. Entities that
    nothing needs any more are removed; `touched` gets an event for each.
    """
    unnamed = _refresh_names(session, touched.entities)
    session.flush()
    touched.events += remove_unused(session, unnamed)


def _refresh_names(session: Session, entity_pks: Collection[int]) -> set[int]:
    """Refresh the names of entities; return those that no mention leads to."""
    unnamed: set[int] = set()
    for pks in batches(sorted(entity_pks)):
        unnamed |= _refresh_batch(session, pks)
    return unnamed


def _refresh_batch(session: Session, pks: Collection[int]) -> set[int]:
    spelled = spellings.names_of(session, pks)
    stored = _stored_aliases(session, pks)
    entities = (
        session.execute(
            select(Entity).where(
                col(Entity.pk).in_(pks),
            )
        )
        .scalars()
        .all()
    )
    catalogue_names = {entity.node: _catalogue_names(entity.node) for entity in entities}
    keys = {}
    for node, known_names in catalogue_names.items():
        keys[node] = {name_key(name) for name in known_names}
    curated, split_off = judgements.curated_names(session, keys)
    unnamed = set()
    removed: set[int] = set()
    rows: list[dict[str, Any]] = []
    for entity in entities:
        assert entity.pk
        names = spelled[entity.pk]
        aliases: dict[str, _AliasValue] = {}
        for name in names:
            if len(name) <= MAX_NAME_CHARS:
                aliases[name] = _AliasValue(None, "spelling", "document")
        for name, (lang, kind) in catalogue_names[entity.node].items():
            if name_key(name) not in split_off[entity.node]:
                aliases[name] = _AliasValue(lang, kind, "catalogue")
        for name, (lang, kind) in curated[entity.node].items():
            aliases[name] = _AliasValue(lang, kind, "curator")
        removed.update(_differing(aliases, stored[entity.pk]))
        rows += _new_rows(entity.pk, aliases, stored[entity.pk])
        _write_name(session, entity, names)
        if not names:
            unnamed.add(entity.pk)

    delete_where_in(session, col(Alias.pk), removed)
    insert_rows(session, Alias, rows)
    return unnamed


def _stored_aliases(session: Session, pks: Collection[int]) -> defaultdict[int, list[_StoredAlias]]:
    stored: defaultdict[int, list[_StoredAlias]] = defaultdict(list)
    rows = rows_where_in(session, _ALIASES, col(Alias.entity_pk), pks)
    for pk, entity_pk, name, lang, kind, origin in rows:
        assert pk
        alias = _StoredAlias(pk, name, _AliasValue(lang, kind, origin))
        stored[entity_pk].append(alias)
    return stored


def _differing(aliases: Mapping[str, _AliasValue], stored: Iterable[_StoredAlias]) -> Iterator[int]:
    """Yield the `pk`s of the stored aliases of an entity that it has no more."""
    for alias in stored:
        if aliases.get(alias.name) != alias.value:
            yield alias.pk


def _new_rows(
    entity_pk: int, aliases: Mapping[str, _AliasValue], stored: Iterable[_StoredAlias]
) -> Iterator[dict[str, Any]]:
    """Yield the aliases of an entity that are not stored as they are, in order of their names."""
    stored_values = {alias.name: alias.value for alias in stored}
    for name, value in sorted(aliases.items(), key=_by_name):
        if stored_values.get(name) != value:
            yield {
                "entity_pk": entity_pk,
                "name": name,
                "key": name_key(name),
                "lang": value.lang,
                "kind": value.kind,
                "origin": value.origin,
            }


def _by_name(alias: tuple[str, _AliasValue]) -> str:
    return alias[0]


def _write_name(session: Session, entity: Entity, names: Counter[str]) -> None:
    if entity.origin != "document" or not names:
        return
    name = spellings.most_frequent(names)
    if name != entity.name:
        by_pk = update(Entity).where(
            col(Entity.pk) == entity.pk,
        )
        session.execute(by_pk.values(name=name))


def _catalogue_names(node: str) -> dict[str, LangAndKind]:
    """Return the names that the catalogue has of a node."""
    entity = catalogue_entity(node)
    if entity is None:
        return {}
    names: dict[str, LangAndKind] = {}
    for alias in entity.aliases:
        names[alias.name] = (alias.lang, alias.kind)
    for lang, name in entity.names.items():
        names[name] = (lang, "name")
    return {name: value for name, value in names.items() if len(name) <= MAX_NAME_CHARS}


def catalogue_entity(node: str) -> CatalogueEntity | None:
    """Return the entity of the catalogue that a node stands for."""
    if not is_catalogued(node):
        return None
    return knowledge().catalogue.entities.get(node.removeprefix("c:"))


def remove_unused(session: Session, candidates: Iterable[int]) -> list[Event]:
    """Remove those of `candidates` that nothing needs, then those above them, and so on.

    An entity is needed by a mention, by a part of its family, by what it makes, by what was merged
    into it, and by judgements (see `judgements.pinned_nodes`).
    """
    events: list[Event] = []
    remaining = set(candidates)
    while remaining:
        above: set[int] = set()
        for pks in batches(sorted(remaining)):
            removed = set()
            for row in _unused(session, pks):
                removed.add(row.pk)
                above.update(pk for pk in (row.family_pk, row.maker_pk) if pk)
                events.append(
                    Event(
                        "removed",
                        "entity",
                        row.id,
                        {"name": row.name},
                    )
                )
            delete_where_in(session, col(Alias.entity_pk), removed)
            delete_where_in(session, col(Entity.pk), removed)
        remaining = above

    return events


def _unused(session: Session, pks: Collection[int]) -> list[Row[*tuple[object, ...]]]:
    needed: set[int | None] = set()
    references = (
        col(Mention.entity_pk),
        col(Entity.family_pk),
        col(Entity.maker_pk),
        col(Entity.merged_into_pk),
    )
    for column in references:
        needed.update(values_of(session, column, column.in_(pks), distinct=True))
    columns = select(
        col(Entity.pk),
        col(Entity.id),
        col(Entity.node),
        col(Entity.name),
        col(Entity.family_pk),
        col(Entity.maker_pk),
    )
    rows = session.execute(
        columns.where(
            col(Entity.pk).in_(pks),
        )
    ).all()
    unneeded = [row for row in rows if row.pk not in needed]
    pinned = judgements.pinned_nodes(session, [row.node for row in unneeded])
    return [row for row in unneeded if row.node not in pinned]


def unused_entities(session: Session) -> dict[int, str]:
    """Return the names of all entities that nothing needs, by `pk`."""
    mention = select(col(Mention.pk)).where(
        col(Mention.entity_pk) == col(Entity.pk),
    )
    names = {}
    for pks in batches(pks_of(session, Entity, ~mention.exists())):
        for row in _unused(session, pks):
            names[row.pk] = row.name

    return names


def mismatches(session: Session) -> Iterator[str]:
    """Yield a sentence for each alias that its mentions or its key contradict."""
    used = set()
    statement = select(
        col(Spelling.entity_pk),
        col(Spelling.name),
    )
    for entity_pk, name in session.execute(statement):
        if len(name) <= MAX_NAME_CHARS:
            used.add((entity_pk, name))

    columns = select(
        col(Alias.entity_pk),
        col(Alias.name),
        col(Alias.key),
        col(Alias.origin),
    )
    stored = set()
    for entity_pk, name, key, origin in session.execute(columns):
        stored.add((entity_pk, name))
        if key != name_key(name):
            yield f"the alias {name!r} of entity {entity_pk} has the key {key!r}"
        if origin == "document" and (entity_pk, name) not in used:
            yield f"no mention calls entity {entity_pk} by its alias {name!r}"

    for entity_pk, name in sorted(used - stored):
        yield f"entity {entity_pk} has mentions, but no alias, {name!r}"


def rebuild(session: Session) -> int:
    """Write the names of all entities again where they differ; return the number of entities."""
    columns = select(
        col(Alias.pk),
        col(Alias.name),
        col(Alias.key),
    )
    wrong_keys = []
    for pk, name, key in session.execute(columns):
        if key != name_key(name):
            wrong_keys.append(pk)

    delete_where_in(session, col(Alias.pk), wrong_keys)
    pks = pks_of(session, Entity)
    _refresh_names(session, pks)
    return len(pks)
