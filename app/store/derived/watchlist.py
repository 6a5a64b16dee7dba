"""What answers the watch lists, kept in step: a function of the documents, in whatever order they came.

An entry's answers depend on its own words, on what it names being in the news at the time (`LOOKBACK`), and on the items of
the days after it (`WINDOW`), in any channel. So a day that changes concerns the entries before it, whose answers among its
items are looked for anew, and the few after it of which something has become hot, or no longer is.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_
from sqlmodel import Session, col, select

from app.normalize.stories.watchlist import (
    LOOKBACK,
    PROMINENT,
    WINDOW,
    SubjectTerm,
    answers,
    is_hot,
    subject,
)
from app.normalize.text.containment import shingles
from app.store.encoding.batches import batches
from app.store.tables import Briefing, Entity, Item, Mention, WatchAnswer, WatchlistEntry, WatchTerm
from app.store.touched import Touched

# A longer list was written to cost time: the rest of it is not looked after.
_MOST = 100


@dataclass
class _WatchEntry:
    """An entry, and what the mentions in it name, by `mention.pk`."""

    pk: int
    day: date
    text: str
    terms: dict[int, SubjectTerm] = field(default_factory=dict)
    entities: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _WatchItem:
    """An item: what it says, and the entities it names, True where prominently."""

    pk: int
    day: date
    said: frozenset[str]
    named: Mapping[str, bool]


def refresh(session: Session, touched: Touched) -> None:
    """Bring terms and answers in step with briefings written anew, items that name others now, and entities that changed."""
    briefings, items, entities = touched.briefings, touched.items, touched.entities
    session.flush()
    days = set(_in(session, select(col(Briefing.date)), col(Briefing.pk), briefings))
    changed = {
        *_in(session, select(col(Item.pk)), col(Item.briefing_pk), briefings),
        *_in(session, select(col(Item.pk)), col(Item.pk), items),
    }
    days |= set(_in(session, select(col(Item.date)).distinct(), col(Item.pk), items))
    own = set(
        _in(session, select(col(WatchlistEntry.pk)), col(WatchlistEntry.briefing_pk), briefings)
    )
    after = [
        col(WatchlistEntry.date).between(day, day + timedelta(LOOKBACK)) for day in sorted(days)
    ]
    named = own | _moved(session, entities) | _dated(session, after)
    whole = {entry.pk: entry for entry in _entries(session, named, own)}
    for part in batches(sorted(changed)):
        session.execute(delete(WatchAnswer).where(col(WatchAnswer.item_pk).in_(part)))
    for part in batches(sorted(whole)):
        session.execute(delete(WatchAnswer).where(col(WatchAnswer.entry_pk).in_(part)))
    _answer(session, list(whole.values()), _candidates(session, whole.values()))
    before = [
        and_(col(WatchlistEntry.date) >= day - timedelta(WINDOW), col(WatchlistEntry.date) < day)
        for day in sorted(days)
    ]
    rest = _dated(session, before) - whole.keys() if changed else set()
    _answer(session, list(_stored(session, rest)), changed)


def mismatches(session: Session) -> Iterator[str]:
    """How many terms are not what their mentions name now; none, unless something was changed past `follow`."""
    joined = (
        select(func.count())
        .select_from(WatchTerm)
        .join(Mention, col(Mention.pk) == col(WatchTerm.mention_pk))
    )
    wrong = session.exec(joined.where(_LEFT)).one()
    if wrong:
        yield f"{wrong} terms of watch-list entries lead to other entities now"


def rebuild(session: Session) -> int:
    """Look for all answers again."""
    pks = session.exec(select(Briefing.pk)).all()
    refresh(session, Touched(briefings={pk for pk in pks if pk}))
    return session.exec(select(func.count()).select_from(WatchAnswer)).one()


_LEFT = or_(col(Mention.entity_pk).is_(None), col(Mention.entity_pk) != col(WatchTerm.entity_pk))


def _in(session: Session, statement: Any, column: Any, values: Collection[int]) -> Iterator[Any]:
    for part in batches(sorted(values)):
        yield from session.exec(statement.where(column.in_(part)))


def _dated(session: Session, within: Sequence[ColumnElement[bool]]) -> set[int]:
    """The entries of some stretches of days."""
    found: set[int] = set()
    # A curator's act may concern more days than one statement takes conditions (SQLite nests no more than 1,000).
    for start in range(0, len(within), 200):
        found.update(
            pk
            for pk in session.exec(
                select(col(WatchlistEntry.pk)).where(or_(*within[start : start + 200]))
            )
            if pk
        )
    return found


def _moved(session: Session, entities: Collection[int]) -> set[int]:
    """Entries a mention in which names another entity now."""
    joined = select(col(WatchTerm.entry_pk)).join(
        Mention, col(Mention.pk) == col(WatchTerm.mention_pk)
    )
    return set(_in(session, joined.where(_LEFT), col(WatchTerm.entity_pk), entities))


def _entries(session: Session, pks: Collection[int], new: Collection[int]) -> Iterator[_WatchEntry]:
    """Those of `pks` that are `new` or whose terms are others now, the terms put down."""
    read = _read(session, pks)
    hot = _hot(session, read)
    held: defaultdict[int, dict[int, tuple[int, bool]]] = defaultdict(dict)
    for term in _in(session, select(WatchTerm), col(WatchTerm.entry_pk), pks):
        held[term.entry_pk][term.mention_pk] = (term.entity_pk, term.hot)
    for entry in read:
        now = {
            mention: (entity, (entry.day, entity) in hot)
            for mention, entity in entry.entities.items()
        }
        entry.terms = {
            at: SubjectTerm(term.id, term.surface, term.type, now[at][1])
            for at, term in entry.terms.items()
        }
        if entry.pk in new or now != held[entry.pk]:
            session.execute(delete(WatchTerm).where(col(WatchTerm.entry_pk) == entry.pk))
            session.add_all(
                WatchTerm(mention_pk=at, entry_pk=entry.pk, entity_pk=entity, hot=was)
                for at, (entity, was) in now.items()
            )
            yield entry


def _stored(session: Session, pks: Collection[int]) -> Iterator[_WatchEntry]:
    """Entries whose terms stand as they were put down."""
    hot = {
        term.mention_pk
        for term in _in(
            session, select(WatchTerm).where(col(WatchTerm.hot)), col(WatchTerm.entry_pk), pks
        )
    }
    for entry in _read(session, pks):
        entry.terms = {
            at: SubjectTerm(term.id, term.surface, term.type, at in hot)
            for at, term in entry.terms.items()
        }
        yield entry


def _read(session: Session, pks: Collection[int]) -> list[_WatchEntry]:
    """The entries of `pks`, but for those too far down a list."""
    briefings = set(
        _in(
            session, select(col(WatchlistEntry.briefing_pk)).distinct(), col(WatchlistEntry.pk), pks
        )
    )
    lists: defaultdict[int, list[WatchlistEntry]] = defaultdict(list)
    for row in _in(
        session,
        select(WatchlistEntry).order_by(col(WatchlistEntry.start_char)),
        col(WatchlistEntry.briefing_pk),
        briefings,
    ):
        lists[row.briefing_pk].append(row)
    starts = {briefing: [row.start_char for row in rows] for briefing, rows in lists.items()}
    entries = {
        row.pk: _WatchEntry(row.pk or 0, row.date, row.text)
        for rows in lists.values()
        for row in rows[:_MOST]
        if row.pk in pks
    }
    columns = (
        Mention.pk,
        Mention.briefing_pk,
        Mention.start_char,
        Mention.surface,
        Entity.pk,
        Entity.id,
        Entity.type,
    )
    mentions = (
        select(*columns)  # type: ignore[call-overload]
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(col(Mention.kind) == "watchlist")
    )
    for pk, briefing, start, surface, entity, entity_id, kind in _in(
        session, mentions, col(Mention.briefing_pk), briefings
    ):
        # A mention stands in the entry that begins last before it.
        at = bisect_right(starts[briefing], start) - 1
        if at >= 0 and (entry := entries.get(lists[briefing][at].pk)):
            entry.terms[pk] = SubjectTerm(entity_id, surface, kind, hot=False)
            entry.entities[pk] = entity
    return list(entries.values())


def _hot(session: Session, entries: Iterable[_WatchEntry]) -> set[tuple[date, int]]:
    """What was in the news anyway: days and entities."""
    wanted: defaultdict[date, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.day] |= set(entry.entities.values())
    found = set()
    for day, entities in wanted.items():
        first = day - timedelta(LOOKBACK - 1)
        items = session.exec(
            select(func.count()).select_from(Item).where(col(Item.date).between(first, day))
        ).one()
        counted = select(
            col(Mention.entity_pk), func.count(func.distinct(col(Mention.item_pk)))
        ).group_by(col(Mention.entity_pk))
        within = counted.where(col(Mention.date).between(first, day))
        found |= {
            (day, entity)
            for entity, named in _in(session, within, col(Mention.entity_pk), entities)
            if is_hot(named, items)
        }
    return found


def _candidates(session: Session, entries: Iterable[_WatchEntry]) -> set[int]:
    """The later items that may answer entries: that name something one of them names, or any where one names nothing."""
    found: set[int] = set()
    of_day: defaultdict[date, list[_WatchEntry]] = defaultdict(list)
    for entry in entries:
        of_day[entry.day].append(entry)
    for day, those in of_day.items():
        first, last = day + timedelta(1), day + timedelta(WINDOW)
        if all(entry.entities for entry in those):
            named = (
                select(col(Mention.item_pk))
                .where(col(Mention.date).between(first, last), col(Mention.item_pk).is_not(None))
                .distinct()
            )
            found.update(
                _in(
                    session,
                    named,
                    col(Mention.entity_pk),
                    {entity for entry in those for entity in entry.entities.values()},
                )
            )
        else:
            found.update(
                pk
                for pk in session.exec(
                    select(col(Item.pk)).where(col(Item.date).between(first, last))
                )
                if pk
            )
    return found


def _answer(session: Session, entries: list[_WatchEntry], items: Collection[int]) -> None:
    """Put down which of `items` answer `entries`."""
    if not entries or not items:
        return
    read = list(
        _items(session, items, {entity for entry in entries for entity in entry.entities.values()})
    )
    naming: defaultdict[str, list[_WatchItem]] = defaultdict(list)
    for item in read:
        for entity in item.named:
            naming[entity].append(item)
    for entry in entries:
        terms = list(entry.terms.values())
        wanted = subject(entry.text, terms)
        may = (
            {item.pk: item for term in terms for item in naming[term.id]}
            if terms
            else {item.pk: item for item in read}
        )
        for item in may.values():
            after = (item.day - entry.day).days
            if 0 < after <= WINDOW and (found := answers(terms, wanted, item.named, item.said)):
                evidence = {
                    "weights": dict(found.weights),
                    "words": found.words,
                    "shared": list(found.shared),
                }
                session.add(
                    WatchAnswer(
                        entry_pk=entry.pk,
                        item_pk=item.pk,
                        after_days=after,
                        score=found.score,
                        evidence=evidence,
                    )
                )
    session.flush()


def _items(
    session: Session, pks: Collection[int], entities: Collection[int]
) -> Iterator[_WatchItem]:
    """Items, and which of `entities` they name."""
    named: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    mentions = select(
        col(Mention.item_pk), col(Mention.kind), col(Mention.entity_pk), col(Entity.id)
    ).distinct()
    for item, kind, entity, entity_id in _in(
        session,
        mentions.join(Entity, col(Entity.pk) == col(Mention.entity_pk)),
        col(Mention.item_pk),
        pks,
    ):
        if entity in entities:
            named[item][entity_id] = named[item].get(entity_id, False) or kind in PROMINENT
    for pk, day, title, summary in _in(
        session,
        select(col(Item.pk), col(Item.date), col(Item.title), col(Item.summary)),
        col(Item.pk),
        pks,
    ):
        yield _WatchItem(pk, day, shingles(f"{title}\n{summary or ''}"), named[pk])
