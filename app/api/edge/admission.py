"""Admission of requests: bodies are complete before they count, reads wait in one line."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
TURN_SECONDS = 0.005
"""Seconds of a turn of the event loop after which further requests wait for the next turn."""
SPARE_TURNS = 4
"""Turns between two starts while requests wait.

uvloop accepts one connection a turn: of 300 at once, the last waited 0.7 s to be accepted.
"""
_WEIGHT = 0.1
"""Weight of the latest interval in the mean."""
BUSY = "There are too many requests; try again shortly."


class WaitingLine:
    """Runs `capacity` requests at once; others wait, but not longer than `max_wait` seconds.

    The expected wait is the length of the line times the mean interval between two completions.
    The event loop has turns of its own between two starts, so that it sees new arrivals. A request
    that would wait too long is refused after `max_wait`: clients that repeat at once would cost
    more than they do as answers.
    """

    def __init__(self, capacity: int, max_wait: float, max_in_flight: int) -> None:
        self.capacity = capacity
        self.max_wait = max_wait
        self.max_in_flight = max_in_flight
        self.running = 0
        self.refused = 0
        """Refusals so far."""
        self.waiting: deque[asyncio.Future[bool]] = deque()
        self.mean_interval = 0.0
        """Mean seconds between two completions while requests wait."""
        self._last_end = 0.0
        self._turn_began: float | None = None

    @property
    def expected_wait(self) -> float:
        """Seconds until a request that arrives now would start."""
        return len(self.waiting) * self.mean_interval

    def refuses(self) -> bool:
        """Whether a request that arrives now is refused; if so, it is counted."""
        in_flight = self.running + len(self.waiting)
        if in_flight < self.max_in_flight and self.expected_wait <= self.max_wait:
            return False
        self.refused += 1
        return True

    async def enter(self) -> None:
        """Wait for a place, which `leave` gives back. Raises Unavailable."""
        now = time.monotonic()
        turn_seconds = now - self._turn_began if self._turn_began else 0.0
        is_free = self.running < self.capacity and not self.waiting
        if is_free and turn_seconds < TURN_SECONDS:
            self.running += 1
            self._begin_turn(now)
            return
        if self.refuses():
            await asyncio.sleep(self.max_wait)
            raise Unavailable(BUSY)
        await self._wait(now)

    async def _wait(self, now: float) -> None:
        loop = asyncio.get_running_loop()
        place: asyncio.Future[bool] = loop.create_future()
        self.waiting.append(place)
        self._begin_turn(now)
        limit = loop.call_later(self.max_wait, _give_up, place)
        try:
            has_place = await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self.leave()
            raise
        finally:
            limit.cancel()
        if not has_place:
            self.refused += 1
            raise Unavailable(BUSY)

    def leave(self) -> None:
        """Give a place back."""
        self.running -= 1
        if not self.waiting:
            self._last_end = 0.0
            return
        now = time.monotonic()
        if self._last_end:
            interval = now - self._last_end
            mean = self.mean_interval or interval
            self.mean_interval = mean + _WEIGHT * (interval - mean)
        self._last_end = now
        self._begin_turn(now)

    def _begin_turn(self, now: float) -> None:
        if self._turn_began is None:
            self._turn_began = now
            asyncio.get_running_loop().call_soon(self._end_turn)

    def _end_turn(self, spare_turns: int = SPARE_TURNS) -> None:
        """Start the next request that waits; its own turn ends after it has run."""
        if self.waiting and spare_turns:
            asyncio.get_running_loop().call_soon(self._end_turn, spare_turns - 1)
            return
        self._turn_began = None
        while self.waiting and self.running < self.capacity:
            place = self.waiting.popleft()
            if not place.done():
                self.running += 1
                place.set_result(True)
                self._begin_turn(time.monotonic())
                return


def _give_up(place: asyncio.Future[bool]) -> None:
    if not place.done():
        place.set_result(False)


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
