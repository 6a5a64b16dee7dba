"""Documents by their hash, and the versions of a briefing's document; drafts are never shown."""

from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.query.curation import tombstones
from app.query.documents.briefings import Known
from app.query.listing.page import Listing
from app.query.request.paging import PageRows
from app.query.schemas.documents import VersionLinks, VersionOut
from app.query.snapshot.refs import path
from app.store.tables import Briefing, Document, FormerDocument


class StoredBytes(NamedTuple):
    """A version of a document: the name of its file and its bytes."""

    name: str
    body: bytes


def versions(session: Session, briefing: Known) -> Listing[VersionOut]:
    """Return all versions of a briefing's document, the current one first, then newest first."""
    former = _columns(FormerDocument, col(FormerDocument.last_at)).where(
        col(FormerDocument.briefing_pk) == briefing.pk,
        ~col(FormerDocument.draft),
    )
    order = (col(FormerDocument.last_at).desc(), col(FormerDocument.pk).desc())
    current = _columns(Document).where(col(Document.briefing_pk) == briefing.pk)
    rows = [*session.execute(current), *session.execute(former.order_by(*order))]
    entries = [_version(row) for row in rows]
    return Listing(entries, PageRows(rows, len(rows), None), [])


def _columns(table: type[Document] | type[FormerDocument], *more: Any) -> Select[Any]:
    return select(
        col(table.sha256),
        col(table.name),
        func.length(col(table.body)).label("size"),
        col(table.first_at),
        *more,
    )


def _version(row: Any) -> VersionOut:
    last_at = getattr(row, "last_at", None)
    return VersionOut(
        sha256=row.sha256,
        name=row.name,
        bytes=row.size,
        current=last_at is None,
        first_at=row.first_at,
        last_at=last_at,
        links=VersionLinks(document=path("documents", row.sha256)),
    )


def document(session: Session, sha256: str) -> StoredBytes:
    """Return the version with this hash, current or former. Raises NotFound."""
    for statement in (_by_hash(Document), _by_hash(FormerDocument, ~col(FormerDocument.draft))):
        row = session.execute(statement, {"sha256": sha256}).first()
        if row:
            return StoredBytes(*row)
    tombstones.refuse(session, "document", sha256)
    raise NotFound(
        f"There is no document {sha256!r}; expected the SHA-256 of a document's bytes "
        "in hexadecimal, as /v1/briefings/{id}/versions lists them."
    )


def _by_hash(table: type[Document] | type[FormerDocument], *conditions: Any) -> Any:
    return (
        select(
            col(table.name),
            col(table.body),
        )
        .join(Briefing, col(Briefing.pk) == col(table.briefing_pk))
        .where(
            col(table.sha256) == bindparam("sha256"),
            ~col(Briefing.draft),
            *conditions,
        )
        .limit(1)
    )
