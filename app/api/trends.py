"""What rises and fades, and what two briefings differ in."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep, SettingsDep
from app.api.wire.responses import CHECKS, json_response
from app.query import briefings, diff, trends
from app.query.request.params import DiffQuery, TrendsQuery
from app.query.schemas.trends import DiffOut, TrendOut, TrendsOut

router = APIRouter(prefix="/v1", tags=["trends"], dependencies=CHECKS)


@router.get("/trends", response_model=TrendsOut, summary="Entities that rise and fade")
def list_trends(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[TrendsQuery, Query()],
) -> Any:
    found = trends.find(session, params, params.lang or language)
    return responses.list_response(request, session, found, TrendOut, params)


# Its router comes before that of briefings: `diff` is no id.
@router.get(
    "/briefings/diff",
    response_model=DiffOut,
    summary="What two briefings differ in",
    tags=["briefings"],
)
def get_briefing_diff(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[DiffQuery, Query()],
) -> Any:
    one, other = (
        briefings.get(session, given.removeprefix(f"{settings.channel}:"))
        for given in (params.from_, params.to)
    )
    return json_response(
        request,
        session,
        diff.between(session, one, other, params, params.lang or language),
        params.names(),
    )
