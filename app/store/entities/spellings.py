"""Numbers of mentions by entity and name, so that no new document has all mentions counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import Session, col

from app.normalize.entities.names import read_cell
from app.store.rows import delete_where_in, insert_rows, rows_where_in, table_of
from app.store.tables import Mention, Spelling
from app.store.touched import SpellingCounts, Touched

_SPELLINGS = select(
    col(Spelling.pk),
    col(Spelling.entity_pk),
    col(Spelling.name),
    col(Spelling.count),
)


def refresh(session: Session, touched: Touched) -> None:
    """Add the mentions that were added, and subtract those that were removed."""
    changes = {place: change for place, change in touched.spellings.items() if change}
    entity_pks = {entity_pk for entity_pk, _ in changes}
    stored: dict[tuple[int, str], tuple[int | None, int]] = {}
    rows = rows_where_in(
        session,
        _SPELLINGS,
        col(Spelling.entity_pk),
        entity_pks,
    )
    for pk, entity_pk, name, count in rows:
        stored[entity_pk, name] = pk, count
    inserts, updates, removed = [], [], []
    for (entity_pk, name), change in sorted(changes.items()):
        pk, count = stored.get((entity_pk, name), (None, 0))
        if pk is None:
            inserts.append({"entity_pk": entity_pk, "name": name, "count": change})
        elif count + change:
            updates.append({"row_pk": pk, "count": count + change})
        else:
            removed.append(pk)

    insert_rows(session, Spelling, inserts)
    if updates:
        table = table_of(Spelling)
        by_pk = update(table).where(
            table.c.pk == bindparam("row_pk"),
        )
        session.execute(by_pk, updates)

    delete_where_in(session, col(Spelling.pk), removed)


def count_mentions(session: Session, *conditions: object) -> SpellingCounts:
    """Count the mentions under `conditions` that lead to an entity."""
    statement = (
        select(
            col(Mention.entity_pk),
            col(Mention.surface),
            func.count(),
        )
        .where(
            col(Mention.entity_pk).is_not(None),
            *conditions,  # type: ignore[arg-type]  # columns are untyped
        )
        .group_by(
            col(Mention.entity_pk),
            col(Mention.surface),
        )
    )
    counts: SpellingCounts = Counter()
    for entity_pk, surface, count in session.execute(statement):
        assert entity_pk
        counts[entity_pk, read_cell(surface).name] += count

    return counts


def most_frequent(counts: Counter[str]) -> str:
    """Return the most frequent spelling, the first in order among equals."""
    return min(counts, key=lambda spelling: (-counts[spelling], spelling))


def names_of(session: Session, entity_pks: Iterable[int]) -> defaultdict[int, Counter[str]]:
    """Return the names of some entities, each with the number of its mentions."""
    names: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = rows_where_in(session, _SPELLINGS, col(Spelling.entity_pk), set(entity_pks))
    for _, entity_pk, name, count in rows:
        names[entity_pk][name] = count
    return names


def mismatches(session: Session) -> Iterator[str]:
    """Yield a sentence for each count that differs from the mentions."""
    stored: SpellingCounts = Counter()
    for _, entity_pk, name, count in session.execute(_SPELLINGS):
        stored[entity_pk, name] = count
    counted = count_mentions(session)
    for entity_pk, name in sorted(stored.keys() | counted.keys()):
        expected, actual = counted[entity_pk, name], stored[entity_pk, name]
        if expected != actual:
            yield f"{name!r} (entity {entity_pk}) has {expected} mentions, {actual} are stored"


def rebuild(session: Session) -> int:
    """Count all mentions again; return the number of spellings."""
    session.execute(delete(Spelling))
    counts = count_mentions(session)
    refresh(session, Touched(spellings=counts))
    return len(counts)
