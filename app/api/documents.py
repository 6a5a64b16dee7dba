"""Documents: the versions of a briefing's document, and their bytes by hash."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.briefings import BriefingId, redirect_to_canonical
from app.api.wire import responses
from app.api.wire.deps import SettingsDep, read_endpoint
from app.api.wire.responses import CHECKS, MEDIA
from app.query.documents import briefings
from app.query.documents import versions as query
from app.query.request.briefing_params import VersionsQuery
from app.query.request.params import NoQuery
from app.query.schemas.documents import VersionOut
from app.query.schemas.lists import Page
from app.store.db import Session

router = APIRouter(prefix="/v1", tags=["briefings"], dependencies=CHECKS)

# The bytes of a hash never change.
_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get(
    "/briefings/{briefing_id}/versions",
    response_model=Page[VersionOut],
    summary="All versions of a briefing's document, the current one first",
)
@read_endpoint
def list_briefing_versions(
    request: Request,
    session: Session,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[VersionsQuery, Query()],
) -> Any:
    redirect = redirect_to_canonical(request, session, settings, briefing_id, "versions")
    if redirect:
        return redirect
    listing = query.versions(session, briefings.get(session, briefing_id))
    return responses.list_response(
        request,
        session,
        listing,
        VersionOut,
        params,
    )


@router.get(
    "/documents/{sha256}",
    summary="A version of a document, byte for byte, for ever",
    response_class=Response,
    responses=responses.formats("md"),
)
@read_endpoint
def get_document(
    request: Request,
    session: Session,
    sha256: Annotated[
        str,
        Path(
            description="The SHA-256 of its bytes, in hexadecimal.",
            max_length=64,
            examples=["55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9"],
        ),
    ],
    params: Annotated[NoQuery, Query()],
) -> Any:
    document = query.document(session, sha256)
    headers = responses.file_headers(document.name.rpartition("/")[2] or f"{sha256}.md")
    return responses.cacheable(
        request,
        document.body,
        MEDIA["md"],
        None,
        headers | _IMMUTABLE,
    )
