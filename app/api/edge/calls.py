"""Calls by POST that are answered from a cache, written by the connection, without a task.

Nothing of a call begins before its body is complete: the body decides on the answer.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.edge import hits
from app.api.edge.front import Front
from app.errors import BadRequest

MAX_CALL_BYTES = 64 * 1024
"""Bytes of a body that a connection holds; calls with a larger one go to the application."""
_OTHER = frozenset((b"transfer-encoding", b"expect", b"upgrade", b"x-forwarded-proto"))
"""Headers that make a call one for the application."""


def may_be_cached(connection: HttpToolsProtocol, front: Front) -> bool:
    """Whether a request may be answered from a cache once its body is complete."""
    if connection.parser.get_method() != b"POST" or _path(connection, front) not in front.path_apps:
        return False
    headers = dict(connection.headers)
    # A header that is repeated leaves fewer names than headers.
    if len(headers) < len(connection.headers) or not _OTHER.isdisjoint(headers):
        return False
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or int(length[:20]) > MAX_CALL_BYTES:
        return False
    try:
        front.hosts.check("", headers.get(b"host"))
    except BadRequest:
        return False
    return hits.is_ready(connection)


def answer(connection: HttpToolsProtocol, front: Front, body: bytes) -> bool:
    """Answer a call with a complete body if its answer is cached; return whether."""
    cached = front.path_apps[_path(connection, front)].peek(connection.headers, body)
    if cached is None or not hits.is_ready(connection):
        return False
    headers, answer_body = cached
    pieces = [b"HTTP/1.1 200 OK\r\n"]
    for name, value in headers:
        pieces += (name, b": ", value, b"\r\n")
    pieces += (front.common_head(connection.server_state.default_headers), b"\r\n", answer_body)
    connection.transport.write(b"".join(pieces))
    return True


def _path(connection: HttpToolsProtocol, front: Front) -> str:
    path = hits.without_prefix(connection.url, front.prefix.encode())
    return path.decode("latin-1")
