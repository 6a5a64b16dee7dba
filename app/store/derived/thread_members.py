"""Members of threads: assigned again where links changed, and written.

Threads follow from links in the order of positions. From the first item whose links changed, an
item is assigned again if it is linked to a thread that changed, or a member of one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlmodel import Session, col

from app.normalize.stories.features import Position
from app.normalize.stories.links import StoryLink
from app.normalize.stories.threads import StoryMember, assign_thread, thread_id
from app.store.dataset import Event
from app.store.rows import columns_where_in, delete_where_in, insert_rows, rows_where_in, table_of
from app.store.tables import Channel, Item, ItemLink, Thread, ThreadMember

STORED_LINKS = select(
    col(ItemLink.item_pk),
    col(ItemLink.earlier_pk),
    col(ItemLink.signal),
    col(ItemLink.score),
    col(ItemLink.joins),
    col(ItemLink.same),
    col(ItemLink.news),
)
"""Rows for `stored_link`; memberships do not depend on the evidence."""


def stored_link(
    row: Row[*tuple[Any, ...]],
    ids: Mapping[int, str],
    evidence: dict[str, Any] | None = None,
) -> StoryLink:
    """Return a row of `STORED_LINKS` as a link; an earlier item not in `ids` gets no id."""
    item_pk, earlier_pk, signal, score, joins, same, news, *_ = row
    return StoryLink(
        item=ids[item_pk],
        earlier=ids.get(earlier_pk, ""),
        signal=signal,
        score=score,
        joins=joins,
        same=same,
        news=news,
        evidence=evidence or {},
    )


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Item of a thread as it is stored, with its date."""

    item_pk: int
    day: date
    role: str
    joined_pk: int | None


def replace_threads(session: Session, threads: Mapping[str, Sequence[MemberRow]]) -> list[Event]:
    """Write threads with their members in order; one with fewer than two members is deleted.

    Return the changes of threads, for the log.
    """
    thread_pks = _thread_pks(session, threads)
    item_pks = {member.item_pk for members in threads.values() for member in members}
    delete_where_in(session, col(ThreadMember.thread_pk), thread_pks.values())
    delete_where_in(session, col(ThreadMember.item_pk), item_pks)

    stories: dict[str, Sequence[MemberRow]] = {}
    for thread in sorted(threads):
        if len(threads[thread]) > 1:
            stories[thread] = threads[thread]

    vanished_ids = thread_pks.keys() - stories.keys()
    stored = thread_pks.keys() & stories.keys()
    new = stories.keys() - thread_pks.keys()
    vanished = [thread_pks[thread] for thread in vanished_ids]
    delete_where_in(session, col(Thread.pk), vanished)
    _update_threads(session, stories, thread_pks)
    thread_pks |= _insert_threads(session, stories, thread_pks)
    insert_rows(
        session,
        ThreadMember,
        list(_member_values(stories, thread_pks)),
    )
    return [*_events("removed", vanished_ids), *_events("updated", stored), *_events("added", new)]


def _events(action: str, thread_ids: Iterable[str]) -> Iterator[Event]:
    for thread_id_ in sorted(thread_ids):
        yield Event(action, "thread", thread_id_, {})


def _thread_pks(session: Session, threads: Iterable[str]) -> dict[str, int]:
    """Return the pks of the threads that are stored, by id."""
    statement = select(col(Thread.id), col(Thread.pk))
    pks = {}
    for row in rows_where_in(
        session,
        statement,
        col(Thread.id),
        list(threads),
    ):
        pks[row.id] = row.pk

    return pks


def _thread_values(members: Sequence[MemberRow]) -> dict[str, Any]:
    return {
        "items": len(members),
        "first_date": members[0].day,
        "last_date": members[-1].day,
    }


def _update_threads(
    session: Session,
    threads: Mapping[str, Sequence[MemberRow]],
    thread_pks: Mapping[str, int],
) -> None:
    values = []
    for thread, members in threads.items():
        if thread in thread_pks:
            stored_pk = {"stored_pk": thread_pks[thread]}
            values.append(stored_pk | _thread_values(members))

    if values:
        table = table_of(Thread)
        statement = update(table).where(table.c.pk == bindparam("stored_pk"))
        session.execute(statement, values)


def _insert_threads(
    session: Session,
    threads: Mapping[str, Sequence[MemberRow]],
    thread_pks: Mapping[str, int],
) -> dict[str, int]:
    """Insert the threads that have no pk yet; returns the new pks by id."""
    values = []
    for thread, members in threads.items():
        if thread not in thread_pks:
            values.append({"id": thread} | _thread_values(members))

    if not values:
        return {}

    table = table_of(Thread)
    statement = insert(table).returning(table.c.id, table.c.pk)
    pks = {}
    for row in session.execute(statement, values):
        pks[row.id] = row.pk

    return pks


