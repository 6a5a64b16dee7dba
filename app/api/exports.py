"""Whole lists as files, streamed."""

from collections.abc import Generator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from app.api.edge.streams import Places
from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, DatabaseDep
from app.api.wire.links import prefixed
from app.api.wire.responses import CHECKS
from app.api.wire.validators import is_current
from app.query import exports as query
from app.query.request.item_params import ItemExport
from app.query.snapshot.dataset import Version
from app.store.db import Database

router = APIRouter(prefix="/v1/exports", tags=["exports"], dependencies=CHECKS)

MAX_EXPORTS = 2
"""Concurrent exports; each holds a connection for as long as its client reads."""
_NDJSON = "application/x-ndjson"
places = Places("exports", MAX_EXPORTS)


@router.get(
    "/items.ndjson",
    summary="All items that match, one JSON line each, with all parts",
    response_class=StreamingResponse,
    responses={200: {"content": {_NDJSON: {"schema": {"type": "string"}}}}},
)
def export_items(
    request: Request,
    database: DatabaseDep,
    language: AcceptLanguageDep,
    params: Annotated[ItemExport, Query()],
) -> Any:
    lang = params.lang or language
    lines = _stream(database, params, lang)
    return places.response(
        request.scope, lambda: _response(request, lines, lang), close=lines.close
    )


def _response(
    request: Request, lines: Generator[Any, None, None], lang: str | None
) -> StreamingResponse:
    headers = _headers(request, next(lines), lang)
    if _is_answered(request, headers):
        lines.close()
        return StreamingResponse(iter(()), media_type=_NDJSON, headers=headers)
    prefix = request.app.state.settings.prefix
    if prefix:
        return StreamingResponse(
            (prefixed(piece, prefix) for piece in lines), media_type=_NDJSON, headers=headers
        )
    return StreamingResponse(lines, media_type=_NDJSON, headers=headers)


def _headers(request: Request, version: Version, lang: str | None) -> dict[str, str]:
    """Return the headers of an export; content, filters and language determine its bytes."""
    state = f"{version.text} {request.url.query} {lang}"
    headers = responses.file_headers("items.ndjson") | {
        "ETag": responses.weak_etag(state.encode()),
        "Dataset-Version": version.text,
        "Cache-Control": "no-cache",
        "Vary": responses.VARY,
    }
    if version.modified_at:
        headers["Last-Modified"] = responses.http_date(version.modified_at)
    return headers


def _is_answered(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether headers alone answer the request: HEAD, or a client whose copy is current."""
    stated = request.scope.get("conditions")
    if stated is None:
        return False
    etag, modified = headers["ETag"].encode(), headers.get("Last-Modified", "").encode()
    return request.scope["is_head"] or is_current(stated, etag, modified)


def _stream(database: Database, params: ItemExport, lang: str | None) -> Generator[Any, None, None]:
    """Yield the dataset version, then the lines."""
    version, lines = query.items(database, params, lang)
    yield version
    yield from lines
