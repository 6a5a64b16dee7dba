"""How well documents were read and are made."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.briefings import BriefingId, elsewhere
from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep, SettingsDep
from app.api.wire.responses import CHECKS, json_response
from app.query import briefings
from app.query import quality as query
from app.query.request.params import PlainQuery, QualityList
from app.query.schemas.quality import QualityDay, QualityDays, QualityOut

router = APIRouter(prefix="/v1", tags=["quality"], dependencies=CHECKS)


@router.get(
    "/briefings/{briefing_id}/quality",
    response_model=QualityOut,
    summary="How well a document was read, and is made",
)
def get_briefing_quality(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    if moved := elsewhere(request, settings, briefing_id, "quality"):
        return moved
    return json_response(
        request, session, query.one(session, briefings.get(session, briefing_id)), params.names()
    )


@router.get("/quality", response_model=QualityDays, summary="Quality over time, in figures")
def list_quality(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[QualityList, Query()],
) -> Any:
    found = query.over_time(session, params, params.lang or language)
    return responses.list_response(request, session, found, QualityDay, params)
