"""Which items tell one story: links between two items, each with its signals, and threads made of them.

A pair is linked by the same article, the same paper, an explicit reference, or by title, names and text together; rarity is
counted over the items of the `WINDOW` days up to the later one, so that a link is a function of these days alone. Precision
comes before recall: what only may be one story is left apart.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any, Literal

from app.normalize.identity import stable_id
from app.normalize.stories.back_references import referred
from app.normalize.stories.conflicts import differ, one_version, without
from app.normalize.stories.features import StoryFeatures, kind_weight
from app.normalize.text.idf import Idf, cosine

WINDOW = 30
"""Days before an item that its links look back on."""
SPAN = 120
"""Days from a thread's first member to its last, at most."""

Role = Literal["new", "continuing", "update", "duplicate"]

# A source that more items of the window cite is a collection, a home page, a slip; a name or word in more is no candidate's.
_MOST_CITING = 4
_HOT = 40
_MOST_CANDIDATES, _MOST_STUBS = 60, 50
# Of a link that says only that two items are at odds: no thread holds both.
_ODDS = "odds"
_DIRECT = {"paper": 0.97, "article": 0.95, "reference": 0.9}
# Scores are joined by noisy-or, each signal weakened by how far it is trusted alone.
_TITLE, _NAMES, _TEXT = 0.75, 0.85, 0.75
_MISSED = 0.88
# How far the texts must agree, of 1, where both titles name the same version of something, or a subject in common.
_SAME_VERSION, _SAME_SUBJECT = 0.22, 0.27
_SAME_BODY = 0.1
_SOON, _WHO_AGAIN = 7, 0.2
# How far the titles must agree beside the one organisation, person or unknown name they share.
_BESIDE = 0.2
_JOIN, _LATER, _SUPPORT = 0.55, 0.1, 0.42
_MOST_LINKS = 8
_RECENT = 3
_ALIKE, _SOMEWHAT = 0.75, 0.3


@dataclass(frozen=True, slots=True)
class StoryLink:
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


@dataclass(frozen=True, slots=True)
class _Direct:
    """Two items tied by what both cite, or by one referring to the other."""

    score: float
    signal: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Alike:
    """How alike two items are, in all and in title, names and text, each in [0, 1], and the bits of the names they share."""

    score: float
    title: float
    names: float
    text: float
    weights: Mapping[str, float]


