"""The response cache. Content changes once a day, so most requests repeat an earlier one."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.wire.validators import Conditions, conditions, is_current
from app.query.snapshot.freshness import Freshness
from app.telemetry import is_request_id

Headers = list[tuple[bytes, bytes]]
RequestHeaders = dict[bytes, bytes]
CacheKey = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None, bytes | None]
"""Path, query, Accept, Accept-Language, Accept-Encoding, and Host: absolute links begin with it."""
Pending = asyncio.Future["CacheEntry | None"]

_RELEVANT_HEADERS = frozenset(
    (
        *(b"accept", b"accept-language", b"accept-encoding"),
        *(b"if-none-match", b"if-modified-since", b"x-request-id", b"host"),
    )
)
# Hidden from the application: it returns the full response, the same to every client.
_HIDDEN_HEADERS = (b"if-none-match", b"if-modified-since", b"cookie")
ENTRY_OVERHEAD_BYTES = 2_000
"""Estimated bytes of an entry besides its body: headers, key and objects."""
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
        self.in_flight: dict[tuple[str, CacheKey], Pending] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        headers = {name: value for name, value in scope["headers"] if name in _RELEVANT_HEADERS}
        scope["query_string"] = sort_parameters(scope["query_string"])
        entry: CacheEntry | None = None
        if self.max_bytes and (version := await self.freshness.current()):
            self._evict_old_version(version)
            key = _key(scope, headers)
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
            if entry and (b"dataset-version", version.encode()) in entry.headers:
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
        recorder = Recorder(send, stated, is_head, max_body_bytes, pending)
        forwarded = [pair for pair in scope["headers"] if pair[0] not in _HIDDEN_HEADERS]
        inner = {**scope, "method": "GET", "headers": forwarded}
        # A stream need not begin if its validators answer the request.
        inner["conditions"], inner["is_head"] = stated, is_head
        await self.app(inner, receive, recorder)
        return recorder.entry()

    def _add(self, key: CacheKey, entry: CacheEntry) -> None:
        self.entries[key] = entry
        self.size += len(entry.body) + ENTRY_OVERHEAD_BYTES
        while self.size > self.max_bytes:
            _, evicted = self.entries.popitem(last=False)
            self.size -= len(evicted.body) + ENTRY_OVERHEAD_BYTES


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
        if self.size <= self.max_body_bytes:
            self.body.append(part)
        if self.is_not_modified:
            return
        if self.is_head:
            message = {**message, "body": b""}
        await self.send(message)

    def _is_cacheable(self) -> bool:
        cache_control = dict(self.headers).get(b"cache-control", b"")
        return self.is_ok and cache_control.startswith(b"public")

    def entry(self) -> CacheEntry | None:
        """Return the response if it is public, complete and small enough."""
        headers = dict(self.headers)
        length = headers.get(b"content-length")
        if not self._is_cacheable() or self.size > self.max_body_bytes:
            return None
        if length is not None and int(length) != self.size:
            return None
        shared = [pair for pair in self.headers if pair[0] != b"x-request-id"]
        return CacheEntry(
            shared,
            b"".join(self.body),
            headers.get(b"etag", b""),
            headers.get(b"last-modified", b""),
            _without_body_headers(shared),
        )


async def send_cached(
    entry: CacheEntry, headers: RequestHeaders, is_head: bool, send: Send
) -> None:
    """Send an entry, or 304 if the client's ETag matches; HEAD gets no body."""
    request_id = (b"x-request-id", _request_id(headers))
    is_conditional = b"if-none-match" in headers or b"if-modified-since" in headers
    if is_conditional and is_current(conditions(headers), entry.etag, entry.last_modified):
        return await _send_not_modified([*entry.not_modified_headers, request_id], send)
    response_headers = [*entry.headers, request_id]
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


def _key(scope: Scope, headers: RequestHeaders) -> CacheKey:
    return (
        scope.get("raw_path") or scope["path"].encode(),
        scope["query_string"],
        headers.get(b"accept"),
        headers.get(b"accept-language"),
        headers.get(b"accept-encoding"),
        headers.get(b"host"),
    )


def _request_id(headers: RequestHeaders) -> bytes:
    """Return the client's request id if it is safe, else a new one."""
    request_id = headers.get(b"x-request-id")
    if request_id and is_request_id(request_id.decode("latin-1")):
        return request_id
    return token_hex(16).encode()
