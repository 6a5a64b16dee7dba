"""Responses: sparse fields, ETags, caching headers, formats, and pages with links."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any, Literal, Protocol
from urllib.parse import quote, unquote

import orjson
import xxhash
from fastapi import Depends, Request, Response
from pydantic import BaseModel
from starlette.datastructures import URL

from app.api.wire.deps import preferred, reject_repeated_parameters
from app.query.listing.page import Listing, ListMeta
from app.query.request.feed_params import BriefingFeed, FeedWindow, ItemFeed, WatchFeed
from app.query.request.params import Params
from app.query.request.sparse_fields import Tree, field_tree, pick
from app.query.snapshot import dataset
from app.query.snapshot.dataset import Version
from app.render.pages import PageReader
from app.settings import Settings
from app.store.db import Session

Format = Literal["json", "text", "md", "html", "jsonld", "bibtex", "ris", "csl", "apa", "gbt7714"]
MEDIA: dict[Format, str] = {
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "jsonld": "application/ld+json",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json",
    "apa": "text/plain; charset=utf-8",
    "gbt7714": "text/plain; charset=utf-8",
}
CITED: tuple[Format, ...] = ("bibtex", "ris", "csl", "apa")
"""Formats of citations, one for each media type."""
VARY = "Accept, Accept-Language"
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": f"{VARY}, Authorization"}
"""Headers of a response for the holder of a key only."""
CHECKS = [Depends(reject_repeated_parameters)]
"""Dependencies of every route that reads the database."""
# Documents may contain images; nothing in them may run.
_HTML_POLICY = {
    "Content-Security-Policy": "default-src 'none'; img-src http: https: data:; style-src 'self'"
}
# An object of links is flat, and quotes inside strings are escaped: no text matches.
# The first link tells them from a `links` of the front matter.
_FIRST_LINKS = rb"self|report|document|briefings"
_LINKS = re.compile(rb'"links":\{"(?:' + _FIRST_LINKS + rb')":[^{}]*\}')
_PATH = re.compile(rb'":"(?=/)')
_BUCKET_URL = re.compile(rb'(?<!\\)"url":"(?=/v1/)')
_FEEDS: dict[str, type[Params]] = {
    "items": ItemFeed,
    "briefings": BriefingFeed,
    "watchlist": WatchFeed,
}


def formats(*formats: Format) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of response formats besides JSON."""
    return media_types(*[MEDIA[name] for name in formats])


