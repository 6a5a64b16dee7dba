"""The front: the outermost layer, and what all connections of a process share.

Every layer behind it reads the same head of a request: without the path prefix of a proxy, with
each decisive header once, with a `Host` that is served here.
"""

import asyncio
import re
import signal
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.admission import NEVER_SHED, WaitingLine
from app.api.edge.rate_limits import RateLimits
from app.api.edge.refusals import refusal
from app.api.edge.response_cache import Headers, ResponseCache
from app.errors import AppError, BadRequest, TooManyRequests, Unavailable
from app.settings import Settings
from app.telemetry import log

SWEEP_SECONDS = 1.0
"""Seconds between two looks at the connections."""
STATE = "front"
"""Name of the front in the state that the server hands to its connections."""
_STOPPING = "The service is stopping; try again shortly."
_DEFECT = AppError("The request failed unexpectedly; its request id identifies the log entry.")
_HOST = re.compile(rb"[A-Za-z0-9._~-]{1,255}(:\d{0,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{0,5})?")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MAX_HOST_CHARS = 80
MAX_ACCEPTED_HOSTS = 1_000
"""Maximum number of accepted values of `Host` that are remembered."""
_LIST_HEADERS = frozenset((b"accept", b"accept-language", b"accept-encoding", b"if-none-match"))
"""Headers whose repetition is one list (RFC 9110, 5.3)."""
_SINGLE_HEADERS = frozenset((b"if-modified-since", b"x-request-id", b"authorization"))
"""Headers of one value; further ones are dropped."""
_HOST_HEADER = b"host"
_UNIFIED_HEADERS = _LIST_HEADERS | _SINGLE_HEADERS | {_HOST_HEADER}


class Connection(Protocol):
    """A connection that is looked at from time to time."""

    def sweep(self, is_stopping: bool) -> None:
        """Close the connection if its client is too slow."""


class PathApp(Protocol):
    """An application of a single path, with answers that need no task."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

    def peek(self, headers: Headers, body: bytes) -> tuple[Headers, bytes] | None:
        """Return headers and body of the answer to a POST, None if it is not cached."""


class Front:
    """Checks `Host` and rate limits, and answers what fails further in.

    `path_apps` take the requests of their paths in place of `app`.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        cache: ResponseCache,
        line: WaitingLine,
        path_apps: Mapping[str, PathApp],
    ) -> None:
        self.app = app
        self.path_apps = path_apps
        self.prefix = settings.prefix
        self.hosts = Hosts(settings)
        self.rate_limits = RateLimits(settings)
        self.cache = cache
        self.line = line
        self.connections: set[Connection] = set()
        self.is_stopping = False
        self.refused: Counter[str] = Counter()
        """Refusals by code that the application and the line did not make."""
        # Logged and limited requests take the longer way through `__call__`.
        self.answers_early = not settings.access_log and not self.rate_limits.is_on
        self._common_headers: Headers = []
        self._common_head = b""

    def common_head(self, headers: Headers) -> bytes:
        """Return the headers of all responses as sent; uvicorn makes another list each second."""
        if headers is not self._common_headers:
            self._common_headers = headers
            lines = [name + b": " + value + b"\r\n" for name, value in headers]
            self._common_head = b"".join(lines)
        return self._common_head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.prefix:
            scope = without_prefix(scope, self.prefix)
        applying = self.rate_limits.limits_of(scope) if self.rate_limits.is_on else []
        if not applying:
            return await self._answer(scope, receive, send)
        try:
            self.rate_limits.begin(applying)
        except TooManyRequests as error:
            return await self._refuse(error, scope, receive, send)
        is_counted = False

        async def count(message: Message) -> None:
            nonlocal is_counted
            if not is_counted and message["type"] == "http.response.start":
                is_counted = True
                message = self.rate_limits.end(applying, message)
            await send(message)

        try:
            await self._answer(scope, receive, count)
        finally:
            if not is_counted:
                self.rate_limits.abandon(applying)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its application; answer what fails there."""
        has_started = False

        async def watch(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        failure: AppError
        try:
            scope["headers"] = unified(scope["headers"])
            self.hosts.check(scope["path"], _host(scope))
            app: ASGIApp = self.path_apps.get(scope["path"], self.app)
            return await app(scope, receive, watch)
        except AppError as error:
            failure = error
        except asyncio.CancelledError:
            if not self.is_stopping or has_started:
                raise
            failure = Unavailable(_STOPPING)
        except Exception as error:
            log.exception("unhandled_error", path=scope["path"][:200], error=type(error).__name__)
            failure = _DEFECT
        if has_started:
            raise RuntimeError("The response was cut off.") from failure
        await self._refuse(failure, scope, receive, send)

    async def _refuse(self, error: AppError, scope: Scope, receive: Receive, send: Send) -> None:
        self.refused[error.code] += 1
        await refusal(error, scope["headers"])(scope, receive, send)

    async def watch_connections(self) -> None:
        """Close connections whose clients send or read too slowly, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            for connection in list(self.connections):
                connection.sweep(self.is_stopping)

    @asynccontextmanager
    async def serving(self, stop: Callable[[], None]) -> AsyncIterator[dict[str, Any]]:
        """Guard connections during the block; `stop` is called when the server is asked to end.

        Yields the state that the server hands to its connections.
        """
        loop = asyncio.get_running_loop()

        def begin_to_stop() -> None:
            if not self.is_stopping:
                self.is_stopping = True
                stop()

        watching = asyncio.create_task(self.watch_connections())
        restore = _on_signals(lambda: loop.call_soon_threadsafe(begin_to_stop))
        try:
            yield {STATE: self}
        finally:
            restore()
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


