"""The rows that a writing transaction changed, handed to everything derived from them."""

from collections import Counter
from dataclasses import dataclass, field

from app.store.dataset import Event

SpellingCounts = Counter[tuple[int, str]]
"""Numbers of mentions by entity (`pk`) and name; a change of them may be negative."""


@dataclass
class Touched:
    """Rows that a transaction added, changed or removed; a removed row leaves its `pk` only."""

    briefings: set[int] = field(default_factory=set)
    """Written again as a whole: any of their items, mentions and citations may have changed."""
    items: set[int] = field(default_factory=set)
    """Removed from one of `briefings`, or of other briefings, with mentions of other entities."""
    entities: set[int] = field(default_factory=set)
    created_entities: set[int] = field(default_factory=set)
    """Those of `entities` that were not there before."""
    sources: set[int] = field(default_factory=set)
    relinked_briefings: set[int] = field(default_factory=set)
    """Other briefings with mentions, outside of items too, that lead to other entities now."""
    spellings: SpellingCounts = field(default_factory=Counter)
    """Mentions added, less those removed."""
    namings: set[int] = field(default_factory=set)
    """Namings that lost mentions, perhaps the last one."""
    events: list[Event] = field(default_factory=list)
    """Entries of the change log for the effects of refreshing derived data."""

    def add(self, other: "Touched") -> None:
        """Add what `other` touched."""
        self.briefings |= other.briefings
        self.items |= other.items
        self.entities |= other.entities
        self.created_entities |= other.created_entities
        self.sources |= other.sources
        self.relinked_briefings |= other.relinked_briefings
        self.spellings.update(other.spellings)
        self.namings |= other.namings
        self.events += other.events
