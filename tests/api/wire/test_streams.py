"""Streams free their snapshot when the client goes away or stalls."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from app.api.wire.streams import StreamedFile

SCOPE: dict[str, Any] = {"type": "http", "path": "/v1/exports/items.ndjson"}


class Blocks:
    """An endless stream that knows whether it was closed."""

    def __init__(self, count: int | None = None) -> None:
        self.closed = False
        self.count = count

    def read(self) -> Generator[bytes, None, None]:
        try:
            sent = 0
            while self.count is None or sent < self.count:
                yield b"x" * 1_000_000
                sent += 1
        finally:
            self.closed = True


async def _never() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


def response(blocks: Blocks) -> StreamedFile:
    return StreamedFile(blocks.read(), "text/csv", {"ETag": "x"}, stall_seconds=0.05)


def test_all_blocks_are_sent() -> None:
    blocks, messages = Blocks(3), []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(response(blocks)(SCOPE, _never, send))
    assert messages[0]["headers"][0] == (b"etag", b"x")
    assert sum(len(message["body"]) for message in messages[1:]) == 3_000_000
    assert (messages[-1].get("more_body", False), blocks.closed) == (False, True)


def test_a_client_that_goes_away_frees_the_stream() -> None:
    blocks, gone = Blocks(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            gone.set()
        await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(response(blocks)(SCOPE, receive, send), 5))
    assert blocks.closed


def test_a_client_that_stalls_frees_the_stream() -> None:
    blocks = Blocks()

    async def send(message: Any) -> None:
        if message.get("body"):
            await asyncio.Event().wait()

    asyncio.run(asyncio.wait_for(response(blocks)(SCOPE, _never, send), 5))
    assert blocks.closed


def test_a_fault_of_the_stream_is_raised_and_frees_it() -> None:
    closed = False

    def read() -> Generator[bytes, None, None]:
        nonlocal closed
        try:
            yield b"x" * 1_000_000
            raise RuntimeError("the disk is gone")
        finally:
            closed = True

    async def send(message: Any) -> None:
        await asyncio.sleep(0)

    with pytest.raises(BaseExceptionGroup):
        asyncio.run(StreamedFile(read(), "text/csv", {})(SCOPE, _never, send))
    assert closed