class StoryWindow:
    """The items of the days up to one, as they are looked back on, and how rare is what they hold."""

    def __init__(self, tellings: Iterable[StoryFeatures] = ()) -> None:
        """The items given are counted in."""
        self.held: dict[str, StoryFeatures] = {}
        self.titles, self.names, self.texts, self.cited = Idf(), Idf(), Idf(), Idf()
        self._briefings: defaultdict[str, dict[str, StoryFeatures]] = defaultdict(dict)
        self._targets: dict[str, tuple[str, str] | None] = {}
        self._vectors: dict[str, dict[str, float]] = {}
        self._by: defaultdict[str, dict[str, StoryFeatures]] = defaultdict(dict)
        for telling in tellings:
            self.add(telling)

    def add(self, telling: StoryFeatures) -> None:
        """Count in an item."""
        self._vectors.clear()
        self._targets.clear()
        self.held[telling.id] = self._briefings[telling.briefing][telling.id] = telling
        self.titles.add(telling.titled)
        self.names.add(telling.named)
        self.texts.add(telling.counts)
        self.cited.add(telling.articles.keys() | telling.papers)
        for key in telling.keys:
            self._by[key][telling.id] = telling

    def remove(self, telling: StoryFeatures) -> None:
        """Count out an item."""
        self._vectors.clear()
        self._targets.clear()
        del self.held[telling.id], self._briefings[telling.briefing][telling.id]
        self.titles.remove(telling.titled)
        self.names.remove(telling.named)
        self.texts.remove(telling.counts)
        self.cited.remove(telling.articles.keys() | telling.papers)
        for key in telling.keys:
            del self._by[key][telling.id]

    def candidates(self, telling: StoryFeatures) -> list[StoryFeatures]:
        """Earlier items that share what few do, or refer to it, or are referred to; in order, of very many those that share most."""
        shared = Counter(
            item
            for key in telling.keys
            if len(sharing := self._by.get(key, ())) <= _HOT
            for item in sharing
        )
        near = (self.held[item] for item in shared if self.held[item].place < telling.place)
        found = sorted(near, key=lambda other: (-shared[other.id], other.place))[:_MOST_CANDIDATES]
        for stub in self._stubs(telling.briefing):
            target = self._target(stub)
            other = (
                self.held.get(target[0])
                if target and stub.id == telling.id
                else stub
                if target and target[0] == telling.id
                else None
            )
            if other and other.place < telling.place and other not in found:
                found.append(other)
        return sorted(found, key=lambda other: other.place)

    def _stubs(self, briefing: str) -> list[StoryFeatures]:
        """The items of a briefing that refer to others; none, where they are too many to be that."""
        stubs = [telling for telling in self._briefings[briefing].values() if telling.refers]
        return stubs if len(stubs) <= _MOST_STUBS else []

    def _target(self, stub: StoryFeatures) -> tuple[str, str] | None:
        """The item a stub refers to, and by which words."""
        if stub.id not in self._targets:
            told = {
                other.id: other.whole
                for other in self._briefings[stub.briefing].values()
                if other.id != stub.id
            }
            self._targets[stub.id] = referred(stub.title, stub.text, told)
        return self._targets[stub.id]

    def links(self, telling: StoryFeatures) -> list[StoryLink]:
        """The links of an item to earlier ones, the strongest first, at most eight; if any joins, as many of the newest it is at odds with."""
        candidates = self.candidates(telling)
        alike = [(other, how) for other in candidates if (how := self._how(telling, other))]
        alike.sort(key=lambda pair: pair[0].place, reverse=True)
        alike.sort(key=lambda pair: -round(pair[1].score, 3))
        found = [self._link(telling, other, how) for other, how in alike[:_MOST_LINKS]]
        if any(link.joins for link in found):
            tied = {link.earlier for link in found}
            odds = [
                other
                for other in candidates
                if other.id not in tied
                and self._in_common(telling, other)
                and _conflict(telling, other)
            ]
            found += [
                StoryLink(telling.id, other.id, _ODDS, 0.0, False, False, False, {})
                for other in odds[: -_MOST_LINKS - 1 : -1]
            ]
        return found

    def link(self, later: StoryFeatures, earlier: StoryFeatures) -> StoryLink | None:
        """What ties two items, if anything does."""
        how = self._how(later, earlier)
        return self._link(later, earlier, how) if how else None

    def _how(self, later: StoryFeatures, earlier: StoryFeatures) -> "_Direct | _Alike | None":
        return self._direct(later, earlier) or self._alike(later, earlier)

    def _link(
        self, later: StoryFeatures, earlier: StoryFeatures, how: "_Direct | _Alike"
    ) -> StoryLink:
        signals = how.evidence if isinstance(how, _Direct) else _signals(later, earlier, how)
        direct = isinstance(how, _Direct)
        signal = (
            how.signal
            if isinstance(how, _Direct)
            else max(("title", "names", "text"), key=lambda name: signals[name]["score"])
        )
        gap = (later.day - earlier.day).days
        return StoryLink(
            item=later.id,
            earlier=earlier.id,
            signal=signal,
            score=round(how.score, 3),
            joins=direct
            or (
                how.score >= _JOIN + _LATER * min(1.0, gap / 21)
                and self._tells(later, earlier, signals)
            ),
            same=direct or signals["title"]["score"] >= _ALIKE or later.titled == earlier.titled,
            news=bool(later.figures - earlier.figures),
            evidence=signals,
        )

    def _direct(self, later: StoryFeatures, earlier: StoryFeatures) -> "_Direct | None":
        for signal, one, other in (
            ("paper", later.papers, earlier.papers),
            ("article", later.articles.keys(), earlier.articles.keys()),
        ):
            if not one.isdisjoint(other) and (
                same := sorted(
                    source for source in one & other if self.cited.count(source) <= _MOST_CITING
                )
            ):
                return _Direct(
                    _DIRECT[signal],
                    signal,
                    {"sources": [later.articles.get(source, source) for source in same]},
                )
        for stub, told in ((later, earlier), (earlier, later)):
            if (
                stub.refers
                and stub.briefing == told.briefing
                and stub in self._stubs(stub.briefing)
            ):
                target = self._target(stub)
                if target and target[0] == told.id:
                    return _Direct(_DIRECT["reference"], "reference", {"reference": target[1]})
        return None

    def _alike(self, one: StoryFeatures, other: StoryFeatures) -> "_Alike | None":
        """How alike two items are; None where that is too little, or they are at odds."""
        dice, shared = self.titles.dice(one.titled, other.titled)
        title = min(1.0, dice / 0.8) * min(1.0, shared / 12)
        if title < _SOMEWHAT and not self._in_common(one, other):
            return None
        weights = self.shared_names(one, other)
        names = 1 - 2 ** (-fsum(weights.values()) / 8)
        missing = len(one.subjects - other.named.keys()) + len(other.subjects - one.named.keys())
        unlike = (
            (1 - _TITLE * title)
            * (1 - _NAMES * names)
            * (0.85 if one.lead and one.lead == other.lead else 1.0)
        )
        trust = _MISSED**missing
        # What no likeness of the texts could lift is not looked at further.
        if trust * (1 - unlike * (1 - _TEXT)) < _SUPPORT or _conflict(one, other):
            return None
        text = min(1.0, cosine(self._vector(one), self._vector(other)) / 0.35)
        score = trust * (1 - unlike * (1 - _TEXT * text))
        return _Alike(score, title, names, text, weights) if score >= _SUPPORT else None

    def _vector(self, telling: StoryFeatures) -> dict[str, float]:
        if telling.id not in self._vectors:
            self._vectors[telling.id] = self.texts.vector(telling.counts)
        return self._vectors[telling.id]

    def shared_names(self, one: StoryFeatures, other: StoryFeatures) -> dict[str, float]:
        """The entities both name, each with its bits weighted by what it is and how prominent it is in both."""
        kinds, these, those = one.kind_weights, one.weights, other.weights
        return {
            name: kinds[name] * min(these[name], those[name]) * self.names.bits(name)
            for name in these.keys() & those.keys()
        }

    def _tells(
        self, later: StoryFeatures, earlier: StoryFeatures, signals: Mapping[str, Any]
    ) -> bool:
        """Whether likeness means one story: titles nearly one, or a subject in common that the texts agree on."""
        if signals["title"]["score"] >= _ALIKE and self._agreeing(later, earlier):
            return True
        agree = signals["text"]["score"]
        if later.versions and later.versions == earlier.versions and later.proper & earlier.proper:
            return bool(agree >= _SAME_VERSION)
        # Who did something does much else: after a week that alone is no story.
        soon = (later.day - earlier.day).days <= _SOON or signals["title"]["score"] >= _WHO_AGAIN
        return (
            agree >= _SAME_SUBJECT
            and self._in_common(later, earlier, who=soon)
            and self._beside(later, earlier)
        )

    def _agreeing(self, one: StoryFeatures, other: StoryFeatures) -> bool:
        """Whether the texts overlap beside the titles: a column may have one name every day, and tell another thing."""
        return (
            not (one.body and other.body) or self.texts.dice(one.body, other.body)[0] >= _SAME_BODY
        )

    def _beside(self, one: StoryFeatures, other: StoryFeatures) -> bool:
        """Whether more than one name of who did it, or where, is in common: a thing, a second name, or titles and texts that agree without it."""
        common = one.prominent & other.prominent & (one.subjects | other.subjects)
        if len(common) > 1 or any(
            kind_weight(one.named[name].type) == 1 and one.named[name].type != "event"
            for name in common
        ):
            return True
        own = {
            surface
            for name in common
            for telling in (one, other)
            for surface in telling.named[name].surfaces
        }
        own |= one.proper & other.proper if not own else set()
        titles = (frozenset(without(telling.title, own)[:60]) for telling in (one, other))
        if self.titles.dice(*titles)[0] < _BESIDE:
            return False
        texts = (
            self.texts.vector(Counter(without(telling.whole, own))) for telling in (one, other)
        )
        return cosine(*texts) / 0.35 >= _SAME_SUBJECT

    def _in_common(self, one: StoryFeatures, other: StoryFeatures, *, who: bool = True) -> bool:
        """Whether they have a subject in common: known (`who`: organisations, people, chips and unknown names count), or a name of few titles in both."""
        if one.prominent.isdisjoint(other.prominent) and one.proper.isdisjoint(other.proper):
            return False
        common = one.prominent & other.prominent & (one.subjects | other.subjects)
        few = max(3, self.titles.size / 50)
        return any(who or kind_weight(one.named[name].type) == 1 for name in common) or any(
            self.titles.count(word) <= few for word in one.proper & other.proper
        )


