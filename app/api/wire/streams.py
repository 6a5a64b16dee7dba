"""Responses that are streamed from a snapshot, and free it as soon as nobody reads them."""

import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import (
    CancelScope,
    CapacityLimiter,
    create_task_group,
    fail_after,
    move_on_after,
    to_thread,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.wire.validators import is_current
from app.telemetry import log

T = TypeVar("T")
STALL_SECONDS = 30.0
"""Seconds a client may take to read a block of at most 512 KiB."""
MIN_BYTES = 1 << 19
"""Bytes that are read at once, at least."""
STEP_SECONDS = 0.1
"""Seconds after which work looks whether its client is still there."""
MAX_SECONDS = 600.0
"""Seconds a response may take."""


class StreamedFile(Response):
    """Streams blocks; they are read in a thread, and closed at the end, however it comes.

    The end comes when the client goes away, stalls for `stall_seconds`, or takes `MAX_SECONDS`.
    """

    def __init__(
        self,
        blocks: Generator[bytes, None, None],
        media_type: str,
        headers: Mapping[str, str],
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.init_headers(headers)
        self.blocks = blocks
        self.stall_seconds = stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with move_on_after(MAX_SECONDS) as limit:
                async with _until_disconnect(receive):
                    await self._send(send)
            if limit.cancelled_caught:
                log.warning("export_too_slow", path=scope["path"], seconds=MAX_SECONDS)
        except* TimeoutError:
            log.warning("export_stalled", path=scope["path"], seconds=self.stall_seconds)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(self.blocks.close)

    async def _send(self, send: Send) -> None:
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while blocks := await to_thread.run_sync(self._next):
            for block in blocks:
                with fail_after(self.stall_seconds):
                    await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _next(self) -> list[bytes]:
        """Return the next blocks, some hundred kilobytes: a hop to a thread costs as much."""
        blocks = []
        size = 0
        for block in self.blocks:
            blocks.append(block)
            size += len(block)
            if size >= MIN_BYTES:
                break
        return blocks


class SteppedResponse(Response):
    """A response that is made in steps, in a thread; they end when the client goes away."""

    def __init__(self, steps: Generator[None, None, Response]) -> None:
        super().__init__()
        self.steps = steps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response | None = None
        failure: Exception | None = None
        try:
            async with _until_disconnect(receive):
                try:
                    while response is None:
                        response = await to_thread.run_sync(self._advance)
                except Exception as error:
                    # A task group would wrap it.
                    failure = error
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(self.steps.close)
        if failure:
            raise failure
        if response:
            await response(scope, receive, send)

    def _advance(self) -> Response | None:
        """Return the response, None if it takes longer than `STEP_SECONDS`."""
        end = time.monotonic() + STEP_SECONDS
        while time.monotonic() < end:
            try:
                next(self.steps)
            except StopIteration as done:
                response: Response = done.value
                return response
        return None


def is_answered(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether headers alone answer the request: HEAD, or a client whose copy is current."""
    stated = request.scope.get("conditions")
    if stated is None:
        return False
    etag, modified = headers["ETag"].encode(), headers.get("Last-Modified", "").encode()
    return request.scope["is_head"] or is_current(stated, etag, modified)


@asynccontextmanager
async def _until_disconnect(receive: Receive) -> AsyncIterator[None]:
    """Cancel the block when the client goes away."""
    async with create_task_group() as tasks:

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            tasks.cancel_scope.cancel()

        tasks.start_soon(watch)
        yield
        tasks.cancel_scope.cancel()


async def while_connected(
    receive: Receive, work: Callable[[], T], limiter: CapacityLimiter | None = None
) -> T | None:
    """Return `work()`, run in a thread; None if the client goes while it waits for the thread.

    Work that has begun ends before this does.
    """
    result: T | None = None
    failure: Exception | None = None
    async with _until_disconnect(receive):
        try:
            result = await to_thread.run_sync(work, limiter=limiter)
        except Exception as error:
            # A task group would wrap it.
            failure = error
    if failure:
        raise failure
    return result
