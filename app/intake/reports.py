"""The report of an offered document: what was found in it, and what it changes."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.query.schemas.writing import (
    DocumentReport,
    DocumentWarning,
    FoundNames,
    FoundSection,
    ItemChanges,
)
from app.query.snapshot import dataset as versions
from app.query.snapshot.refs import path
from app.store.document.briefings import ReadDocument
from app.store.document.changes import SavedDocument
from app.store.rows import values_of
from app.store.tables import Briefing, Channel, Citation, Document, Entity, Item, Section

MAX_NEW_NAMES = 500


def newest_entity(session: Session) -> int:
    """Return the highest `pk` of an entity; entities with higher ones are new."""
    return session.execute(select(func.max(col(Entity.pk)))).scalar() or 0


def of_saved(
    session: Session, document: ReadDocument, saved: SavedDocument, newest: int, *, dry_run: bool
) -> DocumentReport:
    """Return the report of a document that was saved in this transaction.

    `newest` is the highest entity (`pk`) before it. `dry_run`: it will be rolled back.
    """
    decided = document.decided
    items = [item for _, section_items in decided.sections for item in section_items]
    new_names = (
        select(col(Entity.name))
        .where(col(Entity.pk) > newest)
        .order_by(col(Entity.pk))
        .limit(MAX_NEW_NAMES)
    )
    sha256 = hashlib.sha256(document.data).hexdigest()
    return DocumentReport(
        status="replaced" if saved.status == "replaced" else "added",
        dry_run=dry_run,
        briefing=saved.briefing,
        channel=decided.channel,
        date=decided.draft.date,
        title=decided.draft.title,
        name=document.name,
        sha256=sha256,
        draft=decided.draft.draft,
        sections=_sections(decided.draft.body.sections),
        items=ItemChanges(
            found=len(items),
            added=saved.added,
            updated=saved.updated,
            unchanged=saved.unchanged,
            removed=saved.removed,
        ),
        sources=sum(len(item.sources) for item in items),
        names=FoundNames(
            listed=sum(len(item.item.entities) for item in items),
            new=list(session.execute(new_names).scalars()),
        ),
        lines=decided.draft.coverage.nonblank,
        lines_read=decided.draft.coverage.covered,
        problems=list(decided.draft.problems),
        warnings=_warnings(document.report),
        dataset_version=versions.version(session).text,
        links=_links(saved.briefing, sha256),
    )


def _sections(sections: Iterable[Any]) -> list[FoundSection]:
    section_reports = []
    for section in sections:
        section_reports.append(
            FoundSection(kind=section.kind, title=section.title.text, items=len(section.items))
        )
    return section_reports


def _warnings(report: Mapping[str, Any]) -> list[DocumentWarning]:
    warnings = []
    for warning in report.get("warnings", ()):
        warnings.append(DocumentWarning(line=warning["line"] or None, text=warning["text"]))
    return warnings


def _links(briefing_id: str, sha256: str) -> dict[str, str]:
    return {"self": path("briefings", briefing_id), "document": path("documents", sha256)}


def of_stored(session: Session, briefing_id: str, *, dry_run: bool = False) -> DocumentReport:
    """Return the report of a briefing whose document is stored as it was offered."""
    statement = (
        select(Briefing, col(Channel.id), col(Document.name), col(Document.sha256))
        .join(Channel, col(Channel.pk) == col(Briefing.channel_pk))
        .join(Document, col(Document.briefing_pk) == col(Briefing.pk))
        .where(col(Briefing.id) == briefing_id)
    )
    briefing, channel, name, sha256 = session.execute(statement).one()
    report = briefing.report
    of_briefing = col(Item.briefing_pk) == briefing.pk
    return DocumentReport(
        status="unchanged",
        dry_run=dry_run,
        briefing=briefing.id,
        channel=channel,
        date=briefing.date,
        title=briefing.title,
        name=name,
        sha256=sha256,
        draft=briefing.draft,
        sections=_stored_sections(session, briefing.pk or 0),
        items=ItemChanges(
            found=report["items"],
            added=[],
            updated=[],
            unchanged=sorted(values_of(session, col(Item.id), of_briefing)),
            removed=[],
        ),
        sources=_count_sources(session, briefing.pk or 0),
        names=FoundNames(listed=report["listed"], new=[]),
        lines=report["nonblank"],
        lines_read=report["covered"],
        problems=report["problems"],
        warnings=_warnings(report),
        dataset_version=versions.version(session).text,
        links=_links(briefing.id, sha256),
    )


def _stored_sections(session: Session, briefing_pk: int) -> list[FoundSection]:
    statement = (
        select(col(Section.kind), col(Section.title), func.count(col(Item.pk)))
        .join(Item, col(Item.section_pk) == col(Section.pk), isouter=True)
        .where(col(Section.briefing_pk) == briefing_pk)
        .group_by(col(Section.pk), col(Section.kind), col(Section.title), col(Section.position))
        .order_by(col(Section.position))
    )
    sections = []
    for kind, title, items in session.execute(statement):
        sections.append(FoundSection(kind=kind, title=title, items=items))
    return sections


def _count_sources(session: Session, briefing_pk: int) -> int:
    statement = select(func.count()).where(
        col(Citation.briefing_pk) == briefing_pk,
        col(Citation.item_pk).is_not(None),
    )
    return int(session.execute(statement).scalar_one())
