"""The yardstick: an ASGI application that does nothing but answer `/N` with N bytes, or `/304` with 304."""

from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send
) -> None:
    if scope["type"] != "http":
        return
    size = int(scope["path"][1:])
    status, body = (304, b"") if size == 304 else (200, b"x" * size)
    headers = (
        [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if body
        else []
    )
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
