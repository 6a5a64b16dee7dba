"""`/mcp`: the SDK is loaded at the first request; answers are cached."""

import asyncio
import importlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError, BadRequest, Forbidden, Misdirected, TooLarge
from app.query.snapshot.freshness import Freshness
from app.settings import Settings
from app.store.db import Database

PATH = "/mcp"
MAX_BODY_BYTES = 128 * 1024
MAX_CACHED_BYTES = 16 * 1024 * 1024
_CONSTANT = frozenset(("tools/list", "prompts/list", "prompts/get", "resources/templates/list"))
"""Methods whose answers depend on no document."""
_HEADERS = frozenset((b"accept", b"content-type", b"host", b"origin"))
_TEXTS = frozenset((400, 403, 421))
"""Statuses that the SDK explains in plain text; its other errors are JSON-RPC."""
MAX_VALUE_CHARS = 80
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, tuple[tuple[bytes, bytes], ...]]


class AgentApp:
    """ASGI application of `/mcp`, for calls without a cached result.

    The SDK checks `Host` and `Origin`, so that no page can reach the service under a name of its
    own. A result is cached for one dataset version, under the call and all headers that it may
    depend on.
    """

    def __init__(self, settings: Settings, database: Database, freshness: Freshness) -> None:
        self.settings = settings
        self.database = database
        self.freshness = freshness
        self.hits = 0
        self.version: str | None = None
        self._results: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0
        self._manager: Any = None
        self._starting = asyncio.Lock()
        self._stop = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        version = await self.freshness.current()
        self._drop_old(version)
        call = _call(body)
        key = _key(scope["headers"], call) if call and version else None
        manager = await self._running()
        recorder = _AnswerRecorder(send)
        await manager.handle_request(scope, _replay(body, receive), recorder)
        if recorder.refused:
            raise _refusal(recorder.refused, scope)
        result = recorder.result(call["method"], version or "") if call and key else None
        if key and result and version == self.version:
            self._store(key, result)

    async def cached(self, headers: Headers, body: bytes) -> bytes | None:
        """Return the whole body of the answer to a call that was answered before."""
        return self._cached(await self.freshness.current(), headers, body)

    def peek(self, headers: Headers, body: bytes) -> bytes | None:
        """Return what `cached` does, None if the version is not known without waiting."""
        version = self.freshness.peek()
        return self._cached(version, headers, body) if version else None

    def _cached(self, version: str | None, headers: Headers, body: bytes) -> bytes | None:
        self._drop_old(version)
        call = _call(body) if self._results else None
        key = _key(headers, call) if call and self.version else None
        result = self._results.get(key) if key else None
        if call is None or key is None or result is None:
            return None
        self._results.move_to_end(key)
        self.hits += 1
        return b'{"jsonrpc":"2.0","id":%s,"result":%s}' % (orjson.dumps(call["id"]), result)

    async def close(self) -> None:
        """End the SDK's tasks."""
        self._stop.set()
        if self._serving:
            await self._serving

    async def _running(self) -> Any:
        """Return the SDK's session manager; the first request loads and starts it."""
        async with self._starting:
            if self._manager is None:
                server = await run_in_threadpool(importlib.import_module, "app.mcp.server")
                hosts = allowed_hosts(self.settings)
                manager = server.session_manager(self.settings, self.database, hosts)
                started = asyncio.Event()
                self._serving = asyncio.create_task(self._serve(manager, started))
                await started.wait()
                self._manager = manager
        return self._manager

    async def _serve(self, manager: Any, started: asyncio.Event) -> None:
        # Its task group must end in the task that began it.
        async with manager.run():
            started.set()
            await self._stop.wait()

    def _drop_old(self, version: str | None) -> None:
        if version != self.version:
            self._results.clear()
            self.version, self._bytes = version, 0

    def _store(self, key: Key, result: bytes) -> None:
        if key not in self._results:
            self._results[key] = result
            self._bytes += len(result) + len(key[0])
        while self._bytes > MAX_CACHED_BYTES:
            oldest, dropped = self._results.popitem(last=False)
            self._bytes -= len(dropped) + len(oldest[0])


def allowed_hosts(settings: Settings) -> dict[str, list[str]]:
    """Return the names that `Host` and `Origin` may have, with any port.

    Loopback, the address that is listened on, that of `BRIEFBASE_PUBLIC_URL` and those of
    `BRIEFBASE_ALLOWED_HOSTS`.
    """
    allowed = settings.allowed_hosts.replace(",", " ").split()
    names = {*_LOOPBACK, settings.host, *allowed}
    if settings.public_url:
        names.add(urlsplit(settings.public_url).netloc.rpartition("@")[2])
    hosts: list[str] = []
    origins: list[str] = []
    for name in sorted(names):
        for pattern in (name, f"{name}:*"):
            hosts.append(pattern)
            origins += [f"http://{pattern}", f"https://{pattern}"]
    return {"hosts": hosts, "origins": origins}


