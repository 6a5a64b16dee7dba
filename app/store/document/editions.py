"""The editions of a day in the database: which document replaces which, and the ids of all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import Session, col

from app.normalize.decide import DecidedBriefing
from app.normalize.editions import Edition, document_stem, edition_ids, is_same_document
from app.store.tables import Briefing, Channel, Document, FormerDocument, Tombstone


@dataclass
class StoredEdition:
    """A briefing, and the name of its document."""

    briefing: Briefing
    name: str


@dataclass
class DayEditions:
    """The editions of a channel's day; `day_id` is the id of the primary one."""

    day_id: str
    editions: list[StoredEdition] = field(default_factory=list)

    def same_document(self, decided: DecidedBriefing, name: str) -> StoredEdition | None:
        """Return the edition that a document replaces."""
        values = decided.draft.front_matter.values
        for edition in self.editions:
            briefing = edition.briefing
            if is_same_document(name, values, edition.name, briefing.front_matter):
                return edition
        return None

    def without(self, briefing: Briefing) -> None:
        """Leave a briefing out, because it has another day now."""
        self.editions = [other for other in self.editions if other.briefing is not briefing]

    def assign_ids(self, session: Session, now: datetime) -> list[Briefing]:
        """Give every edition its id; return the stored ones that have another id now.

        New briefings get theirs before they are added.
        """
        ids = edition_ids(self.day_id, [_edition(stored) for stored in self.editions])
        renamed = []
        for stored, briefing_id in zip(self.editions, ids, strict=True):
            briefing = stored.briefing
            briefing.is_primary = briefing_id == self.day_id
            if briefing.id != briefing_id and briefing.pk:
                renamed.append((briefing, briefing_id))
            else:
                briefing.id = briefing_id

        # Ids are unique: each is free before it is given.
        for briefing, _ in renamed:
            briefing.id = f"~{briefing.pk}"
        session.flush()
        for briefing, briefing_id in renamed:
            briefing.id = briefing_id
            briefing.updated_at = now
        session.flush()
        return [briefing for briefing, _ in renamed]


def _edition(stored: StoredEdition) -> Edition:
    briefing = stored.briefing
    return Edition(
        briefing.edition,
        briefing.language,
        document_stem(stored.name),
        briefing.draft,
    )


def is_deleted() -> ColumnElement[bool]:
    """Return the condition that a briefing is deleted."""
    tombstone = select(col(Tombstone.pk)).where(
        col(Tombstone.briefing_pk) == col(Briefing.pk),
    )
    return tombstone.exists()


def channel_pk(session: Session, channel_id: str) -> int:
    """Return the channel's row, added if it is missing."""
    statement = select(Channel).where(
        col(Channel.id) == channel_id,
    )
    channel = session.execute(statement).scalars().first()
    if channel is None:
        channel = Channel(id=channel_id)
        session.add(channel)
        session.flush()

    assert channel.pk
    return channel.pk


def of_day(session: Session, channel_pk: int, day: date, day_id: str) -> DayEditions:
    """Return the editions that are stored for a day but not deleted, in no particular order."""
    statement = (
        select(Briefing, col(Document.name))
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk), isouter=True)
        .where(
            col(Briefing.channel_pk) == channel_pk,
            col(Briefing.date) == day,
            ~is_deleted(),
        )
    )
    editions = []
    for briefing, name in session.execute(statement):
        editions.append(StoredEdition(briefing, name or ""))
    return DayEditions(day_id, editions)


def write_document(
    session: Session, document: Document, now: datetime, *, was_draft: bool
) -> str | None:
    """Write the document of a briefing; other bytes before it become a former version.

    Return the hash of the bytes before it, None for the first version.
    """
    current = session.get(Document, document.briefing_pk)
    if current is None:
        session.add(document)
        return None
    if current.sha256 == document.sha256:
        document.first_at = current.first_at
        session.merge(document)
        return current.sha256

    former = FormerDocument(
        briefing_pk=current.briefing_pk,
        sha256=current.sha256,
        name=current.name,
        body=current.body,
        draft=was_draft,
        first_at=current.first_at,
        last_at=now,
    )
    same_bytes = (
        col(FormerDocument.briefing_pk) == document.briefing_pk,
        col(FormerDocument.sha256) == document.sha256,
    )
    first_at = session.execute(
        select(col(FormerDocument.first_at)).where(*same_bytes)
    ).scalar_one_or_none()
    session.execute(delete(FormerDocument).where(*same_bytes))
    session.add(former)
    document.first_at = first_at or now
    session.merge(document)
    return former.sha256


@dataclass(frozen=True)
class KnownDocument:
    """A document of a day as it decides on others: stored, or to be stored."""

    briefing: str
    name: str
    sha256: str
    edition: Edition
    front_matter: Mapping[str, Any]


def known_documents(session: Session, channel: str, day: date) -> list[KnownDocument]:
    """Return the documents that are stored for a day of a channel."""
    statement = (
        select(Briefing, col(Document.name), col(Document.sha256))
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .where(
            col(Channel.id) == channel,
            col(Briefing.date) == day,
            ~is_deleted(),
        )
    )
    documents = []
    for briefing, name, sha256 in session.execute(statement):
        edition = _edition(StoredEdition(briefing, name))
        values = briefing.front_matter
        documents.append(KnownDocument(briefing.id, name, sha256, edition, values))
    return documents
