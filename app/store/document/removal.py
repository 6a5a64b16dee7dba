"""Deleting a briefing, restoring it and purging it, each in one transaction with all that follows.

A deleted briefing is hidden as a draft is, and has a tombstone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlmodel import Session, col

from app.errors import Conflict, NotFound
from app.normalize.editions import is_same_document
from app.normalize.identity import ItemTrait
from app.store import answers, audit, dataset, outbox
from app.store.audit import AuditEntry
from app.store.dataset import Event
from app.store.derived import search
from app.store.derived.features import FeatureWindow
from app.store.document import briefings, contents, editions, tombstones
from app.store.document.briefings import ReadDocument
from app.store.document.changes import SavedDocument
from app.store.document.save_batch import Restoration, SaveBatch
from app.store.document.sections import FormerItem, RememberedItem
from app.store.encoding.batches import batches
from app.store.rows import insert_rows, values_of
from app.store.tables import (
    Briefing,
    Change,
    Document,
    Entity,
    FormerDocument,
    GoneAddress,
    Tombstone,
)


def live(session: Session, briefing_id: str) -> Briefing | None:
    """Return the briefing of an id, drafts included; None if it is deleted or was never there."""
    statement = select(Briefing).where(
        col(Briefing.id) == briefing_id,
        ~editions.is_deleted(),
    )
    return session.execute(statement).scalars().first()


def delete_briefing(
    session: Session, briefing: Briefing, reason: str | None, now: datetime
) -> SavedDocument:
    """Delete a briefing; its documents remain, so that it can be restored.

    Return the effect, with the ids of its items as removed.
    """
    assert briefing.pk
    batch = SaveBatch()
    batch.changes.remember(briefing)
    hashes = _hashes(session, briefing.pk)
    saved = SavedDocument(briefing.id, "deleted", old=hashes[0] if hashes else None)
    batch.changes.removed[briefing.id] = saved.old
    former = briefings.remove_contents(session, briefing, batch.touched)
    tombstone = _bury(session, briefing, former.items, hashes, reason, now)
    was_draft = briefing.draft
    briefing.draft, briefing.is_primary, briefing.updated_at = True, False, now
    briefings.leave_day(session, briefing, now, batch)
    briefings.remove_leftovers(session, former, saved, batch.touched)
    batch.touch(briefing.pk, former, contents.SavedContents())
    for item_id in saved.removed:
        payload = {"briefing": saved.briefing}
        old, _ = saved.hashes[item_id]
        batch.touched.events.append(
            Event(
                "removed",
                "item",
                item_id,
                payload,
                old,
            )
        )
    if saved.old and not was_draft:
        details = {"briefing": saved.briefing, "reason": reason}
        batch.touched.events.append(
            Event(
                "removed",
                "document",
                saved.old,
                details,
                saved.old,
            )
        )
    entry = _entry("delete", tombstone, reason)
    entry.details["items"] = len(saved.removed)
    batch.entries.append(entry)
    saved.version = briefings.finish(
        session,
        batch,
        now,
        FeatureWindow(),
        again=True,
    )
    return saved


def _entry(action: str, tombstone: Tombstone, reason: str | None) -> AuditEntry:
    details = {"sha256": tombstone.sha256}
    return AuditEntry(action, "briefing", tombstone.briefing_id, reason, details)


def _hashes(session: Session, briefing_pk: int) -> list[str]:
    """Return the hashes of a briefing's documents, the current one first."""
    current = values_of(session, col(Document.sha256), col(Document.briefing_pk) == briefing_pk)
    former = values_of(
        session, col(FormerDocument.sha256), col(FormerDocument.briefing_pk) == briefing_pk
    )
    return [*current, *former]


def _bury(
    session: Session,
    briefing: Briefing,
    items: Iterable[FormerItem],
    hashes: list[str],
    reason: str | None,
    now: datetime,
) -> Tombstone:
    """Write the tombstone, and the addresses that lead to it unless the briefing was a draft."""
    tombstone = Tombstone(
        briefing_pk=briefing.pk,
        briefing_id=briefing.id,
        channel_pk=briefing.channel_pk,
        date=briefing.date,
        title=briefing.title,
        sha256=hashes[0] if hashes else None,
        actor=audit.current_actor().name,
        reason=reason,
        deleted_at=now,
    )
    addresses = [("briefing", briefing.id)]
    addresses += [("document", sha256) for sha256 in hashes]
    traits = []
    for item in items:
        traits.append(_stored_trait(item))
        addresses.append(("item", item.row.id))
    tombstone.items = traits
    session.add(tombstone)
    session.flush()
    if not briefing.draft:
        rows = []
        for object_, object_id in addresses:
            rows.append({"tombstone_pk": tombstone.pk, "object": object_, "object_id": object_id})
        insert_rows(session, GoneAddress, rows)
    return tombstone


