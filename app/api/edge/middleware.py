"""Limits and headers of every request and response.

Pure ASGI: Starlette's BaseHTTPMiddleware costs two thirds of the throughput.
"""

from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.problems import of, problem
from app.errors import BadRequest, NotFound, Unavailable

MAX_TARGET_BYTES = 8 * 1024
"""Maximum length of path and query together."""
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'"),
    # Default for responses without Cache-Control (docs assets): revalidate by ETag.
    (b"cache-control", b"no-cache"),
    # The same for every origin, so that a cached response serves all of them.
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, X-Request-ID, Dataset-Version, Retry-After"),
]
"""Headers of every response that does not set them itself."""


class Preflight(CORSMiddleware):
    """Answers CORS preflight requests (OPTIONS); `Edge` adds the CORS headers of all others."""

    async def simple_response(
        self, scope: Scope, receive: Receive, send: Send, request_headers: Headers
    ) -> None:
        await self.app(scope, receive, send)


class Edge:
    """Limits the request line and the requests in flight, and adds the security headers."""

    def __init__(self, app: ASGIApp, max_in_flight: int) -> None:
        self.app = app
        self.max_in_flight = max_in_flight
        self.in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_defaults(message["headers"])}
            await send(message)

        if refusal := self._refusal(scope):
            return await refusal(scope, receive, send_with_headers)
        self.in_flight += 1
        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self.in_flight -= 1

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
        if self.in_flight >= self.max_in_flight and scope["path"] != "/healthz":
            return of(Unavailable("There are too many requests; try again shortly."))
        return None


def _with_defaults(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
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
