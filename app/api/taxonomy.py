"""Tags, sources and publishers."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS, json_response, permanent_redirect
from app.normalize.sources.publishers import publisher_domain
from app.query import taxonomy as query
from app.query.request.params import PlainQuery, PublisherList, SourceList, TagList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.lists import Page
from app.query.schemas.taxonomy import PublisherOut, SourceOut, SourceSummary, TagOut
from app.query.snapshot.refs import path

router = APIRouter(prefix="/v1", tags=["sources"], dependencies=CHECKS)


@router.get(
    "/tags",
    response_model=Page[TagOut],
    summary="Tags and keywords, most used first",
    tags=["tags"],
)
def list_tags(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[TagList, Query()],
) -> Any:
    found = query.tags(session, params, params.lang or language)
    return responses.list_response(request, session, found, TagOut, params)


@router.get("/tags/{slug:path}", response_model=TagOut, summary="A tag or keyword", tags=["tags"])
def get_tag(
    request: Request,
    session: SessionDep,
    slug: Annotated[
        str,
        Path(
            description="Slug or name; what is not the slug is answered 308.",
            examples=["mlops"],
            max_length=256,
        ),
    ],
    params: Annotated[PlainQuery, Query()],
) -> Any:
    found = query.tag(session, slug)
    return (
        json_response(request, session, found, params.names())
        if found.slug == slug
        else permanent_redirect(request, path("tags", found.slug))
    )


@router.get(
    "/sources",
    response_model=Page[SourceSummary] | Page[BucketOut],
    summary="Articles and papers, newest first",
)
def list_sources(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[SourceList, Query()],
) -> Any:
    lang = params.lang or language
    if params.group_by is not None:
        return responses.list_response(
            request, session, query.source_buckets(session, params, lang), BucketOut, params
        )
    found = query.sources(session, params, lang)
    return responses.list_response(request, session, found, SourceSummary, params)


@router.get(
    "/sources/{source_id:path}",
    response_model=SourceOut,
    summary="A source and everything that cites it",
)
def get_source(
    request: Request, session: SessionDep,
    source_id: Annotated[str, Path(description="Id, `arxiv:ID` or URL; what is not the id is answered 308.", examples=["arxiv:2512.17527"], max_length=8192)],
    params: Annotated[PlainQuery, Query()],
) -> Any:  # fmt: skip
    canonical = query.source_id(session, source_id)
    if canonical != source_id:
        return permanent_redirect(request, path("sources", canonical))
    return json_response(request, session, query.source(session, canonical), params.names())


@router.get(
    "/publishers", response_model=Page[PublisherOut], summary="Publishers, most cited first"
)
def list_publishers(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[PublisherList, Query()],
) -> Any:
    found = query.publishers(session, params, params.lang or language)
    return responses.list_response(request, session, found, PublisherOut, params)


@router.get("/publishers/{publisher_id}", response_model=PublisherOut, summary="A publisher")
def get_publisher(
    request: Request, session: SessionDep, publisher_id: Annotated[str, Path(description="The domain; with `www.` before it it is answered 308.", examples=["techcrunch.com"], max_length=255)],
    params: Annotated[PlainQuery, Query()],
) -> Any:  # fmt: skip
    domain = publisher_domain(publisher_id) or publisher_id
    found = query.publisher(session, domain)
    return (
        json_response(request, session, found, params.names())
        if domain == publisher_id
        else permanent_redirect(request, path("publishers", domain))
    )
