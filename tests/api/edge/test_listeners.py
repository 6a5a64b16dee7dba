"""Waiting for another version."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

from app.api.edge.listeners import Listeners


def listeners(*versions: str, is_stopping: bool = False) -> Listeners:
    remaining = list(versions)

    async def current() -> str:
        return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    freshness: Any = SimpleNamespace(current=current)
    front: Any = SimpleNamespace(is_stopping=is_stopping)
    return Listeners(freshness, front, 1)


def test_another_version_ends_the_wait() -> None:
    assert asyncio.run(listeners("a-1", "a-1", "a-2").wait("a-1", 5))


def test_time_is_up() -> None:
    began = time.monotonic()
    assert not asyncio.run(listeners("a-1").wait("a-1", 0.3))
    assert 0.25 < time.monotonic() - began < 2


def test_a_server_that_stops_is_not_held_up() -> None:
    assert not asyncio.run(listeners("a-1", is_stopping=True).wait("a-1", 60))
