"""Refusals before the application: problem documents made without routes or middleware."""

from collections.abc import Iterable
from http import HTTPStatus

from asgi_correlation_id import correlation_id
from starlette.responses import Response

from app.api.edge.middleware import with_defaults
from app.api.edge.problems import of
from app.api.edge.request_ids import request_id
from app.errors import AppError

Headers = Iterable[tuple[bytes, bytes]]


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


def as_bytes(response: Response, common: Headers, *, is_head: bool = False) -> bytes:
    """Return a response as sent over a connection that closes after it.

    `common` are the headers that the server adds to every response.
    """
    phrase = HTTPStatus(response.status_code).phrase
    parts = [f"HTTP/1.1 {response.status_code} {phrase}\r\n".encode()]
    closing = (b"connection", b"close")
    for name, value in (*common, *response.raw_headers, closing):
        parts += (name, b": ", value, b"\r\n")
    parts.append(b"\r\n")
    if not is_head:
        parts.append(bytes(response.body))
    return b"".join(parts)
