"""Limits and headers of every request and response.

Pure ASGI: Starlette's BaseHTTPMiddleware costs two thirds of the throughput.
"""

from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.problems import DEFECT, MAX_PATH_CHARS, of, problem
from app.errors import BadRequest, NotFound
from app.telemetry import log

MAX_TARGET_BYTES = 8 * 1024
"""Maximum length of path and query together."""
_EXPOSED = (
    "ETag, Link, Location, X-Request-ID, Dataset-Version, Retry-After, Allow, "
    "Content-Disposition, WWW-Authenticate, RateLimit, RateLimit-Policy"
)
_REQUEST_HEADERS = (
    "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Match, "
    "If-Modified-Since, If-None-Match, X-Request-ID"
)
"""Headers that a page of another origin may send."""
OPEN_POSTS = frozenset(("/v1/annotate", "/v1/reconcile"))
"""Paths whose POST only reads; a page of another origin may send no other POST."""
MAX_METHOD_CHARS = 20
PREFLIGHT_SECONDS = 24 * 60 * 60
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'"),
    # Default for responses without Cache-Control (docs assets): revalidate by ETag.
    (b"cache-control", b"no-cache"),
    # The same for every origin, so that a cached response serves all of them.
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED.encode()),
]
"""Headers of every response that does not set them itself."""


class Preflight:
    """Answers CORS preflight requests (OPTIONS); `Edge` adds the CORS headers of all others.

    Every origin may read, and none may send credentials that a browser keeps. The writes of
    curators are refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            headers = Headers(scope=scope)
            method = headers.get("access-control-request-method")
            if method and "origin" in headers:
                return await _preflight(scope["path"], method)(scope, receive, send)
        await self.app(scope, receive, send)


def _preflight(path: str, method: str) -> Response:
    methods = ["GET", "HEAD"]
    if path in OPEN_POSTS:
        methods.append("POST")
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": _REQUEST_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        "Vary": "Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    if method in methods:
        return PlainTextResponse("OK", headers=headers)
    # The browser refuses the request: its method is not among those allowed.
    detail = f"{method[:MAX_METHOD_CHARS]} from another origin is not allowed here; "
    expected = f"expected one of: {', '.join(methods)}"
    return of(BadRequest(detail + expected, headers=headers))


class Edge:
    """Limits the request line and adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_defaults(message["headers"])}
            await send(message)

        if refusal := self._refusal(scope):
            return await refusal(scope, receive, send_with_headers)
        await self.app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """Return the response to a request that exceeds a limit, None for any other."""
        query = scope["query_string"]
        length = len(scope.get("raw_path") or b"") + len(query)
        if length > MAX_TARGET_BYTES:
            detail = f"Path and query have {length} bytes; expected at most {MAX_TARGET_BYTES}."
            return problem(414, "uri-too-long", "URI too long", detail)
        if not query.isascii():
            return of(
                BadRequest(
                    "The query contains bytes that are not ASCII; percent-encode them as UTF-8."
                )
            )
        if not _is_utf8(query):
            return of(BadRequest("The query contains percent-encoded bytes that are not UTF-8."))
        if "\0" in scope["path"]:
            # PostgreSQL refuses NUL in text, so no id contains one.
            return of(NotFound("A path cannot contain a NUL byte."))
        return None


def with_defaults(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers of a response with those that every response has."""
    names = {name.lower() for name, _ in headers}
    complete = list(headers)
    for name, value in _HEADERS:
        if name not in names:
            complete.append((name, value))
    return complete


def _is_utf8(query: bytes) -> bool:
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True


class CatchAll:
    """The innermost middleware: logs an unhandled exception and answers 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        has_started = False

        async def watch(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            path = scope["path"][:MAX_PATH_CHARS]
            log.exception("unhandled_error", path=path, error=type(error).__name__)
            if has_started:
                raise
            await of(DEFECT)(scope, receive, send)