def media_types(*media: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of a response in any of some media types."""
    content: dict[str, Any] = {}
    for name in media:
        bare = name.partition(";")[0]
        content[bare] = {"schema": _schema_of(bare)}
    return {200: {"content": content}}


def _schema_of(media: str) -> dict[str, Any]:
    """Return the schema of a format: clients parse those whose name ends in `json`."""
    if media == MEDIA["csl"]:
        return {"type": "array", "items": {"type": "object"}}
    return {"type": "object"} if media.endswith("+json") else {"type": "string"}


def json_response(
    request: Request,
    session: Session,
    content: BaseModel | bytes,
    fields: Sequence[str] = (),
    shape: type[BaseModel] | None = None,
) -> Response:
    """Return `content` as JSON, reduced to `fields`; `shape` is the shape of stored JSON."""
    json = body(content, fields, shape)
    return cacheable(request, json, MEDIA["json"], dataset.version(session))


def body(
    content: BaseModel | bytes, fields: Sequence[str] = (), shape: type[BaseModel] | None = None
) -> bytes:
    """Return `content` as JSON, reduced to `fields`."""
    tree = field_tree(shape or type(content), fields)  # type: ignore[arg-type]  # shapes are models
    if isinstance(content, bytes) and not tree:
        return content
    return orjson.dumps(_entry(content, tree))


def _entry(content: BaseModel | bytes, tree: Tree) -> Any:
    if isinstance(content, BaseModel):
        return pick(content.model_dump(mode="json", exclude_unset=True), tree)
    if tree:
        return pick(orjson.loads(content), tree)
    return orjson.Fragment(content)


def dict_response(
    request: Request,
    session: Session,
    content: dict[str, Any],
    shape: type[BaseModel],
    fields: Sequence[str] = (),
) -> Response:
    """Return a dict in the form of `shape` as JSON, reduced to `fields`."""
    json = orjson.dumps(content)
    tree = field_tree(shape, fields)
    if tree:
        json = orjson.dumps(pick(orjson.loads(json), tree))
    return cacheable(request, json, MEDIA["json"], dataset.version(session))


def weak_etag(body: bytes) -> str:
    """Return the ETag of a body; it is weak because each compression has other bytes."""
    return f'W/"{xxhash.xxh3_128_hexdigest(body)}"'


def no_store(session: Session, content: BaseModel, fields: Sequence[str] = ()) -> Response:
    """Return the response to a request with a body: it is for this caller and never cached."""
    headers = {"Cache-Control": "no-store", "Dataset-Version": dataset.version(session).text}
    return Response(body(content, fields), media_type=MEDIA["json"], headers=headers)


class ListParams(Protocol):
    """Query parameters that every list takes; a `limit` of None asks for all entries."""

    @property
    def limit(self) -> int | None: ...

    def names(self) -> Sequence[str]: ...


def list_response(
    request: Request,
    session: Session,
    listing: Listing[BaseModel | bytes],
    shape: type[BaseModel],
    params: ListParams,
    extra: Mapping[str, Any] | None = None,
    feed: str | None = None,
) -> Response:
    """Return one page of a list as JSON, with `meta`, `links` and the `Link` header.

    The entries of `listing` are of the given shape or its JSON. `extra` adds keys beside `data`.
    `feed` names the feed of the same entries, such as `items`.
    """
    tree = field_tree(shape, params.names())
    version = dataset.version(session)
    links = _links(request.url, listing.rows.next_cursor)
    content: dict[str, Any] = {
        "data": [_entry(entry, tree) for entry in listing.entries],
        "meta": {
            "total": listing.rows.total,
            "limit": params.limit or listing.rows.total,
            "next_cursor": listing.rows.next_cursor,
            "dataset_version": version.text,
            "warnings": listing.warnings,
            **_described(listing.meta),
        },
        "links": links,
    }
    content.update(listing.extra)
    content.update(extra or {})
    address = feed_path(request.url, feed) if feed else None
    return cacheable(
        request,
        orjson.dumps(content),
        MEDIA["json"],
        version,
        link_header(_prefix(request), links["next"], address),
    )


def _described(meta: ListMeta) -> dict[str, Any]:
    facets: dict[str, list[dict[str, Any]]] = {}
    for name, buckets in meta.facets.items():
        facets[name] = [bucket.model_dump() for bucket in buckets]
    return {
        "human_description": meta.human_description,
        "members": [member.model_dump() for member in meta.members],
        "facets": facets,
        "facets_other": meta.other,
    }


def _links(url: URL, next_cursor: str | None) -> dict[str, str | None]:
    current = f"{url.path}?{url.query}" if url.query else url.path
    return {"self": current, "next": _following(url, next_cursor)}


def next_page(request: Request, next_cursor: str | None) -> str | None:
    """Return the path of the next page of a list, None after the last page."""
    return _following(request.url, next_cursor)


def _following(url: URL, next_cursor: str | None) -> str | None:
    if next_cursor is None:
        return None
    return f"{url.path}?{replaced(url.query, 'cursor', next_cursor)}"


def replaced(query: str, name: str, value: str | None) -> str:
    """Return a query string with one parameter replaced or added at its end; None removes it."""
    parts = []
    for part in query.split("&"):
        if part and unquote(part.partition("=")[0]) != name:
            parts.append(part)
    if value is not None:
        parts.append(f"{name}={value}")
    return "&".join(parts)


@cache
def _feed_filters(feed: str) -> frozenset[str]:
    """Return the names of the parameters that a feed has in common with its list."""
    shape = _FEEDS.get(feed, ItemFeed)
    names = set()
    for name, field in shape.model_fields.items():
        if name not in FeedWindow.model_fields:
            names.add(field.alias or name)
    return frozenset(names)


def feed_path(url: URL, feed: str) -> str:
    """Return the path of the Atom feed with the filters of a list's address.

    `feed` is its name: `items`, `entities/e_bcipivtijjyp`.
    """
    query = []
    for part in url.query.split("&"):
        if part and unquote(part.partition("=")[0]) in _feed_filters(feed):
            query.append(part)
    path = f"/feeds/{feed}.atom"
    return f"{path}?{'&'.join(query)}" if query else path


def link_header(prefix: str, following: str | None, feed: str | None) -> dict[str, str]:
    """Return the `Link` header of a page of a list: the next page, and its feed."""
    links = []
    if following:
        links.append(f'<{prefix}{following}>; rel="next"')
    if feed:
        links.append(f'<{prefix}{feed}>; rel="alternate"; type="application/atom+xml"')
    return {"Link": ", ".join(links)} if links else {}


def prefixed(body: bytes, prefix: str) -> bytes:
    """Return a JSON body whose links begin with `prefix`; unchanged if the prefix is empty.

    Links are the strings of objects named `links`, and the `url` of a bucket.
    """
    if not prefix:
        return body
    encoded = prefix.encode()

    def add_prefix(match: re.Match[bytes]) -> bytes:
        return _PATH.sub(rb'":"' + encoded, match[0])

    body = _LINKS.sub(add_prefix, body)
    return _BUCKET_URL.sub(rb'"url":"' + encoded, body)


def text_response(request: Request, session: Session, text: str, format_: Format) -> Response:
    """Return text in a format that is not JSON."""
    headers = _HTML_POLICY if format_ == "html" else {}
    return cacheable(
        request,
        text.encode(),
        MEDIA[format_],
        dataset.version(session),
        headers,
    )


def cacheable(
    request: Request,
    body: bytes,
    media: str,
    version: Version | None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a public response with a weak ETag; `version` is None without database content."""
    if media == MEDIA["json"]:
        body = prefixed(body, _prefix(request))
    complete = {"ETag": weak_etag(body), "Cache-Control": _cache_control(request), "Vary": VARY}
    if version:
        complete["Dataset-Version"] = version.text
        if version.modified_at:
            complete["Last-Modified"] = http_date(version.modified_at)
    complete.update(headers or {})
    return Response(body, media_type=media, headers=complete)


def reader(request: Request, lang: str | None) -> PageReader:
    """Return the circumstances of a page for people."""
    settings: Settings = request.app.state.settings
    return PageReader(lang, settings.prefix, settings.assets_url, home(request))


def home(request: Request) -> str:
    """Return the absolute address of the service, which absolute links begin with."""
    return str(request.app.state.settings.home(str(request.base_url)))


def _prefix(request: Request) -> str:
    """Return the path prefix of links, "" without one."""
    return str(request.app.state.settings.prefix)


def _cache_control(request: Request) -> str:
    seconds = request.app.state.settings.cache_seconds
    return f"public, max-age={seconds}, stale-while-revalidate={seconds}"


def http_date(moment: datetime) -> str:
    """Return an HTTP date: whole seconds in GMT."""
    return format_datetime(moment, usegmt=True)


def permanent_redirect(
    request: Request, canonical: str, content: BaseModel | None = None
) -> Response:
    """Return a 308 to the canonical path with the query unchanged; `content` explains it."""
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {
        "Location": quote(_prefix(request) + canonical + query, safe=_URL_CHARACTERS),
        # A name may change its entity; without a lifetime, clients keep a 308 for good.
        "Cache-Control": _cache_control(request),
    }
    if content is None:
        return Response(status_code=308, headers=headers)
    return Response(content.model_dump_json(), 308, headers, MEDIA["json"])


_URL_CHARACTERS = ":/%#?=@[]!$&'()*+,;"


def requested_format(request: Request, name: str | None, offered: Sequence[Format]) -> Format:
    """Return the format named by `?format=`, else the best of Accept in `offered`, else JSON."""
    if name:
        return name  # type: ignore[return-value]  # checked above
    for accepted in preferred(request.headers.get("accept", "")):
        for format_ in offered:
            media = MEDIA[format_].partition(";")[0]
            if accepted in (media, f"{media.partition('/')[0]}/*", "*/*"):
                return format_
    return "json"


def file_headers(name: str) -> dict[str, str]:
    """Return the header with a file name, in both forms of RFC 6266 and RFC 8187."""
    plain = ""
    for char in name:
        plain += char if char.isascii() and (char.isalnum() or char in "-._") else "_"
    encoded = quote(name, safe="")
    return {"Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{encoded}"}


__all__ = [
    "body",
    "cacheable",
    "dict_response",
    "file_headers",
    "home",
    "json_response",
    "list_response",
    "media_types",
    "next_page",
    "no_store",
    "permanent_redirect",
    "replaced",
    "requested_format",
    "text_response",
    "weak_etag",
]
