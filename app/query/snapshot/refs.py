"""The small nested forms of things, and the names they are shown by."""

from collections.abc import Iterable, Sequence
from typing import cast
from urllib.parse import quote

from sqlalchemy import ColumnElement, bindparam, select
from sqlmodel import Session, col

from app.query.schemas.shared import EntityRef, EntityType, PublisherRef
from app.query.snapshot import dataset
from app.store.tables import Entity, Publisher

_FALLBACKS = {"zh-Hant": ("zh-Hant", "zh-Hans"), "zh-Hans": ("zh-Hans", "zh-Hant"), "en": ("en",)}


def shown_name(name: str, names: dict[str, str], lang: str | None) -> str:
    """The name of an entity in `lang`, as near as it has one."""
    return next((names[code] for code in _FALLBACKS.get(lang or "", ()) if code in names), name)


_ENTITIES = select(
    col(Entity.pk),
    col(Entity.id),
    col(Entity.slug),
    col(Entity.name),
    col(Entity.names),
    col(Entity.type),
).where(col(Entity.pk).in_(bindparam("pks", expanding=True)))
# References held for a version, of each language; beyond it they are made anew.
HELD = 50_000


def entity_refs(session: Session, pks: Iterable[int], lang: str | None) -> dict[int, EntityRef]:
    """The entities of `pks`, by pk."""
    held: dict[int, EntityRef] = dataset.kept(session, f"refs {lang}", HELD)
    wanted = sorted(set(pks))
    held |= read_refs(session, [pk for pk in wanted if pk not in held], lang)
    return {pk: held[pk] for pk in wanted if pk in held}


def read_refs(session: Session, pks: Sequence[int], lang: str | None) -> dict[int, EntityRef]:
    """The same of different `pks`, none of which is kept."""
    found = {}
    # A briefing may list more names than one statement takes parameters.
    for start in range(0, len(pks), 900):
        rows = session.connection().execute(_ENTITIES, {"pks": pks[start : start + 900]})
        for pk, entity_id, slug, name, names, kind in rows:
            assert pk
            found[pk] = EntityRef(
                id=entity_id,
                slug=slug,
                name=shown_name(name, names, lang),
                type=cast(EntityType, kind),
            )
    return found


def entity_ids(
    session: Session, pks: Sequence[int], *conditions: ColumnElement[bool]
) -> dict[int, str]:
    """The ids of those of `pks` for which `conditions` hold, by pk."""
    found: dict[int, str] = {}
    for start in range(0, len(pks), 900):
        some = select(col(Entity.pk), col(Entity.id)).where(
            col(Entity.pk).in_(pks[start : start + 900]), *conditions
        )
        found |= {pk: own for pk, own in session.execute(some) if pk}
    return found


def publisher_refs(session: Session, pks: Iterable[int]) -> dict[int, PublisherRef]:
    """The publishers of `pks`, by pk."""
    wanted = sorted(set(pks))
    if not wanted:
        return {}
    rows = session.execute(
        select(col(Publisher.pk), col(Publisher.id), col(Publisher.name)).where(
            col(Publisher.pk).in_(wanted)
        )
    )
    return {pk: PublisherRef(id=publisher_id, name=name) for pk, publisher_id, name in rows if pk}


def path(*parts: str) -> str:
    """A path below `/v1`, its parts quoted."""
    return "/v1/" + "/".join(quote(part, safe=":") for part in parts)
