"""Similarity of two items, and whether it makes them one story.

Titles, names and texts each give a score; the three are combined by noisy-or. A word or name that
`df` of the `N` items of a window have weighs log2((N + 1) / df) bits.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum
from typing import NamedTuple

from app.normalize.stories.conflicts import (
    facets_conflict,
    is_among_versions,
    versions_conflict,
    words_without,
)
from app.normalize.stories.features import MAX_TITLE_WORDS, StoryFeatures, type_weight
from app.normalize.text.idf import Idf, cosine

NEAR_TITLE = 0.75
"""Titles at least this similar report one thing."""
MIN_SCORE = 0.42
"""Items less similar are not linked."""

# Share of each score that counts by itself.
_TITLE_TRUST, _NAMES_TRUST, _TEXT_TRUST = 0.75, 0.85, 0.75
# Values from which on a score is 1.
_FULL_TITLE_DICE, _FULL_TITLE_BITS = 0.8, 12
_FULL_TEXT_COSINE = 0.35
# Bits of shared names that halve what remains of 1.
_HALVING_BITS = 8
_SAME_LEAD_FACTOR = 0.85
_MISSING_SUBJECT_FACTOR = 0.88
# Items with less similar titles need a subject in common.
_MIN_TITLE_ALONE = 0.3

_JOIN_SCORE, _LATE_JOIN_EXTRA = 0.55, 0.1
_LATE_DAYS = 21
# How far texts must agree if both titles name one version, or if there is a common subject.
_SAME_VERSION_TEXT, _SAME_SUBJECT_TEXT = 0.22, 0.27
_MIN_BODY_DICE = 0.1
# After a week, an actor alone is a common subject only where the titles agree somewhat.
_ACTOR_DAYS, _ACTOR_TITLE = 7, 0.2
# How far titles must agree without the words of the only shared actor.
_OTHER_WORDS_DICE = 0.2
# A title word is rare if at most 3 items, or one in 50, have it.
_RARE_ITEMS, _RARE_ONE_IN = 3, 50


class Similarity(NamedTuple):
    """Similarity of two items; all scores are in [0, 1].

    `title`, `names` and `text` are rounded to 3 digits. `name_bits` gives the weighted bits of
    each shared entity.
    """

    score: float
    title: float
    names: float
    text: float
    name_bits: Mapping[str, float]


class StoryStatistics:
    """Frequencies of words, names and citations among some items, by which pairs are compared."""

    def __init__(self) -> None:
        """Start with no items."""
        self.titles = Idf()
        self.names = Idf()
        self.texts = Idf()
        self.citations = Idf()
        self._lengths: dict[str, float] = {}

    def add(self, features: StoryFeatures) -> None:
        """Count in an item."""
        self._lengths.clear()
        self.titles.add(features.title_words)
        self.names.add(features.mentions)
        self.texts.add(features.word_weights)
        self.citations.add(features.articles.keys() | features.papers)

    def remove(self, features: StoryFeatures) -> None:
        """Count out an item."""
        self._lengths.clear()
        self.titles.remove(features.title_words)
        self.names.remove(features.mentions)
        self.texts.remove(features.word_weights)
        self.citations.remove(features.articles.keys() | features.papers)

    def similarity(self, features: StoryFeatures, other: StoryFeatures) -> Similarity | None:
        """Return the similarity of two items; None if it is below 0.42 or the items conflict."""
        title = self._title_score(features, other)
        if title < _MIN_TITLE_ALONE and not self.has_common_subject(features, other):
            return None

        name_bits = self.shared_name_bits(features, other)
        names = 1 - 2 ** (-fsum(name_bits.values()) / _HALVING_BITS)
        trust = _trust(features, other)
        unlike = (
            (1 - _TITLE_TRUST * title) * (1 - _NAMES_TRUST * names) * _lead_factor(features, other)
        )
        # Texts are compared last: the cosine costs most.
        best_score = trust * (1 - unlike * (1 - _TEXT_TRUST))
        if best_score < MIN_SCORE or items_conflict(features, other):
            return None

        text = self._text_score(features, other)
        score = trust * (1 - unlike * (1 - _TEXT_TRUST * text))
        if score < MIN_SCORE:
            return None

        return Similarity(
            score=score,
            title=round(title, 3),
            names=round(names, 3),
            text=round(text, 3),
            name_bits=name_bits,
        )

    def _title_score(self, features: StoryFeatures, other: StoryFeatures) -> float:
        dice, bits = self.titles.dice(
            features.title_words,
            other.title_words,
        )
        return min(1.0, dice / _FULL_TITLE_DICE) * min(1.0, bits / _FULL_TITLE_BITS)

    def _text_score(self, features: StoryFeatures, other: StoryFeatures) -> float:
        lengths = self._length(features) * self._length(other)
        if not lengths:
            return 0.0

        product = self.texts.product(features.word_weights, other.word_weights)
        return min(1.0, product / lengths / _FULL_TEXT_COSINE)

    def _length(self, features: StoryFeatures) -> float:
        """Return the length of an item's vector of words; each is computed once."""
        length = self._lengths.get(features.id)
        if length is None:
            length = self.texts.length(features.word_weights)
            self._lengths[features.id] = length

        return length

    def shared_name_bits(
        self,
        features: StoryFeatures,
        other: StoryFeatures,
    ) -> dict[str, float]:
        """Return the bits of each entity that both items mention.

        They are weighted by its type and by the weaker of its two mentions.
        """
        weights, other_weights = features.mention_weights, other.mention_weights
        type_weights = features.type_weights
        common = features.mentioned & other.mentioned
        name_bits = {}
        for entity, bits in zip(common, self.names.bits_of(common), strict=True):
            weight = min(weights[entity], other_weights[entity])
            name_bits[entity] = type_weights[entity] * weight * bits

        return name_bits

    def is_one_story(
        self,
        later: StoryFeatures,
        earlier: StoryFeatures,
        similarity: Similarity,
    ) -> bool:
        """Whether the similarity of two items makes them one story.

        The score must reach 0.55 on the same day, 0.65 after three weeks. Then the titles must be
        nearly equal, or the texts must agree on a common version or subject.
        """
        days = (later.day - earlier.day).days
        lateness = min(1.0, days / _LATE_DAYS)
        if similarity.score < _JOIN_SCORE + _LATE_JOIN_EXTRA * lateness:
            return False

        if similarity.title >= NEAR_TITLE and self._bodies_overlap(later, earlier):
            return True

        if _same_version(later, earlier):
            return similarity.text >= _SAME_VERSION_TEXT

        if similarity.text < _SAME_SUBJECT_TEXT:
            return False

        # An actor does many things: after a week, it alone makes no story.
        actors_count = days <= _ACTOR_DAYS or similarity.title >= _ACTOR_TITLE
        if not self.has_common_subject(later, earlier, actors=actors_count):
            return False

        return self.agrees_without_shared_actor(later, earlier)

    def _bodies_overlap(self, features: StoryFeatures, other: StoryFeatures) -> bool:
        """Whether the texts agree beside the titles.

        A column has one title every day and another story under it.
        """
        if not features.body_words or not other.body_words:
            return True

        dice, _ = self.texts.dice(
            features.body_words,
            other.body_words,
        )
        return dice >= _MIN_BODY_DICE

    def has_common_subject(
        self,
        features: StoryFeatures,
        other: StoryFeatures,
        *,
        actors: bool = True,
    ) -> bool:
        """Whether two items share a subject, or a rare unknown name in both titles.

        A subject is in the title of one item and prominent in the other. Without `actors`,
        organisations, people, chips and names of no known type do not count.
        """
        for entity in _common_subjects(features, other):
            if actors or type_weight(features.mentions[entity].type) == 1:
                return True

        rare = max(_RARE_ITEMS, self.titles.size / _RARE_ONE_IN)
        for word in features.unknown_names & other.unknown_names:
            if self.titles.count(word) <= rare:
                return True

        return False

    def agrees_without_shared_actor(
        self,
        features: StoryFeatures,
        other: StoryFeatures,
    ) -> bool:
        """Whether two items have more in common than one actor.

        That is a thing or a second name, or titles and texts that agree without the actor's words.
        """
        common = _common_subjects(features, other)
        if len(common) > 1:
            return True

        surfaces: set[str] = set()
        for entity in common:
            mention = features.mentions[entity]
            if type_weight(mention.type) == 1 and mention.type != "event":
                return True
            surfaces |= mention.surfaces
            surfaces |= other.mentions[entity].surfaces

        if not surfaces:
            surfaces.update(features.unknown_names & other.unknown_names)

        return self._agree_without(surfaces, features, other)

    def _agree_without(
        self,
        surfaces: set[str],
        features: StoryFeatures,
        other: StoryFeatures,
    ) -> bool:
        """Whether titles and texts agree after some names are removed."""
        dice, _ = self.titles.dice(
            _title_words_without(features, surfaces),
            _title_words_without(other, surfaces),
        )
        if dice < _OTHER_WORDS_DICE:
            return False

        agreement = cosine(
            self._vector_without(features, surfaces),
            self._vector_without(other, surfaces),
        )
        return agreement / _FULL_TEXT_COSINE >= _SAME_SUBJECT_TEXT

    def _vector_without(self, features: StoryFeatures, surfaces: set[str]) -> dict[str, float]:
        remaining = words_without(features.full_text, surfaces)
        return self.texts.vector(Counter(remaining))


