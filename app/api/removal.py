"""Taking back over HTTP: delete, restore, purge; the deletions, and the audit log."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.briefings import BriefingId
from app.api.wire import responses
from app.api.wire.deps import (
    DatabaseDep,
    SessionDep,
    SettingsDep,
    reject_repeated_parameters,
)
from app.api.wire.keys import AdminDep, IngestorDep, ReaderDep
from app.api.wire.preconditions import BriefingExpectationDep
from app.api.wire.responses import PRIVATE, prefixed
from app.api.wire.writing import write_endpoint
from app.intake import removal
from app.intake.removal import Removal
from app.query.curation import audit as audit_query
from app.query.curation import tombstones
from app.query.request.write_params import (
    AuditList,
    DeletionList,
    DeletionQuery,
    RestorationQuery,
)
from app.query.schemas.lists import Page
from app.query.schemas.writing import AuditOut, RemovalOut, TombstoneOut

router = APIRouter(
    prefix="/v1",
    tags=["intake"],
    dependencies=[Depends(reject_repeated_parameters)],
)


@router.delete(
    "/briefings/{briefing_id}",
    response_model=RemovalOut,
    summary="Delete a briefing",
)
@write_endpoint
def delete_briefing(
    request: Request,
    actor: IngestorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[DeletionQuery, Query()],
    expects: BriefingExpectationDep,
) -> Any:
    stored = removal.stored(database, briefing_id, settings.channel)
    terms = Removal(stored, params.reason, params.dry_run, expects)
    return _response(request, removal.delete(database, terms))


@router.post(
    "/briefings/{briefing_id}/restore",
    response_model=RemovalOut,
    summary="Restore a deleted briefing",
)
@write_endpoint
def restore_briefing(
    request: Request,
    actor: IngestorDep,
    database: DatabaseDep,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[RestorationQuery, Query()],
) -> Any:
    stored = removal.stored(database, briefing_id, settings.channel)
    terms = Removal(stored, params.reason, params.dry_run)
    readers = request.app.state.intake.readers
    return _response(request, removal.restore(database, terms, readers, settings.channel))


@router.post(
    "/briefings/{briefing_id}/purge",
    response_model=RemovalOut,
    summary="Erase a deleted briefing for good",
)
@write_endpoint
def purge_briefing(
    request: Request,
    actor: AdminDep,
    database: DatabaseDep,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[DeletionQuery, Query()],
) -> Any:
    stored = removal.stored(database, briefing_id, settings.channel)
    terms = Removal(stored, params.reason, params.dry_run)
    return _response(request, removal.purge(database, terms))


def _response(request: Request, effect: RemovalOut) -> Response:
    headers = {"Cache-Control": "no-store", "Dataset-Version": effect.dataset_version}
    body = prefixed(effect.model_dump_json().encode(), request.app.state.settings.prefix)
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/deletions",
    response_model=Page[TombstoneOut],
    summary="Deleted briefings, the last deleted one first",
)
def list_deletions(
    request: Request,
    actor: ReaderDep,
    session: SessionDep,
    params: Annotated[DeletionList, Query()],
) -> Any:
    listing = tombstones.deletions(session, params)
    response = responses.list_response(request, session, listing, TombstoneOut, params)
    response.headers.update(PRIVATE)
    return response


@router.get(
    "/audit",
    response_model=Page[AuditOut],
    summary="Who wrote what, the last act first",
)
def list_audit(
    request: Request,
    actor: AdminDep,
    session: SessionDep,
    params: Annotated[AuditList, Query()],
) -> Any:
    listing = audit_query.events(session, params)
    response = responses.list_response(request, session, listing, AuditOut, params)
    response.headers.update(PRIVATE)
    return response
