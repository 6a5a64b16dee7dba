"""What happens to every request before and after its route. Pure ASGI: the ready-made base class costs two thirds of the throughput."""

from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.problems import problem

MAX_TARGET = 8 * 1024

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'"),
    # What says nothing itself, such as a file of the documentation, is asked for again by its ETag.
    (b"cache-control", b"no-cache"),
    # Said to everybody alike, so that an answer kept for one site is good for all.
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, X-Request-ID, Dataset-Version, Retry-After"),
]


class Preflight(CORSMiddleware):
    """What browsers ask before they ask (OPTIONS); what every other answer says of origins is said at the `Edge`."""

    async def simple_response(
        self, scope: Scope, receive: Receive, send: Send, request_headers: Headers
    ) -> None:
        await self.app(scope, receive, send)


class Edge:
    """Limits on the request line and on requests in flight, security headers."""

    def __init__(self, app: ASGIApp, max_in_flight: int) -> None:
        self.app = app
        self.max_in_flight = max_in_flight
        self.in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def outward(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message = {
                    **message,
                    "headers": [
                        *message["headers"],
                        *(pair for pair in _HEADERS if pair[0] not in said),
                    ],
                }
            await send(message)

        if refused := self._refusal(scope):
            return await refused(scope, receive, outward)
        self.in_flight += 1
        try:
            await self.app(scope, receive, outward)
        finally:
            self.in_flight -= 1

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if target > MAX_TARGET:
            return problem(
                414,
                "uri-too-long",
                "URI too long",
                f"Path and query have {target} bytes; at most {MAX_TARGET} are taken.",
            )
        if not scope["query_string"].isascii():
            return problem(
                400,
                "invalid-request",
                "Invalid request",
                "The query holds bytes that are not ASCII; percent-encode them as UTF-8.",
            )
        if not _is_utf8(scope["query_string"]):
            return problem(
                400,
                "invalid-request",
                "Invalid request",
                "The query holds percent-encoded bytes that are no UTF-8.",
            )
        if "\0" in scope["path"]:
            # PostgreSQL takes no NUL in a text, so no id holds one.
            return problem(404, "not-found", "Not found", "Nothing's name holds NUL.")
        if self.in_flight >= self.max_in_flight and scope["path"] != "/healthz":
            return problem(
                503,
                "unavailable",
                "Temporarily unavailable",
                "Too many requests at once; try again shortly.",
            )
        return None


def _is_utf8(query: bytes) -> bool:
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True
