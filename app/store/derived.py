"""What is derived from documents and judgements, brought in step in the transaction that changes them."""

from dataclasses import dataclass, field

from sqlmodel import Session

from app.store import dataset, echoes, search, threads, watchlist


@dataclass
class Touched:
    """What a transaction added, changed or removed, by `pk`; of what is gone only the number is left.

    `briefings` are written anew, whole: all their items, mentions and citations may have changed. `items` are those of them
    that are gone, and those elsewhere whose mentions lead to other entities now.
    """

    briefings: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    entities: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)

    def add(self, other: "Touched") -> None:
        """Count in what `other` touched."""
        self.briefings |= other.briefings
        self.items |= other.items
        self.entities |= other.entities
        self.sources |= other.sources


def follow(session: Session, touched: Touched) -> None:
    """Bring everything derived in step with what was `touched`. Called once in a writing transaction, before the version is raised."""
    watchlist.follow(session, touched.briefings, touched.items, touched.entities)
    search.follow(session, touched.briefings, touched.items, touched.entities, touched.sources)
    threads.follow(session, touched.briefings, touched.items)
    echoes.follow(session, touched.briefings, touched.items)
    dataset.touch(session, touched.entities)
