"""Lists counted in groups: briefings, items, entities and sources."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep, read_endpoint
from app.api.wire.responses import CHECKS
from app.query import items
from app.query.documents import briefings
from app.query.entities import lists as entity_lists
from app.query.request.briefing_params import BriefingBucketList
from app.query.request.entity_params import EntityBucketList
from app.query.request.item_params import ItemBucketList
from app.query.request.taxonomy_params import SourceBucketList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.lists import Page
from app.query.taxonomy import sources
from app.store.db import Session

router = APIRouter(prefix="/v1/buckets", dependencies=CHECKS)


@router.get(
    "/briefings",
    response_model=Page[BucketOut],
    summary="Briefings, counted in groups",
    tags=["briefings"],
)
@read_endpoint
def list_briefing_buckets(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[BriefingBucketList, Query()],
) -> Any:
    buckets = briefings.buckets(session, params, params.lang or language)
    return responses.list_response(request, session, buckets, BucketOut, params)


@router.get(
    "/items",
    response_model=Page[BucketOut],
    summary="Items by filters, counted in groups",
    tags=["items"],
)
@read_endpoint
def list_item_buckets(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[ItemBucketList, Query()],
) -> Any:
    buckets = items.buckets(session, params, params.lang or language)
    return responses.list_response(request, session, buckets, BucketOut, params)


@router.get(
    "/entities",
    response_model=Page[BucketOut],
    summary="Entities, counted in groups",
    tags=["entities"],
)
@read_endpoint
def list_entity_buckets(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[EntityBucketList, Query()],
) -> Any:
    buckets = entity_lists.buckets(session, params, params.lang or language)
    return responses.list_response(request, session, buckets, BucketOut, params)


@router.get(
    "/sources",
    response_model=Page[BucketOut],
    summary="Articles and papers, counted in groups",
    tags=["sources"],
)
def list_source_buckets(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[SourceBucketList, Query()],
) -> Any:
    buckets = sources.buckets(session, params, params.lang or language)
    return responses.list_response(request, session, buckets, BucketOut, params)
