"""What is derived from documents and judgements, brought in step in the transaction that changes them."""

from dataclasses import dataclass, field

from sqlmodel import Session

from app.store import dataset
from app.store.derived import columns, echoes, search, stored_json, threads, watchlist
from app.store.derived.features import FeatureWindow
from app.telemetry import stage


@dataclass
class Touched:
    """What a transaction added, changed or removed, by `pk`; of what is gone only the number is left.

    `briefings` are written anew, whole: all their items, mentions and citations may have changed. `items` are those of them
    that are gone, and those elsewhere whose mentions lead to other entities now; `named` are the briefings of such mentions,
    those outside of items included.
    """

    briefings: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    entities: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)

    def add(self, other: "Touched") -> None:
        """Count in what `other` touched."""
        self.briefings |= other.briefings
        self.items |= other.items
        self.entities |= other.entities
        self.sources |= other.sources
        self.named |= other.named


def refresh_derived(
    session: Session, touched: Touched, recent: FeatureWindow | None = None
) -> None:
    """Bring everything derived in step with what was `touched`. Called once in a writing transaction, before the version is raised."""
    with stage("watch list"):
        watchlist.refresh(session, touched.briefings, touched.items, touched.entities)
    with stage("search"):
        search.refresh(session, touched.briefings, touched.items, touched.entities, touched.sources)
    with stage("threads"):
        threads.refresh(session, touched.briefings, touched.items, recent)
    with stage("echoes"):
        echoes.refresh(session, touched.briefings, touched.items)
    with stage("answers"):
        stored_json.refresh(session, touched.briefings, touched.items)
    with stage("facts"):
        columns.refresh(session, touched.briefings | touched.named)
    dataset.touch(session, touched.entities)
