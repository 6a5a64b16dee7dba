"""Features of one item: everything that threads and echoes are decided on."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from app.normalize.lexicon.vocabulary import english
from app.normalize.stories.back_references import back_reference
from app.normalize.stories.conflicts import named_places, title_facets, title_versions
from app.normalize.text.folding import fold
from app.normalize.text.idf import count_weights, numbers, versions, words

Position = tuple[date, str, int]
"""Day, channel and ordinal of an item: the order in which items are threaded."""

TITLED, LISTED, IN_TEXT = 1.0, 0.7, 0.35
"""Weight of a mention: in the title, on the entity line, in the text."""

NAMED = "named"
"""Type of an entity that no catalogue knows but that is written like a name."""

MAX_TEXT_CHARS = 800
MAX_TITLE_WORDS = 60

# Stories are about things; a maker has many stories, and a term says little.
_TYPE_WEIGHTS = {
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
_TERM_WEIGHT = 0.25
_ACTOR_TYPES = ("org", "person")
_CAPITALISED = re.compile(r"[A-Z][A-Za-z]{2,}")


class EntityMention(NamedTuple):
    """One entity as an item mentions it.

    `weight` is `TITLED`, `LISTED` or `IN_TEXT`; `offset` orders the mentions of one title, in
    characters; `surfaces` are the spellings used.
    """

    type: str
    weight: float
    offset: int = 0
    surfaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StoryFeatures:
    """An item as threads and echoes see it.

    `sources` and `papers` are ids of cited articles and papers; `mentions` go by entity id;
    `article_keys` gives, by source id, the key that two citations of one article share.
    """

    id: str
    briefing: str
    position: Position
    title: str
    text: str
    sources: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    mentions: Mapping[str, EntityMention] = field(default_factory=dict)
    article_keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """Day of the briefing."""
        return self.position[0]

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Ids of the mentioned entities."""
        return frozenset(self.mentions)

    @cached_property
    def mention_weights(self) -> Mapping[str, float]:
        """Weight of each mention, by entity id."""
        weights = {}
        for entity, mention in self.mentions.items():
            weights[entity] = mention.weight

        return weights

    @cached_property
    def type_weights(self) -> Mapping[str, float]:
        """Weight of each mentioned entity's type, by entity id."""
        weights = {}
        for entity, mention in self.mentions.items():
            weights[entity] = type_weight(mention.type)

        return weights

    @cached_property
    def articles(self) -> Mapping[str, str]:
        """Source ids by article key; of several sources with one key, the last id."""
        articles = {}
        for source in sorted(self.sources):
            key = self.article_keys.get(source, source)
            articles[key] = source

        return articles

    @cached_property
    def cited_keys(self) -> tuple[str, ...]:
        """Blocking keys of the cited articles and papers."""
        cited = self.articles.keys() | self.papers
        return tuple([f"s:{source}" for source in cited])

    @cached_property
    def blocking_keys(self) -> tuple[str, ...]:
        """Keys that candidates share: cited sources, prominent entities, words of the title."""
        keys = list(self.cited_keys)
        for entity, weight in self.mention_weights.items():
            if weight >= LISTED:
                keys.append(f"n:{entity}")

        for word in self.title_words:
            keys.append(f"w:{word}")

        return tuple(keys)

    @cached_property
    def full_text(self) -> str:
        """Title and the first 800 characters of the text."""
        text = self.text[:MAX_TEXT_CHARS]
        return f"{self.title}\n{text}"

    @cached_property
    def title_words(self) -> frozenset[str]:
        """First 60 words of the title."""
        first_words = words(self.title)[:MAX_TITLE_WORDS]
        return frozenset(first_words)

    @property
    def word_counts(self) -> Counter[str]:
        """Words of title and text with their counts."""
        repeated = words(self.full_text)
        return Counter(repeated)

    @cached_property
    def word_weights(self) -> Mapping[str, float]:
        """Words of title and text with 1 + log2 of their counts."""
        return count_weights(self.word_counts)

    @cached_property
    def body_words(self) -> frozenset[str]:
        """Words of the text that the title does not have."""
        text = self.text[:MAX_TEXT_CHARS]
        return frozenset(words(text)) - self.title_words

    @cached_property
    def unknown_names(self) -> frozenset[str]:
        """Capitalised Latin words of the title that are no words of the field, folded."""
        capitalised = _CAPITALISED.findall(self.title)
        folded = frozenset(map(fold, capitalised))
        return folded - english().keys()

    @cached_property
    def versions(self) -> frozenset[str]:
        """Versions and sizes in the title."""
        return title_versions(self.title)

    @cached_property
    def facets(self) -> Mapping[str, frozenset[str]]:
        """Months, quarters and works that the title names."""
        return title_facets(self.title)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers in title and text."""
        return numbers(self.full_text)

    @cached_property
    def numbers_and_versions(self) -> frozenset[str]:
        """Numbers and versions in title and text."""
        stated_versions = versions(self.full_text)
        return self.numbers | stated_versions | self.versions

    @cached_property
    def title_places(self) -> frozenset[str]:
        """Countries, regions and cities that the title names."""
        return named_places(self.title)

    @cached_property
    def all_places(self) -> frozenset[str]:
        """Countries, regions and cities that title or text name."""
        return named_places(self.full_text)

    @cached_property
    def is_back_reference(self) -> bool:
        """Whether the text only refers to the full report of the story."""
        return back_reference(self.text) is not None

    @cached_property
    def prominent(self) -> frozenset[str]:
        """Named entities, terms aside, of the title or the entity line."""
        return self._named_entities(LISTED)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Named entities, terms aside, of the title."""
        return self._named_entities(TITLED)

    def _named_entities(self, least_weight: float) -> frozenset[str]:
        entities = set()
        for entity, mention in self.mentions.items():
            if mention.weight < least_weight:
                continue
            if is_name(mention):
                entities.add(entity)

        return frozenset(entities)

    @cached_property
    def title_entities(self) -> frozenset[str]:
        """Subjects, and entities of unknown type in the title."""
        entities = set(self.subjects)
        for entity, mention in self.mentions.items():
            if mention.weight < TITLED:
                continue
            if mention.type == "other":
                entities.add(entity)

        return frozenset(entities)

    @cached_property
    def lead_subject(self) -> str | None:
        """First subject of the title that is neither an organisation nor a person."""
        things = []
        for entity in self.subjects:
            mention = self.mentions[entity]
            if mention.type not in _ACTOR_TYPES:
                things.append((mention.offset, entity))

        if not things:
            return None

        _, first = min(things)
        return first


def type_weight(entity_type: str) -> float:
    """Return how strongly an entity of this type identifies a story, in (0, 1]."""
    return _TYPE_WEIGHTS.get(entity_type, _TERM_WEIGHT)


def is_name(mention: EntityMention) -> bool:
    """Whether the entity is a thing, an organisation or a person, not a term."""
    return mention.type in _TYPE_WEIGHTS
