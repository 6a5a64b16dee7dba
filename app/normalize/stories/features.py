"""An item as it tells a story: what threads and echoes are decided on."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.normalize.lexicon.vocabulary import english
from app.normalize.stories.back_references import reference
from app.normalize.stories.conflicts import places_of, title_versions
from app.normalize.text.folding import fold
from app.normalize.text.idf import numbers, versions, words

Place = tuple[date, str, int]
"""Day, channel and ordinal: the order items are told in."""

TITLED, LISTED, IN_TEXT = 1.0, 0.7, 0.35
"""How much is made of a name: in the title, on the entity line, in the text."""

NAMED = "named"
"""The type of what nobody knows more of than that it is written like a name."""

_LONGEST, _LONGEST_TITLE = 800, 60
# Things are what stories are about; who makes them has many; terms say little.
_KINDS = {
    "model": 1.0,
    "product": 1.0,
    "event": 1.0,
    "dataset": 1.0,
    "method": 1.0,
    "chip": 0.6,
    "org": 0.6,
    "person": 0.6,
    NAMED: 0.6,
}
_TERM = 0.25
_WHO = ("org", "person")
_PROPER = re.compile(r"[A-Z][A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class EntityMention:
    """How an item names an entity: `weight` is `TITLED`, `LISTED` or `IN_TEXT`, `at` where in the title, `surfaces` as written."""

    type: str
    weight: float
    at: int = 0
    surfaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StoryFeatures:
    """An item, as far as it tells a story. `sources` and `papers` are ids of what it cites and can be cited by another.

    `addresses` gives by id what a source is compared by.
    """

    id: str
    briefing: str
    place: Place
    title: str
    text: str
    sources: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    names: Mapping[str, EntityMention] | None = None
    addresses: Mapping[str, str] | None = None

    @property
    def day(self) -> date:
        return self.place[0]

    @cached_property
    def named(self) -> Mapping[str, EntityMention]:
        return self.names or {}

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """How much it makes of what it names."""
        return {name: naming.weight for name, naming in self.named.items()}

    @cached_property
    def kind_weights(self) -> Mapping[str, float]:
        """How much each thing it names says by what it is."""
        return {name: kind_weight(naming.type) for name, naming in self.named.items()}

    @cached_property
    def articles(self) -> Mapping[str, str]:
        """What its sources are compared by → id."""
        return {
            (self.addresses or {}).get(source, source): source for source in sorted(self.sources)
        }

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What it is found by: what it cites, whom it names, the words of its title."""
        return (
            *(f"s:{source}" for source in self.articles.keys() | self.papers),
            *(f"n:{name}" for name, naming in self.named.items() if naming.weight >= LISTED),
            *(f"w:{word}" for word in self.titled),
        )

    @cached_property
    def whole(self) -> str:
        return f"{self.title}\n{self.text[:_LONGEST]}"

    @cached_property
    def titled(self) -> frozenset[str]:
        return frozenset(words(self.title)[:_LONGEST_TITLE])

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
        return frozenset(
            folded
            for word in _PROPER.findall(self.title)
            if (folded := fold(word)) not in english()
        )

    @cached_property
    def versions(self) -> frozenset[str]:
        return title_versions(self.title)

    @cached_property
    def stated(self) -> frozenset[str]:
        """The figures and versions it gives anywhere."""
        return self.figures | versions(self.whole) | self.versions

    @cached_property
    def places(self) -> tuple[frozenset[str], frozenset[str]]:
        """The places its title names, and those it names anywhere."""
        return places_of(self.title), places_of(self.whole)

    @cached_property
    def figures(self) -> frozenset[str]:
        return numbers(self.whole)

    @cached_property
    def refers(self) -> bool:
        """Whether it only says where it is told in full."""
        return reference(self.text) is not None

    @cached_property
    def prominent(self) -> frozenset[str]:
        """The things, organisations and people its title or entity line names."""
        return frozenset(
            name
            for name, naming in self.named.items()
            if is_name(naming) and naming.weight >= LISTED
        )

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The things, organisations and people its title names."""
        return frozenset(
            name
            for name, naming in self.named.items()
            if naming.weight == TITLED and is_name(naming)
        )

    @cached_property
    def specific(self) -> frozenset[str]:
        """What its title names that is no mere term, names of a kind nobody knows among them."""
        return self.subjects | {
            name
            for name, naming in self.named.items()
            if naming.weight == TITLED and naming.type == "other"
        }

    @cached_property
    def lead(self) -> str | None:
        """The first thing its title names."""
        things = [
            (self.named[name].at, name)
            for name in self.subjects
            if self.named[name].type not in _WHO
        ]
        return min(things)[1] if things else None


def kind_weight(type: str) -> float:
    """How much an entity of a type says of the story it is named in, of 1."""
    return _KINDS.get(type, _TERM)


def is_name(naming: EntityMention) -> bool:
    """Whether it names a thing, an organisation or a person, and is no mere term."""
    return naming.type in _KINDS