async def _body(receive: Receive) -> bytes:
    """Return the whole body. Raises TooLarge."""
    pieces = bytearray()
    more = True
    while more:
        message = await receive()
        pieces += message.get("body", b"")
        more = message.get("more_body", False)
        if len(pieces) > MAX_BODY_BYTES:
            raise TooLarge(f"The body is too large; expected at most {MAX_BODY_BYTES} bytes.")
    return bytes(pieces)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _call(body: bytes) -> dict[str, Any] | None:
    """Return a request whose result may be cached, None for any other body."""
    try:
        call = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(call, dict) or not isinstance(call.get("id"), int | str):
        return None
    method = call.get("method")
    if not isinstance(method, str):
        return None
    return call if method == "tools/call" or method in _CONSTANT else None


def _key(request_headers: Headers, call: dict[str, Any]) -> Key | None:
    """Return the key of a call in the cache, None for one that is nested too deeply."""
    try:
        content = orjson.dumps({**call, "id": None}, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return None
    headers = []
    for name, value in request_headers:
        if name in _HEADERS or name.startswith(b"mcp-"):
            headers.append((name, value))
    # Repeated headers stay in their order.
    headers.sort(key=lambda pair: pair[0])
    return content, tuple(headers)


def _refusal(status: int, scope: Scope) -> AppError:
    """Return the error that the SDK's text of a status means."""
    headers = dict(scope["headers"])

    def value(name: bytes) -> str:
        return repr(headers.get(name, b"").decode("latin-1")[:MAX_VALUE_CHARS])

    if status == 421:
        return Misdirected(
            f"Host: {value(b'host')} is not served here; expected a loopback name or the host of "
            "the public address. BRIEFBASE_ALLOWED_HOSTS names further hosts."
        )
    if status == 403:
        return Forbidden(
            f"Origin: {value(b'origin')} may not call; expected an origin of the public address. "
            "BRIEFBASE_ALLOWED_HOSTS names further hosts."
        )
    return BadRequest(
        f"Content-Type: {value(b'content-type')} is not valid; expected application/json."
    )


class CachedAnswers:
    """Answers calls of `/mcp`, the only path it gets, from cached results before any routing.

    `complete` adds the headers that every response has; it gets those of the request, too.
    """

    def __init__(
        self, app: ASGIApp, agents: AgentApp, complete: Callable[[Headers, Headers], Headers]
    ) -> None:
        self.app = app
        self.agents = agents
        self.complete = complete

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            return await self.app(scope, receive, send)
        body = await _body(receive)
        answer = await self.agents.cached(scope["headers"], body)
        if answer is None:
            return await self.app(scope, _replay(body, receive), send)
        headers = self._headers(scope["headers"], answer)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def peek(self, headers: Headers, body: bytes) -> tuple[Headers, bytes] | None:
        """Return headers and body of the answer to a call, None if it is not cached."""
        answer = self.agents.peek(headers, body)
        return None if answer is None else (self._headers(headers, answer), answer)

    def _headers(self, request_headers: Headers, answer: bytes) -> Headers:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(answer)),
            (b"cache-control", b"no-store"),
            (b"dataset-version", (self.agents.version or "").encode()),
        ]
        return self.complete(request_headers, headers)


class _AnswerRecorder:
    """Passes a response on and records it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_json = False
        self._body = bytearray()
        self.refused = 0
        """Status of a refusal in plain text, which is not passed on."""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            media = dict(message["headers"]).get(b"content-type", b"")
            is_json = media.startswith(b"application/json")
            self._is_json = message["status"] == 200 and is_json
            if message["status"] in _TEXTS and not is_json:
                self.refused = message["status"]
        elif self._is_json:
            self._body += message.get("body", b"")
        if not self.refused:
            await self._send(message)

    def result(self, method: str, version: str) -> bytes | None:
        """Return the result of a call that succeeded at a dataset version."""
        if not self._is_json:
            return None
        result = orjson.loads(self._body).get("result")
        if result is None or result.get("isError"):
            return None
        if method == "tools/call" and result["structuredContent"]["dataset_version"] != version:
            return None
        return orjson.dumps(result)
