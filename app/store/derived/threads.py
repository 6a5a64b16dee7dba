"""Links and threads of items, refreshed with the items they are made of.

The links of an item follow from the items of the `LINK_WINDOW_DAYS` up to it, so a document
changes only links of the `LINK_WINDOW_DAYS` after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from app.normalize.stories.features import StoryFeatures
from app.normalize.stories.links import (
    LINK_WINDOW_DAYS,
    StoryLink,
    days_before,
    links_of_days,
)
from app.normalize.stories.threads import MAX_THREAD_DAYS, StoryMember, ThreadBuilder
from app.store.derived.features import FeatureWindow, features_of_days
from app.store.derived.thread_members import (
    STORED_LINKS,
    MemberRow,
    ThreadUpdate,
    replace_threads,
    stored_link,
)
from app.store.rows import delete_where_in, insert_rows, rows_where_in
from app.store.tables import Briefing, Item, ItemLink, Thread, ThreadedDay, ThreadMember
from app.store.touched import Touched

DecidedItem = tuple[StoryFeatures, list[StoryLink], StoryMember]
ThreadSummary = tuple[int, date, date]
"""Number of items, first date and last date of a thread."""

# Days decided at once: bounds the memory, however many days there are.
_STRETCH_DAYS = 61


def refresh(session: Session, touched: Touched, window: FeatureWindow | None = None) -> None:
    """Refresh links and threads after briefings were written or removed, or items renamed.

    `window` caches the features of days that were written before.
    """
    days = _touched_days(session, touched)
    if not days:
        return

    rewritten = _items_of(session, touched.briefings)
    relinked = set(rewritten)
    window = window or FeatureWindow()
    window.drop(days)
    for first, last in _stretches(days):
        relinked |= _refresh_links(
            session,
            window,
            first,
            last,
        )

    window.keep_only(days_before(days[-1]), days[-1])
    update = ThreadUpdate(session)
    update.run(
        relinked,
        rewritten,
        _broken_threads(session, days),
    )
    touched.events += update.events


def mismatches(session: Session) -> Iterator[str]:
    """Yield a message for each item or thread that is not stored as it is decided now."""
    links, members = stored(session)
    expected_members: dict[str, StoryMember] = {}
    expected_threads: dict[str, ThreadSummary] = {}
    for features, expected_links, member in decided(session):
        expected_members[features.id] = member
        count, first_date, _ = expected_threads.get(member.thread, (0, features.day, features.day))
        expected_threads[member.thread] = (count + 1, first_date, features.day)
        stored_links = links.get(features.id, [])
        if _by_earlier(expected_links) != _by_earlier(stored_links):
            yield f"item {features.id}: its stored links differ from those decided now"

    # A thread of one item is not stored.
    threads: dict[str, ThreadSummary] = {}
    for thread, summary in expected_threads.items():
        if summary[0] > 1:
            threads[thread] = summary

    for item, member in expected_members.items():
        expected = member if member.thread in threads else None
        if members.get(item) != expected:
            yield f"item {item}: its stored thread differs from the one decided now"

    yield from _thread_mismatches(session, threads)
    yield from _day_mismatches(session)


def rebuild(session: Session) -> int:
    """Decide all links and threads from the documents; returns the number of threads."""
    for model in (ThreadMember, Thread, ItemLink, ThreadedDay):
        session.execute(delete(model))

    days = _public_days(session)
    insert_rows(
        session,
        ThreadedDay,
        [{"briefing_pk": pk, "date": day} for pk, day in days.items()],
    )
    item_pks = {item: pk for pk, item in _item_ids(session).items()}
    threads: defaultdict[str, list[MemberRow]] = defaultdict(list)
    for features, links, member in decided(session):
        insert_rows(
            session,
            ItemLink,
            [_link_values(link, item_pks) for link in links],
        )
        row = MemberRow(
            item_pk=item_pks[features.id],
            day=features.day,
            role=member.role,
            joined_pk=item_pks[member.joined] if member.joined else None,
        )
        threads[member.thread].append(row)

    replace_threads(session, threads)
    return sum(len(members) > 1 for members in threads.values())


def decided(session: Session) -> Iterator[DecidedItem]:
    """Yield each item with its links and its membership, in the order of positions.

    They are decided from the documents alone; no stored links or threads are read.
    """
    statement = select(func.min(Item.date), func.max(Item.date))
    bounds = session.execute(statement).one()
    first_day, last_day = tuple(bounds)
    if first_day is None:
        return

    builder = ThreadBuilder()
    for first, last in _cut(first_day.toordinal(), last_day.toordinal()):
        items = features_of_days(
            session,
            days_before(first),
            last,
        ).values()
        links = links_of_days(
            list(items),
            first,
            last,
        )
        linked_items = [features for features in items if features.id in links]
        linked_items.sort(key=lambda features: features.position)
        for features in linked_items:
            member = builder.assign(features, links[features.id])
            yield features, links[features.id], member


def stored(session: Session) -> tuple[dict[str, list[StoryLink]], dict[str, StoryMember]]:
    """Return the stored links by item, and the memberships in threads of two items or more."""
    ids = _item_ids(session)
    links: defaultdict[str, list[StoryLink]] = defaultdict(list)
    for row in session.execute(_LINKS_WITH_EVIDENCE):
        link = stored_link(row, ids, row.evidence)
        links[link.item].append(link)

    statement = select(
        col(ThreadMember.item_pk),
        col(Thread.id),
        col(ThreadMember.role),
        col(ThreadMember.joined_pk),
    ).join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk))
    members = {}
    for row in session.execute(statement):
        joined = ids[row.joined_pk] if row.joined_pk else None
        members[ids[row.item_pk]] = StoryMember(
            row.id,
            row.role,
            joined,
        )

    return links, members


_LINKS_WITH_EVIDENCE = STORED_LINKS.add_columns(col(ItemLink.evidence))


def _link_values(link: StoryLink, item_pks: Mapping[str, int]) -> dict[str, Any]:
    return {
        "item_pk": item_pks[link.item],
        "earlier_pk": item_pks[link.earlier],
        "signal": link.signal,
        "score": link.score,
        "joins": link.joins,
        "same": link.same,
        "news": link.news,
        "evidence": link.evidence,
    }


def _by_earlier(links: Iterable[StoryLink]) -> list[StoryLink]:
    return sorted(links, key=lambda link: link.earlier)


def _item_ids(session: Session) -> dict[int, str]:
    """Return the ids of all items by pk."""
    ids = {}
    for row in session.execute(select(col(Item.pk), col(Item.id))):
        ids[row.pk] = row.id

    return ids


_PUBLIC = select(col(Briefing.pk), col(Briefing.date)).where(col(Briefing.draft).is_(False))


def _thread_mismatches(
    session: Session,
    threads: Mapping[str, ThreadSummary],
) -> Iterator[str]:
    columns = (col(Thread.id), col(Thread.items), col(Thread.first_date), col(Thread.last_date))
    stored_threads = {}
    for thread, *summary in session.execute(select(*columns)):
        stored_threads[thread] = tuple(summary)

    for thread in sorted(stored_threads.keys() | threads.keys()):
        if thread not in stored_threads:
            yield f"thread {thread}: it is decided now, but not stored"
        elif thread not in threads:
            yield f"thread {thread}: it is stored, but not decided now"
        elif stored_threads[thread] != threads[thread]:
            yield f"thread {thread}: its stored number of items or dates differ from those now"


def _day_mismatches(session: Session) -> Iterator[str]:
    """Yield the briefings whose day is not noted as the one on which they were threaded."""
    threaded_days = {}
    for row in session.execute(select(col(ThreadedDay.briefing_pk), col(ThreadedDay.date))):
        threaded_days[row.briefing_pk] = row.date

    public_days = _public_days(session)
    for briefing_pk in sorted(threaded_days.keys() | public_days.keys()):
        if threaded_days.get(briefing_pk) != public_days.get(briefing_pk):
            yield f"briefing {briefing_pk}: its day in threaded_day differs from its date"


def _public_days(session: Session) -> dict[int, date]:
    """Return the dates of all briefings that are not drafts, by pk."""
    days = {}
    for row in session.execute(_PUBLIC):
        days[row.pk] = row.date

    return days


def _items_of(session: Session, briefings: Iterable[int]) -> set[int]:
    """Return the pks of the items of some briefings."""
    statement = select(col(Item.pk))
    rows = rows_where_in(
        session,
        statement,
        col(Item.briefing_pk),
        list(briefings),
    )
    return {row.pk for row in rows}


def _touched_days(session: Session, touched: Touched) -> list[date]:
    """Return the days of touched briefings and items, before and after the change, in order.

    The former day of a briefing is read from `threaded_day`, which is brought up to date.
    """
    briefing_column = col(ThreadedDay.briefing_pk)
    former_days = select(col(ThreadedDay.date))
    days: set[date] = set()
    for former in rows_where_in(
        session,
        former_days,
        briefing_column,
        touched.briefings,
    ):
        days.add(former.date)

    delete_where_in(session, briefing_column, touched.briefings)
    rows = []
    for briefing in rows_where_in(
        session,
        _PUBLIC,
        col(Briefing.pk),
        touched.briefings,
    ):
        days.add(briefing.date)
        rows.append({"briefing_pk": briefing.pk, "date": briefing.date})

    insert_rows(session, ThreadedDay, rows)
    item_days = select(col(Item.date)).distinct()
    for item in rows_where_in(
        session,
        item_days,
        col(Item.pk),
        touched.items,
    ):
        days.add(item.date)

    return sorted(days)


def _stretches(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Yield the stretches of days whose links may change, both ends included.

    Each of `days` reaches `LINK_WINDOW_DAYS` ahead; stretches that meet are joined, long ones cut.
    """
    joined: list[tuple[int, int]] = []
    for day in days:
        first = day.toordinal()
        last = min(first + LINK_WINDOW_DAYS, date.max.toordinal())
        if joined and first <= joined[-1][1] + 1:
            first, _ = joined.pop()
        joined.append((first, last))

    for first, last in joined:
        yield from _cut(first, last)


