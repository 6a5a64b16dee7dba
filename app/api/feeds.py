"""Feeds of headlines, items, entities, tags, threads, briefings and the watch list."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request, Response

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, SessionDep, SettingsDep
from app.api.wire.responses import CHECKS
from app.query import webhooks
from app.query.entities import references
from app.query.filters import families, stored
from app.query.publishing import feeds as query
from app.query.request.feed_params import BriefingFeed, ItemFeed, SearchFeed, WatchFeed
from app.query.request.filter_syntax import clauses
from app.query.request.params import NoQuery, Params
from app.query.schemas.feeds import Archive, FeedPage
from app.query.snapshot import dataset
from app.query.snapshot.channel_titles import names_of
from app.query.snapshot.refs import entity_refs
from app.query.stories import threads
from app.query.taxonomy import tags
from app.render.feeds.atom import atom
from app.render.feeds.channel import MEDIA, OPML_MEDIA, Feed, FeedLink, Format, tag_uri
from app.render.feeds.entries import Site, entries
from app.render.feeds.json_feed import json_feed
from app.render.feeds.opml import OpmlOutline, opml
from app.render.feeds.rss import rss
from app.render.labels import label
from app.render.printable import one_line
from app.store.db import Session

router = APIRouter(tags=["feeds"], dependencies=CHECKS)

_WRITERS: dict[Format, Callable[[Feed], bytes]] = {"atom": atom, "rss": rss, "json": json_feed}
_ARCHIVE_RELATIONS = ("older", "prev-archive"), ("newer", "next-archive")
CHANNEL_FEEDS = ("headlines", "briefings", "items", "watchlist")
"""Feeds that every channel has, in the order of the outline."""
FeedFormat = Annotated[
    Format, Path(description="Format: Atom 1.0, RSS 2.0 or JSON Feed 1.1.", examples=["atom"])
]
EntityId = Annotated[
    str,
    Path(
        description="Id, slug or any spelling of an entity; 308 redirects to the id.",
        examples=["SGLang"],
        max_length=256,
    ),
]
TagSlug = Annotated[
    str,
    Path(
        description="Slug or name of a tag or keyword; 308 redirects to the slug.",
        examples=["mlops"],
        max_length=256,
    ),
]
ThreadId = Annotated[
    str, Path(description="The thread's id.", examples=["th_4bhdq57fxava"], max_length=64)
]
SearchId = Annotated[
    str, Path(description="The search's id.", examples=["ss_mq3dzk5ya2c7"], max_length=64)
]
_FORMATS = responses.media_types(*MEDIA.values())


@router.get(
    "/feeds/headlines.{format}",
    summary="The focus sections of primary editions as a feed",
    response_class=Response,
    responses=_FORMATS,
)
def get_headlines_feed(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    language: AcceptLanguageDep,
    format: FeedFormat,
    params: Annotated[ItemFeed, Query()],
) -> Any:
    update = {
        "channel": params.channel or [settings.channel],
        "section": [*params.section, "headlines"],
    }
    lang = params.lang or language
    page = query.of_items(
        session, params.model_copy(update=update), lang, _zone(request), primary_only=True
    )
    title = label("headlines_feed", lang or "zh-Hant")
    return _response(
        request, session, format, page, lang, [title, *_channel_names(session, params.channel)]
    )


@router.get(
    "/feeds/items.{format}",
    summary="Items under filters as a feed",
    response_class=Response,
    responses=_FORMATS,
)
def get_items_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    format: FeedFormat,
    params: Annotated[ItemFeed, Query()],
) -> Any:
    lang = params.lang or language
    page = query.of_items(session, params, lang, _zone(request))
    title = _title(params, page.description, "items_feed", lang)
    return _response(request, session, format, page, lang, [title])


@router.get(
    "/feeds/searches/{search_id}.{format}",
    summary="The items of a saved search as a feed",
    response_class=Response,
    responses=_FORMATS,
)
def get_search_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    search_id: SearchId,
    format: FeedFormat,
    params: Annotated[SearchFeed, Query()],
) -> Any:
    search = webhooks.search(session, search_id)
    window = params.model_dump(exclude_none=True)
    filters = stored.read(search.filters).model_dump(by_alias=True, exclude_none=True)
    lang = params.lang or language
    page = query.of_items(session, ItemFeed.model_validate(filters | window), lang, _zone(request))
    response = _response(request, session, format, page, lang, [search.name])
    # A search may change without a new version of the content.
    response.headers["Cache-Control"] = "no-cache"
    return response


@router.get(
    "/feeds/briefings.{format}",
    summary="Briefings under filters as a feed, each with its whole document",
    response_class=Response,
    responses=_FORMATS,
)
def get_briefings_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    format: FeedFormat,
    params: Annotated[BriefingFeed, Query()],
) -> Any:
    lang = params.lang or language
    page = query.of_briefings(session, params, lang, _zone(request))
    title = _title(params, page.description, "briefings_feed", lang)
    return _response(request, session, format, page, lang, [title])


@router.get(
    "/feeds/watchlist.{format}",
    summary="Changes of the watch list as a feed: entries, and the items that answer them",
    response_class=Response,
    responses=_FORMATS,
)
def get_watchlist_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    format: FeedFormat,
    params: Annotated[WatchFeed, Query()],
) -> Any:
    lang = params.lang or language
    page = query.of_watchlist(session, params, _zone(request))
    title = label("watchlist_feed", lang or "zh-Hant")
    return _response(
        request, session, format, page, lang, [title, *_channel_names(session, params.channel)]
    )


@router.get(
    "/feeds/threads/{thread_id}.{format}",
    summary="The items of a story as a feed",
    response_class=Response,
    responses=_FORMATS,
)
def get_thread_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    thread_id: ThreadId,
    format: FeedFormat,
    params: Annotated[ItemFeed, Query()],
) -> Any:
    lang = params.lang or language
    title = threads.one(session, thread_id, lang).title
    update = {"thread": [*params.thread, thread_id]}
    page = query.of_items(
        session,
        params.model_copy(update=update),
        lang,
        _zone(request),
    )
    return _response(request, session, format, page, lang, [title])


@router.get(
    "/feeds/entities/{entity_id:path}.{format}",
    summary="The items that mention an entity as a feed",
    response_class=Response,
    responses=_FORMATS,
)
def get_entity_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    entity_id: EntityId,
    format: FeedFormat,
    params: Annotated[ItemFeed, Query()],
) -> Any:
    pk = references.of_id(session, entity_id)
    if pk is None:
        pk = references.resolve(session, entity_id)
        canonical = f"/feeds/entities/{references.id_of(session, pk)}.{format}"
        return responses.permanent_redirect(request, canonical)
    lang = params.lang or language
    entity = entity_refs(session, [pk], lang)[pk]
    page = query.of_items(
        session,
        params,
        lang,
        _zone(request),
        entity_pks=families.with_members(session, [pk], params.relation),
        entity=entity,
    )
    return _response(request, session, format, page, lang, [page.description or entity.name])


@router.get(
    "/feeds/tags/{slug:path}.{format}",
    summary="The items of briefings with a tag as a feed",
    response_class=Response,
    responses=_FORMATS,
)
def get_tag_feed(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    slug: TagSlug,
    format: FeedFormat,
    params: Annotated[ItemFeed, Query()],
) -> Any:
    tag = tags.one(session, slug)
    if tag.slug != slug:
        return responses.permanent_redirect(request, f"/feeds/tags/{tag.slug}.{format}")
    update = {"keyword": [*params.keyword, slug]}
    if tag.counts.tag:
        update = {"tag": [*params.tag, slug]}
    lang = params.lang or language
    page = query.of_items(
        session,
        params.model_copy(update=update),
        lang,
        _zone(request),
    )
    return _response(
        request,
        session,
        format,
        page,
        lang,
        [f"#{tag.name}"],
    )


@router.get(
    "/feeds.opml",
    summary="All feeds of all channels as an outline",
    response_class=Response,
    responses=responses.media_types(OPML_MEDIA),
)
def list_feeds(
    request: Request,
    session: SessionDep,
    language: AcceptLanguageDep,
    params: Annotated[NoQuery, Query()],
) -> Any:
    home = responses.home(request)
    groups: dict[str, list[OpmlOutline]] = {}
    for channel, channel_name in names_of(session, query.channels(session)).items():
        outlines = groups.setdefault(channel_name, [])
        for name in CHANNEL_FEEDS:
            title = f"{label(f'{name}_feed', language or 'zh-Hant')} · {channel_name}"
            address = f"{home}/feeds/{name}.atom?channel={channel}"
            page = f"{home}/v1/briefings/latest?channel={channel}&format=html"
            outlines.append(OpmlOutline(title, address, page))
    version = dataset.version(session)
    body = opml("Briefbase", version.modified_at, groups)
    return responses.cacheable(request, body, OPML_MEDIA, version)


def _channel_names(session: Session, values: list[str]) -> Iterator[str]:
    """Yield what each value of a filter by channel asks for, in names."""
    for clause in clauses(values):
        names = " / ".join(names_of(session, clause.values).values())
        yield f"≠ {names}" if clause.negated else names


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(request.app.state.settings.timezone)


def _response(
    request: Request,
    session: Session,
    format_: Format,
    page: FeedPage,
    lang: str | None,
    title: Iterable[str],
) -> Response:
    """Return a document of a feed, with links to the other documents of its archive."""
    settings, home = request.app.state.settings, responses.home(request)
    site = Site(home, settings.assets_url, lang or "zh-Hant")
    feed_entries = list(entries(page, site))
    version = dataset.version(session)
    stems = request.url.path.rpartition(".")[0]
    filters = _filters(request, None)
    updated = [entry.updated for entry in feed_entries]
    feed = Feed(
        id=tag_uri("feed", f"{stems}?{filters}" if filters else stems),
        title=one_line(" · ".join(["Briefbase", *title])),
        description=page.description,
        address=_own_address(home, request),
        home=f"{home}/v1/briefings/latest?format=html",
        updated=max(updated, default=version.modified_at or datetime.now(UTC)),
        entries=feed_entries,
        language=_language(feed_entries),
        is_archive=page.archive.week is not None,
        archives=_archives(home, request, format_, page.archive),
    )
    return responses.cacheable(
        request,
        _WRITERS[format_](feed),
        MEDIA[format_],
        version,
    )


def _language(feed_entries: Iterable[Any]) -> str | None:
    """Return the language that all entries are in, None for several."""
    languages = {entry.language for entry in feed_entries}
    return languages.pop() if len(languages) == 1 else None


def _archives(home: str, request: Request, format_: Format, archive: Archive) -> list[FeedLink]:
    """Return the links to the documents before and after a document of a feed (RFC 5005)."""
    media = MEDIA[format_].partition(";")[0]
    links = []
    for name, relation in _ARCHIVE_RELATIONS:
        week = getattr(archive, name)
        if week:
            links.append(FeedLink(_address(home, request, week), relation, media))
    if archive.week:
        links.append(FeedLink(_address(home, request, None), "current", media))
    return links


def _own_address(home: str, request: Request) -> str:
    address = home + request.url.path
    return f"{address}?{request.url.query}" if request.url.query else address


def _address(home: str, request: Request, week: str | None) -> str:
    """Return the absolute address of a document of the feed that a request asks for."""
    filters = _filters(request, week)
    address = home + request.url.path
    return f"{address}?{filters}" if filters else address


def _filters(request: Request, week: str | None) -> str:
    """Return the query of another document of the same feed: an archive has no limit."""
    query_string = responses.replaced(request.url.query, "limit", None)
    return responses.replaced(query_string, "archive", week)


def _title(params: Params, description: str | None, word: str, lang: str | None) -> str:
    """Return the description of a feed with filters, the label of one without."""
    if description and params.model_dump(
        exclude={"limit", "archive", "lang"}, exclude_defaults=True
    ):
        return description
    return label(word, lang or "zh-Hant")
