"""Answers of stored items to the entries of watch lists."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.stories.watchlist import (
    ANSWER_WINDOW_DAYS,
    PROMINENT_KINDS,
    SubjectTerm,
    WatchMatch,
    answers,
    subject,
)
from app.normalize.text.containment import shingles
from app.store.rows import rows_where_in
from app.store.tables import Entity, Item, Mention

TermValues = tuple[int, bool]
"""Entity pk of a term, and whether it was hot."""
AnswerValues = dict[str, Any]
"""Values of a row of `watch_answer` by column, without its pk."""


@dataclass
class WatchEntry:
    """Entry of a watch list; `terms` and `entity_pks` go by the pk of the mention."""

    pk: int
    id: str
    day: date
    text: str
    terms: dict[int, SubjectTerm] = field(default_factory=dict)
    entity_pks: dict[int, int] = field(default_factory=dict)

    def term_values(self) -> dict[int, TermValues]:
        """Return the terms as they are stored, by the pk of the mention."""
        values = {}
        for mention_pk, term in self.terms.items():
            values[mention_pk] = (self.entity_pks[mention_pk], term.hot)

        return values


@dataclass(frozen=True)
class _WatchItem:
    """Item with its shingles; `mentions` has the ids of entities, True where prominent."""

    pk: int
    day: date
    words: frozenset[str]
    mentions: Mapping[str, bool]


def candidate_items(session: Session, entries: Iterable[WatchEntry]) -> set[int]:
    """Return the later items that may answer entries.

    They mention an entity of an entry; for an entry without entities, any later item may.
    """
    by_day: defaultdict[date, list[WatchEntry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.day].append(entry)

    items: set[int] = set()
    for day, day_entries in by_day.items():
        first = day + timedelta(1)
        last = day + timedelta(ANSWER_WINDOW_DAYS)
        if all(entry.entity_pks for entry in day_entries):
            items |= _items_mentioning(
                session,
                _entity_pks(day_entries),
                first,
                last,
            )
        else:
            statement = select(col(Item.pk)).where(col(Item.date).between(first, last))
            items.update(row.pk for row in session.execute(statement))

    return items


def _entity_pks(entries: Iterable[WatchEntry]) -> set[int]:
    pks: set[int] = set()
    for entry in entries:
        pks.update(entry.entity_pks.values())

    return pks


def _items_mentioning(
    session: Session,
    entity_pks: Collection[int],
    first: date,
    last: date,
) -> set[int]:
    """Return the items from `first` to `last` that mention one of the entities."""
    statement = (
        select(col(Mention.item_pk))
        .where(
            col(Mention.date).between(first, last),
            col(Mention.item_pk).is_not(None),
        )
        .distinct()
    )
    rows = rows_where_in(
        session,
        statement,
        col(Mention.entity_pk),
        entity_pks,
    )
    return {row.item_pk for row in rows}


def answers_of_entries(
    session: Session,
    entries: Iterable[WatchEntry],
) -> Iterator[AnswerValues]:
    """Yield all answers to some entries; entries of one day are examined together."""
    by_day: defaultdict[date, list[WatchEntry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.day].append(entry)

    for day in sorted(by_day):
        item_pks = candidate_items(session, by_day[day])
        yield from answers_of_items(
            session,
            by_day[day],
            item_pks,
        )


def answers_of_items(
    session: Session,
    entries: Collection[WatchEntry],
    item_pks: Collection[int],
) -> Iterator[AnswerValues]:
    """Yield the answers of some items to some entries."""
    if not entries or not item_pks:
        return

    items = list(
        _items(
            session,
            item_pks,
            _entity_pks(entries),
        )
    )
    by_entity: defaultdict[str, list[_WatchItem]] = defaultdict(list)
    for item in items:
        for entity in item.mentions:
            by_entity[entity].append(item)

    for entry in entries:
        terms = list(entry.terms.values())
        entry_words = subject(entry.text, terms)
        for item in _possible_answers(terms, items, by_entity):
            days = (item.day - entry.day).days
            if not 0 < days <= ANSWER_WINDOW_DAYS:
                continue
            match = answers(
                terms,
                entry_words,
                item.mentions,
                item.words,
            )
            if match:
                yield _answer_values(entry, item, days, match)


def _possible_answers(
    terms: Iterable[SubjectTerm],
    items: Iterable[_WatchItem],
    by_entity: Mapping[str, list[_WatchItem]],
) -> Iterable[_WatchItem]:
    """Return the items that mention a term, each once; all items if there are no terms."""
    if not terms:
        return items

    possible: dict[int, _WatchItem] = {}
    for term in terms:
        for item in by_entity.get(term.id, ()):
            possible[item.pk] = item

    return possible.values()


def _answer_values(
    entry: WatchEntry,
    item: _WatchItem,
    days: int,
    match: WatchMatch,
) -> AnswerValues:
    return {
        "entry_pk": entry.pk,
        "item_pk": item.pk,
        "after_days": days,
        "score": match.score,
        "evidence": {
            "weights": dict(match.weights),
            "words": match.words,
            "shared": list(match.shared),
        },
    }


def _items(
    session: Session,
    item_pks: Collection[int],
    entity_pks: Collection[int],
) -> Iterator[_WatchItem]:
    """Yield items with those of the entities that they mention."""
    mentions = _mentions(session, item_pks, entity_pks)
    statement = select(
        col(Item.pk),
        col(Item.date),
        col(Item.title),
        col(Item.summary),
    )
    for row in rows_where_in(
        session,
        statement,
        col(Item.pk),
        item_pks,
    ):
        text = f"{row.title}\n{row.summary or ''}"
        yield _WatchItem(
            pk=row.pk,
            day=row.date,
            words=shingles(text),
            mentions=mentions[row.pk],
        )


def _mentions(
    session: Session,
    item_pks: Collection[int],
    entity_pks: Collection[int],
) -> defaultdict[int, dict[str, bool]]:
    """Return the mentioned entities of each item, True where one is prominent."""
    statement = (
        select(
            col(Mention.item_pk),
            col(Mention.kind),
            col(Mention.entity_pk),
            col(Entity.id),
        )
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .distinct()
    )
    mentions: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for row in rows_where_in(
        session,
        statement,
        col(Mention.item_pk),
        item_pks,
    ):
        if row.entity_pk not in entity_pks:
            continue

        known = mentions[row.item_pk].get(row.id, False)
        mentions[row.item_pk][row.id] = known or row.kind in PROMINENT_KINDS

    return mentions
