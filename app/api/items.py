"""Items."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, read_endpoint
from app.api.wire.responses import CHECKS, json_response
from app.query import items as query
from app.query import related_items
from app.query.request.params import ItemList, ItemQuery, PlainQuery, RelatedItemsQuery
from app.query.schemas.briefings import PassageOut
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.schemas.threads import RelatedItemOut, RelatedItems

router = APIRouter(prefix="/v1/items", tags=["items"], dependencies=CHECKS)

ItemId = Annotated[
    str, Path(description="The item's id.", examples=["i_2f7ah3kqxw5c"], max_length=64)
]


@router.get("", response_model=Page[ItemOut] | Page[BucketOut], summary="Items under filters")
@read_endpoint
def list_items(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[ItemList, Query()],
) -> Any:
    lang = params.lang or language
    if params.group_by is not None:
        return responses.list_response(
            request, session, query.buckets(session, params, lang), BucketOut, params
        )
    listing = query.find(session, params, lang)
    return responses.list_response(request, session, listing, ItemOut, params)


@router.get("/{item_id}", response_model=ItemOut, summary="An item, whole")
@read_endpoint
def get_item(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    item_id: ItemId,
    params: Annotated[ItemQuery, Query()],
) -> Any:
    found = query.one(session, item_id, params.lang or language, include=params.includes())
    return json_response(request, session, found, params.names(), ItemOut)


@router.get(
    "/{item_id}/source", response_model=PassageOut, summary="The exact lines the item came from"
)
@read_endpoint
def get_item_source(
    request: Request, session: Session, item_id: ItemId, params: Annotated[PlainQuery, Query()]
) -> Any:
    return json_response(request, session, query.passage(session, item_id), params.names())


@router.get(
    "/{item_id}/related",
    response_model=RelatedItems,
    summary="Items related to it, with the reasons",
)
@read_endpoint
def list_related_items(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    item_id: ItemId,
    params: Annotated[RelatedItemsQuery, Query()],
) -> Any:
    found = related_items.find(session, item_id, params, params.lang or language)
    return responses.list_response(request, session, found, RelatedItemOut, params)
