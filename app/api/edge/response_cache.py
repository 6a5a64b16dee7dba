"""The response cache. Content changes once a day, so most requests repeat an earlier one."""

import asyncio
import sys
from collections import OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.edge.request_ids import request_id
from app.api.wire.validators import Conditions, conditions, is_current
from app.query.snapshot.freshness import Freshness

Headers = list[tuple[bytes, bytes]]
RequestHeaders = dict[bytes, bytes]
CacheKey = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None, str, bytes | None]
"""Path, query, Accept, Accept-Language, Accept-Encoding, scheme and Host."""
Pending = asyncio.Future["CacheEntry | None"]

RELEVANT_HEADERS = frozenset(
    (
        *(b"accept", b"accept-language", b"accept-encoding"),
        *(b"if-none-match", b"if-modified-since", b"x-request-id", b"host"),
    )
)
_FORWARDED_HEADERS = frozenset(
    (
        *(b"accept", b"accept-language", b"accept-encoding", b"host"),
        *(b"authorization", b"x-request-id", b"origin", b"last-event-id"),
        *(b"range", b"if-range", b"traceparent", b"tracestate"),
    )
)
"""Headers that the application sees of a GET or HEAD request.

Whatever shapes a public response is in its key; a response for a key is not public. The rest names
the request, or makes it a part of a response, which is not cached either.
"""
_MORE_HEADERS = {
    # Pages for the holder of a cookie.
    "/desk": _FORWARDED_HEADERS | {b"cookie"},
    "/metrics": _FORWARDED_HEADERS | {b"x-forwarded-for"},
}
"""By the first part of the path; the application forbids to store these answers."""
ENTRY_OVERHEAD_BYTES = 400
"""Bytes of an entry's places in the tables of the cache."""
MAX_ENTRY_SHARE = 8
"""A body larger than an eighth of the cache is not cached."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A complete 200 response, without the headers of a single request."""

    headers: Headers
    body: bytes
    etag: bytes
    last_modified: bytes
    not_modified_headers: Headers
    head: bytes
    """Status line and headers as sent, up to those of a single request."""
    not_modified_head: bytes
    tally: "Tally"


@dataclass(slots=True)
class Tally:
    """The number of responses of a route from the cache."""

    complete: int = 0
    not_modified: int = 0


