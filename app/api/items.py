"""Items."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.api import answers
from app.api.answers import CHECKS, answer
from app.api.deps import AcceptLanguageDep, SessionDep
from app.query import items as query
from app.query.params import ItemList, ItemQuery, PlainQuery
from app.query.schemas.briefings import PassageOut
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page

router = APIRouter(prefix="/v1/items", tags=["items"], dependencies=CHECKS)

ItemId = Annotated[str, Path(description="The item's id.", examples=["i_2f7ah3kqxw5c"], max_length=64)]


@router.get("", response_model=Page[ItemOut] | Page[BucketOut], summary="Items under filters")
def list_items(request: Request, session: SessionDep, language: AcceptLanguageDep, params: Annotated[ItemList, Query()]) -> Any:
    lang = params.lang or language
    if params.group_by is not None:
        return answers.buckets(request, session, query.buckets(session, params, lang), params.limit, params.names())
    found = query.find(session, params, lang)
    return answers.page(
        request, session, found.items, ItemOut, found.rows, params.limit, found.warnings, params.names(), beside=found.beside
    )


@router.get("/{item_id}", response_model=ItemOut, summary="An item, whole")
def get_item(
    request: Request, session: SessionDep, language: AcceptLanguageDep, item_id: ItemId, params: Annotated[ItemQuery, Query()]
) -> Any:
    return answer(request, session, query.one(session, item_id, params.lang or language, include=params.includes()), params.names())


@router.get("/{item_id}/source", response_model=PassageOut, summary="The exact lines the item came from")
def get_item_source(request: Request, session: SessionDep, item_id: ItemId, params: Annotated[PlainQuery, Query()]) -> Any:
    return answer(request, session, query.passage(session, item_id), params.names())
