"""Items."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session

from app.api import answers
from app.api.answers import CHECKS, answer
from app.api.deps import AcceptLanguageDep, reads
from app.query import items as query
from app.query import related_items
from app.query.request.params import ItemList, ItemQuery, PlainQuery, RelatedItemsQuery
from app.query.schemas.briefings import PassageOut
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.schemas.threads import RelatedItemOut, RelatedItems

router = APIRouter(prefix="/v1/items", tags=["items"], dependencies=CHECKS)

ItemId = Annotated[str, Path(description="The item's id.", examples=["i_2f7ah3kqxw5c"], max_length=64)]


@router.get("", response_model=Page[ItemOut] | Page[BucketOut], summary="Items under filters")
@reads
def list_items(request: Request, session: Session, language: AcceptLanguageDep, params: Annotated[ItemList, Query()]) -> Any:
    lang = params.lang or language
    if params.group_by is not None:
        return answers.buckets(request, session, query.buckets(session, params, lang), params.limit, params.names())
    found = query.find(session, params, lang)
    return answers.page(
        request, session, found.items, ItemOut, found.rows, params.limit, found.warnings, params.names(), beside=found.beside
    )


@router.get("/{item_id}", response_model=ItemOut, summary="An item, whole")
@reads
def get_item(
    request: Request, session: Session, language: AcceptLanguageDep, item_id: ItemId, params: Annotated[ItemQuery, Query()]
) -> Any:
    found = query.one(session, item_id, params.lang or language, include=params.includes())
    return answer(request, session, found, params.names(), ItemOut)


@router.get("/{item_id}/source", response_model=PassageOut, summary="The exact lines the item came from")
@reads
def get_item_source(request: Request, session: Session, item_id: ItemId, params: Annotated[PlainQuery, Query()]) -> Any:
    return answer(request, session, query.passage(session, item_id), params.names())


@router.get("/{item_id}/related", response_model=RelatedItems, summary="Items related to it, with the reasons")
@reads
def list_related_items(
    request: Request, session: Session, language: AcceptLanguageDep, item_id: ItemId, params: Annotated[RelatedItemsQuery, Query()]
) -> Any:
    found = related_items.find(session, item_id, params, params.lang or language)
    also = {"item": found.item.model_dump(mode="json"), "formula": related_items.FORMULA}
    return answers.page(request, session, found.related, RelatedItemOut, found.rows, params.limit, found.warnings, params.names(), also)