def _signals(one: StoryFeatures, other: StoryFeatures, how: _Alike) -> dict[str, Any]:
    most = sorted(how.weights, key=lambda name: (-how.weights[name], name))[:5]
    return {
        "title": {"score": round(how.title, 3), "words": sorted(one.titled & other.titled)[:12]},
        "names": {
            "score": round(how.names, 3),
            "shared": [{"entity": name, "bits": round(how.weights[name], 2)} for name in most],
        },
        "text": {"score": round(how.text, 3)},
    }


def _conflict(one: StoryFeatures, other: StoryFeatures) -> bool:
    """Whether each title names a thing of some kind that the other item does not: two stories of one kind."""
    return (
        differ(one.title, other.title)
        or (_missing(one, other) and _missing(other, one))
        or (_elsewhere(one, other) and _elsewhere(other, one))
    )


def _missing(one: StoryFeatures, other: StoryFeatures) -> bool:
    return not (one.specific <= other.named.keys()) or not all(
        one_version(version, other.stated) for version in one.versions
    )


def _elsewhere(one: StoryFeatures, other: StoryFeatures) -> bool:
    """Whether the title names places only that the other item nowhere does."""
    named = one.places[0]
    return bool(named) and named.isdisjoint(other.places[1])


def before(day: date, days: int = WINDOW) -> date:
    """So many days before `day`, or the first there is."""
    return date.fromordinal(max(1, day.toordinal() - days))