def _stored_trait(item: FormerItem) -> dict[str, Any]:
    trait = item.trait
    return {
        "id": item.row.id,
        "title": trait.title,
        "sources": sorted(trait.sources),
        "content": trait.content,
    }


def deleted(session: Session, briefing_id: str) -> Tombstone:
    """Return the tombstone of a deleted briefing that can be restored.

    Raises NotFound without a tombstone, Conflict for a purged one.
    """
    tombstone = tombstones.newest(session, briefing_id)
    if tombstone is None:
        raise NotFound(f"There is no deleted briefing {briefing_id!r}.")
    if tombstone.briefing_pk is None:
        raise Conflict(f"The briefing {briefing_id} was purged; ingest its document again.")
    return tombstone


def restore(
    session: Session,
    document: ReadDocument,
    tombstone: Tombstone,
    reason: str | None,
    now: datetime,
) -> SavedDocument:
    """Restore a deleted briefing out of its document, read again; items get the ids they had.

    Raises Conflict if another version of the document is stored.
    """
    briefing = session.get_one(Briefing, tombstone.briefing_pk)
    decided = document.decided
    day = editions.of_day(session, briefing.channel_pk, decided.draft.date, decided.day_id)
    values = decided.draft.front_matter.values
    for other in day.editions:
        if is_same_document(document.name, values, other.name, other.briefing.front_matter):
            raise Conflict(
                f"Another version of {document.name!r} is stored as {other.briefing.id}; "
                "delete that briefing first."
            )
    entry = _entry("restore", tombstone, reason)
    restoration = Restoration(_remembered(tombstone), entry)
    session.delete(tombstone)
    # The briefing has no day until it is restored, so none can be left.
    briefing.date = decided.draft.date
    session.flush()
    (saved,) = briefings.save(session, [document], now, restoration=restoration)
    return saved


def _remembered(tombstone: Tombstone) -> list[RememberedItem]:
    items = []
    for stored in tombstone.items:
        trait = ItemTrait(stored["title"], frozenset(stored["sources"]), stored["content"])
        items.append((stored["id"], trait))
    return items


def _of_forgotten_entities() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of changes of entities that are no longer there."""
    is_there = exists().where(col(Entity.id) == col(Change.object_id))
    return col(Change.object) == "entity", ~is_there


def purge(session: Session, tombstone: Tombstone, reason: str | None, now: datetime) -> int:
    """Erase the documents of a deleted briefing, and its entries in the logs.

    The tombstone stays without title and reason, and the act of purging. The names of entities that
    no document has any more leave the log, too. Return the new version.
    """
    assert tombstone.briefing_pk
    hashes = _hashes(session, tombstone.briefing_pk)
    addresses = values_of(
        session, col(GoneAddress.object_id), col(GoneAddress.tombstone_pk) == tombstone.pk
    )
    audit.erase(session, [tombstone.briefing_id], hashes)
    outbox.erase(session, {tombstone.briefing_id, *addresses})
    for batch in batches(sorted({tombstone.briefing_id, *addresses})):
        in_batch = update(Change).where(col(Change.object_id).in_(batch))
        session.execute(in_batch.values(payload={}, old=None, new=None))
    session.execute(
        update(Change).where(*_of_forgotten_entities()).values(payload={}, old=None, new=None)
    )
    answers.erase(session, {tombstone.briefing_id, *addresses, *hashes})
    of_briefing = delete(Briefing).where(col(Briefing.pk) == tombstone.briefing_pk)
    tombstone.briefing_pk, tombstone.title, tombstone.reason = None, None, None
    tombstone.items, tombstone.sha256, tombstone.purged_at = [], None, now
    session.flush()
    session.execute(of_briefing)
    search.forget_removed(session)
    entry = AuditEntry(
        "purge",
        "briefing",
        tombstone.briefing_id,
        reason,
    )
    event = Event("purged", "briefing", tombstone.briefing_id, {})
    return dataset.record(session, [event], now, [entry])
