"""How often each entity is called what: the mentions, added up by name, so that no document has all of them counted again."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import Session, SQLModel, col

from app.normalize.entities.names import read_cell
from app.store.encoding.batches import batches
from app.store.rows import insert_rows
from app.store.tables import Mention, Spelling

Counts = Counter[tuple[int, str]]
"""Mentions by entity (`pk`) and name."""


def counted(session: Session, *conditions: object) -> Counts:
    """The mentions under `conditions` that name an entity, added up."""
    found: Counts = Counter()
    statement = (
        select(col(Mention.entity_pk), col(Mention.surface), func.count())
        .where(col(Mention.entity_pk).is_not(None), *conditions)  # type: ignore[arg-type]
        .group_by(col(Mention.entity_pk), col(Mention.surface))
    )
    for pk, surface, count in session.execute(statement):
        found[pk, read_cell(surface).name] += count
    return found


def refresh(session: Session, more: Counts, fewer: Counts) -> None:
    """Add mentions, and take others away."""
    delta: Counts = Counter(more)
    delta.subtract(fewer)
    changed = {place: by for place, by in delta.items() if by}
    held: dict[tuple[int, str], tuple[int, int]] = {}
    for pks in batches(sorted({pk for pk, _ in changed})):
        rows = session.execute(
            select(
                col(Spelling.pk), col(Spelling.entity_pk), col(Spelling.name), col(Spelling.count)
            ).where(col(Spelling.entity_pk).in_(pks))
        )
        held |= {(entity, name): (pk, count) for pk, entity, name, count in rows}
    fresh, counted_anew, gone = [], [], []
    for (entity, name), by in sorted(changed.items()):
        pk, count = held.get((entity, name), (None, 0))
        if pk is None:
            fresh.append({"entity_pk": entity, "name": name, "count": by})
        elif count + by:
            counted_anew.append({"held": pk, "count": count + by})
        else:
            gone.append(pk)
    insert_rows(session, Spelling, fresh)
    if counted_anew:
        table = SQLModel.metadata.tables["spelling"]
        session.execute(update(table).where(table.c.pk == bindparam("held")), counted_anew)
    for part in batches(gone):
        session.execute(delete(Spelling).where(col(Spelling.pk).in_(part)))


def of(session: Session, pks: Iterable[int]) -> defaultdict[int, Counter[str]]:
    """What each of some entities is called, and how often."""
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for part in batches(sorted(set(pks))):
        columns = (col(Spelling.entity_pk), col(Spelling.name), col(Spelling.count))
        for pk, name, count in session.execute(
            select(*columns).where(col(Spelling.entity_pk).in_(part))
        ):
            found[pk][name] = count
    return found


def rebuild(session: Session) -> None:
    """Count all mentions anew."""
    session.execute(delete(Spelling))
    refresh(session, counted(session), Counter())


def mismatches(session: Session) -> int:
    """How many counts are not those of the mentions."""
    columns = (col(Spelling.entity_pk), col(Spelling.name), col(Spelling.count))
    held = {(pk, name): count for pk, name, count in session.execute(select(*columns))}
    return len(set(held.items()) ^ set(counted(session).items()))
