"""Briefings and headlines."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SettingsDep, read_endpoint
from app.api.wire.responses import (
    CHECKS,
    MEDIA,
    Format,
    asked_format,
    json_response,
    permanent_redirect,
)
from app.parse.briefing import decode
from app.query import briefings as query
from app.query.listing.page import Listing
from app.query.request.paging import PageRows
from app.query.request.params import (
    BriefingList,
    BriefingQuery,
    HeadlinesQuery,
    LatestQuery,
    NoQuery,
)
from app.query.schemas.briefings import BriefingOut, BriefingSummary, Headlines
from app.query.schemas.buckets import BucketOut
from app.query.schemas.items import ItemOut
from app.query.schemas.lists import Page
from app.query.snapshot import dataset
from app.query.snapshot.refs import path
from app.render import markup
from app.settings import Settings

router = APIRouter(prefix="/v1", tags=["briefings"], dependencies=CHECKS)

BriefingId = Annotated[
    str,
    Path(
        description="The date in the default channel, `channel:date` in others.",
        examples=["2025-12-23"],
        max_length=64,
    ),
]


def _also(*forms: Format) -> dict[int | str, dict[str, Any]]:
    """What a route answers besides JSON, for the documentation."""
    return {
        200: {
            "content": {
                MEDIA[form].partition(";")[0]: {"schema": {"type": "string"}} for form in forms
            }
        }
    }


@router.get(
    "/briefings",
    response_model=Page[BriefingSummary] | Page[BucketOut],
    summary="Briefings, newest first",
)
@read_endpoint
def list_briefings(
    request: Request,
    session: Session,
    language: AcceptLanguageDep,
    params: Annotated[BriefingList, Query()],
) -> Any:
    lang = params.lang or language
    if params.group_by is not None:
        return responses.list_response(
            request, session, query.buckets(session, params, lang), BucketOut, params
        )
    listing = query.find(session, params, lang)
    return responses.list_response(request, session, listing, BriefingSummary, params)


@router.get(
    "/briefings/latest",
    response_model=BriefingOut,
    summary="The newest briefing, whole",
    responses=_also("html", "md"),
)
@read_endpoint
def latest_briefing(
    request: Request,
    session: Session,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[LatestQuery, Query()],
) -> Any:
    return _whole(
        request,
        session,
        query.latest(session, params.channel or settings.channel),
        params,
        language,
    )


@router.get(
    "/briefings/{briefing_id}",
    response_model=BriefingOut,
    summary="A briefing, whole",
    responses=_also("html", "md"),
)
@read_endpoint
def get_briefing(
    request: Request, session: Session, settings: SettingsDep, language: AcceptLanguageDep, briefing_id: BriefingId,
    params: Annotated[BriefingQuery, Query()],
) -> Any:  # fmt: skip
    return elsewhere(request, settings, briefing_id) or _whole(
        request, session, query.get(session, briefing_id), params, language
    )


def elsewhere(request: Request, settings: Settings, given: str, *below: str) -> Response | None:
    """A redirect where the default channel is named in the id."""
    canonical = given.removeprefix(f"{settings.channel}:")
    return (
        permanent_redirect(request, path("briefings", canonical, *below))
        if canonical != given
        else None
    )


def _whole(
    request: Request,
    session: Session,
    briefing: query.Known,
    params: BriefingQuery,
    language: str | None,
) -> Response:
    form = asked_format(request, params.format, ("json", "html", "md"))
    if form == "json":
        return json_response(
            request,
            session,
            query.whole(session, briefing, params.lang or language),
            params.names(),
            BriefingOut,
        )
    document = decode(query.source(session, briefing).body)
    return responses.text_response(
        request,
        session,
        markup.page(briefing.title, document) if form == "html" else document,
        form,
    )


@router.get(
    "/briefings/{briefing_id}/source",
    summary="The ingested file, byte for byte",
    response_class=Response,
    responses=_also("md"),
)
@read_endpoint
def get_briefing_source(
    request: Request,
    session: Session,
    settings: SettingsDep,
    briefing_id: BriefingId,
    params: Annotated[NoQuery, Query()],
) -> Any:
    if away := elsewhere(request, settings, briefing_id, "source"):
        return away
    document = query.source(session, query.get(session, briefing_id))
    headers = responses.file_headers(document.name or f"{briefing_id}.md")
    return responses.cacheable(
        request, document.body, "text/markdown; charset=utf-8", dataset.version(session), headers
    )


@router.get(
    "/headlines",
    response_model=Headlines,
    summary="The day's focus section, in the editor's order",
    tags=["headlines"],
    responses=_also("text", "md"),
)
@read_endpoint
def get_headlines(
    request: Request,
    session: Session,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    params: Annotated[HeadlinesQuery, Query()],
) -> Any:
    channel = params.channel or settings.channel
    briefing = (
        query.of_day(session, channel, params.day) if params.day else query.latest(session, channel)
    )
    everything = query.headlines(session, briefing, params.lang or language)
    found = everything[: params.limit]
    form = asked_format(request, params.format, ("json", "text", "md"))
    if form != "json":
        write = markup.headlines_text if form == "text" else markup.headlines_markdown
        return responses.text_response(
            request, session, write(briefing.title, map(ItemOut.model_validate_json, found)), form
        )
    warnings = [] if everything else [f"The briefing {briefing.id} has no focus section."]
    also = {"briefing": query.ref(briefing).model_dump(mode="json")}
    rows = PageRows([], len(everything), None)
    return responses.list_response(
        request, session, Listing(found, rows, warnings), ItemOut, params, also
    )
