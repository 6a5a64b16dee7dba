"""The changes in the order of commits: pages, with waiting, and a stream of events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.api.edge.listeners import Listeners
from app.api.edge.streams import leave_line
from app.api.wire import responses
from app.api.wire.deps import DatabaseDep, SettingsDep
from app.api.wire.responses import CHECKS
from app.query.request.change_params import ChangeList, ChangeStream
from app.query.schemas.changes import ChangeOut, ChangePage
from app.query.snapshot import dataset
from app.query.time import changes as query
from app.store.db import Database

router = APIRouter(prefix="/v1/changes", tags=["changes"], dependencies=CHECKS)

HEARTBEAT_SECONDS = 15.0
_BATCH = 200
"""Changes that a stream reads at once."""
_RETRY_MILLISECONDS = 2_000
_EVENTS = "text/event-stream"
_FRESH = {"Cache-Control": "no-cache"}


@router.get("", response_model=ChangePage, summary="Changes since a position, the oldest first")
async def list_changes(
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    params: Annotated[ChangeList, Query()],
) -> Any:
    listeners: Listeners = request.app.state.listeners
    loop = asyncio.get_running_loop()
    deadline = loop.time() + params.wait
    response, version, is_empty = await to_thread.run_sync(
        _page, request, database, params, settings.channel
    )
    if not is_empty or not params.wait:
        return response
    with listeners.places.hold(request.scope):
        leave_line(request.scope)
        while is_empty and await listeners.wait(version, deadline - loop.time()):
            response, version, is_empty = await to_thread.run_sync(
                _page, request, database, params, settings.channel
            )
    return response


def _page(
    request: Request, database: Database, params: ChangeList, channel: str
) -> tuple[Response, str, bool]:
    """Return the response, the version it was made at, and whether it has no changes."""
    with database.read() as session:
        page = query.page(session, params, channel)
        extra = {"since": page.since, "position": page.position, "digest": page.digest}
        response = responses.list_response(
            request,
            session,
            page.listing,
            ChangeOut,
            params,
            extra,
        )
        response.headers.update(_FRESH)
        return response, dataset.version(session).text, not page.listing.entries


@router.get(
    "/stream",
    summary="Changes as they happen, as server-sent events",
    response_class=StreamingResponse,
    responses={200: {"content": {_EVENTS: {"schema": {"type": "string"}}}}},
)
async def stream_changes(
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    params: Annotated[ChangeStream, Query()],
    last_event_id: Annotated[
        str, Header(description="Position of the last change that the client has.")
    ] = "",
) -> Any:
    listeners: Listeners = request.app.state.listeners
    since = last_event_id or params.since
    begin = await to_thread.run_sync(_begin, database, since)

    def response() -> Response:
        events = _events(
            listeners, database, params, settings.channel, begin, float(settings.stream_seconds)
        )
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(events, media_type=_EVENTS, headers=headers)

    return listeners.places.response(request.scope, response)


def _begin(database: Database, since: str | None) -> int:
    with database.read() as session:
        return query.start(session, since)


async def _events(
    listeners: Listeners,
    database: Database,
    params: ChangeStream,
    channel: str,
    number: int,
    seconds: float,
) -> AsyncIterator[bytes]:
    """Yield events for at most `seconds`; a client connects again by itself."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
    while True:
        entries, number, version = await to_thread.run_sync(
            _following, database, params, channel, number
        )
        for entry in entries:
            yield _event(entry)
        if len(entries) == _BATCH:
            continue
        remaining = deadline - loop.time()
        if remaining <= 0 or listeners.is_ending:
            return
        if not await listeners.wait(version, min(HEARTBEAT_SECONDS, remaining)):
            yield b": heartbeat\n\n"


def _following(
    database: Database, params: ChangeStream, channel: str, number: int
) -> tuple[list[ChangeOut], int, str]:
    with database.read() as session:
        entries, reached = query.following(session, params, channel, number, _BATCH)
        return entries, reached, dataset.version(session).text


def _event(entry: ChangeOut) -> bytes:
    data = orjson.dumps(entry.model_dump(mode="json"))
    return b"id: %b\nevent: change\ndata: %b\n\n" % (entry.position.encode(), data)
