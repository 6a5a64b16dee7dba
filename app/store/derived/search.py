"""Search documents: the searchable text of each item, entity, source and briefing.

The search indexes of both engines follow from them by themselves.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col

from app.store.derived.search_texts import READERS, TABLES, SearchTexts, TextsByPk
from app.store.encoding.batches import batches
from app.store.encoding.search_rowids import UNDATED, rowid_range, rowid_range_of_day
from app.store.rows import (
    count_rows,
    delete_where_in,
    insert_rows,
    pks_of,
    rows_where_in,
    table_of,
    values_of,
)
from app.store.tables import Briefing, Item, SearchDocument
from app.store.touched import Touched

FORM = 4
"""Version of the texts; databases filled with another one are filled again."""
_TABLE = table_of(SearchDocument)
_STORED = select(
    col(SearchDocument.pk),
    col(SearchDocument.ref_pk),
    col(SearchDocument.key),
    col(SearchDocument.date),
    col(SearchDocument.fields),
    col(SearchDocument.title),
    col(SearchDocument.summary),
    col(SearchDocument.body),
)


@dataclass
class _SearchChanges:
    """Changes of the search documents of some things of a kind."""

    inserts: TextsByPk
    updates: list[dict[str, Any]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    moved: defaultdict[dt.date, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Documents with the same text and another date, by the date."""


def refresh(session: Session, touched: Touched) -> None:
    """Write the search documents of touched rows, and of all items of touched briefings."""
    session.flush()
    items = set(touched.items)
    within = select(col(Item.pk))
    for (pk,) in rows_where_in(session, within, col(Item.briefing_pk), touched.briefings):
        items.add(pk or 0)
    pks_by_kind = {
        "briefing": touched.briefings,
        "item": items,
        "entity": touched.entities,
        "source": touched.sources,
    }
    for kind, pks in pks_by_kind.items():
        for batch in batches(sorted(pks)):
            _refresh_kind(session, kind, batch)


def rebuild(session: Session) -> int:
    """Write all search documents and SQLite's index again; return the number of documents."""
    session.execute(delete(SearchDocument))
    for kind, table in TABLES.items():
        for batch in batches(pks_of(session, table)):
            _refresh_kind(session, kind, batch)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('rebuild')"))
    return count_rows(session, SearchDocument)


