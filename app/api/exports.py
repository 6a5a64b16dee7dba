"""Whole lists as files, streamed."""

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.api.wire import responses
from app.api.wire.deps import AcceptLanguageDep, DatabaseDep
from app.api.wire.responses import CHECKS
from app.errors import Unavailable
from app.query import exports as query
from app.query.request.params import ItemExport
from app.store.db import Database

router = APIRouter(prefix="/v1/exports", tags=["exports"], dependencies=CHECKS)

_NDJSON = "application/x-ndjson"
# Each holds a connection for as long as its client takes to read.
AT_ONCE = 2
_turns = BoundedSemaphore(AT_ONCE)


@router.get(
    "/items.ndjson",
    summary="All items under filters, one a line, whole",
    response_class=StreamingResponse,
    responses={200: {"content": {_NDJSON: {"schema": {"type": "string"}}}}},
)
def export_items(
    database: DatabaseDep, language: AcceptLanguageDep, params: Annotated[ItemExport, Query()]
) -> Any:
    lines = _in_turn(database, params, params.lang or language)
    version = next(lines)
    headers = responses.file_headers("items.ndjson") | {
        "Dataset-Version": version,
        "Cache-Control": "no-cache",
        "Vary": responses.VARY,
    }
    return StreamingResponse(lines, media_type=_NDJSON, headers=headers)


def _in_turn(database: Database, params: ItemExport, lang: str | None) -> Iterator[Any]:
    """The version, then the lines."""
    if not _turns.acquire(blocking=False):
        raise Unavailable(
            f"{AT_ONCE} exports are running, the most there may be; try again shortly."
        )
    try:
        version, lines = query.items(database, params, lang)
        yield version.text
        yield from lines
    finally:
        _turns.release()
