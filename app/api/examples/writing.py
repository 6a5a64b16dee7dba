"""Example answers of writes: a report, a batch, a deletion, the deletions and the audit log."""

from pydantic import BaseModel

from app.api.examples.things import AT, BRIEFING, DAY, ITEM, VERSION, links, meta
from app.query.schemas.lists import Page
from app.query.schemas.writing import (
    AuditOut,
    BatchEntry,
    BatchFault,
    BatchReport,
    DocumentReport,
    DocumentWarning,
    FoundNames,
    FoundSection,
    ItemChanges,
    RemovalOut,
    TombstoneOut,
)

_SHA256 = "55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9"
_REPORT = DocumentReport(
    status="replaced",
    dry_run=False,
    briefing=BRIEFING.id,
    channel=BRIEFING.channel,
    date=DAY,
    title=BRIEFING.title,
    name="2025-12-23.md",
    sha256=_SHA256,
    draft=False,
    sections=[FoundSection(kind="research", title="研究前沿", items=12)],
    items=ItemChanges(found=12, added=[], updated=[ITEM], unchanged=[], removed=[]),
    sources=14,
    names=FoundNames(listed=63, new=["SafeBench-Seq"]),
    lines=502,
    lines_read=502,
    problems=[],
    warnings=[DocumentWarning(line=84, text="The importance has no reason.")],
    dataset_version=VERSION,
    links={"self": "/v1/briefings/2025-12-23", "document": f"/v1/documents/{_SHA256}"},
)
_REASON = "Published by mistake"
_FAULT = BatchFault(
    type="urn:briefbase:problem:unreadable-document",
    status=422,
    detail="The document has no date.",
)
_REMOVAL = RemovalOut(
    action="delete",
    dry_run=False,
    briefing=BRIEFING.id,
    items=[ITEM],
    reason=_REASON,
    dataset_version=VERSION,
    links={"self": "/v1/briefings/2025-12-23"},
)
_TOMBSTONE = TombstoneOut(
    briefing=BRIEFING.id,
    channel=BRIEFING.channel,
    date=DAY,
    title=BRIEFING.title,
    actor="desk",
    reason=_REASON,
    deleted_at=AT,
    purged_at=None,
)
_ACT = AuditOut(
    id=7,
    at=AT,
    actor="desk",
    door="http",
    action="delete",
    object="briefing",
    object_id=BRIEFING.id,
    version=4,
    reason=_REASON,
    details={"sha256": _SHA256, "items": 40},
    request_id="e5197ef5e0d7472ea81596678ea1c2b4",
)
WRITING: list[BaseModel] = [
    _REPORT,
    BatchReport(
        data=[
            BatchEntry(position=1, name="2025-12-23.md", report=_REPORT, error=None),
            BatchEntry(position=2, name="notes.md", report=None, error=_FAULT),
        ],
        counts={"replaced": 1, "failed": 1},
    ),
    _REMOVAL,
    Page[TombstoneOut](data=[_TOMBSTONE], meta=meta(1), links=links("/v1/deletions")),
    Page[AuditOut](data=[_ACT], meta=meta(1), links=links("/v1/audit")),
]
