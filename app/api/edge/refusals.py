"""Refusals before the application: problem documents made without routes or middleware."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from asgi_correlation_id import correlation_id
from starlette.responses import Response

from app.api.edge.middleware import with_defaults
from app.api.edge.problems import of
from app.api.edge.request_ids import request_id
from app.errors import AppError

Headers = Iterable[tuple[bytes, bytes]]
_PLACE = b"0" * 32
"""Text in a template that a request id of the same length replaces."""


def refusal(error: AppError, headers: Headers = ()) -> Response:
    """Return the problem document of an error, with all headers; `headers` are the request's."""
    identity = request_id(dict(headers))
    token = correlation_id.set(identity.decode())
    try:
        response = of(error)
    finally:
        correlation_id.reset(token)
    response.raw_headers = with_defaults([*response.raw_headers, (b"x-request-id", identity)])
    return response


class Template:
    """The bytes of a refusal that is sent often, on connections that stay open."""

    def __init__(self, error: AppError) -> None:
        self.error = error
        response = refusal(error, [(b"x-request-id", _PLACE)])
        head, body = as_bytes(response, (), is_closing=False).split(b"\r\n\r\n", 1)
        # The id is in a header and in the body.
        self._head = (head + b"\r\n").split(_PLACE)
        self._body = body.split(_PLACE)

    def fill(self, headers: Mapping[bytes, bytes], common: Headers, *, is_head: bool) -> bytes:
        """Return the refusal of a request; `headers` are its own, by lower-case name."""
        if b"x-request-id" in headers:
            response = refusal(self.error, headers.items())
            return as_bytes(response, common, is_head=is_head, is_closing=False)
        identity = request_id(headers)
        parts = [identity.join(self._head)]
        for name, value in common:
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n")
        if not is_head:
            parts.append(identity.join(self._body))
        return b"".join(parts)


def as_bytes(
    response: Response, common: Headers, *, is_head: bool = False, is_closing: bool = True
) -> bytes:
    """Return a response as sent over a connection, which closes after it if `is_closing`.

    `common` are the headers that the server adds to every response.
    """
    phrase = HTTPStatus(response.status_code).phrase
    parts = [f"HTTP/1.1 {response.status_code} {phrase}\r\n".encode()]
    closing = [(b"connection", b"close")] if is_closing else []
    for name, value in (*common, *response.raw_headers, *closing):
        parts += (name, b": ", value, b"\r\n")
    parts.append(b"\r\n")
    if not is_head:
        parts.append(bytes(response.body))
    return b"".join(parts)
