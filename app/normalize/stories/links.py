"""Links between two items that report one story.

Two items are linked by the same article or paper, by a back reference, or by similarity. Rarity is
counted over the `LINK_WINDOW_DAYS` up to the later item, so a link follows from these days alone.
Precision comes before recall: items that only may be one story are not joined.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.normalize.stories.back_references import referred_item
from app.normalize.stories.features import Position, StoryFeatures
from app.normalize.stories.similarity import (
    NEAR_TITLE,
    Similarity,
    StoryStatistics,
    comparable,
    items_conflict,
)

LINK_WINDOW_DAYS = 30
"""Days before an item in which it is linked to others."""
DIRECT_SIGNALS = {"paper": 0.97, "article": 0.95, "reference": 0.9}
"""Scores of links that need no similarity."""
CONFLICT = "odds"
"""Stored signal of two items that no thread may hold together."""
MAX_LINKS = 8
MAX_CANDIDATES = 60
MAX_KEY_ITEMS = 40
"""A word, name or source of more items of a window finds no candidates."""
MAX_STUBS = 50
"""In a briefing with more stubs, none counts as a back reference."""

# A source that more items cite is a collection, a home page or a typo.
_MAX_CITING_ITEMS = 4
_MAX_EVIDENCE_NAMES, _MAX_EVIDENCE_WORDS = 5, 12


class StoryLink(NamedTuple):
    """Link from an item to an earlier one.

    `joins`: strong enough to make them one story; a weaker link only supports others.
    `same`: both report one thing, by one article or paper, nearly one title, or a reference.
    `news`: the later item has numbers that the earlier one lacks.
    """

    item: str
    earlier: str
    signal: str
    score: float
    joins: bool
    same: bool
    news: bool
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _DirectTie:
    """Common citation of two items, or back reference from one to the other."""

    score: float
    signal: str
    evidence: dict[str, Any]


class StoryWindow:
    """Items of the days up to a date, indexed for finding and scoring links.

    Items are numbered as they are added, in the order of their positions.
    """

    def __init__(self, items: Iterable[StoryFeatures] = ()) -> None:
        """Start with `items`."""
        self.items: dict[str, StoryFeatures] = {}
        self.statistics = StoryStatistics()
        self._days: dict[date, list[StoryFeatures]] = {}
        self._next_number = 0
        self._numbers: dict[str, int] = {}
        self._ranks: dict[str, int] = {}
        """Number of the first item at the same position: editions of a day share positions."""
        self._last: StoryFeatures | None = None
        self._by_number: dict[int, StoryFeatures] = {}
        self._by_briefing: defaultdict[str, dict[str, StoryFeatures]] = defaultdict(dict)
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._references: dict[str, dict[str, tuple[str, str]]] = {}
        for features in sorted(items, key=_position):
            self.add(features)

    def move(self, days: Mapping[date, list[StoryFeatures]]) -> None:
        """Move to these days, which go by their dates in order; only what differs is replaced.

        A day is the same as before if it has the very same items.
        """
        for day in list(self._days):
            if not _are_identical(self._days[day], days.get(day, [])):
                self._remove_day(day)
        new_days = days.keys() - self._days.keys()
        if new_days and min(new_days) <= max(self._days, default=date.min):
            # Numbers go by position: days after a late one are numbered again.
            for day in list(self._days):
                self._remove_day(day)

        for day in days:
            if day not in self._days:
                self._days[day] = days[day]
                for features in sorted(days[day], key=_position):
                    self.add(features)

    def _remove_day(self, day: date) -> None:
        for features in self._days.pop(day):
            self.remove(features)

    def add(self, features: StoryFeatures) -> None:
        """Add an item; it comes after all items of the window."""
        self._references.clear()
        self.statistics.add(features)
        number = self._next_number
        self._next_number += 1
        self.items[features.id] = features
        self._numbers[features.id] = number
        rank = number
        if self._last and self._last.position == features.position:
            rank = self._ranks[self._last.id]
        self._ranks[features.id] = rank
        self._last = features
        self._by_number[number] = features
        self._by_briefing[features.briefing][features.id] = features
        for key in features.blocking_keys:
            self._by_key[key].append(number)

    def remove(self, features: StoryFeatures) -> None:
        """Remove an item that was added."""
        self._references.clear()
        self.statistics.remove(features)
        del self.items[features.id]
        number = self._numbers.pop(features.id)
        del self._ranks[features.id]
        if self._last is features:
            self._last = None
        del self._by_number[number]
        briefing = self._by_briefing[features.briefing]
        del briefing[features.id]
        if not briefing:
            del self._by_briefing[features.briefing]
        for key in features.blocking_keys:
            numbers = self._by_key[key]
            numbers.remove(number)
            if not numbers:
                del self._by_key[key]

    def candidates(self, features: StoryFeatures) -> list[StoryFeatures]:
        """Return the earlier items worth comparing, in order of their positions.

        These are the 60 that share most blocking keys, and those tied by a back reference. An
        item outside of the window comes after all others.
        """
        number = self._ranks.get(features.id, self._next_number)
        candidates = set(self._sharing(features, number))
        for item in self._referring(features):
            if self._numbers[item] < number:
                candidates.add(self._numbers[item])

        return list(map(self._by_number.__getitem__, sorted(candidates)))

    def _sharing(self, features: StoryFeatures, number: int) -> list[int]:
        """Return the 60 items before a number that share most blocking keys."""
        shared_keys: Counter[int] = Counter()
        for key in features.blocking_keys:
            numbers = self._by_key.get(key, ())
            if len(numbers) <= MAX_KEY_ITEMS:
                shared_keys.update(numbers)

        earlier = [other for other in shared_keys if other < number]
        if len(earlier) > MAX_CANDIDATES:
            earlier.sort()
            earlier.sort(key=lambda other: -shared_keys[other])

        return earlier[:MAX_CANDIDATES]

    def _referring(self, features: StoryFeatures) -> Iterator[str]:
        """Yield the item that `features` refers to, and the stubs that refer to it."""
        references = self._briefing_references(features.briefing)
        for stub, (target, _) in references.items():
            if stub == features.id:
                yield target
            elif target == features.id:
                yield stub

    def _briefing_references(self, briefing: str) -> dict[str, tuple[str, str]]:
        """Return, by id of each stub, the item it refers to and the words that refer to it."""
        references = self._references.get(briefing)
        if references is None:
            references = self._resolve_references(briefing)
            self._references[briefing] = references

        return references

    def _resolve_references(self, briefing: str) -> dict[str, tuple[str, str]]:
        items = self._by_briefing.get(briefing, {})
        stubs = [item for item in items.values() if item.is_back_reference]
        if len(stubs) > MAX_STUBS:
            return {}

        references = {}
        texts = {item.id: item.full_text for item in items.values()} if stubs else {}
        for stub in stubs:
            own_text = texts.pop(stub.id)
            target = referred_item(stub.title, stub.text, texts)
            texts[stub.id] = own_text
            if target:
                references[stub.id] = target

        return references

    def links(self, features: StoryFeatures) -> list[StoryLink]:
        """Return the links of an item to earlier ones.

        These are at most 8, the strongest first. If one of them joins, at most 8 conflicts with
        the newest candidates follow.
        """
        candidates = self.candidates(features)
        links = self._strongest_links(features, candidates)
        if any(link.joins for link in links):
            links += self._conflicts(features, candidates, links)

        return links

    def _strongest_links(
        self,
        features: StoryFeatures,
        candidates: Iterable[StoryFeatures],
    ) -> list[StoryLink]:
        ties: list[tuple[_DirectTie | Similarity, StoryFeatures]] = []
        ties += self._direct_ties(features, candidates)
        tied = {earlier.id for _, earlier in ties}
        for earlier in comparable(features, candidates):
            if earlier.id in tied:
                continue
            similarity = self.statistics.similarity(features, earlier)
            if similarity:
                ties.append((similarity, earlier))

        # By score; of equal scores, the newer item first.
        ties.sort(
            key=lambda entry: entry[1].position,
            reverse=True,
        )
        ties.sort(key=lambda entry: -round(entry[0].score, 3))

        links = []
        for tie, earlier in ties[:MAX_LINKS]:
            link = self._link(features, earlier, tie)
            links.append(link)

        return links

    def _conflicts(
        self,
        features: StoryFeatures,
        candidates: Sequence[StoryFeatures],
        links: Iterable[StoryLink],
    ) -> list[StoryLink]:
        """Return conflicts with the newest candidates that have a subject in common."""
        linked_ids = {link.earlier for link in links}
        has_common_subject = self.statistics.has_common_subject
        conflicts: list[StoryLink] = []
        for earlier in reversed(candidates):
            if len(conflicts) == MAX_LINKS:
                break
            if earlier.id in linked_ids or not has_common_subject(features, earlier):
                continue
            if items_conflict(features, earlier):
                conflicts.append(_conflict(features, earlier))

        return conflicts

    def _direct_ties(
        self,
        features: StoryFeatures,
        candidates: Iterable[StoryFeatures],
    ) -> Iterator[tuple[_DirectTie, StoryFeatures]]:
        """Yield the candidates that cite the same, or are tied by a back reference."""
        citing: set[int] = set()
        for key in features.cited_keys:
            citing.update(self._by_key.get(key, ()))
        references = self._briefing_references(features.briefing)
        if len(citing) <= 1 and not references:
            # Only the item itself cites these.
            return

        for earlier in candidates:
            tie = None
            if self._numbers[earlier.id] in citing:
                tie = self._citation_tie(features, earlier)
            tie = tie or self._reference_tie(features, earlier)
            if tie:
                yield tie, earlier

    def _citation_tie(
        self,
        later: StoryFeatures,
        earlier: StoryFeatures,
    ) -> _DirectTie | None:
        # Most pairs cite nothing together: asking that is cheaper than intersecting.
        if not later.papers.isdisjoint(earlier.papers):
            papers = self._few_cite(later.papers & earlier.papers)
            if papers:
                return _direct_tie("paper", {"sources": papers})

        if later.articles.keys().isdisjoint(earlier.articles):
            return None
        articles = self._few_cite(later.articles.keys() & earlier.articles.keys())
        if articles:
            sources = [later.articles[article] for article in articles]
            return _direct_tie("article", {"sources": sources})

        return None

    def _few_cite(self, cited: Iterable[str]) -> list[str]:
        """Return, sorted, the sources that at most four items of the window cite."""
        sources = []
        for source in cited:
            if self.statistics.citations.count(source) <= _MAX_CITING_ITEMS:
                sources.append(source)

        return sorted(sources)

    def _reference_tie(
        self,
        later: StoryFeatures,
        earlier: StoryFeatures,
    ) -> _DirectTie | None:
        if later.briefing != earlier.briefing:
            return None

        references = self._briefing_references(later.briefing)
        for stub, target in ((later.id, earlier.id), (earlier.id, later.id)):
            item, phrase = references.get(stub, ("", ""))
            if item == target:
                return _direct_tie("reference", {"reference": phrase})

        return None

    def _link(
        self,
        later: StoryFeatures,
        earlier: StoryFeatures,
        tie: _DirectTie | Similarity,
    ) -> StoryLink:
        if isinstance(tie, _DirectTie):
            signal, evidence = tie.signal, tie.evidence
            joins = same = True
        else:
            signal = _strongest_signal(tie)
            evidence = _evidence(later, earlier, tie)
            joins = self.statistics.is_one_story(later, earlier, tie)
            same = tie.title >= NEAR_TITLE or later.title_words == earlier.title_words

        return StoryLink(
            item=later.id,
            earlier=earlier.id,
            signal=signal,
            score=round(tie.score, 3),
            joins=joins,
            same=same,
            news=not later.numbers <= earlier.numbers,
            evidence=evidence,
        )


def _position(features: StoryFeatures) -> Position:
    return features.position


def _direct_tie(signal: str, evidence: dict[str, Any]) -> _DirectTie:
    return _DirectTie(
        DIRECT_SIGNALS[signal],
        signal,
        evidence,
    )


def _conflict(features: StoryFeatures, earlier: StoryFeatures) -> StoryLink:
    return StoryLink(
        item=features.id,
        earlier=earlier.id,
        signal=CONFLICT,
        score=0.0,
        joins=False,
        same=False,
        news=False,
        evidence={},
    )


def _strongest_signal(similarity: Similarity) -> str:
    """Return the name of the highest score; of equal ones, the first."""
    scores = {
        "title": similarity.title,
        "names": similarity.names,
        "text": similarity.text,
    }
    return max(scores, key=scores.__getitem__)


def _evidence(
    later: StoryFeatures,
    earlier: StoryFeatures,
    similarity: Similarity,
) -> dict[str, Any]:
    """Return the scores with the words and entities behind them."""
    bits = similarity.name_bits
    entities = sorted(
        bits,
        key=lambda entity: (-bits[entity], entity),
    )
    shared = []
    for entity in entities[:_MAX_EVIDENCE_NAMES]:
        shared.append({"entity": entity, "bits": round(bits[entity], 2)})

    common_words = sorted(later.title_words & earlier.title_words)
    return {
        "title": {"score": similarity.title, "words": common_words[:_MAX_EVIDENCE_WORDS]},
        "names": {"score": similarity.names, "shared": shared},
        "text": {"score": similarity.text},
    }


def days_before(day: date, count: int = LINK_WINDOW_DAYS) -> date:
    """Return the date `count` days before `day`, but not before 0001-01-01."""
    ordinal = max(1, day.toordinal() - count)
    return date.fromordinal(ordinal)


def links_of_days(
    items: Sequence[StoryFeatures],
    first: date,
    last: date,
    window: StoryWindow | None = None,
) -> dict[str, list[StoryLink]]:
    """Return the links of each item from `first` to `last`, both included, by its id.

    `items` must reach back `LINK_WINDOW_DAYS` before `first`. `window` is that of a former call;
    days that it has are not indexed again.
    """
    by_day: defaultdict[date, list[StoryFeatures]] = defaultdict(list)
    for features in items:
        by_day[features.day].append(features)

    window = window or StoryWindow()
    links: dict[str, list[StoryLink]] = {}
    days = sorted(by_day)
    for day in days:
        if not first <= day <= last:
            continue

        earliest = days_before(day)
        window.move({other: by_day[other] for other in days if earliest <= other <= day})
        by_position = sorted(
            by_day[day],
            key=_position,
        )
        for features in by_position:
            links[features.id] = window.links(features)

    return links


def _are_identical(items: Sequence[StoryFeatures], others: Sequence[StoryFeatures]) -> bool:
    """Return whether both are the same objects; comparing fields would cost more than indexing."""
    return list(map(id, items)) == list(map(id, others))
