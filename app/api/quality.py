"""Quality reports: how completely documents were read, and how well they are sourced."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.briefings import BriefingId, redirect_to_canonical
from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep, SettingsDep
from app.api.wire.responses import CHECKS
from app.query.documents import briefings
from app.query.documents import quality as query
from app.query.request.briefing_params import QualityList
from app.query.request.params import PlainQuery
from app.query.schemas.quality import QualityDay, QualityDays, QualityOut

router = APIRouter(prefix="/v1", tags=["quality"], dependencies=CHECKS)


@router.get(
    "/briefings/{briefing_id}/quality",
    response_model=QualityOut,
    summary="The quality report of a document",
)
def get_briefing_quality(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    redirect = redirect_to_canonical(request, session, settings, briefing_id, "quality")
    if redirect:
        return redirect
    report = query.one(session, briefings.get(session, briefing_id))
    return responses.json_response(request, session, report, params.names())


@router.get("/quality", response_model=QualityDays, summary="Quality counts over time")
def list_quality(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[QualityList, Query()],
) -> Any:
    listing = query.over_time(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        QualityDay,
        params,
    )
