"""Entities and their spellings, kept in step with the mentions that name them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from app.normalize.identity import slugs, stable_id
from app.normalize.names import name_key, read_cell
from app.store.dataset import Event
from app.store.rows import chunks
from app.store.tables import Alias, Entity, Judgement, Mention


def link(session: Session, names: Mapping[str, str]) -> dict[str, int]:
    """The entity of each key in `names` (key → a spelling), made where there is none: key → `entity.pk`."""
    found: dict[str, int] = {}
    for keys in chunks(sorted(names)):
        rows = session.exec(
            select(col(Alias.key), col(Entity.pk), col(Entity.merged_into_pk), col(Entity.id))
            .join(Entity, col(Entity.pk) == col(Alias.entity_pk))
            .where(col(Alias.key).in_(keys))
            # A key of several entities is a homonym; until context decides, the same one is taken every time.
            .order_by(col(Entity.id).desc())
        )
        for key, pk, merged_into, _ in rows:
            found[key] = merged_into or pk  # type: ignore[assignment]
    fresh = {key: name for key, name in names.items() if key not in found}
    if fresh:
        found |= _create(session, fresh)
    return found


def _create(session: Session, names: Mapping[str, str]) -> dict[str, int]:
    ids = {key: stable_id("e", key) for key in names}
    wanted = {key: slugs(name, ids[key]) for key, name in names.items()}
    taken: set[str] = set()
    for part in chunks(sorted({slug for choice in wanted.values() for slug in choice})):
        taken.update(session.exec(select(col(Entity.slug)).where(col(Entity.slug).in_(part))))
    made = []
    for key, name in sorted(names.items()):
        slug = next(slug for slug in wanted[key] if slug not in taken)
        taken.add(slug)
        made.append(Entity(id=ids[key], slug=slug, name=name))
    session.add_all(made)
    session.flush()
    pks = {key: entity.pk for (key, _), entity in zip(sorted(names.items()), made, strict=True)}
    session.add_all(Alias(entity_pk=pks[key], name=name, key=key) for key, name in names.items())  # type: ignore[arg-type]
    session.flush()
    return pks  # type: ignore[return-value]


def refresh(session: Session, touched: Iterable[int]) -> list[Event]:
    """Bring names and spellings of `touched` entities in line with their mentions; those nothing names any more go.

    The name of an entity known from documents alone is its most frequent spelling, the first in order among equals: the
    same documents give the same name in any order.
    """
    events: list[Event] = []
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
            names = spelled[entity.pk]
            if not names and entity.origin == "document" and not _is_judged(session, aliases[entity.pk]):
                events.append(Event("removed", "entity", entity.id, {"name": entity.name}))
                session.execute(delete(Alias).where(col(Alias.entity_pk) == entity.pk))
                session.execute(delete(Entity).where(col(Entity.pk) == entity.pk))
                continue
            _respell(session, entity, names, aliases[entity.pk])
    session.flush()
    return events


def _respell(session: Session, entity: Entity, names: Counter[str], aliases: list[Alias]) -> None:
    held = {alias.name for alias in aliases}
    for alias in aliases:
        if alias.origin == "document" and alias.name not in names:
            session.execute(delete(Alias).where(col(Alias.pk) == alias.pk))
    session.add_all(Alias(entity_pk=entity.pk, name=name, key=name_key(name)) for name in sorted(set(names) - held))  # type: ignore[arg-type]
    if entity.origin == "document" and names:
        name = min(names, key=lambda spelling: (-names[spelling], spelling))
        if name != entity.name:
            session.execute(update(Entity).where(col(Entity.pk) == entity.pk).values(name=name))


def _is_judged(session: Session, aliases: list[Alias]) -> bool:
    keys = [alias.key for alias in aliases]
    judged = select(col(Judgement.pk)).where(col(Judgement.left_key).in_(keys) | col(Judgement.right_key).in_(keys)).limit(1)
    return bool(keys) and session.exec(judged).first() is not None
