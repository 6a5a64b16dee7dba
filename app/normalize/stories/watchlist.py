"""Answers to a watch list: later items that follow up one of its entries.

Each entity that entry and item share has a weight, and so do the entry's other words. The score is
their noisy-or (J. Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988, 4.3.2):
1 - (1 - words) Π (1 - weight). An item answers from 0.5 on, if it mentions an entity of the entry
or the entry has none. A product, model or paper in the title or on the entity line is enough by
itself; a company or a term is not, nor is an entity that was in the news anyway (`is_hot`).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.normalize.text.containment import containment, shingles, weight

ANSWER_WINDOW_DAYS = 90
"""Days after an entry in which an item may answer it."""
LOOKBACK_DAYS = 28
"""Days up to and including the entry's in which its entities are counted."""
THRESHOLD = 0.5
PROMINENT_KINDS = frozenset(["title", "listed"])
"""Kinds of mention that count in full."""

_THING_TYPES = frozenset(["model", "product", "dataset", "chip", "event", "other"])
_ACTOR_TYPES = frozenset(["org", "person"])
_THING_WEIGHT, _ACTOR_WEIGHT, _TERM_WEIGHT, _HOT_WEIGHT = 0.6, 0.35, 0.2, 0.1
_IN_TEXT_FACTOR = 0.5
_MAX_COLD_SHARE, _MAX_COLD_ITEMS = 0.05, 3
# Weight of two Latin words; fewer words say nothing by themselves.
_MIN_WORDS_WEIGHT = 4
# Methods with a proper name: Turb-L1, FQ-PETR; RAG is a term.
_METHOD_NAME = re.compile(r"\d|-[A-Z]")
_HEADING_END = re.compile(r"\s*(?:[—–:：]|\s-\s)")


@dataclass(frozen=True, slots=True)
class SubjectTerm:
    """Entity that an entry mentions. `hot`: it was in the news anyway."""

    id: str
    surface: str
    type: str
    hot: bool


@dataclass(frozen=True, slots=True)
class WatchMatch:
    """Answer: its score, the weight of each shared entity, and the shared words."""

    score: float
    weights: Mapping[str, float]
    words: float
    shared: tuple[str, ...]


def is_hot(named_items: int, items: int) -> bool:
    """Whether more than 3 and more than 5 % of some items mention an entity."""
    if named_items <= _MAX_COLD_ITEMS:
        return False
    return named_items > _MAX_COLD_SHARE * items


def subject(text: str, terms: Iterable[SubjectTerm]) -> frozenset[str]:
    """Return the shingles of an entry without those of its entities.

    The part before a dash or colon is enough if it says as much as two Latin words.
    """
    surfaces = " ".join(term.surface for term in terms)
    named = shingles(surfaces)
    heading, *_ = _HEADING_END.split(text, maxsplit=1)
    heading_words = shingles(heading) - named
    if weight(heading_words) >= _MIN_WORDS_WEIGHT:
        return heading_words

    return shingles(text) - named


def answers(
    terms: Collection[SubjectTerm],
    entry_words: frozenset[str],
    mentions: Mapping[str, bool],
    item_words: frozenset[str],
) -> WatchMatch | None:
    """Return how an item answers an entry; None if it does not.

    `entry_words` is the entry's `subject`, `item_words` the item's shingles. `mentions` has the
    ids of the item's entities, True where they are prominent.
    """
    weights = _shared_weights(terms, mentions)
    if terms and not weights:
        return None

    words_score = 0.0
    if weight(entry_words) >= _MIN_WORDS_WEIGHT:
        words_score = containment(entry_words, item_words)

    # In order of ids, so that the product never differs in its last bit.
    unlikely = 1.0 - words_score
    for entity in sorted(weights):
        unlikely *= 1.0 - weights[entity]
    score = round(1.0 - unlikely, 4)
    if score < THRESHOLD:
        return None

    shared_words = sorted(entry_words & item_words)
    return WatchMatch(
        score=score,
        weights=weights,
        words=round(words_score, 4),
        shared=tuple(shared_words),
    )


def _shared_weights(
    terms: Iterable[SubjectTerm],
    mentions: Mapping[str, bool],
) -> dict[str, float]:
    """Return the weight of each entity that entry and item share, in the order of `terms`."""
    weights: dict[str, float] = {}
    for term in terms:
        if term.id not in mentions:
            continue

        term_weight = _term_weight(term)
        if not mentions[term.id]:
            term_weight *= _IN_TEXT_FACTOR
        known_weight = weights.get(term.id, 0.0)
        weights[term.id] = max(known_weight, term_weight)

    return weights


def _term_weight(term: SubjectTerm) -> float:
    if term.hot:
        return _HOT_WEIGHT
    if term.type in _THING_TYPES:
        return _THING_WEIGHT
    if term.type == "method" and _METHOD_NAME.search(term.surface):
        return _THING_WEIGHT
    if term.type in _ACTOR_TYPES:
        return _ACTOR_WEIGHT
    return _TERM_WEIGHT
