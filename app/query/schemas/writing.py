"""Shapes of writes: reports of documents, deletions and the audit log."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from app.query.schemas.shared import BriefingDate, BriefingId, DatasetVersion, Links, Out

IngestStatus = Literal["added", "replaced", "unchanged"]
Door = Literal["http", "cli", "service"]


class FoundSection(Out):
    """Section that was found in a document."""

    kind: str = Field(description="Kind of the section.", examples=["headlines"])
    title: str = Field(description="Title, as written.")
    items: int = Field(description="Number of its items.")


class ItemChanges(Out):
    """Items of a document by what becomes of them."""

    found: int = Field(description="Number of items in the document.")
    added: list[str] = Field(description="Ids of new items.")
    updated: list[str] = Field(description="Ids of items whose content changes.")
    unchanged: list[str] = Field(description="Ids of items that stay as they are.")
    removed: list[str] = Field(description="Ids of items that the document no longer has.")


class FoundNames(Out):
    """Names in a document."""

    listed: int = Field(description="Number of names in the entity lines of items.")
    new: list[str] = Field(description="Entities that no document named before.")


class DocumentWarning(Out):
    """Doubt about the reading of a document."""

    line: int | None = Field(description="Line of the document, from 1; null for the whole.")
    text: str = Field(description="The doubt in a sentence.")


class DocumentReport(Out):
    """Report of a document: its contents as read, and its changes."""

    status: IngestStatus = Field(description="What becomes of the briefing.")
    dry_run: bool = Field(description="Whether this is a preview; nothing was stored.")
    briefing: BriefingId
    channel: str = Field(description="Channel of the briefing.", examples=["daily"])
    date: BriefingDate
    title: str = Field(description="Title of the briefing.")
    name: str = Field(description="Name of the document's file.", examples=["2025-12-23.md"])
    sha256: str = Field(description="SHA-256 of its bytes, in hexadecimal.")
    draft: bool = Field(description="Whether it is a draft, which is stored and never shown.")
    sections: list[FoundSection] = Field(description="Sections in the document's order.")
    items: ItemChanges = Field(description="Items by what becomes of them.")
    sources: int = Field(description="Number of sources that items cite.")
    names: FoundNames = Field(description="Names in the document.")
    lines: int = Field(description="Number of lines that are not blank.")
    lines_read: int = Field(description="Number of those that were understood.")
    problems: list[str] = Field(description="Faults of the document, in sentences.")
    warnings: list[DocumentWarning] = Field(description="Doubts about the reading.")
    dataset_version: DatasetVersion
    links: Links


class BatchFault(Out):
    """Reason that a document of a batch was not stored."""

    type: str = Field(
        description="Stable id of the kind of error.",
        examples=["urn:briefbase:problem:unreadable-document"],
    )
    status: int = Field(description="HTTP status that the document alone would have got.")
    detail: str = Field(description="What is wrong with the document.")


class BatchEntry(Out):
    """Result of one document of a batch."""

    position: int = Field(description="Position in the batch, from 1.")
    name: str | None = Field(description="Name of the document's file.")
    report: DocumentReport | None = Field(description="The report; null if it was not stored.")
    error: BatchFault | None = Field(description="The error; null if it was stored.")


class BatchReport(Out):
    """Results of a batch, in its order. Each document is stored whole or not at all."""

    data: list[BatchEntry] = Field(description="Results of the documents.")
    counts: dict[str, int] = Field(
        description="Number of documents by status; `failed` for those not stored."
    )


class RemovalOut(Out):
    """Effect of deleting, restoring or purging a briefing, or with `dry_run` its preview."""

    action: Literal["delete", "restore", "purge"] = Field(description="What was done.")
    dry_run: bool = Field(description="Whether this is a preview; nothing was stored.")
    briefing: BriefingId
    items: list[str] = Field(description="Ids of the items that went or came back.")
    reason: str | None = Field(description="Reason that was given.")
    dataset_version: DatasetVersion
    links: Links


class TombstoneOut(Out):
    """Deleted briefing."""

    briefing: BriefingId
    channel: str = Field(description="Channel of the briefing.", examples=["daily"])
    date: BriefingDate
    title: str | None = Field(description="Title of the briefing; null after a purge.")
    actor: str = Field(description="Who deleted it: `cli` or the name of a key.")
    reason: str | None = Field(description="Reason that was given; null after a purge.")
    deleted_at: datetime = Field(description="Time of the deletion.")
    purged_at: datetime | None = Field(
        description="Time its documents were erased; null while it can be restored."
    )


class AuditOut(Out):
    """Act: who did what to which object, and when."""

    id: int = Field(description="Number of the act, in the order of commits.")
    at: datetime = Field(description="Time of the act.")
    actor: str = Field(
        description="The name of a key, `cli`, or `briefbase` for the service itself."
    )
    door: Door = Field(description="Where the act came in.")
    action: str = Field(description="What was done.", examples=["ingest"])
    object: str = Field(description="Kind of the object.", examples=["briefing"])
    object_id: str = Field(description="Id of the object.", examples=["2025-12-23"])
    version: int | None = Field(
        description="Number in the dataset version that the act made; null for others."
    )
    reason: str | None = Field(description="Reason that was given.")
    details: dict[str, Any] = Field(description="What else is known of the act.")
    request_id: str | None = Field(description="Id of the request in the log.")
