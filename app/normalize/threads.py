"""Which items tell one story: links between two items, each with its signals, and threads made of them.

A pair is linked by the same article, the same paper, an explicit reference, or by title, names and text together; rarity is
counted over the items of the `WINDOW` days up to the later one, so that a link is a function of these days alone. Precision
comes before recall: what only may be one story is left apart.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import fsum
from typing import Any, Literal

from app.normalize.identity import stable_id
from app.normalize.lexicon import english
from app.normalize.rarity import Rarity, cosine, figures, versions, words
from app.normalize.references import reference, referred
from app.normalize.text import fold

WINDOW = 30
"""Days before an item that its links look back on."""
SPAN = 120
"""Days from a thread's first member to its last, at most."""

Role = Literal["new", "continuing", "update", "duplicate"]
Place = tuple[date, str, int]
"""Day, channel and ordinal: the order items are told in."""

TITLED, LISTED, IN_TEXT = 1.0, 0.7, 0.35
"""How much is made of a name: in the title, on the entity line, in the text."""

NAMED = "named"
"""The type of what nobody knows more of than that it is written like a name."""

_LONGEST = 800
# A source that more items of the window cite is a collection, a home page, a slip; a name or word in more is no candidate's.
_MOST_CITING = 4
_HOT = 40
_DIRECT = {"paper": 0.97, "article": 0.95, "reference": 0.9}
# Things are what stories are about; who makes them has many; terms say little.
_KINDS = {"model": 1.0, "product": 1.0, "event": 1.0, "dataset": 1.0, "method": 1.0, "chip": 0.6, "org": 0.6, "person": 0.6, NAMED: 0.6}
_TERM = 0.25
# Scores are joined by noisy-or, each signal weakened by how far it is trusted alone.
_TITLE, _NAMES, _TEXT = 0.75, 0.85, 0.75
_MISSED = 0.88
# How far the texts must agree, of 1, where both titles name the same version of something, or a subject in common.
_SAME_VERSION, _SAME_SUBJECT = 0.22, 0.27
_SAME_BODY = 0.1
_WHO = ("org", "person")
_SOON, _WHO_AGAIN = 7, 0.2
_PROPER = re.compile(r"[A-Z][A-Za-z]{2,}")
_JOIN, _LATER, _SUPPORT = 0.55, 0.1, 0.42
_MOST_LINKS = 8
_RECENT = 3
_ALIKE, _SOMEWHAT = 0.75, 0.3


@dataclass(frozen=True, slots=True)
class Naming:
    """How an item names an entity: `weight` is `TITLED`, `LISTED` or `IN_TEXT`, `at` where in the title."""

    type: str
    weight: float
    at: int = 0


