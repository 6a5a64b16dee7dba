"""Cached answers written by the connection, without a task and without the application."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.edge.front import Front
from app.api.edge.request_ids import request_id
from app.api.edge.response_cache import (
    RELEVANT_HEADERS,
    CacheEntry,
    RequestHeaders,
    sort_parameters,
)
from app.api.wire.validators import conditions, is_current
from app.errors import BadRequest

MAX_UNREAD_BYTES = 64 * 1024
"""Bytes of answers that a client may leave unread before further requests wait."""
COPIED_BYTES = 32 * 1024
"""Bodies up to this size are copied behind their head: that costs less than a second buffer."""
_METHODS = (b"GET", b"HEAD")
_OTHER = frozenset(
    (b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"x-forwarded-proto")
)
"""Headers that make a call one for the application."""


def plain(connection: HttpToolsProtocol) -> RequestHeaders | None:
    """Return the relevant headers of the request whose headers are complete, None if it is unusual.

    Unusual requests are left to the application: bodies, other methods, repeated headers, and what
    `is_ready` refuses.
    """
    if connection.parser.get_method() not in _METHODS or not is_ready(connection):
        return None
    headers: RequestHeaders = {}
    for name, value in connection.headers:
        if name in _OTHER or name in headers:
            return None
        if name in RELEVANT_HEADERS:
            headers[name] = value
    return headers


def is_ready(connection: HttpToolsProtocol) -> bool:
    """Whether an answer may be written at once.

    Not to HTTP/1.0, behind a request that is being answered, or to a client that does not read.
    """
    parser, cycle = connection.parser, connection.cycle
    if cycle is not None and not cycle.response_complete:
        return False
    if not parser.should_keep_alive() or parser.get_http_version() != "1.1":
        return False
    transport = connection.transport
    return not transport.is_closing() and transport.get_write_buffer_size() <= MAX_UNREAD_BYTES


def answer(connection: HttpToolsProtocol, front: Front, headers: RequestHeaders) -> bool:
    """Answer a plain request if its answer is cached; return whether."""
    entry = _entry(connection, front, headers)
    if entry is None:
        return False
    body: bytes = entry.body
    head = entry.head
    if _is_not_modified(headers, entry):
        head, body = entry.not_modified_head, b""
        entry.tally.not_modified += 1
    else:
        entry.tally.complete += 1
    if connection.parser.get_method() == b"HEAD":
        body = b""
    common = front.common_head(connection.server_state.default_headers)
    pieces = [head, common, b"x-request-id: ", request_id(headers), b"\r\n\r\n"]
    if len(body) <= COPIED_BYTES:
        pieces.append(body)
        connection.transport.write(b"".join(pieces))
    else:
        connection.transport.writelines((b"".join(pieces), body))
    return True


def _is_not_modified(headers: RequestHeaders, entry: CacheEntry) -> bool:
    etag = headers.get(b"if-none-match")
    if etag is not None and etag == entry.etag:
        return bool(etag)
    if etag is None and b"if-modified-since" not in headers:
        return False
    return is_current(conditions(headers), entry.etag, entry.last_modified)


def _entry(
    connection: HttpToolsProtocol, front: Front, headers: RequestHeaders
) -> CacheEntry | None:
    url = connection.url
    if url[:1] != b"/" or b"#" in url:
        return None
    path, _, query = url.partition(b"?")
    path = without_prefix(path, front.prefix.encode())
    try:
        front.hosts.check("", headers.get(b"host"))
    except BadRequest:
        return None
    return front.cache.peek(path, sort_parameters(query), connection.scheme or "http", headers)


def without_prefix(path: bytes, prefix: bytes) -> bytes:
    """Return a path without the prefix of the service; an empty prefix changes nothing."""
    if prefix and path.startswith(prefix + b"/"):
        return path[len(prefix) :]
    return path