def comparable(features: StoryFeatures, others: Iterable[StoryFeatures]) -> list[StoryFeatures]:
    """Return the other items but for those where each title names an entity the other item lacks.

    These conflict. The test settles four of five pairs, so it is the first and the cheapest.
    """
    entities, mentioned = features.title_entities, features.mentioned
    return [
        other
        for other in others
        if entities <= other.mentioned or other.title_entities <= mentioned
    ]


def items_conflict(features: StoryFeatures, other: StoryFeatures) -> bool:
    """Whether two items are two stories of one kind.

    Their titles conflict, or each title has a subject, version or place that the other item lacks.
    """
    if (
        features.versions
        and other.versions
        and versions_conflict(features.versions, other.versions)
    ):
        return True
    if features.facets and other.facets and facets_conflict(features.facets, other.facets):
        return True
    if _is_missing(features, other) and _is_missing(other, features):
        return True
    if not features.title_places or not other.title_places:
        return False
    return _is_elsewhere(features, other) and _is_elsewhere(other, features)


def _is_missing(features: StoryFeatures, other: StoryFeatures) -> bool:
    """Whether the other item lacks an entity or a version of the title."""
    if not features.title_entities <= other.mentioned:
        return True

    for version in features.versions:
        if not is_among_versions(version, other.numbers_and_versions):
            return True

    return False