def _cut(first: int, last: int) -> Iterator[tuple[date, date]]:
    """Cut the ordinal days from `first` to `last`, both included, into short stretches."""
    for start in range(
        first,
        last + 1,
        _STRETCH_DAYS,
    ):
        end = min(start + _STRETCH_DAYS - 1, last)
        yield date.fromordinal(start), date.fromordinal(end)


def _refresh_links(session: Session, window: FeatureWindow, first: date, last: date) -> set[int]:
    """Write the links of the items from `first` to `last`; returns the pks of those that changed.

    `window` gives the features of the items.
    """
    features = window.features(
        session,
        days_before(first),
        last,
    )
    pks = {item.id: pk for pk, item in features.items()}
    ids = {pk: item.id for pk, item in features.items()}
    links = links_of_days(
        list(features.values()),
        first,
        last,
        window.stories,
    )
    stored_links = _stored_links(
        session,
        ids,
        [pks[item] for item in links],
    )
    changed_pks = set()
    rows = []
    for item, item_links in links.items():
        if _by_earlier(item_links) == _by_earlier(stored_links[item]):
            continue

        changed_pks.add(pks[item])
        for link in item_links:
            rows.append(_link_values(link, pks))

    delete_where_in(session, col(ItemLink.item_pk), changed_pks)
    insert_rows(session, ItemLink, rows)
    return changed_pks


def _stored_links(
    session: Session,
    ids: Mapping[int, str],
    item_pks: Sequence[int],
) -> Mapping[str, list[StoryLink]]:
    links: defaultdict[str, list[StoryLink]] = defaultdict(list)
    for row in rows_where_in(
        session,
        _LINKS_WITH_EVIDENCE,
        col(ItemLink.item_pk),
        item_pks,
    ):
        link = stored_link(row, ids, row.evidence)
        links[link.item].append(link)

    return links


def _broken_threads(session: Session, days: Iterable[date]) -> set[str]:
    """Return the threads around some days that lost a member."""
    member_count = (
        select(func.count())
        .select_from(ThreadMember)
        .where(col(ThreadMember.thread_pk) == col(Thread.pk))
        .scalar_subquery()
    )
    threads: set[str] = set()
    previous = date.min
    for day in days:
        # A thread that covers the day begins at most `MAX_THREAD_DAYS` earlier.
        earliest = max(days_before(day, MAX_THREAD_DAYS), previous)
        statement = select(col(Thread.id)).where(
            col(Thread.first_date) >= earliest,
            col(Thread.first_date) <= day,
            col(Thread.items) != member_count,
        )
        threads.update(session.execute(statement).scalars())
        previous = day

    return threads
