"""What briefings say of whom, held in memory as columns, so that counting over all of them takes milliseconds.

Loaded from `briefing_facts` and brought to the version a session reads, a segment of some hundred briefings at a time; what is held
never changes, so that whoever reads an older version goes on. Places are numbered through all segments: of each briefing that is
shown first what stands outside of its items, then its items in their order.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.query.columns import arrays
from app.query.columns.arrays import RANKS, EntityTally, Ints, Mask, MentionArrays, Segment, joined
from app.query.filters import conditions as filters
from app.query.filters import families
from app.query.filters.conditions import Built
from app.query.request.filter_syntax import Range, clauses, day_range
from app.query.request.params import Days, Family, ItemFilter
from app.query.snapshot import dataset
from app.store.db import LOOP_BUDGET_SECONDS, WouldBlock, set_timeout
from app.store.encoding.columns import IMPORTANCE, SECTIONS
from app.store.tables import Briefing, BriefingColumns

SEGMENT = 256
"""Briefings (by `pk`) a segment: when one of them changes, its segment is loaded anew."""
# Whoever began before the last change is answered without loading anything.
_VERSIONS = 2


@dataclass
class MentionColumns:
    """All briefings at one version. Of each place: `briefing` (which one of `briefings`) and the columns of its item."""

    version: str
    segments: dict[int, Segment]
    kept: dict[Any, Any] = field(default_factory=dict)
    """What readers made of this version, for each other."""

    def __post_init__(self) -> None:
        """Lay the segments end to end."""
        held = [self.segments[number] for number in sorted(self.segments)]
        self._held = held
        self.newest = int(held[-1].briefings[-1]) if held else 0
        self.starts = np.cumsum([0, *(len(one.briefing) for one in held)])
        before = np.cumsum([0, *(len(one.briefings) for one in held)])
        self.briefings = joined([one.briefings for one in held], np.int64)
        self.days = joined([one.days for one in held], np.int32)
        self.channels = joined([one.channels for one in held], np.int64)
        self.briefing = joined(
            [one.briefing + start for one, start in zip(held, before, strict=False)], np.int32
        )
        items = [one.items for one in held]
        self.item, self.ordinal, self.position, self.section, self.importance = (
            joined([held[:, at] for held in items], kind)
            for at, kind in enumerate((np.uint32, np.uint32, np.uint32, np.uint8, np.uint8))
        )
        self.inside: Mask = self.item != 0
        self.many = int(self.inside.sum())
        self.entities = np.unique(joined([one.entities for one in held], np.uint32))
        self._among = [
            np.searchsorted(self.entities, one.entities).astype(np.int32) for one in held
        ]

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` makes of this version, made once."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def recall(self, kind: str, key: Any, make: Callable[[], Any], most: int) -> Any:
        """The same of what there may be much of: of a kind, the `most` things that were asked for last are kept."""
        held: OrderedDict[Any, Any] = self.remember(kind, OrderedDict)
        # Another thread may be at it: nothing is there before it is whole.
        found = held.pop(key, None)
        if found is None:
            found = make()
        held[key] = found
        while len(held) > most:
            held.popitem(last=False)
        return found

    @cached_property
    def items(self) -> Ints:
        """How many items each of `briefings` has."""
        return np.bincount(self.briefing[self.inside], minlength=len(self.briefings))

    @cached_property
    def order(self) -> tuple[Ints, Ints]:
        """Items (`pk`) by importance, day and ordinal; and of each place, which one of them it is."""
        places = np.lexsort(
            (self.item, self.ordinal, self.days[self.briefing], -RANKS[self.importance])
        )
        which = np.empty(len(places), np.uint32)
        which[places] = np.arange(len(places))
        return self.item[places], which

    @cached_property
    def counts(self) -> EntityTally:
        """Of everything."""
        return self.counted(None)

    def warm_up(self) -> None:
        """Make what most answers need."""
        _ = self.counts, self.order

    def which(self, pks: Iterable[int]) -> list[int]:
        """Where those of `pks` that are named stand among `entities`."""
        wanted = sorted(pks)
        found = self.entities.searchsorted(wanted).tolist()
        return [
            at
            for pk, at in zip(wanted, found, strict=True)
            if at < len(self.entities) and self.entities[at] == pk
        ]

    def mentions(self, pks: Iterable[int]) -> MentionArrays:
        """All mentions of some entities."""
        wanted = sorted(pks)
        found: list[tuple[Ints, Ints, Ints]] = []
        for start, one in zip(self.starts, self._held, strict=False):
            for pk, at in zip(wanted, one.entities.searchsorted(wanted).tolist(), strict=True):
                if at < len(one.entities) and one.entities[at] == pk:
                    own = slice(one.begins[at], one.begins[at + 1])
                    found.append((one.place[own] + start, one.kind[own], one.count[own]))
        if not found:
            return MentionArrays(
                np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.uint8)
            )
        place, kind, count = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(wanted) > 1:
            order = np.lexsort((kind, place))
            return MentionArrays(place[order], kind[order], count[order])
        return MentionArrays(place, kind, count)

    def among_items(self, briefings: Mask | None, section: Sequence[str]) -> Mask | None:
        """The places that are items of `briefings`, in sections as a filter says; None where that is all items."""
        kept = [] if briefings is None else [briefings[self.briefing]]
        asked = any_of(section, lambda values: _is_of(SECTIONS, values)[self.section])
        kept += [] if asked is None else [asked]
        return np.logical_and.reduce([self.inside, *kept]) if kept else None

    def naming(self, pks: Iterable[int]) -> Mask:
        """The places that name one of `pks`."""
        found = np.zeros(len(self.item), np.bool_)
        found[self.mentions(pks).place] = True
        return found

    def named_at(self, places: Mask, pks: Iterable[int]) -> list[int]:
        """Those of `pks` that are named at one of `places`."""
        return [pk for pk in pks if places[self.mentions([pk]).place].any()]

    def together(self, places: Ints) -> Ints:
        """At how many of `places` (in order) each entity is named."""
        found = np.zeros(len(self.entities), np.int64)
        cuts = places.searchsorted(self.starts)
        for start, one, among, first, last in zip(
            self.starts, self._held, self._among, cuts, cuts[1:], strict=False
        ):
            if first == last:
                continue
            own, many = places[first:last] - start, np.diff(one.named_begins)
            if 3 * len(own) > len(many):
                kept = np.zeros(len(many), np.bool_)
                kept[own] = True
                named = one.named[np.repeat(kept, many)]
            else:
                # The runs of rows laid end to end: where each begins, less the rows before it.
                lengths = many[own]
                shift = one.named_begins[own] - np.cumsum(lengths) + lengths
                named = one.named[np.repeat(shift, lengths) + np.arange(lengths.sum())]
            found[among] += np.bincount(named, minlength=len(among))
        return found

    def counted(self, places: Mask | None, kinds: Mask | None = None) -> EntityTally:
        """By entity, in the order of `entities`, what is named at `places`, by mentions of `kinds`; None is all of them."""
        items, mentions, briefings, first, last = (
            np.zeros(len(self.entities), np.int64) for _ in range(5)
        )
        for start, one, among in zip(self.starts, self._held, self._among, strict=False):
            here = None if places is None else places[start : start + len(one.briefing)]
            own = one.counts[0] if here is None and kinds is None else one.counted(here, kinds)
            items[among] += own.items
            mentions[among] += own.mentions
            briefings[among] += own.briefings
            # 0 is no day.
            first[among] = np.where(
                (first[among] == 0) | (own.first != 0) & (own.first < first[among]),
                own.first,
                first[among],
            )
            last[among] = np.maximum(last[among], own.last)
        return EntityTally(items, mentions, briefings, first, last)


def any_of(given: Iterable[str], holds: Callable[[Sequence[str]], Mask]) -> Mask | None:
    """Where all clauses of a parameter hold; `holds` says where any of some values does. None without a clause."""
    kept = [holds(clause.values) ^ clause.negated for clause in clauses(given)]
    return np.logical_and.reduce(kept) if kept else None


def _is_of(names: Sequence[str], values: Sequence[str]) -> Mask:
    """Which of all `names` are among `values`."""
    return np.array([name in values for name in names])


def in_ranges(given: Iterable[str], values: Ints, read: Callable[[str], Range]) -> Mask | None:
    """Which of `values` lie in the ranges of all clauses of a parameter."""

    def lies(ranges: Sequence[str]) -> Mask:
        bounds = [read(text) for text in ranges]
        kept = [
            (values >= (first or 0)) & (True if last is None else values <= last)
            for first, last in bounds
        ]
        found: Mask = np.logical_or.reduce(kept)
        return found

    return any_of(given, lies)


def ordinals(text: str) -> Range:
    """A range of days by their ordinals."""
    first, last = day_range(text)
    return first and first.toordinal(), last and last.toordinal()


def briefing_mask(
    session: Session, held: MentionColumns, query: Days, newest: int | None = None
) -> tuple[Mask | None, Built]:
    """Which of the briefings `query` asks for, up to `newest` (a `pk`), None where it is all of them; and what was found by it."""
    built = Built()
    filters.days(session, query, col(Briefing.date), col(Briefing.channel_pk), built)
    kept = [held.days >= query.from_.toordinal()] if query.from_ else []
    kept += [held.days <= query.to.toordinal()] if query.to else []
    # Days that leave nothing out need not be looked at again.
    kept = [days for days in kept if not days.all()]
    found = built.found
    asked = any_of(
        query.channel,
        lambda values: np.isin(
            held.channels, [pk for value in values for pk in found["channel", value]]
        ),
    )
    kept += [] if asked is None else [asked]
    if newest is not None:
        kept.append(held.briefings <= newest)
    return np.logical_and.reduce(kept) if kept else None, built


# What else items may be asked for.
_OTHERS = set(ItemFilter.model_fields) - {
    *Days.model_fields,
    *Family.model_fields,
    "section",
    "importance",
    "entity",
    "expand",
}


def covers(query: ItemFilter, besides: Collection[str] = ()) -> bool:
    """Whether columns hold all that a filter asks for, what it says of `besides` left out."""
    return not any(getattr(query, name) for name in _OTHERS - set(besides))


def item_mask(session: Session, query: ItemFilter, besides: Collection[str] = ()) -> Mask | None:
    """The places that are items a filter asks for, what it says of `besides` left out. None where it asks for more than columns hold."""
    if not covers(query, besides):
        return None
    held = of(session)
    shown, _ = briefing_mask(session, held, query)

    def named(values: Sequence[str]) -> Mask:
        pks = {pk for value in values for pk in filters.entity_pks(session, value)}
        return held.naming(families.with_members(session, pks) if query.family else pks)

    def labelled(values: Sequence[str]) -> Mask:
        meant: Mask = _is_of(IMPORTANCE, values)[held.importance]
        return meant

    kept = (
        held.among_items(shown, query.section),
        any_of(query.importance, labelled),
        any_of(query.entity, named),
    )
    asked: Mask = np.logical_and.reduce([held.inside, *(mask for mask in kept if mask is not None)])
    return asked


def require_budget(session: Session, seconds: float) -> None:
    """Leave the event loop to others before something that takes about so long."""
    if session.info.get("loop") and seconds > LOOP_BUDGET_SECONDS / 2:
        raise WouldBlock


def of(session: Session) -> MentionColumns:
    """What the briefings say in the snapshot of `session`."""
    memo: dict[str, Any] = session.info.get("cache", {})
    version = dataset.version(session).text
    found: MentionColumns | None = memo.get("facts", {}).get(version)
    if found:
        return found
    if session.info.get("loop"):
        raise WouldBlock
    set_timeout(session)
    with memo.setdefault("facts_lock", threading.Lock()):
        held: dict[str, MentionColumns] = memo.get("facts", {})
        if version not in held:
            found = _load(session, version, list(held.values()))
            found.warm_up()
            # The newest stay; another dictionary, since somebody may be looking something up in this one.
            newest = sorted((*held.values(), found), key=lambda facts: _place(facts.version)[1])[
                -_VERSIONS:
            ]
            memo["facts"] = {facts.version: facts for facts in newest}
            return found
        return held[version]


def _place(version: str) -> tuple[str, int]:
    instance, _, number = version.rpartition("-")
    return instance, int(number)


def _load(session: Session, version: str, held: Iterable[MentionColumns]) -> MentionColumns:
    instance, number = _place(version)
    earlier = [
        facts
        for facts in held
        if _place(facts.version)[0] == instance and _place(facts.version)[1] <= number
    ]
    before = max(earlier, key=lambda facts: _place(facts.version)[1], default=None)
    pk = col(BriefingColumns.briefing_pk)
    if before:
        changed = select(pk).where(col(BriefingColumns.stamp) > _place(before.version)[1])
        numbers = {one // SEGMENT for one in session.exec(changed)}
    else:
        numbers = set(range((session.exec(select(func.max(pk))).one() or 0) // SEGMENT + 1))
    segments = dict(before.segments) if before else {}
    for one in sorted(numbers):
        segments.pop(one, None)
        if segment := _segment(session, one):
            segments[one] = segment
    return MentionColumns(version, segments)


def _segment(session: Session, number: int) -> Segment | None:
    """The segment of that number as it is stored."""
    pk, day = col(BriefingColumns.briefing_pk), col(BriefingColumns.date)
    asked = (
        pk,
        day,
        col(BriefingColumns.channel_pk),
        col(BriefingColumns.items),
        col(BriefingColumns.named),
    )
    mine = (pk >= number * SEGMENT, pk < (number + 1) * SEGMENT, day.is_not(None))
    rows = session.execute(select(*asked).where(*mine).order_by(pk)).all()  # type: ignore[call-overload]
    return arrays.segment(rows) if rows else None