class ResponseCache:
    """Caches public responses by dataset version, path, query and negotiated headers.

    Holds at most `max_bytes`, evicting the least recently used; 0 disables caching. Identical
    requests in flight share one computation. Query parameters are sorted first, so that links in a
    response do not depend on their order. Conditional requests and HEAD are answered here in any
    case.
    """

    def __init__(self, app: ASGIApp, freshness: Freshness, max_bytes: int) -> None:
        self.app = app
        self.freshness = freshness
        self.max_bytes = max_bytes
        self.size = 0
        self.version = ""
        self.entries: OrderedDict[CacheKey, CacheEntry] = OrderedDict()
        self.tallies: dict[str, Tally] = {}
        """By the template of a route's path."""
        self.in_flight: dict[tuple[str, CacheKey], Pending] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        headers = relevant(scope["headers"])
        scope["query_string"] = sort_parameters(scope["query_string"])
        entry: CacheEntry | None = None
        # Requests that wait for changes must not wait for each other as well.
        waits = scope["path"].startswith("/v1/changes")
        if self.max_bytes and not waits and (version := await self.freshness.current()):
            self._evict_old_version(version)
            path = scope.get("raw_path") or scope["path"].encode()
            key = _key(path, scope["query_string"], scope.get("scheme", "http"), headers)
            if entry := self.entries.get(key):
                self.entries.move_to_end(key)
            elif pending := self.in_flight.get((version, key)):
                # Shielded: the client that waits may be cancelled, the computation may not.
                entry = await asyncio.shield(pending)
            else:
                return await self._compute(
                    scope,
                    receive,
                    send,
                    headers,
                    version,
                    key,
                )
        if entry is None:
            await self._forward(scope, receive, send, headers)
        else:
            await send_cached(entry, headers, scope["method"] == "HEAD", send)

    def peek(
        self, path: bytes, query: bytes, scheme: str, headers: RequestHeaders
    ) -> CacheEntry | None:
        """Return the entry of a request, None if there is none or the version is not at hand.

        `query` is sorted, `headers` are the relevant ones.
        """
        if not self.max_bytes or not (version := self.freshness.peek()):
            return None
        self._evict_old_version(version)
        key = _key(path, query, scheme, headers)
        entry = self.entries.get(key)
        if entry is not None:
            self.entries.move_to_end(key)
        return entry

    def _evict_old_version(self, version: str) -> None:
        if version != self.version:
            self.entries.clear()
            self.version, self.size = version, 0

    async def _compute(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: RequestHeaders,
        version: str,
        key: CacheKey,
    ) -> None:
        """Forward the request, cache the response, and hand it to identical requests."""
        pending = self.in_flight[version, key] = asyncio.get_running_loop().create_future()
        try:
            entry = await self._forward(
                scope, receive, send, headers, self.max_bytes // MAX_ENTRY_SHARE, pending
            )
            # One without a version (/openapi.json, a document by its hash) is the same in the next.
            if entry and dict(entry.headers).get(b"dataset-version") in (None, version.encode()):
                pending.set_result(entry)
                if version == self.version:
                    self._add(key, entry)
        finally:
            if not pending.done():
                pending.set_result(None)
            del self.in_flight[version, key]

    async def _forward(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: RequestHeaders,
        max_body_bytes: int = 0,
        pending: Pending | None = None,
    ) -> CacheEntry | None:
        """Send the application's response; return it if it may be cached."""
        stated, is_head = conditions(headers), scope["method"] == "HEAD"
        recorder = Recorder(
            send,
            stated,
            is_head,
            max_body_bytes,
            pending,
        )
        first_part = "/" + scope["path"][1:].partition("/")[0]
        visible = _MORE_HEADERS.get(first_part, _FORWARDED_HEADERS)
        forwarded = [pair for pair in scope["headers"] if pair[0] in visible]
        inner = {**scope, "method": "GET", "headers": forwarded}
        # A stream need not begin if its validators answer the request.
        inner["conditions"], inner["is_head"] = stated, is_head
        await self.app(inner, receive, recorder)
        template = getattr(inner.get("route"), "path_format", "")
        return recorder.entry(self.tallies.setdefault(template, Tally()))

    def _add(self, key: CacheKey, entry: CacheEntry) -> None:
        self.entries[key] = entry
        self.size += memory_bytes(key, entry)
        while self.size > self.max_bytes:
            self.size -= memory_bytes(*self.entries.popitem(last=False))


def memory_bytes(key: CacheKey, entry: CacheEntry) -> int:
    """Return the bytes in memory of an entry with its key."""
    size = ENTRY_OVERHEAD_BYTES + sys.getsizeof(key) + sys.getsizeof(entry)
    for part in key:
        size += sys.getsizeof(part)
    for part in (entry.body, entry.etag, entry.last_modified, entry.head, entry.not_modified_head):
        size += sys.getsizeof(part)
    # The pairs of both lists are the same objects.
    size += sys.getsizeof(entry.headers) + sys.getsizeof(entry.not_modified_headers)
    for pair in entry.headers:
        size += sys.getsizeof(pair) + sys.getsizeof(pair[0]) + sys.getsizeof(pair[1])
    return size


