"""Collected articles and topics."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.api.wire import responses
from app.api.wire.deps import SessionDep
from app.api.wire.responses import CHECKS
from app.query import articles as query
from app.query.request.article_params import ArticleList, ItemArticleList, TopicList
from app.query.schemas.articles import ArticleOut, TopicOut
from app.query.schemas.lists import Page

router = APIRouter(prefix="/v1", tags=["articles"], dependencies=CHECKS)

ItemId = Annotated[
    str, Path(description="The item's id.", examples=["i_2f7ah3kqxw5c"], max_length=64)
]


@router.get(
    "/articles", response_model=Page[ArticleOut], summary="Collected articles, newest first"
)
def list_articles(
    request: Request, session: SessionDep, params: Annotated[ArticleList, Query()]
) -> Any:
    listing = query.find(session, params)
    return responses.list_response(request, session, listing, ArticleOut, params)


@router.get(
    "/items/{item_id}/articles",
    response_model=Page[ArticleOut],
    summary="Collected articles that an item cites",
)
def list_item_articles(
    request: Request,
    session: SessionDep,
    item_id: ItemId,
    params: Annotated[ItemArticleList, Query()],
) -> Any:
    listing = query.of_item(session, item_id, params)
    return responses.list_response(request, session, listing, ArticleOut, params)


@router.get("/topics", response_model=Page[TopicOut], summary="Topics of drafts, chosen or not")
def list_topics(
    request: Request, session: SessionDep, params: Annotated[TopicList, Query()]
) -> Any:
    listing = query.topics(session, params)
    return responses.list_response(request, session, listing, TopicOut, params)
