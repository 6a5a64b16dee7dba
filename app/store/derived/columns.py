"""What each briefing says of whom, kept as columns beside it (`normalize/facts.py`), for whoever counts over all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert
from sqlmodel import Session, col, select

from app.store import dataset
from app.store.db import Database
from app.store.encoding.columns import IMPORTANCE, KINDS, SECTIONS, pack
from app.store.tables import Briefing, BriefingFacts, Dataset, Item, Mention

# Briefings at once: some ten thousand mentions.
_BATCH = 50
_UNKNOWN = IMPORTANCE.index("unknown")


@dataclass(frozen=True, slots=True)
class _Said:
    """What is kept of a briefing; nothing of a draft, or of one that is gone."""

    date: dt.date | None = None
    channel_pk: int | None = None
    items: bytes = b""
    named: bytes = b""


def refresh(session: Session, pks: Iterable[int]) -> None:
    """Write down anew what briefings say, whether they changed, came or went.

    The row of one that went stays, empty: readers are told by its stamp, the dataset version of the change.
    """
    held = session.exec(select(col(Dataset.version))).first() or 0
    for part in _batches(pks):
        said = _said(session, part)
        session.execute(delete(BriefingFacts).where(col(BriefingFacts.briefing_pk).in_(part)))
        session.execute(
            insert(BriefingFacts),
            [{"briefing_pk": pk, "stamp": held + 1, **asdict(said[pk])} for pk in part],
        )


def _batches(pks: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(set(pks))
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))


def _said(session: Session, pks: list[int]) -> dict[int, _Said]:
    """What is to be kept of each of `pks`."""
    item = (
        col(Item.briefing_pk), col(Item.pk), col(Item.ordinal), col(Item.position), col(Item.section_kind), col(Item.importance_rank),
        col(Item.importance_label),
    )  # fmt: skip
    items: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    places: dict[int | None, int] = {None: 0}
    # Columns alone, past the mapping of objects: it is done for every document.
    session.flush()
    connection = session.connection()
    rows = connection.execute(
        select(*item)  # type: ignore[call-overload]
        .where(col(Item.briefing_pk).in_(pks))
        .order_by(col(Item.briefing_pk), col(Item.ordinal))
    )
    for briefing, pk, ordinal, position, section, rank, label in rows.all():
        importance = rank or (0 if label is None else _UNKNOWN)
        items[briefing].append((pk, ordinal, position, SECTIONS.index(section), importance))
        places[pk] = len(items[briefing])
    named: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    mention = (
        col(Mention.briefing_pk),
        col(Mention.entity_pk),
        col(Mention.item_pk),
        col(Mention.kind),
    )
    of_them = (col(Mention.briefing_pk).in_(pks), col(Mention.entity_pk).is_not(None))
    mentions = connection.execute(select(*mention, func.count()).where(*of_them).group_by(*mention))  # type: ignore[call-overload]
    for briefing, entity, place, kind, count in mentions.all():
        named[briefing].append((places.get(place, 0), entity, KINDS.index(kind), count))
    heads = select(col(Briefing.pk), col(Briefing.date), col(Briefing.channel_pk)).where(
        col(Briefing.pk).in_(pks), ~col(Briefing.draft)
    )
    said = {
        pk: _Said(
            day,
            channel,
            pack(items[pk]),
            pack(sorted(named[pk], key=lambda row: (row[1], row[0], row[2]))),
        )
        for pk, day, channel in connection.execute(heads)
        if pk
    }
    return {pk: said.get(pk, _Said()) for pk in pks}


def _astray(session: Session, pks: list[int]) -> list[int]:
    """Those of `pks` of which something else is kept than there should be."""
    columns = (
        col(BriefingFacts.briefing_pk), col(BriefingFacts.date), col(BriefingFacts.channel_pk), col(BriefingFacts.items), col(BriefingFacts.named),
    )  # fmt: skip
    held = {
        pk: _Said(*said)
        for pk, *said in session.execute(
            select(*columns).where(col(BriefingFacts.briefing_pk).in_(pks))  # type: ignore[call-overload]
        )
    }
    return [pk for pk, said in _said(session, pks).items() if held.get(pk) != said]


def _all(session: Session) -> set[int]:
    return {
        pk
        for column in (col(Briefing.pk), col(BriefingFacts.briefing_pk))
        for pk in session.exec(select(column))
        if pk
    }


def mismatches(session: Session) -> int:
    """Of how many briefings something else is kept than they say."""
    return sum(len(_astray(session, part)) for part in _batches(_all(session)))


def is_missing(session: Session) -> bool:
    """Whether nothing is kept of some briefing."""
    kept = (
        select(col(BriefingFacts.briefing_pk))
        .where(col(BriefingFacts.briefing_pk) == col(Briefing.pk))
        .exists()
    )
    return session.exec(select(col(Briefing.pk)).where(~kept).limit(1)).first() is not None


def rebuild(database: Database) -> int:
    """Write down anew what is not as it should be, some briefings a transaction, so that others write in between; how many it was."""
    with database.read() as session:
        pks = _all(session)
    count = 0
    for part in _batches(pks):
        with database.write() as session:
            if astray := _astray(session, part):
                refresh(session, astray)
                # Whoever answered from what was wrong is to answer anew.
                dataset.record(session, (), dt.datetime.now(dt.UTC))
            count += len(astray)
    return count
