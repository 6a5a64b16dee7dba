"""Terms and answers of watch lists: a function of the documents, whatever their order.

An entry's answers depend on its words, on how often its entities are mentioned in the
`LOOKBACK_DAYS` up to its day, and on the items of the `ANSWER_WINDOW_DAYS` after it in any channel.
So a day that changes concerns the entries before it, for which only its own items are examined,
and the few entries after it of which an entity becomes hot or stops being so.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlmodel import Session, col

from app.normalize.stories.watchlist import (
    ANSWER_WINDOW_DAYS,
    LOOKBACK_DAYS,
    SubjectTerm,
    is_hot,
)
from app.store.dataset import Event
from app.store.derived.watch_answers import (
    TermValues,
    WatchEntry,
    answers_of_entries,
    answers_of_items,
    candidate_items,
)
from app.store.rows import count_rows, delete_where_in, insert_rows, pks_of, rows_where_in
from app.store.tables import Briefing, Entity, Item, Mention, WatchAnswer, WatchlistEntry, WatchTerm
from app.store.touched import Touched

MAX_ENTRIES = 100
"""Entries of one list that are followed up; a longer list was written to cost time."""

# SQLite nests at most 1,000 conditions; one act of a curator may concern more days.
_MAX_CONDITIONS = 200


def refresh(session: Session, touched: Touched) -> None:
    """Refresh terms and answers after items were written or removed, or names moved."""
    session.flush()
    days = _touched_days(session, touched)
    items = _touched_items(session, touched)
    own_entries = _entries_of(session, touched.briefings)
    near_entries = _dated(session, _lookback_conditions(days))
    moved_entries = _moved(session, touched.entities)
    concerned = own_entries | near_entries | moved_entries

    changed = list(
        _refresh_terms(
            session,
            concerned,
            own_entries,
        )
    )
    changed_pks = {entry.pk for entry in changed}
    before = _answers_of(session, changed_pks, items)
    delete_where_in(session, col(WatchAnswer.item_pk), items)
    delete_where_in(session, col(WatchAnswer.entry_pk), changed_pks)
    _insert_answers(
        session,
        changed,
        candidate_items(session, changed),
    )
    if items:
        earlier = _dated(session, _window_conditions(days)) - changed_pks
        _insert_answers(
            session,
            list(_stored_entries(session, earlier)),
            items,
        )
    # The entries of a rewritten list are new rows: their answers are not news.
    new_pairs = _answers_of(session, changed_pks, items) - before
    hits = [pair for pair in new_pairs if pair[0] not in own_entries]
    touched.events += _hits(session, hits)


def _answers_of(
    session: Session, entry_pks: Collection[int], item_pks: Collection[int]
) -> set[tuple[int, int]]:
    """Return the pairs (pks) of entries and items that answer them, of any of these."""
    statement = select(col(WatchAnswer.entry_pk), col(WatchAnswer.item_pk))
    pairs: set[tuple[int, int]] = set()
    sides = ((col(WatchAnswer.entry_pk), entry_pks), (col(WatchAnswer.item_pk), item_pks))
    for column, pks in sides:
        for entry_pk, item_pk in rows_where_in(session, statement, column, pks):
            pairs.add((entry_pk, item_pk))
    return pairs


def _hits(session: Session, pairs: Collection[tuple[int, int]]) -> Iterator[Event]:
    """Yield a change for each new answer, for the log."""
    entry_pks = {entry_pk for entry_pk, _ in pairs}
    item_pks = {item_pk for _, item_pk in pairs}
    entries = select(col(WatchlistEntry.pk), col(WatchlistEntry.id))
    entry_ids = dict(rows_where_in(session, entries, col(WatchlistEntry.pk), entry_pks))
    items = select(col(Item.pk), col(Item.id), col(Briefing.id))
    items = items.join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
    places = {}
    for item_pk, item_id, briefing_id in rows_where_in(session, items, col(Item.pk), item_pks):
        places[item_pk] = {"item": item_id, "briefing": briefing_id}
    hits = [(entry_ids[entry_pk], places[item_pk]) for entry_pk, item_pk in pairs]
    for entry_id, place in sorted(hits, key=lambda hit: (hit[0], hit[1]["item"])):
        yield Event("added", "watch", entry_id, place)


def mismatches(session: Session) -> Iterator[str]:
    """Yield a message for each entry whose terms or answers are not those decided now."""
    entries = _decided_entries(session, pks_of(session, WatchlistEntry))
    stored_terms = _stored_terms(session, [entry.pk for entry in entries])
    ids = {entry.pk: entry.id for entry in entries}
    for entry in entries:
        if stored_terms[entry.pk] != entry.term_values():
            yield f"watch-list entry {entry.id}: its stored terms differ from its mentions"

    expected = Counter(_answer_key(values) for values in answers_of_entries(session, entries))
    stored = Counter(_stored_answers(session))
    faulty_pks = {key[0] for key in (expected - stored) + (stored - expected)}
    for pk in sorted(faulty_pks):
        entry_id = ids.get(pk, str(pk))
        yield f"watch-list entry {entry_id}: its stored answers differ from those decided now"


def rebuild(session: Session) -> int:
    """Decide all terms and answers again; returns the number of entries."""
    session.execute(delete(WatchAnswer))
    session.execute(delete(WatchTerm))
    entries = _decided_entries(session, pks_of(session, WatchlistEntry))
    for entry in entries:
        _insert_terms(session, entry)

    insert_rows(
        session,
        WatchAnswer,
        list(answers_of_entries(session, entries)),
    )
    return len(entries)


def _touched_days(session: Session, touched: Touched) -> list[date]:
    """Return the days of the touched briefings and items that exist, in order."""
    days: set[date] = set()
    statement = select(col(Briefing.date))
    for row in rows_where_in(
        session,
        statement,
        col(Briefing.pk),
        touched.briefings,
    ):
        days.add(row.date)

    statement = select(col(Item.date)).distinct()
    for row in rows_where_in(
        session,
        statement,
        col(Item.pk),
        touched.items,
    ):
        days.add(row.date)

    return sorted(days)


def _touched_items(session: Session, touched: Touched) -> set[int]:
    """Return the touched items that exist, and those of touched briefings."""
    statement = select(col(Item.pk))
    items: set[int] = set()
    for row in rows_where_in(
        session,
        statement,
        col(Item.briefing_pk),
        touched.briefings,
    ):
        items.add(row.pk)
    for row in rows_where_in(
        session,
        statement,
        col(Item.pk),
        touched.items,
    ):
        items.add(row.pk)

    return items


def _entries_of(session: Session, briefings: Collection[int]) -> set[int]:
    statement = select(col(WatchlistEntry.pk))
    rows = rows_where_in(
        session,
        statement,
        col(WatchlistEntry.briefing_pk),
        briefings,
    )
    return {row.pk for row in rows}


def _lookback_conditions(days: Iterable[date]) -> Iterator[ColumnElement[bool]]:
    """Yield a condition for the entries whose lookback contains each day."""
    for day in days:
        last = day + timedelta(LOOKBACK_DAYS)
        yield col(WatchlistEntry.date).between(day, last)


def _window_conditions(days: Iterable[date]) -> Iterator[ColumnElement[bool]]:
    """Yield a condition for the entries that an item of each day may answer."""
    for day in days:
        first = day - timedelta(ANSWER_WINDOW_DAYS)
        last = day - timedelta(1)
        yield col(WatchlistEntry.date).between(first, last)


def _dated(session: Session, conditions: Iterable[ColumnElement[bool]]) -> set[int]:
    """Return the entries that fulfil one of the conditions."""
    remaining = list(conditions)
    entries: set[int] = set()
    while remaining:
        some = remaining[:_MAX_CONDITIONS]
        remaining = remaining[_MAX_CONDITIONS:]
        statement = select(col(WatchlistEntry.pk)).where(or_(*some))
        entries.update(row.pk for row in session.execute(statement))

    return entries


def _moved(session: Session, entity_pks: Collection[int]) -> set[int]:
    """Return the entries with a term of `entity_pks` whose mention leads elsewhere now."""
    is_moved = or_(
        col(Mention.entity_pk).is_(None),
        col(Mention.entity_pk) != col(WatchTerm.entity_pk),
    )
    statement = (
        select(col(WatchTerm.entry_pk))
        .join(Mention, col(Mention.pk) == col(WatchTerm.mention_pk))
        .where(is_moved)
    )
    rows = rows_where_in(
        session,
        statement,
        col(WatchTerm.entity_pk),
        entity_pks,
    )
    return {row.entry_pk for row in rows}


def _refresh_terms(
    session: Session,
    entry_pks: Collection[int],
    new_pks: Collection[int],
) -> Iterator[WatchEntry]:
    """Write and yield the entries of `entry_pks` that are new or whose terms changed."""
    stored_terms = _stored_terms(session, entry_pks)
    for entry in _decided_entries(session, entry_pks):
        if entry.pk in new_pks or stored_terms[entry.pk] != entry.term_values():
            delete_where_in(session, col(WatchTerm.entry_pk), [entry.pk])
            _insert_terms(session, entry)
            yield entry


def _stored_terms(
    session: Session,
    entry_pks: Collection[int],
) -> defaultdict[int, dict[int, TermValues]]:
    """Return the stored terms of each entry by the pk of the mention."""
    statement = select(
        col(WatchTerm.entry_pk),
        col(WatchTerm.mention_pk),
        col(WatchTerm.entity_pk),
        col(WatchTerm.hot),
    )
    terms: defaultdict[int, dict[int, TermValues]] = defaultdict(dict)
    for row in rows_where_in(
        session,
        statement,
        col(WatchTerm.entry_pk),
        entry_pks,
    ):
        terms[row.entry_pk][row.mention_pk] = (row.entity_pk, row.hot)

    return terms


def _insert_terms(session: Session, entry: WatchEntry) -> None:
    rows = []
    for mention_pk, (entity_pk, hot) in entry.term_values().items():
        row = {
            "mention_pk": mention_pk,
            "entry_pk": entry.pk,
            "entity_pk": entity_pk,
            "hot": hot,
        }
        rows.append(row)

    insert_rows(session, WatchTerm, rows)


def _decided_entries(session: Session, entry_pks: Collection[int]) -> list[WatchEntry]:
    """Return entries with their terms as the mentions give them now."""
    entries = _entries(session, entry_pks)
    hot = _hot_entities(session, entries)
    for entry in entries:
        for mention_pk, term in entry.terms.items():
            is_hot_now = (entry.day, entry.entity_pks[mention_pk]) in hot
            entry.terms[mention_pk] = replace(term, hot=is_hot_now)

    return entries


def _stored_entries(session: Session, entry_pks: Collection[int]) -> Iterator[WatchEntry]:
    """Yield entries with `hot` as it is stored."""
    stored_terms = _stored_terms(session, entry_pks)
    for entry in _entries(session, entry_pks):
        stored = stored_terms[entry.pk]
        for mention_pk, term in entry.terms.items():
            _, hot = stored.get(mention_pk, (0, False))
            entry.terms[mention_pk] = replace(term, hot=hot)

        yield entry


def _entries(session: Session, entry_pks: Collection[int]) -> list[WatchEntry]:
    """Return entries with their terms, none of them hot; entries far down a list are left out."""
    lists = _whole_lists(session, entry_pks)
    asked_pks = set(entry_pks)
    entries: dict[int, WatchEntry] = {}
    for rows in lists.values():
        for row in rows[:MAX_ENTRIES]:
            if row.pk in asked_pks:
                entries[row.pk] = WatchEntry(
                    row.pk,
                    row.id,
                    row.date,
                    row.text,
                )

    for mention in _list_mentions(session, lists):
        rows = lists[mention.briefing_pk]
        # A mention belongs to the entry that starts last before it.
        started = bisect_right(
            rows,
            mention.start_char,
            key=lambda row: row.start_char,
        )
        if started == 0:
            continue

        entry = entries.get(rows[started - 1].pk)
        if entry:
            term = SubjectTerm(
                mention.id,
                mention.surface,
                mention.type,
                hot=False,
            )
            entry.terms[mention.pk] = term
            entry.entity_pks[mention.pk] = mention.entity_pk

    return list(entries.values())


def _whole_lists(session: Session, entry_pks: Collection[int]) -> dict[int, list[Any]]:
    """Return the rows of the lists that contain some entries, by briefing, in order."""
    statement = select(col(WatchlistEntry.briefing_pk)).distinct()
    rows = rows_where_in(
        session,
        statement,
        col(WatchlistEntry.pk),
        entry_pks,
    )
    briefings = {row.briefing_pk for row in rows}
    columns = select(
        col(WatchlistEntry.pk),
        col(WatchlistEntry.id),
        col(WatchlistEntry.briefing_pk),
        col(WatchlistEntry.date),
        col(WatchlistEntry.start_char),
        col(WatchlistEntry.text),
    ).order_by(col(WatchlistEntry.start_char))
    lists: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows_where_in(
        session,
        columns,
        col(WatchlistEntry.briefing_pk),
        briefings,
    ):
        lists[row.briefing_pk].append(row)

    return lists


def _list_mentions(session: Session, briefings: Collection[int]) -> Iterator[Any]:
    """Yield the mentions in the watch lists of some briefings."""
    statement = (
        select(
            col(Mention.pk),
            col(Mention.briefing_pk),
            col(Mention.start_char),
            col(Mention.surface),
            col(Mention.entity_pk),
            col(Entity.id),
            col(Entity.type),
        )
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .where(col(Mention.kind) == "watchlist")
    )
    return rows_where_in(
        session,
        statement,
        col(Mention.briefing_pk),
        briefings,
    )


def _hot_entities(session: Session, entries: Iterable[WatchEntry]) -> set[tuple[date, int]]:
    """Return (day, entity pk) of the entries' entities that were in the news anyway."""
    entity_pks: defaultdict[date, set[int]] = defaultdict(set)
    for entry in entries:
        entity_pks[entry.day].update(entry.entity_pks.values())

    hot = set()
    for day, day_entity_pks in entity_pks.items():
        first = day - timedelta(LOOKBACK_DAYS - 1)
        item_count = count_rows(session, Item, col(Item.date).between(first, day))
        statement = (
            select(
                col(Mention.entity_pk),
                func.count(func.distinct(col(Mention.item_pk))).label("items"),
            )
            .where(col(Mention.date).between(first, day))
            .group_by(col(Mention.entity_pk))
        )
        for row in rows_where_in(
            session,
            statement,
            col(Mention.entity_pk),
            day_entity_pks,
        ):
            if is_hot(row.items, item_count):
                hot.add((day, row.entity_pk))

    return hot


def _insert_answers(
    session: Session,
    entries: Collection[WatchEntry],
    item_pks: Collection[int],
) -> None:
    """Write which of some items answer some entries."""
    insert_rows(
        session,
        WatchAnswer,
        list(answers_of_items(session, entries, item_pks)),
    )


AnswerKey = tuple[int, int, int, float, str]


def _answer_key(values: Mapping[str, Any]) -> AnswerKey:
    """Return the values that answers are compared by; PostgreSQL may reorder keys of JSON."""
    evidence = values["evidence"]
    weights = sorted(evidence["weights"].items())
    return (
        values["entry_pk"],
        values["item_pk"],
        values["after_days"],
        values["score"],
        repr((weights, evidence["words"], evidence["shared"])),
    )


def _stored_answers(session: Session) -> Iterator[AnswerKey]:
    statement = select(
        col(WatchAnswer.entry_pk),
        col(WatchAnswer.item_pk),
        col(WatchAnswer.after_days),
        col(WatchAnswer.score),
        col(WatchAnswer.evidence),
    )
    for row in session.execute(statement).mappings():
        yield _answer_key(dict(row))
