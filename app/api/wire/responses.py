"""From a shape to an answer: sparse fields, ETag, caching headers, pages with their links."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Literal, Protocol
from urllib.parse import quote, unquote

import orjson
import xxhash
from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlmodel import Session

from app.api.wire.deps import preferred, reject_repeated_parameters
from app.query.listing.page import Listing
from app.query.request.sparse_fields import Tree, field_tree, pick
from app.query.snapshot import dataset
from app.query.snapshot.dataset import Version

Format = Literal["json", "text", "md", "html"]
MEDIA: dict[Format, str] = {
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
VARY = "Accept, Accept-Language"
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": f"{VARY}, Authorization"}
"""Headers of an answer that only a key's holder may see."""


def json_response(
    request: Request,
    session: Session,
    shown: BaseModel | bytes,
    fields: Sequence[str] = (),
    shape: type[BaseModel] | None = None,
) -> Response:
    """`shown`, a shape or its JSON (then `shape` says of which), as JSON reduced to `fields`."""
    return cacheable(request, body(shown, fields, shape), MEDIA["json"], dataset.version(session))


def body(
    shown: BaseModel | bytes, fields: Sequence[str] = (), shape: type[BaseModel] | None = None
) -> bytes:
    """`shown` as JSON, reduced to `fields`."""
    tree = field_tree(shape or type(shown), fields)  # type: ignore[arg-type]
    return shown if isinstance(shown, bytes) and not tree else orjson.dumps(_entry(shown, tree))


def _entry(shown: BaseModel | bytes, tree: Tree) -> Any:
    if isinstance(shown, bytes):
        return pick(orjson.loads(shown), tree) if tree else orjson.Fragment(shown)
    return pick(shown.model_dump(mode="json", exclude_unset=True), tree)


def dict_response(
    request: Request,
    session: Session,
    shown: dict[str, Any],
    shape: type[BaseModel],
    fields: Sequence[str] = (),
) -> Response:
    """What is in the form of `shape` already, as JSON, reduced to `fields`."""
    made = orjson.dumps(shown)
    if tree := field_tree(shape, fields):
        made = orjson.dumps(pick(orjson.loads(made), tree))
    return cacheable(request, made, MEDIA["json"], dataset.version(session))


def weak_etag(body: bytes) -> str:
    """The weak ETag of a body: compression makes several of one."""
    return f'W/"{xxhash.xxh3_128_hexdigest(body)}"'


def no_store(session: Session, shown: BaseModel, fields: Sequence[str] = ()) -> Response:
    """The answer to a body: it is the caller's own, and kept nowhere."""
    headers = {"Cache-Control": "no-store", "Dataset-Version": dataset.version(session).text}
    return Response(body(shown, fields), media_type=MEDIA["json"], headers=headers)


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
) -> Response:
    """Return one page of a list as JSON, with `meta`, `links` and the `Link` header.

    The entries of `listing` are of the given shape or its JSON. `extra` adds keys beside `data`.
    """
    tree = field_tree(shape, params.names())
    version = dataset.version(session)
    path, query = request.url.path, request.url.query
    cursor = listing.rows.next_cursor
    current = f"{path}?{query}" if query else path
    following = f"{path}?{_with(query, 'cursor', cursor)}" if cursor else None
    meta = {
        "total": listing.rows.total,
        "limit": params.limit or listing.rows.total,
        "next_cursor": cursor,
        "dataset_version": version.text,
        "warnings": listing.warnings,
        "human_description": listing.meta.human_description,
        "facets": {
            name: [bucket.model_dump() for bucket in buckets]
            for name, buckets in listing.meta.facets.items()
        },
        "facets_other": listing.meta.other,
    }
    answer: dict[str, Any] = {
        "data": [_entry(entry, tree) for entry in listing.entries],
        "meta": meta,
        "links": {"self": current, "next": following},
    }
    answer.update(listing.extra)
    answer.update(extra or {})
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return cacheable(request, orjson.dumps(answer), MEDIA["json"], version, headers)


def _with(query: str, name: str, value: str) -> str:
    """A query string with a parameter put in the place of what was given of it."""
    others = [part for part in query.split("&") if part and unquote(part.partition("=")[0]) != name]
    return "&".join([*others, f"{name}={value}"])


def text_response(request: Request, session: Session, body: str, form: Format) -> Response:
    """`body` in a format that is not JSON."""
    # Pages are made of documents: they may show pictures, and nothing of them runs.
    headers = (
        {"Content-Security-Policy": "default-src 'none'; img-src https: data:"}
        if form == "html"
        else {}
    )
    return cacheable(request, body.encode(), MEDIA[form], dataset.version(session), headers)


def cacheable(
    request: Request,
    body: bytes,
    media: str,
    version: Version | None,
    headers: dict[str, str] | None = None,
) -> Response:
    """`body` with a weak ETag of its own (compression makes several of one). Without `version` it is of no base."""
    every = {"ETag": weak_etag(body), "Cache-Control": _lifetime(request), "Vary": VARY}
    if version:
        every["Dataset-Version"] = version.text
        if version.modified_at:
            every["Last-Modified"] = http_date(version.modified_at)
    return Response(body, media_type=media, headers=every | (headers or {}))


CHECKS = [Depends(reject_repeated_parameters)]
"""Of every route that answers from the base."""


def _lifetime(request: Request) -> str:
    seconds = request.app.state.settings.cache_seconds
    return f"public, max-age={seconds}, stale-while-revalidate={seconds}"


def http_date(moment: datetime) -> str:
    """An HTTP date, whole seconds in GMT."""
    return format_datetime(moment, usegmt=True)


def etag_matches(header: str | None, etag: str) -> bool:
    """Weak comparison (RFC 9110 8.8.3.2)."""
    given = [part.strip().removeprefix("W/") for part in (header or "").split(",")]
    return "*" in given or etag.removeprefix("W/") in given


def permanent_redirect(request: Request, canonical: str, told: BaseModel | None = None) -> Response:
    """308 to the canonical path, the query kept; `told` says why."""
    query = f"?{request.url.query}" if request.url.query else ""
    # A name may come to mean something else; without a lifetime, a 308 is kept for good.
    answer = RedirectResponse(
        canonical + query, status_code=308, headers={"Cache-Control": _lifetime(request)}
    )
    if told is None:
        return answer
    return Response(
        told.model_dump_json(),
        308,
        {"Location": answer.headers["location"], "Cache-Control": _lifetime(request)},
        MEDIA["json"],
    )


def asked_format(request: Request, given: str | None, offered: Sequence[Format]) -> Format:
    """`?format=`, else the best of `Accept` that is offered, else JSON."""
    if given:
        return given  # type: ignore[return-value]
    for value in preferred(request.headers.get("accept", "")):
        for form in offered:
            media = MEDIA[form].partition(";")[0]
            if value in (media, f"{media.partition('/')[0]}/*", "*/*"):
                return form
    return "json"


def file_headers(name: str) -> dict[str, str]:
    """The header that names a file, in both forms of RFC 6266 / RFC 8187."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "_" for c in name)
    return {
        "Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    }


__all__ = [
    "asked_format",
    "body",
    "cacheable",
    "dict_response",
    "etag_matches",
    "file_headers",
    "json_response",
    "list_response",
    "no_store",
    "permanent_redirect",
    "text_response",
    "weak_etag",
]
