"""Briefings and headlines."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.wire import citing, responses
from app.api.wire.deps import AcceptLanguageDep, SettingsDep, read_endpoint
from app.api.wire.responses import CHECKS, CITED, MEDIA
from app.parse.briefing import decode
from app.query.documents import briefings as query
from app.query.documents.ids import stored_id
from app.query.listing.page import Listing
from app.query.publishing import citations
from app.query.request.briefing_params import (
    BriefingList,
    BriefingQuery,
    HeadlinesQuery,
    LatestQuery,
)
from app.query.request.paging import PageRows
from app.query.request.params import NoQuery
from app.query.schemas.briefings import BriefingOut, BriefingSummary, Headlines
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.snapshot import dataset
from app.query.snapshot.refs import path
from app.render import linked_data, markup, pages
from app.settings import Settings
from app.store.db import Session

router = APIRouter(prefix="/v1", tags=["briefings"], dependencies=CHECKS)

_FORMATS: tuple[responses.Format, ...] = (
    *("json", "html", "md", "jsonld"),
    *("bibtex", "ris", "csl"),
)
BriefingId = Annotated[
    str,
    Path(
        description="`date` in the default channel, `channel:date` in any other; other editions "
        "of the day have a suffix: `date-pm`.",
        examples=["2025-12-23"],
        max_length=64,
    ),
]


@router.get(
    "/briefings",
    response_model=Page[BriefingSummary],
    summary="Briefings, newest first",
    responses=responses.formats(*CITED),
)
@read_endpoint
def list_briefings(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[BriefingList, Query()],
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
        return citing.cited_list(request, session, listing, BriefingSummary, params, format_)
    return responses.list_response(
        request,
        session,
        listing,
        BriefingSummary,
        params,
        feed="briefings",
    )


@router.get(
    "/briefings/latest",
    response_model=BriefingOut,
    summary="The primary edition of the newest day, with all its content",
    responses=responses.formats("html", "md", "jsonld", *CITED),
)
@read_endpoint
def get_latest_briefing(
    request: Request,
    session: Session,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[LatestQuery, Query()],
) -> Any:
    briefing = query.latest(session, params.channel or settings.channel)
    return _briefing_response(request, session, briefing, params, language)


@router.get(
    "/briefings/{briefing_id}",
    response_model=BriefingOut,
    summary="A briefing with all its content",
    responses=responses.formats("html", "md", "jsonld", *CITED),
)
@read_endpoint
def get_briefing(
    request: Request,
    session: Session,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    briefing_id: BriefingId,
    params: Annotated[BriefingQuery, Query()],
) -> Any:
    redirect = redirect_to_canonical(request, session, settings, briefing_id)
    if redirect:
        return redirect
    briefing = query.get(session, briefing_id)
    return _briefing_response(request, session, briefing, params, language)


def redirect_to_canonical(
    request: Request, session: Session, settings: Settings, briefing_id: str, *below: str
) -> Response | None:
    """Return a redirect if the briefing is stored under another form of its id.

    `below` are further path parts.
    """
    canonical = stored_id(session, briefing_id, settings.channel)
    if canonical == briefing_id:
        return None
    return responses.permanent_redirect(request, path("briefings", canonical, *below))


def _briefing_response(
    request: Request,
    session: Session,
    briefing: query.Known,
    params: BriefingQuery,
    language: str | None,
) -> Response:
    format_ = responses.requested_format(request, params.format, _FORMATS)
    lang = params.lang or language
    if format_ == "json":
        body = query.whole(session, briefing, lang)
        return responses.json_response(
            request,
            session,
            body,
            params.names(),
            BriefingOut,
        )
    whole = BriefingOut.model_validate_json(query.whole(session, briefing, lang))
    if citing.is_citation(format_):
        return citing.cited(request, session, whole, BriefingSummary, params, format_)
    if format_ == "jsonld":
        evidence = citations.of_briefings(session, [whole.id]).get(whole.id)
        thing = linked_data.briefing(whole, evidence, responses.home(request))
        return citing.linked_response(request, session, thing)
    text = decode(query.source(session, briefing).body)
    if format_ == "html":
        text = pages.briefing_page(
            whole,
            text,
            query.neighbours(session, briefing),
            responses.reader(request, lang),
        )
    return responses.text_response(request, session, text, format_)


@router.get(
    "/briefings/{briefing_id}/source",
    summary="The ingested file, byte for byte",
    response_class=Response,
    responses=responses.formats("md"),
)
@read_endpoint
def get_briefing_source(
    request: Request,
    session: Session,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[NoQuery, Query()],
) -> Any:
    redirect = redirect_to_canonical(request, session, settings, briefing_id, "source")
    if redirect:
        return redirect
    document = query.source(session, query.get(session, briefing_id))
    return responses.cacheable(
        request,
        document.body,
        MEDIA["md"],
        dataset.version(session),
        responses.file_headers(document.name.rpartition("/")[2] or f"{briefing_id}.md"),
    )


@router.get(
    "/headlines",
    response_model=Headlines,
    summary="The focus sections of one day or several, in the editor's order",
    responses=responses.formats("text", "md"),
)
@read_endpoint
def get_headlines(
    request: Request,
    session: Session,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[HeadlinesQuery, Query()],
) -> Any:
    briefings = query.of_headlines(session, params, settings.channel)
    lang = params.lang or language
    headlines = []
    for briefing in briefings:
        headlines.extend(query.headlines(session, briefing, lang, params.importance))
    selected = headlines[: params.limit]
    newest = briefings[0]
    format_ = responses.requested_format(request, params.format, ("json", "text", "md"))
    if format_ != "json":
        render = markup.headlines_text if format_ == "text" else markup.headlines_markdown
        text = render(newest.title, map(ItemOut.model_validate_json, selected))
        return responses.text_response(request, session, text, format_)
    warnings = []
    for briefing in briefings:
        if not query.headlines(session, briefing, lang):
            warnings.append(f"The briefing {briefing.id} has no focus section.")
    listing = Listing(selected, PageRows([], len(headlines), None), warnings)
    editions = query.other_editions(session, newest)
    extra = {
        "briefing": query.ref(newest).model_dump(mode="json"),
        "briefings": [query.ref(briefing).model_dump(mode="json") for briefing in briefings],
        "editions": [query.ref(edition).model_dump(mode="json") for edition in editions],
    }
    return responses.list_response(
        request,
        session,
        listing,
        ItemOut,
        params,
        extra,
        feed="headlines",
    )
