"""Echoes: passages outside the items of a briefing that refer to one of them.

Such passages are the insight, the watch list, the readings and the keywords. A match follows from
one document: the same source, a name that few titles of the day have as a subject, or words that
few titles have.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from app.normalize.stories.features import LISTED, TITLED, StoryFeatures, is_name
from app.normalize.text.folding import is_han
from app.normalize.text.idf import Idf, words

Where = Literal["insight", "watchlist", "reading", "keyword"]
Signal = Literal["source", "name", "title"]

MAX_SURFACE_CHARS = 200

# A name or word of more titles of the day matches none of them.
_MAX_ITEMS = 2
_SOURCE_SCORE, _SUBJECT_SCORE, _TERM_SCORE, _LISTED_SCORE = 0.97, 0.9, 0.8, 0.75
_MIN_HAN_TERM = 4
_CAMEL_CASE = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
# Share of a title, by bits, that a passage must contain; or of a phrase that a title must.
_MIN_SHARE = 0.6
# Enough of a phrase if three words are shared, or two and one is Latin.
_MIN_LONG_SHARE = 0.45
_PHRASE_BREAK = re.compile(
    r"[\s]*[、，,。；;：:（）()「」『』【】\[\]／/＋+|·•\n—→]+[\s]*|\s[-–]\s"
)


@dataclass(frozen=True, slots=True)
class PassageMention:
    """Mention of an entity in a passage; `line` counts from 1."""

    entity: str
    surface: str
    line: int


@dataclass(frozen=True, slots=True)
class EditorialPassage:
    """Passage that may refer to items; `position` counts those of its kind from 1."""

    where: Where
    position: int
    line: int
    text: str
    names: Sequence[PassageMention] = ()
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EchoMatch:
    """Passage that refers to an item: the matching words and a score in [0, 1]."""

    item: str
    where: Where
    position: int
    line: int
    text: str
    signal: Signal
    score: float


@dataclass(frozen=True, slots=True)
class _Evidence:
    signal: Signal
    score: float
    text: str
    line: int


class _DayStatistics:
    """Frequencies among the items of a briefing: title words, subjects, prominent entities."""

    def __init__(self, items: Sequence[StoryFeatures]) -> None:
        self.titles = Idf()
        self.subjects: Counter[str] = Counter()
        self.prominent: Counter[str] = Counter()
        for item in items:
            self.titles.add(item.title_words)
            for entity, weight in item.mention_weights.items():
                self.subjects[entity] += weight == TITLED
                self.prominent[entity] += weight >= LISTED

    def share(self, whole: frozenset[str], part: frozenset[str]) -> float:
        """Return the share of `whole`, by bits, that is also in `part`."""
        total = self._bits(whole)
        if not total:
            return 0.0

        return self._bits(whole & part) / total

    def _bits(self, words: frozenset[str]) -> float:
        return fsum(map(self.titles.bits, words))


def echoes(items: Sequence[StoryFeatures], passages: Sequence[EditorialPassage]) -> list[EchoMatch]:
    """Return which passages refer to which items, each pair once, by its strongest signal."""
    statistics = _DayStatistics(items)
    matches = []
    for passage in passages:
        for item in items:
            evidence = _evidence(statistics, item, passage)
            if evidence:
                matches.append(_match(item, passage, evidence))

    return matches


def _match(item: StoryFeatures, passage: EditorialPassage, evidence: _Evidence) -> EchoMatch:
    return EchoMatch(
        item=item.id,
        where=passage.where,
        position=passage.position,
        line=evidence.line,
        text=evidence.text[:MAX_SURFACE_CHARS],
        signal=evidence.signal,
        score=round(evidence.score, 3),
    )


def _evidence(
    statistics: _DayStatistics,
    item: StoryFeatures,
    passage: EditorialPassage,
) -> _Evidence | None:
    if not passage.sources.isdisjoint(item.sources | item.papers):
        return _Evidence("source", _SOURCE_SCORE, passage.text, passage.line)

    return (
        _name_evidence(statistics, item, passage)
        or _text_evidence(statistics, item, passage)
        or _phrase_evidence(statistics, item, passage)
    )


def _name_evidence(
    statistics: _DayStatistics,
    item: StoryFeatures,
    passage: EditorialPassage,
) -> _Evidence | None:
    """Return the name with the best score; of equal ones, the first line."""
    best: tuple[float, int, str] | None = None
    for name in passage.names:
        score = _name_score(statistics, item, name)
        if not score:
            continue
        if best is None or (score, -name.line) > best[:2]:
            best = (score, -name.line, name.surface)

    if best is None:
        return None

    score, negative_line, surface = best
    return _Evidence("name", score, surface, -negative_line)


def _text_evidence(
    statistics: _DayStatistics,
    item: StoryFeatures,
    passage: EditorialPassage,
) -> _Evidence | None:
    """Return the whole passage if it contains most of the title, of two words at least."""
    if len(item.title_words) < 2:
        return None

    passage_words = frozenset(words(passage.text))
    share = statistics.share(item.title_words, passage_words)
    if share < _MIN_SHARE:
        return None

    return _Evidence("title", share, passage.text, passage.line)


def _phrase_evidence(
    statistics: _DayStatistics,
    item: StoryFeatures,
    passage: EditorialPassage,
) -> _Evidence | None:
    """Return the phrase of the passage that the title contains most of."""
    best_share = 0.0
    best_phrase = ""
    is_keyword = passage.where == "keyword"
    for phrase in _PHRASE_BREAK.split(passage.text):
        share = _phrase_score(statistics, item, phrase, is_keyword=is_keyword)
        if share > best_share:
            best_share, best_phrase = share, phrase

    if not best_share:
        return None

    return _Evidence("title", best_share, best_phrase, passage.line)


def _name_score(statistics: _DayStatistics, item: StoryFeatures, name: PassageMention) -> float:
    """Return how surely a name means the item, in [0, 1]; 0 for no match.

    It must be a subject of at most two titles, or prominent in this item alone.
    """
    mention = item.mentions.get(name.entity)
    if mention is None or mention.weight < LISTED:
        return 0.0

    subject_count = statistics.subjects[name.entity]
    if mention.weight == TITLED:
        if subject_count > _MAX_ITEMS:
            return 0.0
        if is_name(mention):
            return _SUBJECT_SCORE
        return _TERM_SCORE if _is_specific_term(item, name.surface) else 0.0

    if not is_name(mention) or subject_count:
        return 0.0
    is_only_item = statistics.prominent[name.entity] == 1
    return _LISTED_SCORE if is_only_item else 0.0


def _is_specific_term(item: StoryFeatures, surface: str) -> bool:
    """Whether a term says enough to match.

    That is two Latin words, one written like `RaaS`, or four Han characters of which the title
    has two.
    """
    han_count = sum(map(is_han, surface))
    if han_count == 0:
        return len(words(surface)) > 1 or _CAMEL_CASE.search(surface) is not None
    if han_count < _MIN_HAN_TERM:
        return False
    return not item.title_words.isdisjoint(words(surface))


def _phrase_score(
    statistics: _DayStatistics,
    item: StoryFeatures,
    phrase: str,
    *,
    is_keyword: bool,
) -> float:
    """Return the share of a phrase that the title contains; 0 for no match.

    At least two rare words must be shared; of a keyword, one.
    """
    phrase_words = frozenset(words(phrase))
    rare_words = []
    for word in phrase_words & item.title_words:
        if statistics.titles.count(word) <= _MAX_ITEMS:
            rare_words.append(word)

    count = len(rare_words)
    has_enough_words = count >= 2 or (is_keyword and count == 1)
    if not has_enough_words:
        return 0.0

    share = statistics.share(phrase_words, item.title_words)
    if share >= _MIN_SHARE:
        return share

    has_latin_word = any(word[0].isascii() for word in rare_words)
    is_long = count > 2 or (count == 2 and has_latin_word)
    return share if is_long and share >= _MIN_LONG_SHARE else 0.0
