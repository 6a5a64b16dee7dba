"""Admission of requests: bodies are complete before they count, reads wait in one line."""

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.line import WaitingLine
from app.api.edge.middleware import OPEN_POSTS
from app.api.edge.refusals import refusal
from app.errors import AppError, TooLarge, Unavailable

MAX_BODY_BYTES = 16 * 1024 * 1024
"""Maximum bytes of any body; most routes allow less."""
SMALL_BODY_BYTES = 64 * 1024
"""Bodies up to this size need no share of the budget."""
BODY_BUDGET_BYTES = 64 * 1024 * 1024
"""Bytes of all larger bodies that are being received or handled."""
NEVER_SHED = frozenset(("/healthz", "/readyz", "/metrics"))
"""Paths that monitoring reads; they never wait and are never refused."""
_READING_POSTS = OPEN_POSTS | {"/mcp", "/bench"}
"""Paths whose POST only reads and waits in the line."""
_CLOSING = {"Connection": "close"}
LEAVE = "leave_line"
"""Key in the scope: a function that gives the request's place back early."""


class Admission:
    """Admits requests that the response cache does not answer.

    A body is received whole first, so a half-sent one holds no place. Reads then wait in a line;
    their place is free again when their response starts, so that a slow client holds none. Writes
    have threads and a queue of their own (`api/wire/writing.py`).
    """

    def __init__(self, app: ASGIApp, line: WaitingLine) -> None:
        self.app = app
        self.line = line
        self.body_bytes = 0
        """Bytes of larger bodies in memory."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in NEVER_SHED:
            return await self.app(scope, receive, send)
        reading = scope["method"] in ("GET", "HEAD", "OPTIONS")
        if reading:
            return await self._read(scope, receive, send)
        await self._receive_first(scope, receive, send)

    async def _receive_first(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Receive the body, then go on; the budget counts it until the request has ended."""
        share = 0

        def take(size: int) -> None:
            nonlocal share
            if size <= max(share, SMALL_BODY_BYTES):
                return
            if self.body_bytes + size - share > BODY_BUDGET_BYTES:
                raise Unavailable("Too many large bodies are being received.", headers=_CLOSING)
            self.body_bytes += size - share
            share = size

        try:
            body = await _receive(receive, take)
            if body is None:
                return
            replay = _replay(body, receive)
            if scope["path"] in _READING_POSTS:
                await self._read(scope, replay, send)
            else:
                await self.app(scope, replay, send)
        except AppError as error:
            await refusal(error, scope["headers"])(scope, receive, send)
        finally:
            self.body_bytes -= share

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        line = self.line
        try:
            await line.enter()
        except Unavailable as error:
            return await refusal(error, scope["headers"])(scope, receive, send)
        has_place = True

        def leave() -> None:
            nonlocal has_place
            if has_place:
                has_place = False
                line.leave()

        async def watch(message: Message) -> None:
            if has_place and message["type"] == "http.response.start":
                leave()
            await send(message)

        scope[LEAVE] = leave
        try:
            await self.app(scope, receive, watch)
        finally:
            leave()


async def _receive(receive: Receive, take: Callable[[int], None]) -> bytes | None:
    """Return the whole body, None if the client has gone; `take` gets its size as it grows."""
    body = b""
    pieces = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        more = message.get("more_body", False)
        if not more and not pieces:
            body = piece
            size = len(body)
        else:
            pieces += piece
            size = len(pieces)
        if size > MAX_BODY_BYTES:
            raise too_large(_CLOSING)
        take(size)
        if not more:
            return body or bytes(pieces)


def too_large(headers: dict[str, str]) -> TooLarge:
    """Return the error of a body over the maximum."""
    detail = f"The body is too large; expected at most {MAX_BODY_BYTES} bytes."
    return TooLarge(detail, headers=headers)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Return a `receive` that first returns the whole body."""
    first: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def receive_again() -> Message:
        nonlocal first
        if first is None:
            return await receive()
        message, first = first, None
        return message

    return receive_again