def _member_values(
    threads: Mapping[str, Sequence[MemberRow]],
    thread_pks: Mapping[str, int],
) -> Iterator[dict[str, Any]]:
    for thread, members in threads.items():
        for member in members:
            yield {
                "item_pk": member.item_pk,
                "thread_pk": thread_pks[thread],
                "role": member.role,
                "joined_pk": member.joined_pk,
            }


class ThreadUpdate:
    """Assigns items to threads again, in the order of positions.

    Links, threads and members are loaded as they are reached.
    """

    def __init__(self, session: Session) -> None:
        """Start without loading anything."""
        self.session = session
        self.pks: dict[str, int] = {}
        self.ids: dict[int, str] = {}
        self.positions: dict[str, Position] = {}
        self.links: dict[str, list[StoryLink]] = {}
        # Items that are linked to an earlier one, by its pk.
        self.later_pks: dict[int, list[int]] = {}
        self.member_of: dict[str, StoryMember] = {}
        self.members: dict[str, list[str]] = {}
        self.changed_threads: set[str] = set()
        self._queue: list[tuple[Position, str]] = []
        self._queued: set[str] = set()
        self.events: list[Event] = []
        """The changes of threads, for the log."""

    def run(
        self,
        relinked: Iterable[int],
        rewritten: Iterable[int],
        broken: Iterable[str],
    ) -> None:
        """Assign again the items whose links changed, and all that depend on them.

        `relinked` and `rewritten` are item pks; rewritten items may have moved to another
        position. `broken` threads lost a member.
        """
        self.changed_threads.update(broken)
        self._load_links(relinked)
        # Loaded at once, not thread by thread.
        self._load_later(self.ids)
        for item_pk in relinked:
            self._enqueue(self.ids[item_pk])

        threads = set(broken)
        for item_pk in rewritten:
            if item_pk in self.ids:
                member = self.member_of[self.ids[item_pk]]
                threads.add(member.thread)
        for thread in sorted(threads):
            self._enqueue_around(thread, None)

        while self._queue:
            position, item = heappop(self._queue)
            self._reassign(item, position)

        self._write()

    def _enqueue(self, item: str) -> None:
        if item in self._queued:
            return

        self._queued.add(item)
        entry = (self.positions[item], item)
        heappush(self._queue, entry)

    def _reassign(self, item: str, position: Position) -> None:
        if item not in self.links:
            self._load_links([self.pks[item]])

        previous = self.member_of[item]
        self.members[previous.thread].remove(item)
        member = self._decide(item, position)
        self.member_of[item] = member
        members = self.members.setdefault(member.thread, [])
        members.append(item)
        members.sort(key=self.positions.__getitem__)
        if member != previous:
            self.changed_threads.add(previous.thread)
            self.changed_threads.add(member.thread)
        if member.thread != previous.thread:
            self._enqueue_around(previous.thread, position)
            self._enqueue_around(member.thread, position)

    def _decide(self, item: str, position: Position) -> StoryMember:
        """Return the membership of an item by its links and the earlier members of threads."""
        thread_of: dict[str, str] = {}
        members: dict[str, list[tuple[date, str]]] = {}
        for link in self.links[item]:
            thread = self.member_of[link.earlier].thread
            thread_of[link.earlier] = thread
            if thread not in members:
                members[thread] = list(self._members_before(thread, position))

        day, _, _ = position
        return assign_thread(
            item,
            day,
            self.links[item],
            thread_of,
            members,
        )

    def _members_before(self, thread: str, position: Position) -> Iterator[tuple[date, str]]:
        for item in self.members[thread]:
            item_position = self.positions[item]
            if item_position < position:
                yield item_position[0], item

    def _enqueue_around(self, thread: str, after: Position | None) -> None:
        """Enqueue the members of a thread that changed, and the items linked to them.

        Only items after the position `after` are enqueued; None means all.
        """
        if thread not in self.members:
            self._load_members([thread])

        item_pks = [self.pks[item] for item in self.members[thread]]
        self._load_later(item_pks)
        items = set(self.members[thread])
        for item_pk in item_pks:
            items.update(map(self.ids.__getitem__, self.later_pks[item_pk]))

        if after is not None:
            items = {item for item in items if self.positions[item] > after}
        self._load_links(self.pks[item] for item in items if item not in self.links)
        for item in items:
            self._enqueue(item)

    def _load_later(self, item_pks: Iterable[int]) -> None:
        """Load which items are linked to these."""
        unknown = {pk for pk in item_pks if pk not in self.later_pks}
        if not unknown:
            return
        for pk in unknown:
            self.later_pks[pk] = []

        statement = select(col(ItemLink.earlier_pk), col(ItemLink.item_pk))
        later_pks = set()
        for earlier_pk, item_pk in columns_where_in(
            self.session,
            statement,
            col(ItemLink.earlier_pk),
            unknown,
        ):
            self.later_pks[earlier_pk].append(item_pk)
            later_pks.add(item_pk)

        self._load_items(later_pks)

    def _load_links(self, item_pks: Iterable[int]) -> None:
        """Load the links of items, without evidence, and the threads that they lead to."""
        unknown = set(item_pks)
        if not unknown:
            return
        links = columns_where_in(
            self.session,
            STORED_LINKS,
            col(ItemLink.item_pk),
            unknown,
        )
        rows = list(links)
        earlier_pks = {row.earlier_pk for row in rows}
        self._load_items(unknown | earlier_pks)
        for item_pk in unknown:
            self.links[self.ids[item_pk]] = []

        for row in rows:
            link = stored_link(row, self.ids)
            self.links[link.item].append(link)
        for item_pk in unknown:
            self._sort_links(self.links[self.ids[item_pk]])

    def _sort_links(self, links: list[StoryLink]) -> None:
        """Sort links by score; of equal scores, the newer item first."""
        links.sort(
            key=lambda link: self.positions[link.earlier],
            reverse=True,
        )
        links.sort(key=lambda link: -link.score)

    def _load_items(self, item_pks: Iterable[int]) -> None:
        """Load the positions of items, and their threads with all members."""
        unknown = {pk for pk in item_pks if pk not in self.ids}
        if not unknown:
            return
        statement = (
            select(
                col(Item.pk),
                col(Item.id),
                col(Item.date),
                col(Channel.id),
                col(Item.ordinal),
                col(Thread.id),
            )
            .join(Channel, col(Channel.pk) == col(Item.channel_pk))
            .join(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk), isouter=True)
            .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk), isouter=True)
        )
        threads: set[str] = set()
        rows = columns_where_in(
            self.session,
            statement,
            col(Item.pk),
            unknown,
        )
        for item_pk, item, day, channel, ordinal, thread in rows:
            assert item_pk
            self.pks[item] = item_pk
            self.ids[item_pk] = item
            self.positions[item] = (day, channel, ordinal)
            if thread:
                threads.add(thread)
            elif item not in self.member_of:
                self._begin_thread(item)

        missing = threads - self.members.keys()
        if missing:
            self._load_members(missing)

    def _begin_thread(self, item: str) -> None:
        """Note an item that is the only one of its thread; such threads are not stored."""
        thread = thread_id(item)
        self.member_of[item] = StoryMember(
            thread,
            "new",
            None,
        )
        self.members.setdefault(thread, []).append(item)

    def _load_members(self, threads: Iterable[str]) -> None:
        """Load all members of threads."""
        unknown = sorted(threads)
        # Noted first: loading the items must not load these threads again.
        for thread in unknown:
            self.members.setdefault(thread, [])

        statement = select(
            col(Thread.id),
            col(ThreadMember.item_pk),
            col(ThreadMember.role),
            col(ThreadMember.joined_pk),
        ).join(ThreadMember, col(ThreadMember.thread_pk) == col(Thread.pk))
        rows = list(
            rows_where_in(
                self.session,
                statement,
                col(Thread.id),
                unknown,
            )
        )
        item_pks = {row.item_pk for row in rows}
        joined_pks = {row.joined_pk for row in rows if row.joined_pk}
        self._load_items(item_pks | joined_pks)
        for row in rows:
            item = self.ids[row.item_pk]
            joined = self.ids[row.joined_pk] if row.joined_pk else None
            self.member_of[item] = StoryMember(
                row.id,
                row.role,
                joined,
            )
            self.members[row.id].append(item)

        for thread in unknown:
            self.members[thread].sort(key=self.positions.__getitem__)

    def _write(self) -> None:
        """Write the threads that changed."""
        threads: defaultdict[str, list[MemberRow]] = defaultdict(list)
        for thread in self.changed_threads:
            rows = threads[thread]
            for item in self.members.get(thread, []):
                rows.append(self._member_row(item))

        self.events = replace_threads(self.session, threads)

    def _member_row(self, item: str) -> MemberRow:
        member = self.member_of[item]
        day, _, _ = self.positions[item]
        return MemberRow(
            item_pk=self.pks[item],
            day=day,
            role=member.role,
            joined_pk=self.pks[member.joined] if member.joined else None,
        )
