"""The changes that saving documents makes, for the log: of briefings, and of their items."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlmodel import Session, col

from app.store.audit import AuditEntry
from app.store.dataset import Event
from app.store.rows import values_of
from app.store.tables import Briefing, Item

ContentHashes = tuple[str | None, str | None]
"""The hashes of a content before and after a change; None where there is none."""


@dataclass
class SavedDocument:
    """The effect of saving a document. The lists hold item ids; `version` is None for no change.

    A `deleted` document stays deleted until it is restored.
    """

    briefing: str
    status: Literal["added", "replaced", "unchanged", "deleted"]
    version: int | None = None
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    old: str | None = None
    """The hash of the bytes before, None for a new document."""
    new: str | None = None
    hashes: dict[str, ContentHashes] = field(default_factory=dict)
    """The hashes of items that changed, by item id."""
    name: str = ""
    """The name of the document's file."""
    channel: str = ""

    def audit_entry(self) -> AuditEntry:
        """Return the act of ingesting the document."""
        counts = {
            "added": len(self.added),
            "updated": len(self.updated),
            "unchanged": len(self.unchanged),
            "removed": len(self.removed),
        }
        details = {
            "status": self.status,
            "name": self.name,
            "sha256": self.new,
            "former_sha256": self.old,
            "items": counts,
        }
        return AuditEntry("ingest", "briefing", self.briefing, details=details)


@dataclass
class Changes:
    """Briefings that were saved or got another id, compared with the public ones before."""

    saved: list[tuple[Briefing, SavedDocument]] = field(default_factory=list)
    removed: dict[str, str | None] = field(default_factory=dict)
    """The hashes of deleted briefings, by their former id."""
    _briefings: dict[int, Briefing] = field(default_factory=dict)
    """By `pk`."""
    _former_ids: dict[str, int] = field(default_factory=dict)
    """The `pk`s of those that were public before, by their former id."""
    _renamed: set[int] = field(default_factory=set)
    """Those (`pk`s) that got another id."""

    def remember(self, briefing: Briefing) -> None:
        """Note a stored briefing before it changes."""
        assert briefing.pk
        if briefing.pk not in self._briefings:
            self._briefings[briefing.pk] = briefing
            if not briefing.draft:
                self._former_ids[briefing.id] = briefing.pk

    def rename(self, briefing: Briefing) -> None:
        """Note that a briefing got another id."""
        assert briefing.pk
        self._renamed.add(briefing.pk)

    def save(self, briefing: Briefing, saved: SavedDocument) -> None:
        """Note that a briefing was saved."""
        assert briefing.pk
        self._briefings[briefing.pk] = briefing
        self.saved.append((briefing, saved))

    def events(self, session: Session) -> Iterator[Event]:
        """Yield the changes to log, and complete the ids of saved documents.

        The log is public: it says nothing of a draft, nor its title.
        """
        yield from self._briefing_events()
        for briefing, saved in self.saved:
            saved.briefing = briefing.id
            yield from _item_events(briefing, saved)
            if briefing.pk in self._renamed:
                yield from _updates(briefing, saved.unchanged)
        # The content of an item names its briefing.
        for pk in sorted(self._renamed - self._saved_pks()):
            item_ids = values_of(session, col(Item.id), col(Item.briefing_pk) == pk)
            yield from _updates(self._briefings[pk], item_ids)

    def audit_entries(self) -> list[AuditEntry]:
        """Return the acts of ingesting the saved documents; call it after `events`."""
        return [saved.audit_entry() for _, saved in self.saved]

    def document_events(self, action: str = "added") -> Iterator[Event]:
        """Yield a change for each version of a document, in order; call it after `events`.

        A document that became a draft is one that was removed.
        """
        public_before = set(self._former_ids.values())
        for briefing, saved in self.saved:
            details = {"briefing": briefing.id, "name": saved.name}
            details["date"] = briefing.date.isoformat()
            if not briefing.draft and saved.new:
                details["channel"] = saved.channel
                yield Event(
                    action,
                    "document",
                    saved.new,
                    details,
                    saved.old,
                    saved.new,
                )
            elif briefing.draft and briefing.pk in public_before and saved.old:
                draft = {"briefing": briefing.id, "draft": True}
                yield Event(
                    "removed",
                    "document",
                    saved.old,
                    draft,
                    saved.old,
                )

    def _saved_pks(self) -> set[int | None]:
        pks = set()
        for briefing, _ in self.saved:
            pks.add(briefing.pk)
        return pks

    def _briefing_events(self) -> Iterator[Event]:
        saved_pks = self._saved_pks()
        hashes: dict[int | None, ContentHashes] = {}
        for briefing, saved in self.saved:
            hashes[briefing.pk] = saved.old, saved.new
        public = {}
        for briefing in self._briefings.values():
            if not briefing.draft:
                public[briefing.id] = briefing
        for briefing_id in sorted(self._former_ids.keys() - public.keys()):
            old = self.removed.get(briefing_id)
            yield Event("removed", "briefing", briefing_id, {}, old)
        for briefing_id, briefing in public.items():
            former_pk = self._former_ids.get(briefing_id)
            payload = {"title": briefing.title}
            old, new = hashes.get(briefing.pk, (None, None))
            if former_pk is None:
                yield Event(
                    "added",
                    "briefing",
                    briefing_id,
                    payload,
                    None,
                    new,
                )
            elif briefing.pk in saved_pks or former_pk != briefing.pk:
                yield Event(
                    "updated",
                    "briefing",
                    briefing_id,
                    payload,
                    old,
                    new,
                )


def _item_events(briefing: Briefing, saved: SavedDocument) -> Iterator[Event]:
    by_action = {
        "added": saved.added,
        "updated": saved.updated,
        "removed": saved.removed,
    }
    for action, item_ids in by_action.items():
        for item_id in item_ids:
            old, new = saved.hashes.get(item_id, (None, None))
            yield Event(action, "item", item_id, {"briefing": briefing.id}, old, new)


def _updates(briefing: Briefing, item_ids: Iterable[str]) -> Iterator[Event]:
    for item_id in item_ids:
        yield Event("updated", "item", item_id, {"briefing": briefing.id})
