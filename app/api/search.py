"""Search over items, entities, sources and briefings."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, read_endpoint
from app.api.wire.responses import CHECKS
from app.query import search as query
from app.query.request.item_params import SearchList
from app.query.schemas.search import Hit, SearchOut
from app.store.db import Session

router = APIRouter(prefix="/v1", tags=["search"], dependencies=CHECKS)


@router.get(
    "/search",
    response_model=SearchOut,
    summary="Items, entities, sources and briefings that match a query, best first",
)
@read_endpoint
def search(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[SearchList, Query()],
) -> Any:
    listing = query.find(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        Hit,
        params,
    )
