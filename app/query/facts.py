"""What briefings say of whom, held in memory as columns, so that counting over all of them takes milliseconds.

Loaded from `briefing_facts` and brought to the version a session reads, a segment of some hundred briefings at a time; what is held
never changes, so that whoever reads an older version goes on. Places are numbered through all segments: of each briefing that is
shown first what stands outside of its items, then its items in their order.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.normalize.facts import IMPORTANCE, ITEM, NAMED, SECTIONS, unpack
from app.query import dataset, filters
from app.query.clauses import clauses
from app.query.filters import Built
from app.query.params import Days
from app.store.db import QUICK, Slow
from app.store.tables import Briefing, BriefingFacts

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SEGMENT = 256
"""Briefings (by `pk`) a segment: when one of them changes, its segment is loaded anew."""
RANKS = np.array([0 if name == "unknown" else rank for rank, name in enumerate(IMPORTANCE)])
"""Of each code of importance, what items are sorted by."""
# Whoever began before the last change is answered without loading anything.
_VERSIONS = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """By entity: the items and briefings that name it, how often, the first and the last day (ordinals; 0 where nothing does)."""

    items: Ints
    mentions: Ints
    briefings: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True, slots=True)
class Segment:
    """Some hundred briefings. `entities` are in order; the mentions of the nth, by place and kind, are those from `begins[n]` to `begins[n + 1]`."""

    briefings: Ints
    days: Ints
    channels: Ints
    briefing: Ints
    """Of each place, which one of `briefings`."""
    items: Ints
    """Of each place, the columns of `ITEM`; zeros for what stands outside."""
    entities: Ints
    begins: Ints
    place: Ints
    kind: Ints
    count: Ints
    named: Ints
    """The entities named at each place, each once: those of the nth place from `named_begins[n]` on."""
    named_begins: Ints
    counts: list[Counts] = field(default_factory=list)
    """Of all of it."""

    def __post_init__(self) -> None:
        """Count all of it."""
        whole = self.counted(None, None)
        self.counts.append(Counts(*(_small(getattr(whole, name)) for name in Counts.__slots__)))

    def counted(self, places: Mask | None, kinds: Mask | None) -> Counts:
        """What is named at `places`, by mentions of `kinds`; None is all of them."""
        many = len(self.entities)
        entity = np.repeat(np.arange(many), np.diff(self.begins))
        place, count = self.place, self.count
        if places is not None or kinds is not None:
            kept = np.ones(len(place), np.bool_) if places is None else places[place]
            kept = kept if kinds is None else kept & kinds[self.kind]
            entity, place, count = entity[kept], place[kept], count[kept]
        fresh, briefing = changes(entity), self.briefing[place]
        elsewhere, another = fresh | changes(place), fresh | changes(briefing)
        runs, day = np.flatnonzero(fresh), self.days[briefing]
        first, last = np.zeros(many, np.int64), np.zeros(many, np.int64)
        if len(runs):
            first[entity[runs]], last[entity[runs]] = np.minimum.reduceat(day, runs), np.maximum.reduceat(day, runs)
        return Counts(
            np.bincount(entity[elsewhere & (self.items[:, 0] != 0)[place]], minlength=many),
            np.bincount(entity, count, many).astype(np.int64),
            np.bincount(entity[another], minlength=many),
            first,
            last,
        )


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions of an entity or several: so many (`count`) of a `kind` at a `place`. In the order of places."""

    place: Ints
    kind: Ints
    count: Ints

    def where(self, kept: Mask) -> "Mentions":
        """Those that are `kept`."""
        return Mentions(self.place[kept], self.kind[kept], self.count[kept])

    def places(self) -> "Places":
        """The places, each once."""
        runs = np.flatnonzero(changes(self.place))
        kinds = np.left_shift(1, self.kind, dtype=np.uint8)
        return Places(self.place[runs], np.bitwise_or.reduceat(kinds, runs) if len(runs) else kinds)


@dataclass(frozen=True, slots=True)
class Places:
    """Places, and the kinds of mention at each: a bit for each of `KINDS`."""

    place: Ints
    kinds: Ints


