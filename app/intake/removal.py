"""Deleting, restoring and purging a briefing, each in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlmodel import Session

from app.errors import Conflict, NotFound
from app.intake.documents import Expectation
from app.intake.reading import ReadingTask
from app.query.curation import tombstones as gone
from app.query.documents.ids import stored_id, unprefixed_channel
from app.query.schemas.writing import RemovalOut
from app.query.snapshot import dataset as versions
from app.query.snapshot.refs import path
from app.store.db import Database
from app.store.document import removal, tombstones
from app.store.document.briefings import ReadDocument
from app.store.document.changes import SavedDocument
from app.store.entities import judgements
from app.store.tables import Channel, Document

Action = Literal["delete", "restore", "purge"]
Read = Callable[[ReadingTask], ReadDocument]


@dataclass(frozen=True)
class Removal:
    """Which briefing to delete, restore or purge, and on which terms."""

    briefing_id: str
    reason: str | None = None
    dry_run: bool = False
    expects: Expectation | None = None


def stored(database: Database, briefing_id: str, default_channel: str) -> str:
    """Return the id that a briefing is stored under, by any form of it."""
    with database.read() as session:
        return stored_id(session, briefing_id, default_channel)


def delete(database: Database, request: Removal) -> RemovalOut:
    """Delete a briefing. Raises Gone if it is deleted, NotFound if it never was."""
    with database.write() as session:
        before = versions.version(session).text
        briefing = removal.live(session, request.briefing_id)
        if briefing is None:
            gone.refuse(session, "briefing", request.briefing_id)
            raise NotFound(f"There is no briefing {request.briefing_id!r}.")
        if request.expects:
            request.expects(session, briefing.id)
        saved = removal.delete_briefing(session, briefing, request.reason, datetime.now(UTC))
        effect = _effect(session, "delete", request, saved.briefing, saved.removed, before)
    return _finish(database, effect)


def restore(database: Database, request: Removal, read: Read, default_channel: str) -> RemovalOut:
    """Restore a deleted briefing out of its document, which `read` reads again.

    Raises NotFound if none is deleted, Conflict if it was purged, and if a newer version of its
    document is stored.
    """
    with database.read() as session:
        task = _restoring_task(session, request.briefing_id, default_channel)
    document = read(task)
    with database.write() as session:
        before = versions.version(session).text
        tombstone = removal.deleted(session, request.briefing_id)
        current = _restoring_task(session, request.briefing_id, default_channel)
        if current != task:
            document = read(current)
        saved = removal.restore(
            session,
            document,
            tombstone,
            request.reason,
            datetime.now(UTC),
        )
        effect = _effect(
            session,
            "restore",
            request,
            saved.briefing,
            _item_ids(saved),
            before,
        )
    return _finish(database, effect)


def _item_ids(saved: SavedDocument) -> list[str]:
    return [*saved.added, *saved.updated, *saved.unchanged]


def _restoring_task(session: Session, briefing_id: str, default_channel: str) -> ReadingTask:
    """Return the task of reading the document of a deleted briefing again."""
    tombstone = removal.deleted(session, briefing_id)
    document = session.get_one(Document, tombstone.briefing_pk)
    channel = session.get_one(Channel, document.channel_pk).id
    spellings = judgements.curated_spellings(session)
    unprefixed = unprefixed_channel(session, default_channel)
    return ReadingTask(document.body, document.name, channel, unprefixed, spellings)


def purge(database: Database, request: Removal) -> RemovalOut:
    """Erase the documents of a deleted briefing for good. Raises NotFound, and Conflict if live."""
    with database.write() as session:
        before = versions.version(session).text
        tombstone = tombstones.newest(session, request.briefing_id)
        if tombstone is None and removal.live(session, request.briefing_id):
            raise Conflict(
                f"The briefing {request.briefing_id} is not deleted; delete it before a purge."
            )
        tombstone = removal.deleted(session, request.briefing_id)
        item_ids = [item["id"] for item in tombstone.items]
        removal.purge(session, tombstone, request.reason, datetime.now(UTC))
        effect = _effect(session, "purge", request, request.briefing_id, item_ids, before)
    return _finish(database, effect)


def _effect(
    session: Session,
    action: Action,
    request: Removal,
    briefing_id: str,
    item_ids: list[str],
    before: str,
) -> RemovalOut:
    """Return the effect of an act; a dry run is rolled back."""
    effect = RemovalOut(
        action=action,
        dry_run=request.dry_run,
        briefing=briefing_id,
        items=item_ids,
        reason=request.reason,
        dataset_version=versions.version(session).text,
        links={"self": path("briefings", briefing_id)},
    )
    if request.dry_run:
        session.rollback()
        effect.dataset_version = before
    return effect


def _finish(database: Database, effect: RemovalOut) -> RemovalOut:
    if not effect.dry_run:
        database.wait_for_readers()
    return effect
