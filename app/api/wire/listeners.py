"""Clients that wait for changes: a bounded number of them, woken by a new dataset version."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from app.errors import Unavailable
from app.query.snapshot.freshness import Freshness

_POLL_SECONDS = 0.2
"""Seconds between two looks at the version; SQLite answers in microseconds."""


class Listeners:
    """The clients of one process that wait for changes, at most `limit`."""

    def __init__(self, freshness: Freshness, limit: int) -> None:
        self.freshness = freshness
        self.limit = limit
        self.count = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Count the block as a listener. Raises Unavailable if there are too many."""
        self.check()
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1

    def check(self) -> None:
        """Raise Unavailable if there is no room for another listener."""
        if self.count >= self.limit:
            raise Unavailable(
                f"{self.limit} clients wait for changes already; try again shortly, or ask "
                "without wait."
            )

    async def wait(self, version: str, seconds: float, ending: asyncio.Event) -> bool:
        """Wait until the version is another one; return whether it is before time is up.

        `ending` ends the waiting early.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not ending.is_set():
            current = await self.freshness.current()
            if current is not None and current != version:
                return True
            remaining = deadline - loop.time()
            if remaining <= 0:
                return False
            try:
                await asyncio.wait_for(ending.wait(), min(_POLL_SECONDS, remaining))
            except TimeoutError:
                continue
        return False


def leave_line(request: Request) -> None:
    """Give back the place of a request among those that run: it waits and costs nothing."""
    leave = request.scope.get("leave_line")
    if leave is not None:
        leave()


def ending(request: Request) -> asyncio.Event:
    """Return an event that is set when the server shuts down, for a request that lasts."""
    event = asyncio.Event()
    request.scope.setdefault("state", {})["ending"] = event
    return event
