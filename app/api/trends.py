"""Trends, and the difference of two briefings."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep, SettingsDep
from app.api.wire.responses import CHECKS
from app.query.documents import briefings
from app.query.documents.ids import stored_id
from app.query.request.briefing_params import DiffQuery
from app.query.request.entity_params import TrendsQuery
from app.query.schemas.trends import DiffOut, TrendOut, TrendsOut
from app.query.time import diff, trends

router = APIRouter(prefix="/v1", tags=["trends"], dependencies=CHECKS)


@router.get("/trends", response_model=TrendsOut, summary="Entities that rise and fall")
def list_trends(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[TrendsQuery, Query()],
) -> Any:
    listing = trends.find(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        TrendOut,
        params,
    )


# This router precedes the briefings: `diff` is not an id.
@router.get(
    "/briefings/diff",
    response_model=DiffOut,
    summary="The differences between two briefings",
    tags=["briefings"],
)
def get_briefing_diff(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[DiffQuery, Query()],
) -> Any:
    earlier = briefings.get(session, stored_id(session, params.from_, settings.channel))
    later = briefings.get(session, stored_id(session, params.to, settings.channel))
    difference = diff.between(
        session,
        earlier,
        later,
        params,
        params.lang or language,
    )
    return responses.json_response(request, session, difference, params.names())
