"""Watch lists, with the later coverage of each entry."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS
from app.query.request.briefing_params import WatchlistQuery
from app.query.schemas.watchlist import WatchedOut, WatchlistOut
from app.query.stories import watchlist as query

router = APIRouter(prefix="/v1", tags=["watchlist"], dependencies=CHECKS)


@router.get(
    "/watchlist",
    response_model=WatchlistOut,
    summary="Watch list entries, with the items that followed",
)
def list_watchlist(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[WatchlistQuery, Query()],
) -> Any:
    listing = query.find(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        WatchedOut,
        params,
        feed="watchlist",
    )