def forget_removed(session: Session) -> None:
    """Drop the words of removed rows, which FTS5 keeps until its segments are merged.

    PostgreSQL keeps them until its next vacuum, which no transaction can begin.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('optimize')"))


def is_missing(session: Session) -> bool:
    """Whether some public briefing has no search document."""
    stored = select(col(SearchDocument.pk)).where(
        col(SearchDocument.kind) == "briefing",
        col(SearchDocument.ref_pk) == col(Briefing.pk),
    )
    statement = select(col(Briefing.pk)).where(
        ~col(Briefing.draft),
        ~stored.exists(),
    )
    return session.execute(statement.limit(1)).first() is not None


def mismatches(session: Session) -> Iterator[str]:
    """Yield a sentence for each search document that differs from the texts of its thing."""
    for kind, table in TABLES.items():
        of_kind = col(SearchDocument.kind) == kind
        orphans = set(values_of(session, col(SearchDocument.key), of_kind))
        for batch in batches(pks_of(session, table)):
            documents = select(_TABLE).where(
                of_kind,
                col(SearchDocument.ref_pk).in_(batch),
            )
            stored = {row.ref_pk: row for row in session.execute(documents)}
            for pk, texts in READERS[kind](session, batch).items():
                key = f"{kind}/{texts.id}"
                orphans.discard(key)
                if not _equals(stored.get(pk), kind, texts):
                    yield f"the search document of {key} differs from its texts"
        for key in sorted(orphans):
            yield f"the search document of {key} has no text to follow from"


def _equals(row: Row[*tuple[Any, ...]] | None, kind: str, texts: SearchTexts) -> bool:
    """Whether a search document is the one that follows from `texts`."""
    if row is None:
        return False
    lowest, highest = rowid_range_of_day(kind, texts.date)
    if not lowest <= row.pk <= highest:
        return False
    expected = _columns(texts) | {"key": f"{kind}/{texts.id}"}
    return all(getattr(row, name) == value for name, value in expected.items())


def is_index_sound(session: Session) -> bool:
    """Whether SQLite's index holds the tokens of the search documents. Needs a writing session.

    PostgreSQL generates its index from each row.
    """
    if session.get_bind().dialect.name == "sqlite":
        check = "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
        try:
            session.execute(text(check))
        except DatabaseError:
            return False

    return True


def _columns(texts: SearchTexts) -> dict[str, Any]:
    return {
        "date": texts.date,
        "fields": texts.stored_fields(),
        **texts.columns(),
    }


def _refresh_kind(session: Session, kind: str, pks: Sequence[int]) -> None:
    """Write the search documents of some things of a kind."""
    changes = _changes(session, kind, pks)
    # The index is left alone where the tokens stay the same.
    for date, moved_pks in changes.moved.items():
        moved = update(_TABLE).where(
            _TABLE.c.pk.in_(moved_pks),
        )
        session.execute(moved.values(date=date))

    delete_where_in(session, col(SearchDocument.pk), changes.removed)
    if changes.updates:
        by_pk = update(_TABLE).where(
            _TABLE.c.pk == bindparam("row_pk"),
        )
        session.execute(by_pk, changes.updates)

    if changes.inserts:
        _insert(session, kind, changes.inserts)


def _changes(session: Session, kind: str, pks: Sequence[int]) -> _SearchChanges:
    """Compare the texts of things with their search documents."""
    changes = _SearchChanges(READERS[kind](session, pks))
    statement = _STORED.where(
        col(SearchDocument.kind) == kind,
        col(SearchDocument.ref_pk).in_(pks),
    )
    for row in session.execute(statement).all():
        assert row.pk
        texts = changes.inserts.pop(row.ref_pk, None)
        if texts is None:
            changes.removed.append(row.pk)
            continue
        # SQLite may give the `pk` of a removed thing to a new one. A document of another day has
        # another row of the index.
        is_other_thing = row.key != f"{kind}/{texts.id}"
        is_other_row = row.date != texts.date and kind != UNDATED
        if is_other_thing or is_other_row:
            changes.removed.append(row.pk)
            changes.inserts[row.ref_pk] = texts
        elif _differs(row, texts):
            changes.updates.append({"row_pk": row.pk, **_columns(texts)})
        elif row.date != texts.date:
            changes.moved[texts.date].append(row.pk)

    return changes


def _differs(row: Row[*tuple[Any, ...]], texts: SearchTexts) -> bool:
    """Whether a search document is of other texts. Those that are not stored differ by tokens."""
    if row.fields != texts.stored_fields():
        return True
    if texts.beside is None:
        return False
    columns = texts.columns()
    return any(getattr(row, name) != columns[name] for name in ("title", "summary", "body"))


def _insert(session: Session, kind: str, texts_by_pk: TextsByPk) -> None:
    """Insert search documents, in the order of their rows in the index."""
    keys = [f"{kind}/{texts.id}" for texts in texts_by_pk.values()]
    # A thing that was removed without a refresh may have left its document.
    delete_where_in(session, col(SearchDocument.key), keys)
    rowids = _free_rowids(session, kind, {texts.date for texts in texts_by_pk.values()})
    rows = []
    for pk, texts in sorted(texts_by_pk.items(), key=lambda pair: (pair[1].date, pair[0])):
        rows.append(
            {
                "pk": next(rowids[texts.date]),
                "key": f"{kind}/{texts.id}",
                "kind": kind,
                "ref_pk": pk,
                **_columns(texts),
            }
        )

    insert_rows(session, SearchDocument, rows)


def _free_rowids(
    session: Session, kind: str, days: Iterable[dt.date]
) -> dict[dt.date, Iterator[int]]:
    """Return the free row numbers for things of a kind, by day."""
    last_rowid = _last_rowid(session, *rowid_range(kind)) or 0
    by_range: dict[tuple[int, int], Iterator[int]] = {}
    rowids = {}
    for day in days:
        lowest, highest = rowid_range_of_day(kind, day)
        # Undated things have one range for all days.
        if (lowest, highest) not in by_range:
            last_of_day = None
            # Most documents are of later days than those that are there.
            if lowest <= last_rowid:
                last_of_day = _last_rowid(session, lowest, highest)
            first_free = lowest if last_of_day is None else last_of_day + 1
            by_range[lowest, highest] = count(first_free)
        rowids[day] = by_range[lowest, highest]

    return rowids


def _last_rowid(session: Session, lowest: int, highest: int) -> int | None:
    """Return the last row number in use between two of them, both included."""
    in_range = col(SearchDocument.pk).between(lowest, highest)
    return session.execute(select(func.max(col(SearchDocument.pk))).where(in_range)).scalar()
