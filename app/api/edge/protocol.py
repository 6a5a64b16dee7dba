"""Connections: limits in time and size, errors as problem documents, cached answers at once.

URLs are accepted as people type them: Chinese that is not percent-encoded is read as UTF-8.
"""

import re
import sys
import time
from asyncio import TimerHandle, Transport
from collections.abc import Callable
from urllib.parse import quote_from_bytes

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.edge import calls, hits
from app.api.edge.admission import BUSY, MAX_BODY_BYTES, NEVER_SHED, too_large
from app.api.edge.front import STATE, Front
from app.api.edge.refusals import Template, as_bytes, refusal
from app.api.edge.response_cache import RequestHeaders
from app.errors import AppError, BadRequest, HeadersTooLarge, RequestTimeout, Unavailable
from app.telemetry import log

FIRST_BYTE_SECONDS = 10.0
"""Seconds until the first byte of a connection."""
HEAD_SECONDS = 10.0
"""Seconds from the first byte of a request to the end of its headers."""
REQUEST_SECONDS = 120.0
"""Seconds from the first byte of a request to the end of its body."""
PACE_SECONDS = 10.0
"""Seconds in which a body that is not complete grows by `PACE_BYTES`."""
PACE_BYTES = 16 * 1024
STALL_SECONDS = 20.0
"""Seconds until a client that does not read a response is cut off."""
LINGER_SECONDS = 2.0
"""Seconds in which a refused client may read the refusal before the connection ends."""
STOPPING_SECONDS = 2.0
"""Seconds that a half-sent request gets when the server stops."""
MAX_HEAD_BYTES = 64 * 1024
"""Maximum bytes of all headers of a request."""
MAX_HEADERS = 100
MAX_TRAILER_BYTES = 4 * 1024
"""Maximum bytes behind a chunked body; they are dropped."""
_HEADER_OVERHEAD_BYTES = 4
"""Bytes of a header besides name and value: colon, space and line end."""
_NEVER = float("inf")
_NEVER_SHED = frozenset(path.encode() for path in NEVER_SHED)
_TOO_BUSY = Template(Unavailable(BUSY))

_REQUEST_LINE = re.compile(rb"[A-Z]{3,20} [^\r\n]* HTTP/1\.[01]\r\n")
# All of ASCII, spaces included: only other bytes are encoded.
_ASCII = "".join(map(chr, range(128)))