@dataclass(frozen=True)
class Telling:
    """An item, as far as it tells a story. `sources` and `papers` are ids of what it cites and can be cited by another."""

    id: str
    briefing: str
    place: Place
    title: str
    text: str
    sources: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    names: Mapping[str, Naming] | None = None

    @property
    def day(self) -> date:
        return self.place[0]

    @cached_property
    def named(self) -> Mapping[str, Naming]:
        return self.names or {}

    @cached_property
    def whole(self) -> str:
        return f"{self.title}\n{self.text[:_LONGEST]}"

    @cached_property
    def titled(self) -> frozenset[str]:
        return frozenset(words(self.title))

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(words(self.whole))

    @cached_property
    def body(self) -> frozenset[str]:
        """What its text says beside its title."""
        return frozenset(words(self.text[:_LONGEST])) - self.titled

    @cached_property
    def proper(self) -> frozenset[str]:
        """The Latin words of its title that are written as names and are no word of the field: of names nobody knows yet."""
        return frozenset(folded for word in _PROPER.findall(self.title) if (folded := fold(word)) not in english())

    @cached_property
    def versions(self) -> frozenset[str]:
        return versions(self.title)

    @cached_property
    def figures(self) -> frozenset[str]:
        return figures(self.whole)

    @cached_property
    def refers(self) -> bool:
        """Whether it only says where it is told in full."""
        return reference(self.text) is not None

    @cached_property
    def prominent(self) -> frozenset[str]:
        """The things, organisations and people its title or entity line names."""
        return frozenset(name for name, naming in self.named.items() if is_name(naming) and naming.weight >= LISTED)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The things, organisations and people its title names."""
        return frozenset(name for name, naming in self.named.items() if naming.weight == TITLED and is_name(naming))

    @cached_property
    def lead(self) -> str | None:
        """The first thing its title names."""
        things = [(self.named[name].at, name) for name in self.subjects if self.named[name].type not in _WHO]
        return min(things)[1] if things else None


@dataclass(frozen=True, slots=True)
class Link:
    """What ties an item to an earlier one. `joins`: strong enough to make them one story, else it only supports that."""

    item: str
    earlier: str
    signal: str
    score: float
    joins: bool
    same: bool
    """Whether both are reports of one thing: one article, one paper, nearly one title, a reference."""
    news: bool
    """Whether the later one gives figures that the earlier one does not."""
    evidence: dict[str, Any]


class Window:
    """The items of the days up to one, as they are looked back on, and how rare is what they hold."""

    def __init__(self, tellings: Iterable[Telling] = ()) -> None:
        """The items given are counted in."""
        self.held: dict[str, Telling] = {}
        self.titles, self.names, self.texts, self.cited = Rarity(), Rarity(), Rarity(), Rarity()
        self._vectors: dict[str, dict[str, float]] = {}
        self._by: defaultdict[str, dict[str, Telling]] = defaultdict(dict)
        for telling in tellings:
            self.add(telling)

    def add(self, telling: Telling) -> None:
        """Count in an item."""
        self._vectors.clear()
        self.held[telling.id] = telling
        self.titles.add(telling.titled)
        self.names.add(telling.named)
        self.texts.add(telling.counts)
        self.cited.add(telling.sources | telling.papers)
        for key in _keys(telling):
            self._by[key][telling.id] = telling

    def remove(self, telling: Telling) -> None:
        """Count out an item."""
        self._vectors.clear()
        del self.held[telling.id]
        self.titles.remove(telling.titled)
        self.names.remove(telling.named)
        self.texts.remove(telling.counts)
        self.cited.remove(telling.sources | telling.papers)
        for key in _keys(telling):
            del self._by[key][telling.id]

    def candidates(self, telling: Telling) -> list[Telling]:
        """Earlier items that share anything with it that few do, in order."""
        near: dict[str, Telling] = {}
        for key in _keys(telling):
            if len(sharing := self._by[key]) <= _HOT:
                near |= sharing
        return sorted((other for other in near.values() if other.place < telling.place), key=lambda other: other.place)

    def links(self, telling: Telling) -> list[Link]:
        """The links of an item to earlier ones, the strongest first, at most eight."""
        found = [link for other in self.candidates(telling) if (link := self.link(telling, other))]
        place = {link.earlier: self.held[link.earlier].place for link in found}
        found.sort(key=lambda link: place[link.earlier], reverse=True)
        found.sort(key=lambda link: -link.score)
        return found[:_MOST_LINKS]

    def link(self, later: Telling, earlier: Telling) -> Link | None:
        """What ties two items, if anything does."""
        direct = self._direct(later, earlier)
        alike, shared = self.titles.dice(later.titled, earlier.titled)
        alike *= min(1.0, shared / 12)
        signals: dict[str, Any] = {}
        score = 0.0
        if direct:
            signal, score, signals = direct
        else:
            if _at_odds(later, earlier):
                return None
            if (found := self.alike(later, earlier)) is None:
                return None
            score, signals = found
            signal = max((name for name in ("title", "names", "text")), key=lambda name: signals[name]["score"])
        gap = (later.day - earlier.day).days
        joins = bool(direct) or (score >= _JOIN + _LATER * min(1.0, gap / 21) and self._tells(later, earlier, signals))
        return Link(
            item=later.id,
            earlier=earlier.id,
            signal=signal,
            score=round(score, 3),
            joins=joins,
            same=bool(direct) or alike >= _ALIKE,
            news=bool(later.figures - earlier.figures),
            evidence=signals,
        )

    def _direct(self, later: Telling, earlier: Telling) -> tuple[str, float, dict[str, Any]] | None:
        for signal, one, other in (("paper", later.papers, earlier.papers), ("article", later.sources, earlier.sources)):
            if same := sorted(source for source in one & other if self.cited.count(source) <= _MOST_CITING):
                return signal, _DIRECT[signal], {"sources": same}
        if later.briefing == earlier.briefing and (later.refers or earlier.refers):
            for stub, told in ((later, earlier), (earlier, later)):
                here = [other for other in self.held.values() if other.briefing == stub.briefing and other.id != stub.id]
                if phrase := referred(stub.title, stub.text, told.id, {other.id: other.whole for other in here}):
                    return "reference", _DIRECT["reference"], {"reference": phrase}
        return None

    def alike(self, one: Telling, other: Telling) -> tuple[float, dict[str, Any]] | None:
        """How alike two items are in title, names and text, in [0, 1], and why; None where that is too little."""
        dice, shared = self.titles.dice(one.titled, other.titled)
        title = min(1.0, dice / 0.8) * min(1.0, shared / 12)
        weights = self.shared_names(one, other)
        names = 1 - 2 ** (-fsum(weights.values()) / 8)
        missing = len(one.subjects - other.named.keys()) + len(other.subjects - one.named.keys())
        unlike = (1 - _TITLE * title) * (1 - _NAMES * names) * (0.85 if one.lead and one.lead == other.lead else 1.0)
        trust = _MISSED**missing
        # What no likeness of the texts could lift is not looked at further.
        if trust * (1 - unlike * (1 - _TEXT)) < _SUPPORT or not (title >= _SOMEWHAT or self._in_common(one, other)):
            return None
        text = min(1.0, cosine(self._vector(one), self._vector(other)) / 0.35)
        score = trust * (1 - unlike * (1 - _TEXT * text))
        if score < _SUPPORT:
            return None
        most = sorted(weights, key=lambda name: (-weights[name], name))[:5]
        return score, {
            "title": {"score": round(title, 3), "words": sorted(one.titled & other.titled)[:12]},
            "names": {"score": round(names, 3), "shared": [{"entity": name, "bits": round(weights[name], 2)} for name in most]},
            "text": {"score": round(text, 3)},
        }

    def _vector(self, telling: Telling) -> dict[str, float]:
        if telling.id not in self._vectors:
            self._vectors[telling.id] = self.texts.vector(telling.counts)
        return self._vectors[telling.id]

    def shared_names(self, one: Telling, other: Telling) -> dict[str, float]:
        """The entities both name, each with its bits weighted by what it is and how prominent it is in both."""
        return {
            name: kind_weight(one.named[name].type) * min(one.named[name].weight, other.named[name].weight) * self.names.bits(name)
            for name in one.named.keys() & other.named.keys()
        }

    def _tells(self, later: Telling, earlier: Telling, signals: Mapping[str, Any]) -> bool:
        """Whether likeness means one story: titles nearly one, or a subject in common that the texts agree on."""
        # A column may have one name every day, and tell another thing.
        agreeing = not (later.body and earlier.body) or self.texts.dice(later.body, earlier.body)[0] >= _SAME_BODY
        if signals["title"]["score"] >= _ALIKE and agreeing:
            return True
        agree = signals["text"]["score"]
        if later.versions and later.versions == earlier.versions and later.proper & earlier.proper:
            return bool(agree >= _SAME_VERSION)
        # Who did something does much else: after a week that alone is no story.
        soon = (later.day - earlier.day).days <= _SOON or signals["title"]["score"] >= _WHO_AGAIN
        return agree >= _SAME_SUBJECT and self._in_common(later, earlier, who=soon)

    def _in_common(self, one: Telling, other: Telling, *, who: bool = True) -> bool:
        """Whether they have a subject in common: known (`who`: organisations, people, chips and unknown names count), or a name of few titles in both."""
        common = one.prominent & other.prominent & (one.subjects | other.subjects)
        few = max(3, self.titles.size / 50)
        return any(who or kind_weight(one.named[name].type) == 1 for name in common) or any(
            self.titles.count(word) <= few for word in one.proper & other.proper
        )


def kind_weight(type: str) -> float:
    """How much an entity of a type says of the story it is named in, of 1."""
    return _KINDS.get(type, _TERM)


def is_name(naming: Naming) -> bool:
    """Whether it names a thing, an organisation or a person, and is no mere term."""
    return naming.type in _KINDS


def _keys(telling: Telling) -> Iterator[str]:
    """What an item is found by."""
    yield from (f"s:{source}" for source in telling.sources | telling.papers)
    yield from (f"n:{name}" for name, naming in telling.named.items() if naming.weight >= LISTED)
    yield from (f"w:{word}" for word in telling.titled)
    yield f"b:{telling.briefing}"


def _at_odds(one: Telling, other: Telling) -> bool:
    """Whether each title names a subject or a version that the other item nowhere does: two stories of one kind."""
    return _missing(one, other) and _missing(other, one)


def _missing(one: Telling, other: Telling) -> bool:
    return bool(one.subjects - other.named.keys()) or any(v not in other.figures and v not in versions(other.whole) for v in one.versions)


def before(day: date, days: int = WINDOW) -> date:
    """So many days before `day`, or the first there is."""
    return date.fromordinal(max(1, day.toordinal() - days))


def linked(tellings: Sequence[Telling], first: date, last: date) -> dict[str, list[Link]]:
    """The links of the items from `first` to `last`; `tellings` reach back `WINDOW` days before `first`."""
    by_day: defaultdict[date, list[Telling]] = defaultdict(list)
    for telling in tellings:
        by_day[telling.day].append(telling)
    days = sorted(by_day)
    window, found = Window(), dict[str, list[Link]]()
    entered = left = 0
    for day in days:
        if day > last:
            break
        while entered < len(days) and days[entered] <= day:
            for telling in by_day[days[entered]]:
                window.add(telling)
            entered += 1
        if day < first:
            continue
        while days[left] < before(day):
            for telling in by_day[days[left]]:
                window.remove(telling)
            left += 1
        for telling in sorted(by_day[day], key=lambda telling: telling.place):
            found[telling.id] = window.links(telling)
    return found


@dataclass(frozen=True, slots=True)
class Member:
    """An item's place in a thread: which one, in what role, and the earlier item it was joined by."""

    thread: str
    role: Role
    joined: str | None