def linked(
    tellings: Sequence[StoryFeatures], first: date, last: date
) -> dict[str, list[StoryLink]]:
    """The links of the items from `first` to `last`; `tellings` reach back `WINDOW` days before `first`."""
    by_day: defaultdict[date, list[StoryFeatures]] = defaultdict(list)
    for telling in tellings:
        by_day[telling.day].append(telling)
    days = sorted(by_day)
    window, found = StoryWindow(), dict[str, list[StoryLink]]()
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
class StoryMember:
    """An item's place in a thread: which one, in what role, and the earlier item it was joined by."""

    thread: str
    role: Role
    joined: str | None


def thread_id(first: str) -> str:
    """The id of the thread that begins with an item."""
    return stable_id("th", first)


def assign_thread(
    item: str,
    day: date,
    links: Sequence[StoryLink],
    thread_of: Mapping[str, str],
    members: Mapping[str, Sequence[tuple[date, str]]],
) -> StoryMember:
    """Where an item belongs, given the threads of all earlier ones (`members`: day and id, in order).

    It joins the thread of its strongest joining link if it is linked to most of that thread's last three members as well,
    or cites, or is, what one of them does; the thread must hold none it is at odds with, and not span more than `SPAN` days.
    Else it begins one.
    """
    scores = {link.earlier for link in links if link.signal != _ODDS}
    refused = {thread_of[link.earlier] for link in links if link.signal == _ODDS}
    for link in links:
        thread = thread_of[link.earlier]
        if not link.joins or (thread in refused and link.signal not in _DIRECT):
            continue
        held = members[thread]
        recent = [other for _, other in held[-_RECENT:]]
        enough = link.signal in _DIRECT or 2 * sum(other in scores for other in recent) >= len(
            recent
        )
        if enough and (day - held[0][0]).days <= SPAN:
            told = [other for other in links if other.same and thread_of[other.earlier] == thread]
            role: Role = (
                "continuing"
                if not told
                else "update"
                if all(other.news for other in told)
                else "duplicate"
            )
            return StoryMember(thread, role, link.earlier)
    return StoryMember(thread_id(item), "new", None)


def threaded(
    tellings: Sequence[StoryFeatures], links: Mapping[str, Sequence[StoryLink]]
) -> dict[str, StoryMember]:
    """All items placed, in the order they are told in."""
    found: dict[str, StoryMember] = {}
    thread_of: dict[str, str] = {}
    members: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for telling in sorted(tellings, key=lambda telling: telling.place):
        member = assign_thread(
            telling.id, telling.day, links.get(telling.id, ()), thread_of, members
        )
        found[telling.id] = member
        thread_of[telling.id] = member.thread
        members[member.thread].append((telling.day, telling.id))
    return found
