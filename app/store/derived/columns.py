"""The items and mentions of each briefing as columns, for counts over all briefings.

See `encoding/columns.py` for their bytes.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.store import dataset
from app.store.encoding.columns import IMPORTANCE, KINDS, SECTIONS, pack
from app.store.rows import delete_where_in, insert_rows, pks_of, values_of
from app.store.tables import Briefing, BriefingColumns, Item, Mention
from app.store.touched import Touched

# Some ten thousand mentions.
_BRIEFINGS_PER_BATCH = 50
_UNKNOWN = IMPORTANCE.index("unknown")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a briefing; empty for a draft, and for one that was removed."""

    date: dt.date | None = None
    channel_pk: int | None = None
    items: bytes = b""
    named: bytes = b""


@dataclass(frozen=True, slots=True)
class _PackedItems:
    """The items of some briefings: their rows by briefing, and the place of each item by `pk`."""

    rows: defaultdict[int, list[tuple[int, ...]]]
    places: dict[int | None, int]


def refresh(session: Session, touched: Touched) -> None:
    """Write the columns of briefings whose items or mentions were touched.

    The row of a removed briefing stays, empty: its stamp, the dataset version of the change, tells
    readers of it.
    """
    _write(session, touched.briefings | touched.relinked_briefings)


def _write(session: Session, briefing_pks: Collection[int]) -> None:
    stamp = (dataset.version(session) or 0) + 1
    for pks in _batches(briefing_pks):
        columns = _columns(session, pks)
        rows = []
        for pk in pks:
            rows.append(
                {
                    "briefing_pk": pk,
                    "stamp": stamp,
                    **asdict(columns[pk]),
                }
            )
        delete_where_in(session, col(BriefingColumns.briefing_pk), pks)
        insert_rows(session, BriefingColumns, rows)


def _batches(pks: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(set(pks))
    for start in range(0, len(ordered), _BRIEFINGS_PER_BATCH):
        yield ordered[start : start + _BRIEFINGS_PER_BATCH]


def _columns(session: Session, pks: list[int]) -> dict[int, _Columns]:
    """Return the columns of each of `pks`."""
    # On the connection, past the mapping of objects: every document comes through here.
    session.flush()
    items = _packed_items(session, pks)
    mentions = _packed_mentions(session, pks, items.places)
    public = select(
        col(Briefing.pk),
        col(Briefing.date),
        col(Briefing.channel_pk),
    ).where(
        col(Briefing.pk).in_(pks),
        ~col(Briefing.draft),
    )
    columns = dict.fromkeys(pks, _Columns())
    for pk, date, channel_pk in session.connection().execute(public):
        assert pk
        # In order of entity, place, kind.
        ordered = sorted(mentions[pk], key=lambda row: (row[1], row[0], row[2]))
        columns[pk] = _Columns(date, channel_pk, pack(items.rows[pk]), pack(ordered))

    return columns


def _packed_items(session: Session, pks: list[int]) -> _PackedItems:
    statement = (
        select(
            col(Item.briefing_pk),
            col(Item.pk),
            col(Item.ordinal),
            col(Item.position),
            col(Item.section_kind),
            col(Item.importance_rank),
            col(Item.importance_label),
        )
        .where(col(Item.briefing_pk).in_(pks))
        .order_by(
            col(Item.briefing_pk),
            col(Item.ordinal),
        )
    )
    rows: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    places: dict[int | None, int] = {None: 0}
    rows_of_items = session.connection().execute(statement)
    for briefing_pk, pk, ordinal, position, section, rank, label in rows_of_items:
        assert pk
        importance = rank or (0 if label is None else _UNKNOWN)
        row = (pk, ordinal, position, SECTIONS.index(section), importance)
        rows[briefing_pk].append(row)
        places[pk] = len(rows[briefing_pk])

    return _PackedItems(rows, places)


def _packed_mentions(
    session: Session, pks: list[int], places: dict[int | None, int]
) -> defaultdict[int, list[tuple[int, ...]]]:
    columns = (
        col(Mention.briefing_pk),
        col(Mention.entity_pk),
        col(Mention.item_pk),
        col(Mention.kind),
    )
    statement = (
        select(*columns, func.count())
        .where(
            col(Mention.briefing_pk).in_(pks),
            col(Mention.entity_pk).is_not(None),
        )
        .group_by(*columns)
    )
    rows: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    counted = session.connection().execute(statement)
    for briefing_pk, entity_pk, item_pk, kind, count in counted:
        assert entity_pk
        row = (
            places.get(item_pk, 0),
            entity_pk,
            KINDS.index(kind),
            count,
        )
        rows[briefing_pk].append(row)

    return rows


def _differing(session: Session, pks: list[int]) -> list[int]:
    """Return those of `pks` whose stored columns differ from their items and mentions."""
    statement = select(
        col(BriefingColumns.briefing_pk),
        col(BriefingColumns.date),
        col(BriefingColumns.channel_pk),
        col(BriefingColumns.items),
        col(BriefingColumns.named),
    ).where(col(BriefingColumns.briefing_pk).in_(pks))
    stored = {}
    for pk, *values in session.execute(statement):
        stored[pk] = _Columns(*values)
    differing = []
    for pk, columns in _columns(session, pks).items():
        if stored.get(pk) != columns:
            differing.append(pk)

    return differing


def _all_briefings(session: Session) -> set[int]:
    """Return the briefings that there are, and those with columns."""
    stored = values_of(session, col(BriefingColumns.briefing_pk))
    return {*pks_of(session, Briefing), *stored}


def mismatches(session: Session) -> Iterator[str]:
    """Yield a sentence for each briefing whose columns differ from its items and mentions."""
    for pks in _batches(_all_briefings(session)):
        for pk in _differing(session, pks):
            yield f"the columns of briefing {pk} differ from its items and mentions"


def is_missing(session: Session) -> bool:
    """Whether some briefing has no columns."""
    stored = select(col(BriefingColumns.briefing_pk)).where(
        col(BriefingColumns.briefing_pk) == col(Briefing.pk)
    )
    statement = select(col(Briefing.pk)).where(~stored.exists()).limit(1)
    return session.execute(statement).first() is not None


def rebuild(session: Session) -> int:
    """Write the columns that differ again; return the number of briefings.

    The others keep their stamp, so readers do not load them again.
    """
    pks = _all_briefings(session)
    for batch in _batches(pks):
        _write(session, _differing(session, batch))
    return len(pks)
