"""Refusals before the application: made without routes or middleware.

Programs get problem documents, and browsers small pages.
"""

from collections.abc import Iterable, Mapping
from html import escape
from http import HTTPStatus

from asgi_correlation_id import correlation_id
from starlette.responses import HTMLResponse, Response

from app.api.edge.middleware import with_defaults
from app.api.edge.problems import of
from app.api.edge.request_ids import request_id
from app.errors import AppError, TooManyRequests, Unavailable

Headers = Iterable[tuple[bytes, bytes]]
_HTML = b"text/html"
_PLACE = b"0" * 32
"""Text in a template that a request id of the same length replaces."""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
{chinese}<p>{detail}</p>
<p>Request id: {identity}</p>
</body>
</html>
"""
_TRANSLATIONS = {
    TooManyRequests.code: "請求太多，請稍後再試。",
    Unavailable.code: "服務暫時無法使用，請稍後再試。",
}
"""Sentences for readers of Chinese about what passes by itself, by code."""


def refusal(error: AppError, headers: Headers = ()) -> Response:
    """Return an error as a response with all headers; `headers` are the request's."""
    named = dict(headers)
    identity = request_id(named)
    token = correlation_id.set(identity.decode())
    try:
        response = of(error)
    finally:
        correlation_id.reset(token)
    if is_of_browser(named):
        response = _page(response, error, identity.decode())
    response.raw_headers = with_defaults([*response.raw_headers, (b"x-request-id", identity)])
    return response


def is_of_browser(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser opens a page: of all clients, only browsers ask for HTML first."""
    return headers.get(b"accept", b"").startswith(_HTML)


def _page(document: Response, error: AppError, identity: str) -> Response:
    """Return the page of a problem document, with its status and headers."""
    translation = _TRANSLATIONS.get(error.code)
    chinese = f'<p lang="zh-Hant">{translation}</p>' if translation else ""
    page = HTMLResponse(
        _PAGE.format(
            title=escape(f"{error.status} {error.title}"),
            chinese=chinese,
            detail=escape(error.detail),
            identity=escape(identity),
        ),
        error.status,
    )
    for name, value in document.headers.items():
        page.headers.setdefault(name, value)
    page.headers["Vary"] = "Accept"
    return page


class Template:
    """The bytes of a refusal that is sent often, on connections that stay open."""

    def __init__(self, error: AppError) -> None:
        self.error = error
        self._document = _in_parts(refusal(error, [(b"x-request-id", _PLACE)]))
        of_browser = [(b"x-request-id", _PLACE), (b"accept", _HTML)]
        self._page = _in_parts(refusal(error, of_browser))

    def fill(self, headers: Mapping[bytes, bytes], common: Headers, *, is_head: bool) -> bytes:
        """Return the refusal of a request; `headers` are its own, by lower-case name."""
        if b"x-request-id" in headers:
            response = refusal(self.error, headers.items())
            return as_bytes(response, common, is_head=is_head, is_closing=False)
        identity = request_id(headers)
        head, body = self._page if is_of_browser(headers) else self._document
        parts = [identity.join(head)]
        for name, value in common:
            parts += (name, b": ", value, b"\r\n")
        parts.append(b"\r\n")
        if not is_head:
            parts.append(identity.join(body))
        return b"".join(parts)


def _in_parts(response: Response) -> tuple[list[bytes], list[bytes]]:
    """Return the head and the body of a response, each cut where it has the id of the request."""
    head, body = as_bytes(response, (), is_closing=False).split(b"\r\n\r\n", 1)
    return (head + b"\r\n").split(_PLACE), body.split(_PLACE)


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