@dataclass
class Facts:
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
        self.briefings = _joined([one.briefings for one in held], np.int64)
        self.days = _joined([one.days for one in held], np.int32)
        self.channels = _joined([one.channels for one in held], np.int64)
        self.briefing = _joined([one.briefing + start for one, start in zip(held, before, strict=False)], np.int32)
        items = [one.items for one in held]
        self.item, self.ordinal, self.position, self.section, self.importance = (
            _joined([columns[:, at] for columns in items], kind)
            for at, kind in enumerate((np.uint32, np.uint32, np.uint32, np.uint8, np.uint8))
        )
        self.inside: Mask = self.item != 0
        self.many = int(self.inside.sum())
        self.entities = np.unique(_joined([one.entities for one in held], np.uint32))
        self._among = [np.searchsorted(self.entities, one.entities).astype(np.int32) for one in held]

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` makes of this version, made once."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    @cached_property
    def items(self) -> Ints:
        """How many items each of `briefings` has."""
        return np.bincount(self.briefing[self.inside], minlength=len(self.briefings))

    @cached_property
    def order(self) -> tuple[Ints, Ints]:
        """Items (`pk`) by importance, day and ordinal; and of each place, which one of them it is."""
        places = np.lexsort((self.item, self.ordinal, self.days[self.briefing], -RANKS[self.importance]))
        which = np.empty(len(places), np.uint32)
        which[places] = np.arange(len(places))
        return self.item[places], which

    @cached_property
    def counts(self) -> Counts:
        """Of everything."""
        return self.counted(None)

    def warm_up(self) -> None:
        """Make what most answers need."""
        _ = self.counts, self.order

    def which(self, pks: Iterable[int]) -> list[int]:
        """Where those of `pks` that are named stand among `entities`."""
        wanted = sorted(pks)
        found = self.entities.searchsorted(wanted).tolist()
        return [at for pk, at in zip(wanted, found, strict=True) if at < len(self.entities) and self.entities[at] == pk]

    def mentions(self, pks: Iterable[int]) -> Mentions:
        """All mentions of some entities."""
        wanted = sorted(pks)
        found: list[tuple[Ints, Ints, Ints]] = []
        for start, one in zip(self.starts, self._held, strict=False):
            for pk, at in zip(wanted, one.entities.searchsorted(wanted).tolist(), strict=True):
                if at < len(one.entities) and one.entities[at] == pk:
                    own = slice(one.begins[at], one.begins[at + 1])
                    found.append((one.place[own] + start, one.kind[own], one.count[own]))
        if not found:
            return Mentions(*(np.zeros(0, np.int64) for _ in range(3)))
        place, kind, count = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(wanted) > 1:
            order = np.lexsort((kind, place))
            return Mentions(place[order], kind[order], count[order])
        return Mentions(place, kind, count)

    def among_items(self, briefings: Mask | None, section: Sequence[str]) -> Mask | None:
        """The places that are items of `briefings`, in sections as a filter says; None where that is all items."""
        kept = [] if briefings is None else [briefings[self.briefing]]
        for clause in clauses(section):
            kept.append(np.isin(self.section, [SECTIONS.index(name) for name in clause.values]) ^ clause.negated)
        return np.logical_and.reduce([self.inside, *kept]) if kept else None

    def named_at(self, places: Mask, pks: Iterable[int]) -> list[int]:
        """Those of `pks` that are named at one of `places`."""
        return [pk for pk in pks if places[self.mentions([pk]).place].any()]

    def together(self, places: Ints) -> Ints:
        """At how many of `places` (in order) each entity is named."""
        found = [np.zeros(0, np.int32)]
        cuts = places.searchsorted(self.starts)
        for start, one, among, first, last in zip(self.starts, self._held, self._among, cuts, cuts[1:], strict=False):
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
            found.append(among[named])
        return np.bincount(np.concatenate(found), minlength=len(self.entities))

    def counted(self, places: Mask | None, kinds: Mask | None = None) -> Counts:
        """By entity, in the order of `entities`, what is named at `places`, by mentions of `kinds`; None is all of them."""
        items, mentions, briefings, first, last = (np.zeros(len(self.entities), np.int64) for _ in range(5))
        for start, one, among in zip(self.starts, self._held, self._among, strict=False):
            here = None if places is None else places[start : start + len(one.briefing)]
            own = one.counts[0] if here is None and kinds is None else one.counted(here, kinds)
            items[among] += own.items
            mentions[among] += own.mentions
            briefings[among] += own.briefings
            # 0 is no day.
            first[among] = np.where((first[among] == 0) | (own.first != 0) & (own.first < first[among]), own.first, first[among])
            last[among] = np.maximum(last[among], own.last)
        return Counts(items, mentions, briefings, first, last)


def _joined(parts: Sequence[Ints], kind: Any) -> Ints:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)


def changes(values: Ints) -> Mask:
    """Where another value begins."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def rounded(values: Floats, digits: int) -> Floats:
    """Each number as `round` rounds it; that alone knows what becomes of one in the middle."""
    scaled = values * 10.0**digits
    found = np.rint(scaled) / 10.0**digits
    for at in np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-6):
        found[at] = round(float(values[at]), digits)
    return found


def within(session: Session, held: Facts, query: Days, newest: int | None = None) -> tuple[Mask | None, Built]:
    """Which of the briefings `query` asks for, up to `newest` (a `pk`), None where it is all of them; and what was found by it."""
    built = Built()
    filters.days(session, query, col(Briefing.date), col(Briefing.channel_pk), built)
    kept = []
    if query.from_:
        kept.append(held.days >= query.from_.toordinal())
    if query.to:
        kept.append(held.days <= query.to.toordinal())
    for clause in clauses(query.channel):
        meant = set().union(*(built.found["channel", value] for value in clause.values))
        kept.append(np.isin(held.channels, sorted(meant)) ^ clause.negated)
    if newest is not None:
        kept.append(held.briefings <= newest)
    return np.logical_and.reduce(kept) if kept else None, built


def take_time(session: Session, seconds: float) -> None:
    """Leave the event loop to others before something that takes about so long."""
    if session.info.get("quick") and seconds > QUICK / 2:
        raise Slow


def of(session: Session) -> Facts:
    """What the briefings say in the snapshot of `session`."""
    memo: dict[str, Any] = session.info.get("memo", {})
    version = dataset.version(session).text
    found: Facts | None = memo.get("facts", {}).get(version)
    if found:
        return found
    if session.info.get("quick"):
        raise Slow
    with memo.setdefault("facts_lock", threading.Lock()):
        held: dict[str, Facts] = memo.get("facts", {})
        if version not in held:
            found = _load(session, version, list(held.values()))
            found.warm_up()
            # The newest stay; another dictionary, since somebody may be looking something up in this one.
            newest = sorted((*held.values(), found), key=lambda facts: _place(facts.version)[1])[-_VERSIONS:]
            memo["facts"] = {facts.version: facts for facts in newest}
            return found
        return held[version]


def _place(version: str) -> tuple[str, int]:
    instance, _, number = version.rpartition("-")
    return instance, int(number)


def _load(session: Session, version: str, held: Iterable[Facts]) -> Facts:
    instance, number = _place(version)
    earlier = [facts for facts in held if _place(facts.version)[0] == instance and _place(facts.version)[1] <= number]
    before = max(earlier, key=lambda facts: _place(facts.version)[1], default=None)
    pk = col(BriefingFacts.briefing_pk)
    if before:
        changed = select(pk).where(col(BriefingFacts.stamp) > _place(before.version)[1])
        numbers = {one // SEGMENT for one in session.exec(changed)}
    else:
        numbers = set(range((session.exec(select(func.max(pk))).one() or 0) // SEGMENT + 1))
    segments = dict(before.segments) if before else {}
    for one in sorted(numbers):
        segments.pop(one, None)
        if segment := _segment(session, one):
            segments[one] = segment
    return Facts(version, segments)


def _segment(session: Session, number: int) -> Segment | None:
    """The segment of that number as it is stored."""
    pk, day = col(BriefingFacts.briefing_pk), col(BriefingFacts.date)
    columns = (pk, day, col(BriefingFacts.channel_pk), col(BriefingFacts.items), col(BriefingFacts.named))
    mine = (pk >= number * SEGMENT, pk < (number + 1) * SEGMENT, day.is_not(None))
    rows = session.execute(select(*columns).where(*mine).order_by(pk)).all()  # type: ignore[call-overload]
    if not rows:
        return None
    items = [unpack(row.items, ITEM) for row in rows]
    named = [unpack(row.named, NAMED) for row in rows]
    many = np.array([len(held) + 1 for held in items])
    begins = np.cumsum(many) - many
    outside = np.zeros((1, len(ITEM)), np.uint32)
    place, entity, kind, count = np.concatenate(named).T.astype(np.int64)
    place += np.repeat(begins, [len(held) for held in named])
    order = np.argsort(entity << 32 | place << 8 | kind)
    entity, place = entity[order], place[order]
    entities, first = np.unique(entity, return_index=True)
    runs = np.append(first, len(entity))
    which = np.repeat(np.arange(len(entities)), np.diff(runs))
    once = changes(entity) | changes(place)
    at, who = _small(place[once]), which[once]
    return Segment(
        briefings=np.array([row.briefing_pk for row in rows], np.int64),
        days=np.array([row.date.toordinal() for row in rows], np.int32),
        channels=np.array([row.channel_pk for row in rows], np.int64),
        briefing=_small(np.repeat(np.arange(len(rows)), many)),
        items=np.concatenate([part for held in items for part in (outside, held)]),
        entities=entities.astype(np.uint32),
        begins=runs.astype(np.int32),
        place=_small(place),
        kind=_small(kind[order]),
        count=_small(count[order]),
        # Stable, so that it is a sort by digits.
        named=_small(who[np.argsort(at, kind="stable")]),
        named_begins=np.append(0, np.cumsum(np.bincount(at, minlength=int(many.sum())))).astype(np.int32),
    )


def _small(values: Ints) -> Ints:
    """The same numbers in as few bytes each as the greatest needs."""
    return values.astype(np.min_scalar_type(int(values.max()))) if len(values) else values.astype(np.uint8)