def _is_elsewhere(features: StoryFeatures, other: StoryFeatures) -> bool:
    """Whether the other item names none of the places of the title."""
    return features.title_places.isdisjoint(other.all_places)


def _same_version(features: StoryFeatures, other: StoryFeatures) -> bool:
    """Whether both titles give the same versions of an unknown name."""
    if not features.versions or features.versions != other.versions:
        return False
    return not features.unknown_names.isdisjoint(other.unknown_names)


def _common_subjects(features: StoryFeatures, other: StoryFeatures) -> frozenset[str]:
    """Return entities prominent in both items and in the title of at least one."""
    prominent = features.prominent & other.prominent
    # Most pairs share none.
    if not prominent:
        return prominent

    subjects = features.subjects | other.subjects
    return prominent & subjects


def _trust(features: StoryFeatures, other: StoryFeatures) -> float:
    """Return a factor in (0, 1]: 0.88 for each subject of one title that the other item lacks."""
    missing = features.subjects - other.mentioned
    other_missing = other.subjects - features.mentioned
    count = len(missing) + len(other_missing)
    return _MISSING_SUBJECT_FACTOR**count


def _lead_factor(features: StoryFeatures, other: StoryFeatures) -> float:
    lead = features.lead_subject
    if lead and lead == other.lead_subject:
        return _SAME_LEAD_FACTOR
    return 1.0


def _title_words_without(features: StoryFeatures, surfaces: set[str]) -> frozenset[str]:
    remaining = words_without(features.title, surfaces)
    return frozenset(remaining[:MAX_TITLE_WORDS])
