"""Entities, their items and timelines."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.wire import citing, responses
from app.api.wire.deps import AcceptLanguageDep, read_endpoint
from app.api.wire.responses import CHECKS, CITED
from app.query import items
from app.query.curation import judgements
from app.query.entities import lists as query
from app.query.entities import references, related
from app.query.filters import families
from app.query.names.autocomplete import latest_items
from app.query.request.entity_params import (
    EntityList,
    EntityQuery,
    HistoryList,
    RelatedQuery,
    TimelineQuery,
    TimelinesQuery,
)
from app.query.request.item_params import ItemBucketList, ItemList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.entities import (
    EntityBuckets,
    EntityItems,
    EntityOut,
    EntitySummary,
    MovedOut,
)
from app.query.schemas.items import ItemOut
from app.query.schemas.judgements import JudgementOut
from app.query.schemas.lists import Page
from app.query.schemas.related import Related, RelatedOut
from app.query.schemas.timelines import TimelineOut, TimelinesOut
from app.query.snapshot.refs import entity_refs, path
from app.query.time import timelines
from app.render import linked_data, pages
from app.store.db import Session

router = APIRouter(prefix="/v1/entities", tags=["entities"], dependencies=CHECKS)
timelines_router = APIRouter(tags=["entities"], dependencies=CHECKS)

PAGE_ITEMS = 20
"""Items that the page of an entity lists."""
_FORMATS: tuple[responses.Format, ...] = ("json", "html", "jsonld", "bibtex", "ris", "csl")
EntityId = Annotated[
    str,
    Path(
        description="Id, slug or any spelling; 308 redirects to the id.",
        examples=["SGLang"],
        max_length=256,
    ),
]


@router.get(
    "",
    response_model=Page[EntitySummary],
    summary="Entities, most mentioned first",
    responses=responses.formats(*CITED),
)
@read_endpoint
def list_entities(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[EntityList, Query()],
) -> Any:
    lang = params.lang or language
    format_ = citing.list_format(request, params, params.group_by)
    if params.group_by is not None:
        buckets = query.buckets(session, params, lang)
        return responses.list_response(
            request,
            session,
            buckets,
            BucketOut,
            params,
        )
    listing = query.find(session, citing.with_entries(params, format_), lang)
    if format_ != "json":
        return citing.cited_list(request, session, listing, EntitySummary, params, format_)
    return responses.list_response(
        request,
        session,
        listing,
        EntitySummary,
        params,
    )


@router.get(
    "/{entity_id:path}/items",
    response_model=EntityItems,
    summary="The items that mention an entity",
    responses=responses.formats(*CITED),
)
@read_endpoint
def list_entity_items(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[ItemList, Query()],
) -> Any:
    pk, redirect = _resolve(request, session, entity_id, "/items")
    if redirect:
        return redirect
    return _mentioning(request, session, pk, params, params.lang or language)


def _mentioning(
    request: Request,
    session: Session,
    pk: int,
    params: ItemList,
    lang: str | None,
) -> Response:
    """Return the items that mention an entity, or their buckets."""
    format_ = citing.list_format(request, params, params.group_by)
    pks = families.with_members(session, [pk], params.relation)
    entity = entity_refs(session, [pk], lang)[pk]
    members = families.mentioned(session, pks - {pk}, lang)
    extra = {
        "rollup": params.relation,
        "family": params.with_family,
        "members": [member.model_dump() for member in members],
    }
    if params.group_by is not None:
        buckets = items.buckets(
            session,
            params,
            lang,
            entity_pks=pks,
            entity=entity,
        )
        return responses.list_response(
            request,
            session,
            buckets,
            BucketOut,
            params,
            extra,
        )
    listing = items.find(
        session,
        citing.with_entries(params, format_),
        lang,
        entity_pks=pks,
        entity=entity,
    )
    if format_ != "json":
        return citing.cited_list(request, session, listing, ItemOut, params, format_)
    return responses.list_response(
        request,
        session,
        listing,
        ItemOut,
        params,
        extra,
        feed=f"entities/{references.id_of(session, pk)}",
    )


@router.get(
    "/{entity_id:path}/buckets",
    response_model=EntityBuckets,
    summary="The items that mention an entity, counted in groups",
)
@read_endpoint
def list_entity_item_buckets(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[ItemBucketList, Query()],
) -> Any:
    pk, redirect = _resolve(request, session, entity_id, "/buckets")
    if redirect:
        return redirect
    return _mentioning(request, session, pk, params, params.lang or language)


@router.get(
    "/{entity_id:path}/timeline",
    response_model=TimelineOut,
    summary="The coverage of an entity by interval",
)
@read_endpoint
def get_entity_timeline(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[TimelineQuery, Query()],
) -> Any:
    pk, redirect = _resolve(request, session, entity_id, "/timeline")
    if redirect:
        return redirect
    timeline = timelines.one(session, pk, params, params.lang or language)
    return responses.dict_response(
        request,
        session,
        timeline,
        TimelineOut,
        params.names(),
    )


@router.get(
    "/{entity_id:path}/related",
    response_model=Related,
    summary="Co-occurring entities, with the strength of each association",
)
@read_endpoint
def list_related_entities(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[RelatedQuery, Query()],
) -> Any:
    pk, redirect = _resolve(request, session, entity_id, "/related")
    if redirect:
        return redirect
    listing = related.find(session, pk, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        RelatedOut,
        params,
    )


@router.get(
    "/{entity_id:path}/history",
    response_model=Page[JudgementOut],
    summary="All judgements about an entity's identity, newest first",
)
@read_endpoint
def get_entity_history(
    request: Request,
    session: Session,
    entity_id: EntityId,
    params: Annotated[HistoryList, Query()],
) -> Any:
    pk, redirect = _resolve(request, session, entity_id, "/history")
    if redirect:
        return redirect
    listing = judgements.history(session, pk, params)
    return responses.list_response(
        request,
        session,
        listing,
        JudgementOut,
        params,
    )


# Last of the routes below an entity: a spelling may contain a slash.
@router.get(
    "/{entity_id:path}",
    response_model=EntityOut,
    summary="An entity",
    responses=responses.formats("html", "jsonld", *CITED),
)
@read_endpoint
def get_entity(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    params: Annotated[EntityQuery, Query()],
) -> Any:
    pk, redirect = _resolve(request, session, entity_id, "")
    if redirect:
        return redirect
    lang = params.lang or language
    entity = query.one(session, pk, lang)
    format_ = responses.requested_format(request, params.format, _FORMATS)
    if citing.is_citation(format_):
        return citing.cited(
            request,
            session,
            entity,
            EntitySummary,
            params,
            format_,
        )
    if format_ == "jsonld":
        thing = linked_data.entity(entity, responses.home(request))
        return citing.linked_response(request, session, thing)
    if format_ == "html":
        newest = latest_items(session, [pk], PAGE_ITEMS).get(pk, ())
        text = pages.entity_page(entity, newest, responses.reader(request, lang))
        return responses.text_response(request, session, text, "html")
    return responses.json_response(
        request,
        session,
        entity,
        params.names(),
    )


@timelines_router.get(
    "/v1/timelines",
    response_model=TimelinesOut,
    summary="The timelines of several entities on one axis",
)
@read_endpoint
def get_timelines(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[TimelinesQuery, Query()],
) -> Any:
    several = timelines.several(session, params, params.lang or language)
    return responses.dict_response(
        request,
        session,
        several,
        TimelinesOut,
        params.names(),
    )


def _resolve(
    request: Request, session: Session, reference: str, below: str
) -> tuple[int, Response | None]:
    """Return the pk of the entity in a path, and a redirect unless `reference` is its id.

    `below` is the rest of the path. Raises NotFound if `reference` names no entity.
    """
    pk = references.of_id(session, reference)
    if pk is not None:
        return pk, None
    pk = references.resolve(session, reference)
    entity_id = references.id_of(session, pk)
    moved = None
    if references.merged_into(session, reference) == entity_id:
        moved = MovedOut(id=reference, merged_into=entity_id)
    canonical = path("entities", entity_id) + below
    return pk, responses.permanent_redirect(request, canonical, moved)
