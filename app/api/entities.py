"""Entities, their items and timelines."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import select
from sqlmodel import Session, col

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, read_endpoint
from app.api.wire.responses import CHECKS, json_response, permanent_redirect
from app.query import entities as query
from app.query import items, judgements, related, timelines
from app.query.filters import families
from app.query.request.params import (
    EntityList,
    HistoryList,
    ItemList,
    OneQuery,
    RelatedQuery,
    TimelineQuery,
    TimelinesQuery,
)
from app.query.schemas.buckets import BucketOut
from app.query.schemas.entities import (
    EntityBuckets,
    EntityItems,
    EntityOut,
    EntitySummary,
    MovedOut,
)
from app.query.schemas.items import ItemOut
from app.query.schemas.ledger import JudgementOut
from app.query.schemas.lists import Page
from app.query.schemas.related import Related, RelatedOut
from app.query.schemas.timelines import TimelineOut, TimelinesOut
from app.query.snapshot.refs import entity_refs, path
from app.store.tables import Entity

router = APIRouter(prefix="/v1/entities", tags=["entities"], dependencies=CHECKS)

timelines_router = APIRouter(tags=["entities"], dependencies=CHECKS)

EntityId = Annotated[
    str,
    Path(
        description="Id, slug or any spelling; what is not the id is answered 308.",
        examples=["SGLang"],
        max_length=256,
    ),
]


@router.get(
    "",
    response_model=Page[EntitySummary] | Page[BucketOut],
    summary="Entities that are named, most often first",
)
@read_endpoint
def list_entities(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[EntityList, Query()],
) -> Any:
    lang = params.lang or language
    if params.group_by is not None:
        return responses.list_response(
            request, session, query.buckets(session, params, lang), BucketOut, params
        )
    listing = query.find(session, params, lang)
    return responses.list_response(request, session, listing, EntitySummary, params)


@router.get(
    "/{entity_id:path}/items",
    response_model=EntityItems | EntityBuckets,
    summary="The items that name an entity",
)
@read_endpoint
def list_entity_items(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[ItemList, Query()],
) -> Any:
    pk, elsewhere = _canonical(request, session, entity_id, "/items")
    if elsewhere:
        return elsewhere
    lang = params.lang or language
    pks = families.with_members(session, [pk]) if params.family else {pk}
    about = entity_refs(session, [pk], lang)[pk]
    also = {
        "family": params.family,
        "members": [member.model_dump() for member in families.named(session, pks - {pk}, lang)],
    }
    if params.group_by is not None:
        grouped = items.buckets(session, params, lang, of=pks, about=about)
        return responses.list_response(request, session, grouped, BucketOut, params, also)
    listing = items.find(session, params, lang, of=pks, about=about)
    return responses.list_response(request, session, listing, ItemOut, params, also)


@router.get(
    "/{entity_id:path}/timeline",
    response_model=TimelineOut,
    summary="What was said of an entity, interval by interval",
)
@read_endpoint
def get_entity_timeline(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[TimelineQuery, Query()],
) -> Any:
    pk, elsewhere = _canonical(request, session, entity_id, "/timeline")
    if elsewhere:
        return elsewhere
    return responses.dict_response(
        request,
        session,
        timelines.one(session, pk, params, params.lang or language),
        TimelineOut,
        params.names(),
    )


@router.get(
    "/{entity_id:path}/related",
    response_model=Related,
    summary="Who it is named together with, and how far beyond chance",
)
@read_endpoint
def list_related_entities(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[RelatedQuery, Query()],
) -> Any:
    pk, elsewhere = _canonical(request, session, entity_id, "/related")
    if elsewhere:
        return elsewhere
    found = related.find(session, pk, params, params.lang or language)
    return responses.list_response(request, session, found, RelatedOut, params)


@router.get(
    "/{entity_id:path}/history",
    response_model=Page[JudgementOut],
    summary="Every judgement that made an entity what it is",
)
@read_endpoint
def get_entity_history(
    request: Request, session: Session, entity_id: EntityId, params: Annotated[HistoryList, Query()]
) -> Any:
    pk, elsewhere = _canonical(request, session, entity_id, "/history")
    if elsewhere:
        return elsewhere
    found = judgements.history(session, pk, params)
    return responses.list_response(request, session, found, JudgementOut, params)


# Last: a spelling may hold a slash.
@router.get("/{entity_id:path}", response_model=EntityOut, summary="An entity")
@read_endpoint
def get_entity(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[OneQuery, Query()],
) -> Any:
    pk, elsewhere = _canonical(request, session, entity_id, "")
    return elsewhere or json_response(
        request, session, query.one(session, pk, params.lang or language), params.names()
    )


@timelines_router.get(
    "/v1/timelines",
    response_model=TimelinesOut,
    summary="Several entities side by side, on one axis",
)
@read_endpoint
def get_timelines(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[TimelinesQuery, Query()],
) -> Any:
    return responses.dict_response(
        request,
        session,
        timelines.several(session, params, params.lang or language),
        TimelinesOut,
        params.names(),
    )


def _canonical(
    request: Request, session: Session, given: str, below: str
) -> tuple[int, Response | None]:
    """The entity named in the path, and a redirect where it was not named by its id."""
    if (pk := query.of_id(session, given)) is not None:
        return pk, None
    pk = query.resolve(session, given)
    entity_id = session.execute(select(col(Entity.id)).where(col(Entity.pk) == pk)).scalar_one()
    into = query.merged_into(session, given)
    told = MovedOut(id=given, merged_into=into) if into == entity_id else None
    return pk, permanent_redirect(request, path("entities", entity_id) + below, told)
