"""Tags, sources and publishers."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from app.api.wire import citing, responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep
from app.api.wire.responses import CHECKS, CITED
from app.normalize.sources.publishers import publisher_domain
from app.query.request.params import PlainQuery
from app.query.request.taxonomy_params import PublisherList, SourceList, SourceQuery, TagList
from app.query.schemas.buckets import BucketOut
from app.query.schemas.lists import Page
from app.query.schemas.taxonomy import PublisherOut, SourceOut, SourceSummary, TagOut
from app.query.snapshot.refs import path
from app.query.taxonomy import sources, tags
from app.render import linked_data

router = APIRouter(prefix="/v1", tags=["sources"], dependencies=CHECKS)

_FORMATS: tuple[responses.Format, ...] = ("json", "jsonld", "bibtex", "ris", "csl")
Slug = Annotated[
    str,
    Path(
        description="Slug or name; 308 redirects to the slug.", examples=["mlops"], max_length=256
    ),
]
SourceId = Annotated[
    str,
    Path(
        description="Id, `arxiv:ID` or URL; 308 redirects to the id.",
        examples=["arxiv:2512.17527"],
        max_length=8192,
    ),
]
PublisherId = Annotated[
    str,
    Path(
        description="The domain; 308 redirects to the domain without `www.`.",
        examples=["techcrunch.com"],
        max_length=255,
    ),
]


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
    listing = tags.find(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        TagOut,
        params,
    )


@router.get("/tags/{slug:path}", response_model=TagOut, summary="A tag or keyword", tags=["tags"])
def get_tag(
    request: Request,
    session: SessionDep,
    slug: Slug,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    tag = tags.one(session, slug)
    if tag.slug != slug:
        return responses.permanent_redirect(request, path("tags", tag.slug))
    return responses.json_response(request, session, tag, params.names())


@router.get(
    "/sources",
    response_model=Page[SourceSummary],
    summary="Articles and papers, newest first",
    responses=responses.formats(*CITED),
)
def list_sources(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[SourceList, Query()],
) -> Any:
    lang = params.lang or language
    format_ = citing.list_format(request, params, params.group_by)
    if params.group_by is not None:
        buckets = sources.buckets(session, params, lang)
        return responses.list_response(
            request,
            session,
            buckets,
            BucketOut,
            params,
        )
    listing = sources.find(session, citing.with_entries(params, format_), lang)
    if format_ != "json":
        return citing.cited_list(request, session, listing, SourceSummary, params, format_)
    return responses.list_response(
        request,
        session,
        listing,
        SourceSummary,
        params,
    )


@router.get(
    "/sources/{source_id:path}",
    response_model=SourceOut,
    summary="A source with all its citations",
    responses=responses.formats("jsonld", *CITED),
)
def get_source(
    request: Request,
    session: SessionDep,
    source_id: SourceId,
    params: Annotated[SourceQuery, Query()],
) -> Any:
    canonical = sources.id_of(session, source_id)
    if canonical != source_id:
        return responses.permanent_redirect(request, path("sources", canonical))
    source = sources.one(session, canonical)
    format_ = responses.requested_format(request, params.format, _FORMATS)
    if citing.is_citation(format_):
        return citing.cited(
            request,
            session,
            source,
            SourceSummary,
            params,
            format_,
        )
    if format_ == "jsonld":
        thing = linked_data.source(source, responses.home(request))
        return citing.linked_response(request, session, thing)
    return responses.json_response(
        request,
        session,
        source,
        params.names(),
    )


@router.get(
    "/publishers", response_model=Page[PublisherOut], summary="Publishers, most cited first"
)
def list_publishers(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[PublisherList, Query()],
) -> Any:
    listing = sources.find_publishers(session, params, params.lang or language)
    return responses.list_response(
        request,
        session,
        listing,
        PublisherOut,
        params,
    )


@router.get("/publishers/{publisher_id}", response_model=PublisherOut, summary="A publisher")
def get_publisher(
    request: Request,
    session: SessionDep,
    publisher_id: PublisherId,
    params: Annotated[PlainQuery, Query()],
) -> Any:
    domain = publisher_domain(publisher_id) or publisher_id
    publisher = sources.one_publisher(session, domain)
    if domain != publisher_id:
        return responses.permanent_redirect(request, path("publishers", domain))
    return responses.json_response(request, session, publisher, params.names())