class Protocol(HttpToolsProtocol):
    """A guarded connection.

    Each has a deadline for what it waits for. The front looks at all connections once a second,
    which costs less than timers of their own.
    """

    front: Front | None = None
    deadline = _NEVER
    """Moment (monotonic) by which the client must have sent the awaited bytes."""
    in_head = False
    """Whether a request has begun and its headers are not complete."""
    in_body = False
    is_refused = False
    """Whether the connection ends after a refusal; what still arrives is dropped."""
    is_answered = False
    """Whether the request that is being parsed has been answered from the cache."""
    call: bytearray | None = None
    """Body of a call that is answered from the cache, or handed over, once it is complete."""
    fed_bytes = 0
    """Bytes received since the request began, as long as its headers are not complete."""
    body_bytes = 0
    trailer_bytes = 0
    """Bytes of the headers behind the body."""
    bytes_without_body = 0
    """Bytes received since the body last grew: an unfinished trailer, or extensions of a chunk."""
    request_began = 0.0
    pace_began = 0.0
    pace_bytes = 0
    stalled_since: float | None = None
    refusal: Callable[[], None] | None = None
    """Sends a refusal that waits: clients that repeat at once would cost too much."""
    refusal_timer: TimerHandle | None = None

    # asyncio types any transport.
    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first byte."""
        super().connection_made(transport)
        self.deadline = time.monotonic() + FIRST_BYTE_SECONDS
        self.front = self.app_state.get(STATE)
        if self.front:
            self.front.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.front:
            self.front.connections.discard(self)
        if self.refusal_timer:
            self.refusal_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Receive bytes; unless a body is unfinished, they begin with a request line."""
        if self.is_refused:
            return
        if not self.in_body and not data.isascii():
            line = _REQUEST_LINE.match(data)
            if line:
                encoded = quote_from_bytes(line.group(), safe=_ASCII).encode()
                data = encoded + data[line.end() :]
        # The end of a body before the head must not count as part of the head.
        starts_head = not self.in_body
        self.fed_bytes += len(data)
        self.bytes_without_body += len(data)
        super().data_received(data)
        if self.in_body and not starts_head and self.bytes_without_body > MAX_TRAILER_BYTES:
            self.refuse(_trailers_too_large())
        if self.in_head and starts_head and self.fed_bytes > MAX_HEAD_BYTES:
            self.refuse(_head_too_large())

    def on_message_begin(self) -> None:
        """Begin a request: its headers must be complete by a deadline."""
        # Answers come in the order of their requests.
        self._flush()
        super().on_message_begin()
        self.in_head, self.is_answered = True, False
        self.request_began = now = time.monotonic()
        self.deadline = now + HEAD_SECONDS

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; one behind the body is dropped, since the request is being handled."""
        if not self.in_head:
            self.trailer_bytes += len(name) + len(value) + _HEADER_OVERHEAD_BYTES
            if self.trailer_bytes > MAX_TRAILER_BYTES:
                self.refuse(_trailers_too_large())
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Refuse a head or a body that is too large, answer from the cache, or go on."""
        self.in_head = False
        # All headers together are at most as large as the bytes received.
        may_be_large = self.fed_bytes > MAX_HEAD_BYTES
        self.fed_bytes = 0
        if (may_be_large or len(self.headers) > MAX_HEADERS) and (error := self._head_error()):
            return self.refuse(error)
        if self.is_refused:
            return
        if self.front and self.front.answers_early and self._answer_early(self.front):
            self.is_answered = True
            return
        if _declared_length(self.headers) > MAX_BODY_BYTES:
            return self.refuse(too_large({}))
        self.in_body = True
        self.body_bytes = self.pace_bytes = 0
        self.trailer_bytes = self.bytes_without_body = 0
        self.pace_began = time.monotonic()
        self.deadline = self.request_began + REQUEST_SECONDS
        if self.front and self.front.answers_early and calls.may_be_cached(self, self.front):
            self.call = bytearray()
        else:
            super().on_headers_complete()

    def _answer_early(self, front: Front) -> bool:
        """Answer from the cache, or refuse what would wait too long; return whether."""
        headers = hits.plain(self)
        if headers is None:
            return False
        if hits.answer(self, front, headers):
            self.server_state.total_requests += 1
            return True
        if self.url in _NEVER_SHED or not front.line.refuses():
            return False
        is_head = self.parser.get_method() == b"HEAD"
        self.refusal = lambda: self._send_busy(headers, is_head)
        self.refusal_timer = self.loop.call_later(front.line.max_wait, self._flush)
        return True

    def _send_busy(self, headers: RequestHeaders, is_head: bool) -> None:
        self.server_state.total_requests += 1
        common = self.server_state.default_headers
        self.transport.write(_TOO_BUSY.fill(headers, common, is_head=is_head))

    def _flush(self) -> None:
        """Send the refusal that waits, if there is one."""
        refusal, self.refusal = self.refusal, None
        if self.refusal_timer:
            self.refusal_timer.cancel()
        if refusal and not self.transport.is_closing():
            refusal()
            self.deadline = time.monotonic() + self.timeout_keep_alive

    def shutdown(self) -> None:
        """End the connection as soon as nothing is under way."""
        self._flush()
        self._hand_over()
        super().shutdown()

    def on_body(self, body: bytes) -> None:
        """Count the body."""
        if self.is_refused or self.is_answered:
            return
        self.body_bytes += len(body)
        self.bytes_without_body = 0
        if self.body_bytes > MAX_BODY_BYTES:
            return self.refuse(too_large({}))
        if self.call is None:
            super().on_body(body)
        else:
            self.call += body

    def _answer_call(self, front: Front, body: bytes) -> None:
        """Answer a complete call from the cache, or hand it over."""
        if calls.answer(self, front, body):
            self.call, self.is_answered = None, True
            self.server_state.total_requests += 1
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        """Hand a call to the application, with what has arrived of its body."""
        if self.call is not None and not self.is_refused:
            body, self.call = bytes(self.call), None
            super().on_headers_complete()
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for nothing: the request is complete."""
        self.in_body, self.fed_bytes, self.deadline = False, 0, _NEVER
        if self.front and self.call is not None and not self.is_refused:
            self._answer_call(self.front, bytes(self.call))
        if self.is_refused:
            self.deadline = time.monotonic() + LINGER_SECONDS
        elif self.is_answered and not self.refusal:
            self.deadline = time.monotonic() + self.timeout_keep_alive
        elif not self.is_answered:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """Note when the client stopped reading."""
        self.stalled_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that the client reads."""
        self.stalled_since = None
        super().resume_writing()

    def sweep(self, is_stopping: bool) -> None:
        """End the connection if its client is too slow."""
        now = time.monotonic()
        if self.stalled_since is not None and now > self.stalled_since + STALL_SECONDS:
            return self.transport.abort()
        if is_stopping and (self.in_head or self.in_body):
            self.deadline = min(self.deadline, now + STOPPING_SECONDS)
        if self.in_body and not self._keeps_pace(now):
            self.deadline = now
        if now < self.deadline:
            return
        if self.is_refused:
            self.transport.abort()
        elif self.in_head or self.in_body:
            self.refuse(RequestTimeout("The request was not complete in time; send it again."))
        else:
            self.transport.close()

    def _keeps_pace(self, now: float) -> bool:
        """Whether the body grows; while the server does not read, the client need not send."""
        if self.flow.read_paused:
            self.pace_began = now
            self.deadline = max(self.deadline, now + PACE_SECONDS)
        if now < self.pace_began + PACE_SECONDS:
            return True
        grown = self.body_bytes - self.pace_bytes
        self.pace_began, self.pace_bytes = now, self.body_bytes
        return grown >= PACE_BYTES

    def _head_error(self) -> AppError | None:
        size = 0
        for name, value in self.headers:
            size += len(name) + len(value) + _HEADER_OVERHEAD_BYTES
        if size > MAX_HEAD_BYTES:
            return _head_too_large()
        if len(self.headers) > MAX_HEADERS:
            detail = f"The request has {len(self.headers)} headers; expected at most {MAX_HEADERS}."
            return HeadersTooLarge(detail)
        return None

    def refuse(self, error: AppError) -> None:
        """Send a problem document and end the connection, without the application."""
        if self.is_refused:
            return
        self.is_refused = True
        if self.front:
            self.front.refused[error.code] += 1
        cycle = self.cycle
        is_waiting = self.in_body and not self.pipeline
        self.in_head = self.in_body = False
        self.deadline = time.monotonic() + LINGER_SECONDS
        if cycle is not None and not cycle.response_complete:
            # Another response comes first, unless it is the one to the request that is refused.
            if cycle.response_started or not is_waiting:
                cycle.keep_alive = False
                return
            cycle.disconnected = True
            cycle.message_event.set()
        response = refusal(error, self.headers or ())
        self.transport.write(as_bytes(response, self.server_state.default_headers))
        # Closing at once would reset the connection before a client that still sends has read.
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP."""
        cause = getattr(sys.exc_info()[1], "__context__", None)
        if cause is not None:
            log.warning("request_not_parsed", error=type(cause).__name__)
        self.refuse(BadRequest("The request is not valid HTTP/1.1; expected RFC 9112."))


def _head_too_large() -> HeadersTooLarge:
    return HeadersTooLarge(
        f"The headers are too large; expected at most {MAX_HEAD_BYTES} bytes together."
    )


def _trailers_too_large() -> HeadersTooLarge:
    return HeadersTooLarge(
        f"The trailers are too large; expected at most {MAX_TRAILER_BYTES} bytes together."
    )


def _declared_length(headers: list[tuple[bytes, bytes]]) -> int:
    """Return the length of the body as its header states it, 0 without one."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
