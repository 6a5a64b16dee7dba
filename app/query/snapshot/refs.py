"""References: the small nested forms of entities and publishers, and paths to resources."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

import orjson
from sqlalchemy import ColumnElement, bindparam, select
from sqlmodel import Session, col

from app.query.schemas.shared import (
    EntityRef,
    EntityType,
    PublisherRef,
)
from app.query.snapshot.cache import CacheKind, version_cache
from app.store.db import sqlite_rows
from app.store.encoding.batches import batches
from app.store.tables import Entity, Publisher

_FALLBACKS = {
    "zh-Hant": ("zh-Hant", "zh-Hans"),
    "zh-Hans": ("zh-Hans", "zh-Hant"),
    "en": ("en",),
}

MAX_REFS = 50_000
"""References that are cached, over all languages; about 300 bytes each."""
_REFS: CacheKind[tuple[int, str | None], EntityRef] = CacheKind(max_entries=MAX_REFS)

_ENTITIES = select(
    col(Entity.pk),
    col(Entity.id),
    col(Entity.slug),
    col(Entity.name),
    col(Entity.names),
    col(Entity.type),
).where(col(Entity.pk).in_(bindparam("pks", expanding=True)))

_SQLITE_NAMES = "SELECT pk, name, names FROM entity WHERE pk IN (SELECT value FROM json_each(?))"


def shown_name(name: str, names: dict[str, str], lang: str | None) -> str:
    """Return the name of an entity in `lang` or its nearest language, else `name`."""
    for code in _FALLBACKS.get(lang or "", ()):
        if code in names:
            return names[code]

    return name


def entity_refs(session: Session, pks: Iterable[int], lang: str | None) -> dict[int, EntityRef]:
    """Return the references of entities by pk, in the order of pks. An unknown pk has none."""

    def read(
        missing: list[tuple[int, str | None]],
    ) -> dict[tuple[int, str | None], EntityRef]:
        refs = read_refs(session, [pk for pk, _ in missing], lang)
        return {(pk, lang): ref for pk, ref in refs.items()}

    keys = [(pk, lang) for pk in sorted(set(pks))]
    refs = version_cache(session, _REFS).get_or_make_all(keys, read)

    return {pk: ref for (pk, _), ref in refs.items()}


def read_refs(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, EntityRef]:
    """Read references from the database, bypassing the cache. `pks` must be unique."""
    refs = {}
    for batch in batches(pks):
        rows = session.connection().execute(_ENTITIES, {"pks": batch})
        for (
            pk,
            entity_id,
            slug,
            name,
            names,
            entity_type,
        ) in rows:
            assert pk
            refs[pk] = EntityRef(
                id=entity_id,
                slug=slug,
                name=shown_name(name, names, lang),
                type=cast(EntityType, entity_type),
            )

    return refs


def entity_names(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, str]:
    """Return the names of entities in `lang` or its nearest language, by pk."""
    if not pks:
        return {}
    if session.get_bind().dialect.name != "sqlite":
        return {pk: ref.name for pk, ref in entity_refs(session, pks, lang).items()}

    names_by_pk = {}
    for pk, name, names in sqlite_rows(session, _SQLITE_NAMES, orjson.dumps(pks)):
        names_by_pk[pk] = shown_name(name, orjson.loads(names), lang) if lang else name

    return names_by_pk


def entity_ids(
    session: Session,
    pks: Sequence[int],
    *conditions: ColumnElement[bool],
) -> dict[int, str]:
    """Return the ids of the entities of `pks` for which all `conditions` hold, by pk."""
    ids: dict[int, str] = {}
    for batch in batches(pks):
        rows = select(col(Entity.pk), col(Entity.id)).where(col(Entity.pk).in_(batch), *conditions)
        for pk, entity_id in session.execute(rows):
            assert pk
            ids[pk] = entity_id

    return ids


def publisher_refs(session: Session, pks: Iterable[int]) -> dict[int, PublisherRef]:
    """Return the references of publishers, by pk."""
    sorted_pks = sorted(set(pks))
    if not sorted_pks:
        return {}

    rows = select(
        col(Publisher.pk),
        col(Publisher.id),
        col(Publisher.name),
    )

    refs = {}
    for pk, publisher_id, name in session.execute(rows.where(col(Publisher.pk).in_(sorted_pks))):
        assert pk
        refs[pk] = PublisherRef(id=publisher_id, name=name)

    return refs


def path(*parts: str) -> str:
    """Return a path below `/v1` with its parts percent-encoded."""
    quoted = [quote(part, safe=":") for part in parts]
    return "/v1/" + "/".join(quoted)


def author_of(front_matter: Mapping[str, Any], channel: str) -> str:
    """Return the author that a front matter names, else the name of the channel."""
    author: Any = front_matter.get("author")
    if isinstance(author, list) and author:
        author = author[0]
    if isinstance(author, dict):
        author = author.get("name")
    name = " ".join(author.split()) if isinstance(author, str) else ""
    return name or channel
