"""Whole lists as files, streamed."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, DatabaseDep
from app.api.wire.responses import CHECKS
from app.errors import Unavailable
from app.query import exports as query
from app.query.request.item_params import ItemExport
from app.store.db import Database

router = APIRouter(prefix="/v1/exports", tags=["exports"], dependencies=CHECKS)

MAX_EXPORTS = 2
"""Concurrent exports; each holds a connection for as long as its client reads."""
_NDJSON = "application/x-ndjson"
_slots = BoundedSemaphore(MAX_EXPORTS)


@router.get(
    "/items.ndjson",
    summary="All items that match, one JSON line each, with all parts",
    response_class=StreamingResponse,
    responses={200: {"content": {_NDJSON: {"schema": {"type": "string"}}}}},
)
def export_items(
    database: DatabaseDep, language: AcceptLanguageDep, params: Annotated[ItemExport, Query()]
) -> Any:
    lines = _stream(database, params, params.lang or language)
    version = next(lines)
    headers = responses.file_headers("items.ndjson") | {
        "Dataset-Version": version,
        "Cache-Control": "no-cache",
        "Vary": responses.VARY,
    }
    return StreamingResponse(lines, media_type=_NDJSON, headers=headers)


@contextmanager
def limited() -> Iterator[None]:
    """Count the block as a running export. Raises Unavailable if too many are running."""
    if not _slots.acquire(blocking=False):
        raise Unavailable(f"{MAX_EXPORTS} exports are running already; try again shortly.")
    try:
        yield
    finally:
        _slots.release()


def _stream(database: Database, params: ItemExport, lang: str | None) -> Iterator[Any]:
    """Yield the dataset version, then the lines."""
    with limited():
        version, lines = query.items(database, params, lang)
        yield version.text
        yield from lines
