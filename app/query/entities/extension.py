"""Data extension of the Reconciliation Service API 0.2: columns for the entities of a table.

Ids of properties are paths of fields, as in `fields=` on `/v1/entities/{entity_id}`.
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.kinds import LANGUAGES
from app.query.entities import lists as entity_lists
from app.query.entities import references
from app.query.names.reconcile import types
from app.query.schemas.entities import EntityOut
from app.query.schemas.extension import (
    ExtensionIn,
    ExtensionOut,
    Properties,
    PropertyMeta,
    PropertyOut,
    PropertyQueryIn,
    ValueOut,
)
from app.query.schemas.reconcile import Suggestion, Suggestions, TypeOut, TypeSuggestions
from app.query.schemas.shared import EntityRef
from app.query.snapshot.refs import entity_refs
from app.store.tables import Entity

Values = list[ValueOut]
Reader = Callable[[EntityOut], Values]
_EXTERNAL_IDS = "external_ids."
MIN_ID_CHARS = 4
"""A shorter prefix of an id names too many entities."""
MAX_SUGGESTED_IDS = 10


def _text(value: str | None) -> Values:
    if not value:
        return []
    return [ValueOut(text=value)]


def _number(value: int) -> Values:
    return [ValueOut(number=value)]


def _day(value: date | None) -> Values:
    if value is None:
        return []
    day = value.isoformat()
    return [ValueOut(date=f"{day}T00:00:00Z")]


def _entity(ref: EntityRef | None) -> Values:
    if ref is None:
        return []
    return [ValueOut(id=ref.id, name=ref.name)]


def _name_in(lang: str) -> Reader:
    return lambda entity: _text(entity.names.get(lang))


def _aliases(entity: EntityOut) -> Values:
    values: Values = []
    for alias in entity.aliases:
        values.append(ValueOut(text=alias.name))
    return values


def _wikidata(entity: EntityOut) -> Values:
    return _text(entity.external_ids.get("wikidata"))


_READERS: dict[str, tuple[str, Reader]] = {
    "name": ("Name", lambda entity: _text(entity.name)),
    **{f"names.{lang}": (f"Name ({lang})", _name_in(lang)) for lang in LANGUAGES},
    "aliases": ("Spellings", _aliases),
    "type": ("Type", lambda entity: _text(str(entity.type))),
    "maker": ("Maker", lambda entity: _entity(entity.maker)),
    "family": ("Family", lambda entity: _entity(entity.family)),
    "first_seen": ("First seen", lambda entity: _day(entity.first_seen)),
    "last_seen": ("Last seen", lambda entity: _day(entity.last_seen)),
    "counts.items": ("Items", lambda entity: _number(entity.counts.items)),
    "counts.mentions": ("Mentions", lambda entity: _number(entity.counts.mentions)),
    "counts.briefings": ("Briefings", lambda entity: _number(entity.counts.briefings)),
    "external_ids.wikidata": ("Wikidata id", _wikidata),
}
_INDEPENDENT_TYPES = ("org", "person", "place")
"""Types of entities that have neither maker nor family."""
_ENTITY_TYPES = {"maker": TypeOut(id="org", name="Org")}
"""The type of a property's values, where all are of one."""


def extend(session: Session, query: ExtensionIn, service: str, lang: str | None) -> ExtensionOut:
    """Return the values of each property of each entity; empty cells for unknown ids."""
    meta: list[PropertyMeta] = []
    for column in query.properties:
        meta.append(_meta(column.id, service))
    rows: dict[str, dict[str, Values]] = {}
    for entity_id in query.ids:
        entity = _known(session, entity_id, lang)
        cells: dict[str, Values] = {}
        for column in query.properties:
            cells[column.id] = _values(entity, column) if entity else []
        rows[entity_id] = cells
    return ExtensionOut(meta=meta, rows=rows)


def _known(session: Session, entity_id: str, lang: str | None) -> EntityOut | None:
    try:
        pk = references.resolve(session, entity_id)
    except NotFound:
        return None
    return entity_lists.one(session, pk, lang)


def _values(entity: EntityOut, column: PropertyQueryIn) -> Values:
    if column.id in _READERS:
        values = _READERS[column.id][1](entity)
    elif column.id.startswith(_EXTERNAL_IDS):
        values = _text(entity.external_ids.get(column.id.removeprefix(_EXTERNAL_IDS)))
    else:
        values = []
    return values[: _limit(column)]


def _limit(column: PropertyQueryIn) -> int | None:
    """Return the setting `limit` of a property; None for all values."""
    limit = (column.settings or {}).get("limit")
    try:
        # OpenRefine sends the settings of its form as text.
        return int(float(str(limit))) or None if limit else None
    except (ValueError, OverflowError):
        return None


def _meta(property_id: str, service: str) -> PropertyMeta:
    name = _READERS[property_id][0] if property_id in _READERS else property_id
    meta = PropertyMeta(id=property_id, name=name)
    if property_id in _ENTITY_TYPES:
        meta.type = _ENTITY_TYPES[property_id]
    if property_id in ("maker", "family"):
        meta.service = service
    return meta


def propose(entity_type: str, limit: int) -> Properties:
    """Return the properties to offer for entities of a type, at most `limit`."""
    properties: list[PropertyOut] = []
    for property_id, (name, _) in _READERS.items():
        is_relation = property_id in ("maker", "family")
        if is_relation and entity_type in _INDEPENDENT_TYPES:
            continue
        properties.append(PropertyOut(id=property_id, name=name))
    return Properties(properties=properties[:limit], type=entity_type, limit=limit)


def suggest_properties(prefix: str) -> TypeSuggestions:
    """Return the properties whose id or name contains `prefix`."""
    text = prefix.strip().lower()
    suggestions = []
    for property_id, (name, _) in _READERS.items():
        if text in property_id.lower() or text in name.lower():
            suggestions.append(TypeOut(id=property_id, name=name))
    return TypeSuggestions(result=suggestions)


def property_named(property_id: str) -> TypeOut:
    """Return a property by its id. Raises NotFound."""
    if property_id not in _READERS:
        raise NotFound(f"There is no property {property_id!r}; expected one of: {_names()}.")
    return TypeOut(id=property_id, name=_READERS[property_id][0])


def _names() -> str:
    return ", ".join(_READERS)


def type_named(type_id: str) -> TypeOut:
    """Return a type of entities by its id. Raises NotFound."""
    known = {kind.id: kind for kind in types()}
    if type_id not in known:
        raise NotFound(f"There is no type {type_id!r}; expected one of: {', '.join(known)}.")
    return known[type_id]


def suggest_by_id(session: Session, prefix: str, lang: str | None) -> Suggestions:
    """Return the entities whose id begins with `prefix`; none if it is not part of an id."""
    prefix = prefix.strip()
    if len(prefix) < MIN_ID_CHARS or not prefix.startswith("e_"):
        return Suggestions(result=[])
    rows = session.execute(
        select(col(Entity.pk))
        .where(col(Entity.id).startswith(prefix, autoescape=True))
        .where(col(Entity.merged_into_pk).is_(None))
        .order_by(col(Entity.id))
        .limit(MAX_SUGGESTED_IDS)
    )
    names = {kind.id: kind for kind in types()}
    suggestions = []
    for ref in entity_refs(session, rows.scalars().all(), lang).values():
        suggestion = Suggestion(
            id=ref.id,
            name=ref.name,
            description=ref.type,
            notable=[names[ref.type]],
        )
        suggestions.append(suggestion)
    return Suggestions(result=suggestions)
