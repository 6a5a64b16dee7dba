"""Answers kept as bytes: content changes once a day and is read all day, so the same question is answered before any routing."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.wire.responses import etag_matches
from app.query.snapshot.freshness import Freshness
from app.telemetry import is_request_id

Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None]

Making = asyncio.Future["CacheEntry | None"]

_ASKED_BY = frozenset(
    (b"accept", b"accept-language", b"accept-encoding", b"if-none-match", b"x-request-id")
)
# What the application is not told: the whole answer is wanted whatever this client holds of it, and nothing is said to one alone.
_WITHHELD = (b"if-none-match", b"cookie")
# What an entry takes besides its body: headers, key, the objects around them.
_AROUND = 2_000


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A whole 200, its headers without the request's id."""

    headers: Headers
    body: bytes
    etag: bytes
    unchanged: Headers
    """Those of its 304."""


class ResponseCache:
    """Around the application: whole answers by version, path, query and what they are negotiated by, at most `most` bytes.

    Only what says of itself that it is `public` and which dataset version it was made from is kept. Of equal questions that
    are not answered yet one is worked on (single flight). The query is put in order first, so that the links in an answer are
    the same however it was asked. With `most` 0 nothing is kept. Conditional requests and HEAD are answered here, kept or not.
    """

    def __init__(self, app: ASGIApp, freshness: Freshness, most: int) -> None:
        self.app = app
        self.freshness = freshness
        self.most = most
        self.size = 0
        self.version = ""
        self.entries: OrderedDict[Key, CacheEntry] = OrderedDict()
        self.making: dict[tuple[str, Key], Making] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        asked: dict[bytes, bytes] = {
            name: value for name, value in scope["headers"] if name in _ASKED_BY
        }
        scope["query_string"] = in_order(scope["query_string"])
        entry: CacheEntry | None = None
        if self.most and (version := await self.freshness.current()):
            if version != self.version:
                self.entries.clear()
                self.version, self.size = version, 0
            key = _key(scope, asked)
            if entry := self.entries.get(key):
                self.entries.move_to_end(key)
            elif making := self.making.get((version, key)):
                # Not cancelled with the one that waits for it.
                entry = await asyncio.shield(making)
            else:
                return await self._make(scope, receive, send, asked, version, key)
        if entry is None:
            await self._pass(scope, receive, send, asked, 0)
        else:
            await _tell(entry, asked, scope["method"] == "HEAD", send)

    async def _make(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        asked: dict[bytes, bytes],
        version: str,
        key: Key,
    ) -> None:
        """Answer by the application, and keep the answer for those who ask the same."""
        making = self.making[version, key] = asyncio.get_running_loop().create_future()
        try:
            entry = await self._pass(scope, receive, send, asked, self.most // 8, making)
            if entry and (b"dataset-version", version.encode()) in entry.headers:
                making.set_result(entry)
                if version == self.version:
                    self._keep(key, entry)
        finally:
            if not making.done():
                making.set_result(None)
            del self.making[version, key]

    async def _pass(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        asked: dict[bytes, bytes],
        largest: int,
        making: Making | None = None,
    ) -> CacheEntry | None:
        watch = _Watch(
            send, asked.get(b"if-none-match"), scope["method"] == "HEAD", largest, making
        )
        headers = [pair for pair in scope["headers"] if pair[0] not in _WITHHELD]
        await self.app({**scope, "method": "GET", "headers": headers}, receive, watch)
        return watch.entry()

    def _keep(self, key: Key, entry: CacheEntry) -> None:
        self.entries[key] = entry
        self.size += len(entry.body) + _AROUND
        while self.size > self.most:
            self.size -= len(self.entries.popitem(last=False)[1].body) + _AROUND


class _Watch:
    """Passes an answer on, as 304 where the client holds it and without body to HEAD, and has it in one piece if not too large."""

    def __init__(
        self, send: Send, held: bytes | None, head: bool, largest: int, making: Making | None
    ) -> None:
        self.send, self.held, self.head, self.largest, self.making = (
            send,
            held,
            head,
            largest,
            making,
        )
        self.headers: Headers = []
        self.body: list[bytes] = []
        self.size = 0
        self.whole = self.unchanged = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.headers = list(message["headers"])
            self.whole = message["status"] == 200
            if self.making and not self._may_be_kept():
                # Who asks the same need not wait for the end of it.
                self.making.set_result(None)
            self.unchanged = self.whole and _holds(self.held, dict(self.headers).get(b"etag", b""))
            if self.unchanged:
                return await _not_modified(_of_nothing(self.headers), self.send)
        elif message["type"] == "http.response.body":
            part = message.get("body", b"")
            self.size += len(part)
            if self.size <= self.largest:
                self.body.append(part)
            if self.unchanged:
                return
            if self.head:
                message = {**message, "body": b""}
        await self.send(message)

    def _may_be_kept(self) -> bool:
        return self.whole and dict(self.headers).get(b"cache-control", b"").startswith(b"public")

    def entry(self) -> CacheEntry | None:
        """The answer, if it may be kept: whole and public."""
        headers = dict(self.headers)
        length = headers.get(b"content-length")
        if (
            not self._may_be_kept()
            or self.size > self.largest
            or (length is not None and int(length) != self.size)
        ):
            return None
        kept = [pair for pair in self.headers if pair[0] != b"x-request-id"]
        return CacheEntry(kept, b"".join(self.body), headers.get(b"etag", b""), _of_nothing(kept))


async def _tell(entry: CacheEntry, asked: dict[bytes, bytes], head: bool, send: Send) -> None:
    own = (b"x-request-id", _request_id(asked))
    if _holds(asked.get(b"if-none-match"), entry.etag):
        return await _not_modified([*entry.unchanged, own], send)
    await send({"type": "http.response.start", "status": 200, "headers": [*entry.headers, own]})
    await send({"type": "http.response.body", "body": b"" if head else entry.body})


def _of_nothing(headers: Headers) -> Headers:
    # Nothing that tells of a body; the policy only begins alike.
    return [
        (name, value)
        for name, value in headers
        if not name.startswith(b"content-") or name == b"content-security-policy"
    ]


async def _not_modified(headers: Headers, send: Send) -> None:
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _holds(given: bytes | None, etag: bytes) -> bool:
    # As a rule it is what was told.
    return bool(given and etag) and (
        given == etag or etag_matches(given.decode("latin-1"), etag.decode("latin-1"))  # type: ignore[union-attr]
    )


def in_order(query: bytes) -> bytes:
    """The parameters of a query by name; those of one name stay in the order given."""
    if b"&" not in query:
        return query
    parts = sorted(
        (part.partition(b"=")[0], number, part)
        for number, part in enumerate(query.split(b"&"))
        if part
    )
    return b"&".join(part for _, _, part in parts)


def _key(scope: Scope, asked: dict[bytes, bytes]) -> Key:
    path = scope.get("raw_path") or scope["path"].encode()
    return (
        path,
        scope["query_string"],
        asked.get(b"accept"),
        asked.get(b"accept-language"),
        asked.get(b"accept-encoding"),
    )


def _request_id(asked: dict[bytes, bytes]) -> bytes:
    given = asked.get(b"x-request-id")
    return given if given and is_request_id(given.decode("latin-1")) else token_hex(16).encode()
