"""Work that changing documents in one transaction leaves to be done once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from app.normalize.decide import DecidedBriefing
from app.store.audit import AuditEntry
from app.store.derived.refresh import DERIVED
from app.store.document import contents, sections
from app.store.document.changes import Changes
from app.store.document.sections import FormerItem, RememberedItem
from app.store.tables import Briefing
from app.store.touched import Touched


@dataclass(frozen=True)
class Restoration:
    """The end of a deletion: the items the briefing had, and the act for the audit log."""

    items: Sequence[RememberedItem]
    entry: AuditEntry


@dataclass
class FormerVersion:
    """Rows that the former version of a document leaves behind."""

    items: list[FormerItem] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    entities: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    judged_nodes: set[str] = field(default_factory=set)


@dataclass
class SaveBatch:
    """Work that changing some documents leaves to be done once for all of them."""

    touched: Touched = field(default_factory=Touched)
    tags: set[int] = field(default_factory=set)
    mentions: dict[int, contents.DocumentMentions] = field(default_factory=dict)
    """By briefing (`pk`)."""
    judged_nodes: set[str] = field(default_factory=set)
    changes: Changes = field(default_factory=Changes)
    entries: list[AuditEntry] = field(default_factory=list)
    restoration: Restoration | None = None
    derived: Sequence[str] = tuple(DERIVED)
    """Names of the derived data to refresh."""

    def touch(
        self, briefing_pk: int, former: FormerVersion, written: contents.SavedContents
    ) -> None:
        """Note the rows of a briefing that were written, and those of its former version."""
        self.touched.briefings.add(briefing_pk)
        self.touched.entities |= former.entities
        self.touched.sources |= former.sources | written.sources
        self.tags |= former.tags | written.tags
        self.judged_nodes |= former.judged_nodes | written.judged_nodes


def removed_ids(
    session: Session, briefing: Briefing, decided: DecidedBriefing, batch: SaveBatch
) -> dict[str, list[str]]:
    """Return the ids of removed items of a briefing by the hash of their content, the last first.

    The log has the removals of former transactions, the batch those of its own.
    """
    items = [item for _, section_items in decided.sections for item in section_items]
    removed: dict[str, list[str]] = {}
    for saved_briefing, saved in reversed(batch.changes.saved):
        for item_id in saved.removed if saved_briefing is briefing else ():
            content, _ = saved.hashes[item_id]
            removed.setdefault(content or "", []).append(item_id)
    for content, item_id in sections.logged_removals(session, items, decided.basis):
        removed.setdefault(content, []).append(item_id)
    return removed