def thread_id(first: str) -> str:
    """The id of the thread that begins with an item."""
    return stable_id("th", first)


def place(
    item: str, day: date, links: Sequence[Link], thread_of: Mapping[str, str], members: Mapping[str, Sequence[tuple[date, str]]]
) -> Member:
    """Where an item belongs, given the threads of all earlier ones (`members`: day and id, in order).

    It joins the thread of its strongest joining link if it is linked to most of that thread's last three members as well,
    or cites, or is, what one of them does; the thread must not span more than `SPAN` days. Else it begins one.
    """
    scores = {link.earlier: link for link in links}
    for link in links:
        if not link.joins:
            continue
        thread = thread_of[link.earlier]
        held = members[thread]
        recent = [other for _, other in held[-_RECENT:]]
        enough = link.signal in _DIRECT or 2 * sum(other in scores for other in recent) >= len(recent)
        if enough and (day - held[0][0]).days <= SPAN:
            told = [other for other in links if other.same and thread_of[other.earlier] == thread]
            role: Role = "continuing" if not told else "update" if all(other.news for other in told) else "duplicate"
            return Member(thread, role, link.earlier)
    return Member(thread_id(item), "new", None)


def threaded(tellings: Sequence[Telling], links: Mapping[str, Sequence[Link]]) -> dict[str, Member]:
    """All items placed, in the order they are told in."""
    found: dict[str, Member] = {}
    thread_of: dict[str, str] = {}
    members: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for telling in sorted(tellings, key=lambda telling: telling.place):
        member = place(telling.id, telling.day, links.get(telling.id, ()), thread_of, members)
        found[telling.id] = member
        thread_of[telling.id] = member.thread
        members[member.thread].append((telling.day, telling.id))
    return found
