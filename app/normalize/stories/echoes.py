"""Which other places of a briefing speak of an item: the insight, the watch list, the readings, the keywords.

Decided within one document: by the same source, by a name that few items of the day have for a subject, or by words that
few titles of the day hold.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Literal

from app.normalize.stories.features import LISTED, TITLED, StoryFeatures, is_name
from app.normalize.text.folding import is_han
from app.normalize.text.idf import Idf, words

Where = Literal["insight", "watchlist", "reading", "keyword"]

# A name or word that more items of the day have tells none of them.
_FEW = 2
_SOURCE, _SUBJECT, _TERM, _LISTED_NAME = 0.97, 0.9, 0.8, 0.75
_LONG_TERM = 4
_CAMEL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
# How much of a title a passage must hold, by rarity, or a title of a phrase; less of it where more words are shared, or an odd one.
_OF_TITLE, _OF_PHRASE = 0.6, 0.45
_CUTS = re.compile(r"[\s]*[、，,。；;：:（）()「」『』【】\[\]／/＋+|·•\n—→]+[\s]*|\s[-–]\s")


@dataclass(frozen=True, slots=True)
class NamedItem:
    """A name in a passage: the entity, as written there, on which line."""

    entity: str
    surface: str
    line: int


@dataclass(frozen=True, slots=True)
class EditorialPassage:
    """A place that may speak of items; `position` counts among those of its kind, from 1."""

    where: Where
    position: int
    line: int
    text: str
    names: Sequence[NamedItem] = ()
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EchoMatch:
    """A passage that speaks of an item: by which words, and how sure that is, in [0, 1]."""

    item: str
    where: Where
    position: int
    line: int
    text: str
    signal: Literal["source", "name", "title"]
    score: float


@dataclass
class _Day:
    """The items of a briefing, and how many have what."""

    items: Sequence[StoryFeatures]
    titles: Idf = field(default_factory=Idf)
    subjects: Counter[str] = field(default_factory=Counter)
    prominent: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for item in self.items:
            self.titles.add(item.titled)
            self.subjects.update(
                name for name, naming in item.named.items() if naming.weight == TITLED
            )
            self.prominent.update(
                name for name, naming in item.named.items() if naming.weight >= LISTED
            )


def echoes(items: Sequence[StoryFeatures], passages: Sequence[EditorialPassage]) -> list[EchoMatch]:
    """What of `passages` speaks of which of `items`, each pair once, by its strongest signal."""
    day = _Day(items)
    return [echo for passage in passages for item in items if (echo := _echo(day, item, passage))]


def _echo(day: _Day, item: StoryFeatures, passage: EditorialPassage) -> EchoMatch | None:
    def found(
        signal: Literal["source", "name", "title"],
        score: float,
        text: str,
        line: int = passage.line,
    ) -> EchoMatch:
        return EchoMatch(
            item.id, passage.where, passage.position, line, text[:200], signal, round(score, 3)
        )

    if passage.sources & (item.sources | item.papers):
        return found("source", _SOURCE, passage.text)
    named = [(score, one) for one in passage.names if (score := _by_name(day, item, one))]
    if named:
        score, one = max(named, key=lambda pair: (pair[0], -pair[1].line))
        return found("name", score, one.surface, one.line)
    covered = _share(day, item.titled, frozenset(words(passage.text)))
    if covered >= _OF_TITLE and len(item.titled) > 1:
        return found("title", covered, passage.text)
    phrases = [
        (share, phrase)
        for phrase in _CUTS.split(passage.text)
        if (share := _by_phrase(day, item, phrase, passage.where == "keyword"))
    ]
    if phrases:
        share, phrase = max(phrases, key=lambda pair: pair[0])
        return found("title", share, phrase)
    return None


def _by_name(day: _Day, item: StoryFeatures, one: NamedItem) -> float:
    """How surely a name speaks of the item: a subject of few titles, or what its entity line alone names.

    A mere term does only where it is a subject and says something: two Latin words, one written like `RaaS`, or four Han characters of which the
    title holds two.
    """
    naming = item.named.get(one.entity)
    if naming is None or naming.weight < LISTED:
        return 0.0
    subjects = day.subjects[one.entity]
    if is_name(naming):
        if naming.weight == TITLED:
            return _SUBJECT if subjects <= _FEW else 0.0
        return _LISTED_NAME if not subjects and day.prominent[one.entity] == 1 else 0.0
    han = sum(map(is_han, one.surface))
    telling = (
        len(words(one.surface)) > 1 or bool(_CAMEL.search(one.surface))
        if not han
        else han >= _LONG_TERM and not item.titled.isdisjoint(words(one.surface))
    )
    return _TERM if telling and naming.weight == TITLED and subjects <= _FEW else 0.0


def _by_phrase(day: _Day, item: StoryFeatures, phrase: str, whole: bool) -> float:
    """The share of a phrase that the title holds, by words of few titles; a keyword is `whole`, and one word of it may do."""
    said = frozenset(words(phrase))
    shared = [word for word in said & item.titled if day.titles.count(word) <= _FEW]
    share = _share(day, said, item.titled)
    if share >= _OF_TITLE and len(shared) >= (1 if whole else 2):
        return share
    odd = any(word[0].isascii() for word in shared)
    return share if len(shared) >= 2 and share >= _OF_PHRASE and (odd or len(shared) > 2) else 0.0


def _share(day: _Day, whole: frozenset[str], part: frozenset[str]) -> float:
    """How much of `whole` is in `part`, by rarity among the titles of the day."""
    total = fsum(day.titles.bits(word) for word in whole)
    return fsum(day.titles.bits(word) for word in whole & part) / total if total else 0.0
