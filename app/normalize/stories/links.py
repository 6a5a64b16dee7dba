"""Links between two items that report one story.

Two items are linked by the same article or paper, by a back reference, or by similarity. Rarity is
counted over the `LINK_WINDOW_DAYS` up to the later item, so a link follows from these days alone.
Precision comes before recall: items that only may be one story are not joined.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.normalize.stories.back_references import referred_item
from app.normalize.stories.features import StoryFeatures
from app.normalize.stories.similarity import (
    NEAR_TITLE,
    Similarity,
    StoryStatistics,
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


@dataclass(frozen=True, slots=True)
class StoryLink:
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
    """Items of the days up to a date, indexed for finding and scoring links."""

    def __init__(self, items: Iterable[StoryFeatures] = ()) -> None:
        """Start with `items`."""
        self.items: dict[str, StoryFeatures] = {}
        self.statistics = StoryStatistics()
        self._by_briefing: defaultdict[str, dict[str, StoryFeatures]] = defaultdict(dict)
        self._by_key: defaultdict[str, dict[str, StoryFeatures]] = defaultdict(dict)
        self._references: dict[str, dict[str, tuple[str, str]]] = {}
        for features in items:
            self.add(features)

    def add(self, features: StoryFeatures) -> None:
        """Add an item."""
        self._references.clear()
        self.statistics.add(features)
        self.items[features.id] = features
        self._by_briefing[features.briefing][features.id] = features
        for key in features.blocking_keys:
            self._by_key[key][features.id] = features

    def remove(self, features: StoryFeatures) -> None:
        """Remove an item that was added."""
        self._references.clear()
        self.statistics.remove(features)
        del self.items[features.id]
        del self._by_briefing[features.briefing][features.id]
        for key in features.blocking_keys:
            del self._by_key[key][features.id]

    def candidates(self, features: StoryFeatures) -> list[StoryFeatures]:
        """Return the earlier items worth comparing, in order of their positions.

        These are the 60 that share most blocking keys, and those tied by a back reference.
        """
        shared_keys: Counter[str] = Counter()
        for key in features.blocking_keys:
            items = self._by_key.get(key, {})
            if len(items) <= MAX_KEY_ITEMS:
                shared_keys.update(items.keys())

        earlier = list(self._earlier(features, shared_keys))
        if len(earlier) > MAX_CANDIDATES:
            earlier.sort(key=lambda item: (-shared_keys[item.id], item.position))

        candidates = {item.id: item for item in earlier[:MAX_CANDIDATES]}
        for item in self._earlier(features, self._referring(features)):
            candidates[item.id] = item

        return sorted(
            candidates.values(),
            key=lambda item: item.position,
        )

    def _earlier(self, features: StoryFeatures, ids: Iterable[str]) -> Iterator[StoryFeatures]:
        """Yield the items of `ids` that precede an item."""
        for item_id in ids:
            item = self.items[item_id]
            if item.position < features.position:
                yield item

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
        ties = []
        for earlier in candidates:
            tie = self._tie(features, earlier)
            if tie:
                ties.append((tie, earlier))

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
        conflicts: list[StoryLink] = []
        for earlier in reversed(candidates):
            if len(conflicts) == MAX_LINKS:
                break
            if earlier.id in linked_ids:
                continue
            if not self.statistics.has_common_subject(features, earlier):
                continue
            if items_conflict(features, earlier):
                conflicts.append(_conflict(features, earlier))

        return conflicts

    def _tie(
        self,
        later: StoryFeatures,
        earlier: StoryFeatures,
    ) -> _DirectTie | Similarity | None:
        tie = self._citation_tie(later, earlier) or self._reference_tie(later, earlier)
        return tie or self.statistics.similarity(later, earlier)

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
) -> dict[str, list[StoryLink]]:
    """Return the links of each item from `first` to `last`, both included, by its id.

    `items` must reach back `LINK_WINDOW_DAYS` before `first`.
    """
    by_day: defaultdict[date, list[StoryFeatures]] = defaultdict(list)
    for features in items:
        if features.day <= last:
            by_day[features.day].append(features)

    window = StoryWindow()
    links: dict[str, list[StoryLink]] = {}
    # Days that are in the window, oldest first.
    window_days: list[date] = []
    for day in sorted(by_day):
        for features in by_day[day]:
            window.add(features)
        window_days.append(day)
        if day < first:
            continue

        while window_days[0] < days_before(day):
            for features in by_day[window_days.pop(0)]:
                window.remove(features)
        by_position = sorted(
            by_day[day],
            key=lambda features: features.position,
        )
        for features in by_position:
            links[features.id] = window.links(features)

    return links
