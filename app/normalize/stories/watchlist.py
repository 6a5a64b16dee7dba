"""Whether a later item answers an entry of a watch list, and why.

Each thing the entry names that the item names, too, speaks for it with a weight, and so do the entry's other words. Together
they are a noisy-or (J. Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988, 4.3.2): 1 - (1 - words) Π (1 - weight).
An item answers from one half on, if it names anything that the entry names, or the entry names nothing that is known. A
product, model or paper of the entry in the item's title or entity line is enough alone; a company or a term is not, nor is
anything that was in the news all the time anyway (`is_hot`).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.normalize.text.containment import containment, shingles, weight

WINDOW = 90
"""Days after the entry in which an item may answer it."""
LOOKBACK = 28
"""Days up to and with the entry's in which what it names is counted."""
THRESHOLD = 0.5
PROMINENT = frozenset(["title", "listed"])

_THINGS = frozenset(["model", "product", "dataset", "chip", "event", "other"])
_ACTORS = frozenset(["org", "person"])
_THING, _ACTOR, _TERM, _HOT = 0.6, 0.35, 0.2, 0.1
# In passing, a name says half of what it says in a title or an entity line.
_IN_PASSING = 0.5
_HOT_SHARE, _FEW = 0.05, 3
# Fewer words than two Latin ones say nothing alone.
_LEAST = 4
# A method that goes by a proper name: Turb-L1, FQ-PETR; RAG is a term.
_PROPER = re.compile(r"\d|-[A-Z]")
_HEAD = re.compile(r"\s*(?:[—–:：]|\s-\s)")


@dataclass(frozen=True, slots=True)
class SubjectTerm:
    """A thing an entry names: its id, the spelling used, the entity's type, and whether it was in the news anyway."""

    id: str
    surface: str
    type: str
    hot: bool


@dataclass(frozen=True, slots=True)
class WatchMatch:
    """An item answers: how surely, the weights of what both name by entity, and the words both use."""

    score: float
    weights: Mapping[str, float]
    words: float
    shared: tuple[str, ...]


def _weight(term: SubjectTerm) -> float:
    if term.hot:
        return _HOT
    if term.type in _THINGS or (term.type == "method" and _PROPER.search(term.surface)):
        return _THING
    return _ACTOR if term.type in _ACTORS else _TERM


def is_hot(named: int, items: int) -> bool:
    """Whether `named` of `items` are too many for one more to be an answer."""
    return named > _FEW and named > _HOT_SHARE * items


def subject(text: str, terms: Iterable[SubjectTerm]) -> frozenset[str]:
    """The words of an entry beside the things it names: of what stands before a dash or colon, if that says enough."""
    named = shingles(" ".join(term.surface for term in terms))
    head = shingles(_HEAD.split(text, maxsplit=1)[0]) - named
    return head if weight(head) >= _LEAST else shingles(text) - named


def answers(
    terms: Collection[SubjectTerm],
    wanted: frozenset[str],
    named: Mapping[str, bool],
    said: frozenset[str],
) -> WatchMatch | None:
    """Whether an item answers: `wanted` are the entry's other words (`subject`), `said` the item's, `named` the ids it names, True where prominently."""
    weights: dict[str, float] = {}
    for term in terms:
        if term.id in named:
            own = _weight(term)
            weights[term.id] = max(
                weights.get(term.id, 0.0), own if named[term.id] else own * _IN_PASSING
            )
    if terms and not weights:
        return None
    words = containment(wanted, said) if weight(wanted) >= _LEAST else 0.0
    against = 1.0 - words
    for entity in sorted(weights):
        against *= 1.0 - weights[entity]
    score = round(1.0 - against, 4)
    return (
        WatchMatch(score, weights, round(words, 4), tuple(sorted(wanted & said)))
        if score >= THRESHOLD
        else None
    )
