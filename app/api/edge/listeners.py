"""Clients that wait for changes: a bounded number of them, woken by a new dataset version."""

import asyncio

from app.api.edge.front import Front
from app.api.edge.streams import Places
from app.query.snapshot.freshness import Freshness

_POLL_SECONDS = 0.2
"""Seconds between two looks at the version; SQLite answers in microseconds."""


class Listeners:
    """The clients of one process that wait for changes, at most `limit`."""

    def __init__(self, freshness: Freshness, front: Front, limit: int) -> None:
        self.freshness = freshness
        self.front = front
        self.places = Places("clients that wait for changes", limit)

    @property
    def is_ending(self) -> bool:
        """Whether the server stops; streams then end at once."""
        return self.front.is_stopping

    async def wait(self, version: str, seconds: float) -> bool:
        """Wait until the version is another one; return whether it is before time is up.

        The end of the server ends the waiting early.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self.is_ending:
            current = await self.freshness.current()
            if current is not None and current != version:
                return True
            remaining = deadline - loop.time()
            if remaining <= 0:
                return False
            await asyncio.sleep(min(_POLL_SECONDS, remaining))
        return False
