"""The audit log: who wrote what, the last act first."""

from sqlalchemy import select
from sqlmodel import Session, col

from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.write_params import AuditList
from app.query.schemas.writing import AuditOut
from app.store.tables import AuditEvent, columns_of


def events(session: Session, query: AuditList) -> Listing[AuditOut]:
    """Return a page of the acts that `query` asks for."""
    statement = select(*columns_of(AuditEvent))
    filters = {
        col(AuditEvent.actor): query.actor,
        col(AuditEvent.action): query.action,
        col(AuditEvent.object_id): query.object,
    }
    for column, value in filters.items():
        if value is not None:
            statement = statement.where(column == value)
    page = paging.page(session, statement, [col(AuditEvent.pk).desc()], query)
    entries = []
    for row in page.rows:
        values = dict(row._mapping)
        entries.append(AuditOut.model_validate(values | {"id": values.pop("pk")}))
    return Listing(entries, page)