def _host(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"host":
            return bytes(value)
    return None


def _on_signals(notice: Callable[[], object]) -> Callable[[], None]:
    """Call `notice` at SIGTERM and SIGINT before the server's own handlers; return the undoing.

    Signals reach the main thread only; a server in another one is stopped otherwise.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    previous: dict[signal.Signals, Any] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        notice()
        handler = previous[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        # Without a handler of the server, ending is up to the system.
        if callable(handler):
            previous[number] = handler
            signal.signal(number, handle)

    def restore() -> None:
        for number, handler in previous.items():
            signal.signal(number, handler)

    return restore


class Hosts:
    """The names that requests may have in `Host`: any, if no public address is set."""

    def __init__(self, settings: Settings) -> None:
        self.names: Collection[str] = ()
        if settings.public_url:
            public = urlsplit(settings.public_url).netloc.rpartition("@")[2]
            allowed = settings.allowed_hosts.replace(",", " ").split()
            self.names = {host_name(public), *_LOOPBACK, *map(host_name, allowed)}
        self._accepted: set[bytes] = set()

    def check(self, path: str, host: bytes | None) -> None:
        """Raise BadRequest for a `Host` that is malformed or foreign; health checks may use any."""
        if host is None or host in self._accepted or path in NEVER_SHED:
            return
        text = host.decode("latin-1")
        shortened = text[:MAX_HOST_CHARS]
        if not _HOST.fullmatch(host):
            raise BadRequest(f"Host: {shortened!r} is not valid; expected a name or an address.")
        if self.names and host_name(text) not in self.names:
            raise BadRequest(
                f"Host: {shortened!r} is not served here; expected the host of the public address. "
                "BRIEFBASE_ALLOWED_HOSTS names further hosts."
            )
        # Without an allow-list, clients decide how many there are.
        if len(self._accepted) < MAX_ACCEPTED_HOSTS:
            self._accepted.add(host)


def host_name(host: str) -> str:
    """Return a host without its port, in lower case."""
    return re.sub(r":\d*$", "", host).lower()


def unified(headers: Headers) -> Headers:
    """Return headers without repeats of those that decide on an answer.

    The cache would otherwise store an answer to one value under another. Raises BadRequest for
    more than one `Host` (RFC 9112, 3.2).
    """
    names: set[bytes] = set()
    for name, _ in headers:
        if name in names:
            return _merged(headers)
        if name in _UNIFIED_HEADERS:
            names.add(name)
    return headers


def _merged(headers: Headers) -> Headers:
    places: dict[bytes, int] = {}
    merged: Headers = []
    for name, value in headers:
        place = places.get(name)
        if place is None:
            if name in _UNIFIED_HEADERS:
                places[name] = len(merged)
            merged.append((name, value))
        elif name == _HOST_HEADER:
            raise BadRequest("Host: the header is repeated; expected it once (RFC 9112, 3.2).")
        elif name in _LIST_HEADERS:
            merged[place] = name, merged[place][1] + b", " + value
    return merged


def without_prefix(scope: Scope, prefix: str) -> Scope:
    """Return the scope of a request without `prefix` in its path.

    A proxy that strips the prefix sends paths without it; such a scope is returned unchanged.
    """
    path = scope["path"]
    if path == prefix:
        return {**scope, "path": "/", "raw_path": b"/"}
    if not path.startswith(prefix + "/"):
        return scope
    raw_path = scope.get("raw_path")
    encoded = prefix.encode()
    if raw_path and raw_path.startswith(encoded + b"/"):
        raw_path = raw_path[len(encoded) :]
    return {**scope, "path": path[len(prefix) :], "raw_path": raw_path}
