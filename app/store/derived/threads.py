"""Threads kept in step with the items they are made of.

Links of an item follow from the items of the `WINDOW` days up to it, so what a document changes is looked for in the
`WINDOW` days after it alone. Threads follow from links in the order items are told in: from the first item whose links
changed on, those are placed anew that are linked to a thread that changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, update
from sqlmodel import Session, SQLModel, col, select

from app.normalize.stories.features import Place, StoryFeatures
from app.normalize.stories.threads import (
    SPAN,
    WINDOW,
    StoryLink,
    StoryMember,
    assign_thread,
    before,
    linked,
    thread_id,
)
from app.store.derived.features import FeatureWindow, features_of
from app.store.encoding.batches import batches
from app.store.tables import (
    Briefing,
    Channel,
    Item,
    ItemLink,
    Thread,
    ThreadedDay,
    ThreadMember,
)
from app.store.touched import Touched

# Days decided at once: what is held in memory stays small however many there are.
_STRETCH = 60
_LINK, _THREAD, _MEMBER = (
    SQLModel.metadata.tables[name] for name in ("item_link", "thread", "thread_member")
)
# Places follow from links whatever their evidence is.
_TIES: Any = select(
    *(
        getattr(ItemLink, name)
        for name in ("item_pk", "earlier_pk", "signal", "score", "joins", "same", "news")
    )
)
_LINKS = _TIES.add_columns(col(ItemLink.evidence))


def refresh(session: Session, touched: Touched, recent: FeatureWindow | None = None) -> None:
    """Bring links and threads in step with what was written or removed of `briefings`, and with the names of `items`.

    `recent` are tellings kept of what was written before.
    """
    written = set(touched.briefings)
    days = _days(session, written, touched.items)
    if not days:
        return
    own = {
        pk
        for part in batches(sorted(written))
        for pk in session.exec(select(col(Item.pk)).where(col(Item.briefing_pk).in_(part)))
        if pk
    }
    changed = set(own)
    recent = recent or FeatureWindow()
    recent.forget(days)
    for first, last in _stretches(days):
        changed |= _link(session, recent, first, last)
    recent.keep(before(days[-1]), days[-1])
    _Placing(session).run(changed, own, _broken(session, days))


def mismatches(session: Session) -> Iterator[str]:
    """Yield a sentence for each item that is linked otherwise than it would be now."""
    links, members = stored(session)
    faults = set[str]()
    alone: dict[str, str] = {}
    for telling, found, member in decided(session):
        if _sorted(found) != _sorted(links.get(telling.id, [])):
            faults.add(telling.id)
        # Whether a thread's first item is alone in it shows with its second.
        if member.joined is None:
            alone[member.thread] = telling.id
        elif first := alone.pop(member.thread, None):
            held = members.get(first)
            if held is None or held.thread != member.thread or held.joined:
                faults.add(first)
        if member.joined and members.get(telling.id) != member:
            faults.add(telling.id)
    faults |= alone.values() & members.keys()
    for item in sorted(faults):
        yield f"item {item} is not linked as it would be now"


def rebuild(session: Session) -> int:
    """Link all items again."""
    pks = session.exec(select(Briefing.pk)).all()
    session.execute(delete(ItemLink))
    session.execute(delete(ThreadMember))
    session.execute(delete(Thread))
    refresh(session, Touched(briefings={pk for pk in pks if pk}))
    return session.exec(select(func.count()).select_from(Thread)).one()


def decided(session: Session) -> Iterator[tuple[StoryFeatures, list[StoryLink], StoryMember]]:
    """Every item with its links and its place, decided from the documents alone; nothing that is stored of threads is read."""
    ends = session.exec(select(func.min(Item.date), func.max(Item.date))).one()
    thread_of: dict[str, str] = {}
    members: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    day, end = (at.toordinal() if at else 0 for at in ends)
    while 0 < day <= end:
        first, last = date.fromordinal(day), date.fromordinal(min(day + _STRETCH, end))
        there = features_of(session, before(first), last).values()
        links = linked(list(there), first, last)
        for telling in sorted(
            (telling for telling in there if telling.id in links), key=lambda telling: telling.place
        ):
            member = assign_thread(telling.id, telling.day, links[telling.id], thread_of, members)
            thread_of[telling.id] = member.thread
            members[member.thread].append((telling.day, telling.id))
            yield telling, links[telling.id], member
        day += _STRETCH + 1


def stored(session: Session) -> tuple[dict[str, list[StoryLink]], dict[str, StoryMember]]:
    """What is stored: links by item, and the places of those that are not alone in their thread."""
    ids = {pk: item for pk, item in session.exec(select(col(Item.pk), col(Item.id))) if pk}
    links: defaultdict[str, list[StoryLink]] = defaultdict(list)
    for row in session.exec(select(ItemLink)):
        links[ids[row.item_pk]].append(_link_of(row, ids[row.item_pk], ids[row.earlier_pk]))
    rows = session.exec(
        select(ThreadMember, col(Thread.id)).join(
            Thread, col(Thread.pk) == col(ThreadMember.thread_pk)
        )
    )
    return links, {
        ids[row.item_pk]: StoryMember(thread, row.role, ids.get(row.joined_pk or 0))  # type: ignore[arg-type]
        for row, thread in rows
    }


def _days(session: Session, briefings: set[int], items: Iterable[int]) -> list[date]:
    """The days that were written, as they were and as they are."""
    days: set[date] = set()
    for part in batches(sorted(briefings)):
        days.update(
            session.exec(
                select(col(ThreadedDay.date)).where(col(ThreadedDay.briefing_pk).in_(part))
            )
        )
        session.execute(delete(ThreadedDay).where(col(ThreadedDay.briefing_pk).in_(part)))
        shown = (col(Briefing.pk).in_(part), col(Briefing.draft).is_(False))
        for pk, day in session.exec(
            select(col(Briefing.pk), col(Briefing.date)).where(*shown)
        ).all():
            assert pk
            days.add(day)
            session.add(ThreadedDay(briefing_pk=pk, date=day))
    for part in batches(sorted(set(items))):
        days.update(session.exec(select(col(Item.date)).where(col(Item.pk).in_(part)).distinct()))
    session.flush()
    return sorted(days)


def _stretches(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """The days to decide: each of `days` and `WINDOW` more, joined where they meet, cut where they grow long."""
    joined: list[tuple[int, int]] = []
    for day in (day.toordinal() for day in days):
        end = min(day + WINDOW, date.max.toordinal())
        if joined and day <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((day, end))
    for first, end in joined:
        for start in range(first, end + 1, _STRETCH + 1):
            yield date.fromordinal(start), date.fromordinal(min(start + _STRETCH, end))


def _link(session: Session, recent: FeatureWindow, first: date, last: date) -> set[int]:
    """Decide the links of the items of some days anew; the items (`pk`) for which they changed."""
    there = recent.tellings(session, before(first), last)
    pks = {telling.id: pk for pk, telling in there.items()}
    found = linked(list(there.values()), first, last)
    held: defaultdict[int, list[StoryLink]] = defaultdict(list)
    for part in batches(sorted(pks[item] for item in found)):
        for row in session.execute(_LINKS.where(col(ItemLink.item_pk).in_(part))):
            earlier = there[row.earlier_pk].id if row.earlier_pk in there else ""
            held[row.item_pk].append(_link_of(row, there[row.item_pk].id, earlier))
    changed = {
        pks[item] for item, links in found.items() if _sorted(links) != _sorted(held[pks[item]])
    }
    for part in batches(sorted(changed)):
        session.execute(delete(ItemLink).where(col(ItemLink.item_pk).in_(part)))
    rows = [
        {
            "item_pk": pks[item], "earlier_pk": pks[link.earlier], "signal": link.signal, "score": link.score,
            "joins": link.joins, "same": link.same, "news": link.news, "evidence": link.evidence,
        }
        for item, links in found.items() if pks[item] in changed for link in links
    ]  # fmt: skip
    if rows:
        session.execute(insert(_LINK), rows)
    return changed


def _sorted(links: Iterable[StoryLink]) -> list[StoryLink]:
    return sorted(links, key=lambda link: link.earlier)


def _link_of(row: Any, item: str, earlier: str) -> StoryLink:
    return StoryLink(
        item, earlier, row.signal, row.score, row.joins, row.same, row.news, row.evidence
    )


def _broken(session: Session, days: Iterable[date]) -> set[str]:
    """The threads around some days that lost a member."""
    found: set[str] = set()
    counted = (
        select(func.count())
        .select_from(ThreadMember)
        .where(col(ThreadMember.thread_pk) == col(Thread.pk))
        .scalar_subquery()
    )
    upto = date.min
    for day in days:
        # Threads that hold the day begin at most so much earlier.
        begin = max(before(day, SPAN), upto)
        around = (
            col(Thread.first_date) >= begin,
            col(Thread.first_date) <= day,
            col(Thread.items) != counted,
        )
        found.update(session.exec(select(col(Thread.id)).where(*around)))
        upto = day
    return found


class _Placing:
    """Items being placed anew: what is known so far of their links, threads and members, by id."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.pks: dict[str, int] = {}
        self.ids: dict[int, str] = {}
        self.place: dict[str, Place] = {}
        self.links: dict[str, list[StoryLink]] = {}
        self.later: dict[int, list[int]] = {}
        self.member: dict[str, StoryMember] = {}
        self.members: dict[str, list[str]] = {}
        self.written: set[str] = set()
        self._queue: list[tuple[Place, str]] = []
        self._queued: set[str] = set()

    def run(self, changed: Iterable[int], own: Iterable[int], broken: Iterable[str]) -> None:
        """Place the items that `changed`, and all that follows; `own` may also stand in another order than before."""
        self.written |= set(broken)
        self._know(changed)
        # At once, what would be asked for thread by thread.
        self._link_back(self.ids)
        for pk in changed:
            self._push(self.ids[pk])
        for thread in sorted(
            {self.member[self.ids[pk]].thread for pk in own if pk in self.ids} | set(broken)
        ):
            self._touch(thread, None)
        while self._queue:
            at, item = heappop(self._queue)
            self._decide(item, at)
        self._write()

    def _push(self, item: str) -> None:
        if item not in self._queued:
            self._queued.add(item)
            heappush(self._queue, (self.place[item], item))

    def _decide(self, item: str, at: Place) -> None:
        if item not in self.links:
            self._know([self.pks[item]])
        was = self.member[item]
        self.members[was.thread].remove(item)
        before: dict[str, list[tuple[date, str]]] = {}
        thread_of: dict[str, str] = {}
        for link in self.links[item]:
            thread = thread_of[link.earlier] = self.member[link.earlier].thread
            before[thread] = [
                (self.place[m][0], m) for m in self.members[thread] if self.place[m] < at
            ]
        now = self.member[item] = assign_thread(item, at[0], self.links[item], thread_of, before)
        self.members.setdefault(now.thread, []).append(item)
        self.members[now.thread].sort(key=self.place.__getitem__)
        if now != was:
            self.written |= {was.thread, now.thread}
        if now.thread != was.thread:
            self._touch(was.thread, at)
            self._touch(now.thread, at)

    def _touch(self, thread: str, after: Place | None) -> None:
        """Whoever is linked to a thread that changed is placed anew, as are its own members."""
        if thread not in self.members:
            self._load_members([thread])
        self._link_back(self.pks[item] for item in self.members[thread])
        linking = (
            self.ids[pk] for item in self.members[thread] for pk in self.later[self.pks[item]]
        )
        again = [
            item
            for item in {*linking, *self.members[thread]}
            if after is None or self.place[item] > after
        ]
        self._know(self.pks[item] for item in again if item not in self.links)
        for item in again:
            self._push(item)

    def _link_back(self, pks: Iterable[int]) -> None:
        """Load which items are linked to these."""
        unknown = sorted({pk for pk in pks if pk not in self.later})
        self.later |= {pk: [] for pk in unknown}
        for part in batches(unknown):
            columns = (col(ItemLink.earlier_pk), col(ItemLink.item_pk))
            for earlier, pk in self.session.execute(
                select(*columns).where(col(ItemLink.earlier_pk).in_(part))
            ):
                self.later[earlier].append(pk)
        self._locate({pk for earlier in unknown for pk in self.later[earlier]})

    def _know(self, pks: Iterable[int]) -> None:
        """Load links, threads and members around items."""
        wanted = sorted(set(pks))
        rows = [
            r
            for part in batches(wanted)
            for r in self.session.execute(_TIES.where(col(ItemLink.item_pk).in_(part)))
        ]
        self._locate({*wanted, *(row.earlier_pk for row in rows)})
        for pk in wanted:
            self.links[self.ids[pk]] = []
        for row in rows:
            item, earlier = self.ids[row.item_pk], self.ids[row.earlier_pk]
            self.links[item].append(
                StoryLink(item, earlier, row.signal, row.score, row.joins, row.same, row.news, {})
            )
        for pk in wanted:
            held = self.links[self.ids[pk]]
            held.sort(key=lambda link: self.place[link.earlier], reverse=True)
            held.sort(key=lambda link: -link.score)

    def _locate(self, pks: Iterable[int]) -> None:
        """Load where items stand, and the threads they are in, with all members."""
        unknown = sorted({pk for pk in pks if pk not in self.ids})
        threads: set[str] = set()
        for part in batches(unknown):
            for pk, item, day, channel, ordinal, thread in self.session.execute(
                select(
                    col(Item.pk),
                    col(Item.id),
                    col(Item.date),
                    col(Channel.id),
                    col(Item.ordinal),
                    col(Thread.id),
                )  # type: ignore[call-overload]
                .join(Channel, col(Channel.pk) == col(Item.channel_pk))
                .join(ThreadMember, col(ThreadMember.item_pk) == col(Item.pk), isouter=True)
                .join(Thread, col(Thread.pk) == col(ThreadMember.thread_pk), isouter=True)
                .where(col(Item.pk).in_(part))
            ):
                self.pks[item], self.ids[pk], self.place[item] = pk, item, (day, channel, ordinal)
                if thread:
                    threads.add(thread)
                elif item not in self.member:
                    self.member[item] = StoryMember(thread_id(item), "new", None)
                    self.members.setdefault(thread_id(item), []).append(item)
        if missing := threads - self.members.keys():
            self._load_members(sorted(missing))

    def _load_members(self, threads: Iterable[str]) -> None:
        for part in batches(list(threads)):
            for thread in part:
                self.members.setdefault(thread, [])
            rows = self.session.execute(
                select(
                    col(Thread.id),
                    col(ThreadMember.item_pk),
                    col(ThreadMember.role),
                    col(ThreadMember.joined_pk),
                )
                .join(ThreadMember, col(ThreadMember.thread_pk) == col(Thread.pk))
                .where(col(Thread.id).in_(part))
            ).all()
            held = {pk: (thread, role, joined) for thread, pk, role, joined in rows}
            for pk in held:
                # Known before it is looked for, so that no thread is loaded within itself.
                self.members[held[pk][0]] = self.members[held[pk][0]] or []
            self._locate({*held, *(joined for _, _, joined in held.values() if joined)})
            for pk, (thread, role, joined) in held.items():
                item = self.ids[pk]
                self.member[item] = StoryMember(thread, role, self.ids.get(joined or 0))
                self.members[thread].append(item)
            for thread in part:
                self.members[thread].sort(key=self.place.__getitem__)

    def _write(self) -> None:
        """Put down the threads that changed."""
        kept = {
            thread: held for thread in self.written if len(held := self.members.get(thread, [])) > 1
        }
        numbers: dict[str, int] = {}
        for part in batches(sorted(self.written)):
            numbers |= dict(
                self.session.execute(
                    select(col(Thread.id), col(Thread.pk)).where(col(Thread.id).in_(part))
                ).all()
            )
        for some in batches(sorted(numbers.values())):
            self.session.execute(delete(ThreadMember).where(col(ThreadMember.thread_pk).in_(some)))
        for some in batches(
            sorted(
                {self.pks[item] for thread in self.written for item in self.members.get(thread, [])}
            )
        ):
            self.session.execute(delete(ThreadMember).where(col(ThreadMember.item_pk).in_(some)))
        for some in batches(sorted(numbers[thread] for thread in numbers.keys() - kept.keys())):
            self.session.execute(delete(Thread).where(col(Thread.pk).in_(some)))
        columns = {
            thread: {
                "items": len(held),
                "first_date": self.place[held[0]][0],
                "last_date": self.place[held[-1]][0],
            }
            for thread, held in sorted(kept.items())
        }
        if known := [
            {"held": numbers[thread], **values}
            for thread, values in columns.items()
            if thread in numbers
        ]:
            self.session.execute(update(_THREAD).where(_THREAD.c.pk == bindparam("held")), known)
        if fresh := [
            {"id": thread, **values} for thread, values in columns.items() if thread not in numbers
        ]:
            made = self.session.execute(
                insert(_THREAD).returning(_THREAD.c.id, _THREAD.c.pk), fresh
            )
            numbers |= dict(made.all())
        members = [
            {
                "item_pk": self.pks[item],
                "thread_pk": numbers[thread],
                "role": member.role,
                "joined_pk": self.pks.get(member.joined or ""),
            }
            for thread, held in sorted(kept.items())
            for item in held
            if (member := self.member[item])
        ]
        if members:
            self.session.execute(insert(_MEMBER), members)