class Recorder:
    """Passes a response on and records it.

    Sends 304 if the client's ETag matches, and no body to HEAD. Bodies over `max_body_bytes` are
    passed on but not recorded.
    """

    def __init__(
        self,
        send: Send,
        stated: Conditions,
        is_head: bool,
        max_body_bytes: int,
        pending: Pending | None,
    ) -> None:
        self.send = send
        self.stated = stated
        self.is_head = is_head
        self.max_body_bytes = max_body_bytes
        self.pending = pending
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.size = 0
        self.is_ok = self.is_not_modified = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body":
            await self._continue(message)
        else:
            await self.send(message)

    async def _start(self, message: Message) -> None:
        self.headers = list(message["headers"])
        self.is_ok = message["status"] == 200
        if self.pending and not self._is_cacheable():
            # This response will not be cached, so release identical requests waiting for it.
            self.pending.set_result(None)
        response = dict(self.headers)
        etag, last_modified = response.get(b"etag", b""), response.get(b"last-modified", b"")
        self.is_not_modified = self.is_ok and is_current(self.stated, etag, last_modified)
        if self.is_not_modified:
            await _send_not_modified(_without_body_headers(self.headers), self.send)
        else:
            await self.send(message)

    async def _continue(self, message: Message) -> None:
        part = message.get("body", b"")
        self.size += len(part)
        if self.size <= self.max_body_bytes and self._is_cacheable():
            self.body.append(part)
        if self.is_not_modified:
            return
        if self.is_head:
            message = {**message, "body": b""}
        await self.send(message)

    def _is_cacheable(self) -> bool:
        cache_control = dict(self.headers).get(b"cache-control", b"")
        return self.is_ok and cache_control.startswith(b"public")

    def entry(self, tally: Tally) -> CacheEntry | None:
        """Return the response if it is public, complete and small enough."""
        headers = dict(self.headers)
        length = headers.get(b"content-length")
        if not self._is_cacheable() or self.size > self.max_body_bytes:
            return None
        if length is not None and int(length) != self.size:
            return None
        shared = [pair for pair in self.headers if pair[0] != b"x-request-id"]
        not_modified = _without_body_headers(shared)
        return CacheEntry(
            shared,
            b"".join(self.body),
            headers.get(b"etag", b""),
            headers.get(b"last-modified", b""),
            not_modified,
            _head(b"HTTP/1.1 200 OK\r\n", shared, self.size),
            _head(b"HTTP/1.1 304 Not Modified\r\n", not_modified),
            tally,
        )


def _head(status: bytes, headers: Headers, length: int | None = None) -> bytes:
    """Return a head as sent; `length` is that of the body, which headers need not state."""
    parts = [status]
    for name, value in headers:
        if name == b"content-length":
            length = None
        parts += (name, b": ", value, b"\r\n")
    if length is not None:
        parts.append(b"content-length: %d\r\n" % length)
    return b"".join(parts)


def relevant(headers: Headers) -> RequestHeaders:
    """Return the headers that key and conditions depend on; the front has unified them."""
    return {name: value for name, value in headers if name in RELEVANT_HEADERS}


async def send_cached(
    entry: CacheEntry, headers: RequestHeaders, is_head: bool, send: Send
) -> None:
    """Send an entry, or 304 if the client's ETag matches; HEAD gets no body."""
    identity = (b"x-request-id", request_id(headers))
    is_conditional = b"if-none-match" in headers or b"if-modified-since" in headers
    if is_conditional and is_current(conditions(headers), entry.etag, entry.last_modified):
        entry.tally.not_modified += 1
        return await _send_not_modified([*entry.not_modified_headers, identity], send)
    entry.tally.complete += 1
    response_headers = [*entry.headers, identity]
    await send({"type": "http.response.start", "status": 200, "headers": response_headers})
    await send({"type": "http.response.body", "body": b"" if is_head else entry.body})


def _without_body_headers(headers: Headers) -> Headers:
    """Return the headers of a 304; Content-Security-Policy only looks like a body header."""
    shared: Headers = []
    for name, value in headers:
        if not name.startswith(b"content-") or name == b"content-security-policy":
            shared.append((name, value))
    return shared


async def _send_not_modified(headers: Headers, send: Send) -> None:
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def sort_parameters(query: bytes) -> bytes:
    """Return a query with its parameters sorted by name; repetitions keep their order."""
    if b"&" not in query:
        return query
    parts = [part for part in query.split(b"&") if part]
    parts.sort(key=lambda part: part.partition(b"=")[0])
    return b"&".join(parts)


def _key(path: bytes, query: bytes, scheme: str, headers: RequestHeaders) -> CacheKey:
    return (
        path,
        query,
        headers.get(b"accept"),
        headers.get(b"accept-language"),
        headers.get(b"accept-encoding"),
        scheme,
        headers.get(b"host"),
    )
