"""A waiting line before the application: it starts requests in order and refuses late ones."""

import asyncio
import time
from collections import deque

from app.errors import Unavailable

TURN_SECONDS = 0.005
"""Seconds of a turn of the event loop after which further requests wait for the next turn."""
_WEIGHT = 0.1
"""Weight of the latest interval in the mean."""
BUSY = "There are too many requests; try again shortly."


class WaitingLine:
    """Runs `capacity` requests at once; others wait, but not longer than `max_wait` seconds.

    The expected wait is the length of the line times the mean interval between two completions.
    One request is started each turn of the event loop, so that the loop sees new arrivals between
    two of them. A request that would wait too long is refused after `max_wait`: clients that
    repeat at once would cost more than they do as answers.
    """

    def __init__(self, capacity: int, max_wait: float, max_in_flight: int) -> None:
        self.capacity = capacity
        self.max_wait = max_wait
        self.max_in_flight = max_in_flight
        self.running = 0
        self.refused = 0
        """Refusals so far."""
        self.waiting: deque[asyncio.Future[bool]] = deque()
        self.mean_interval = 0.0
        """Mean seconds between two completions while requests wait."""
        self._last_end = 0.0
        self._turn_began: float | None = None

    @property
    def expected_wait(self) -> float:
        """Seconds until a request that arrives now would start."""
        return len(self.waiting) * self.mean_interval

    def refuses(self) -> bool:
        """Whether a request that arrives now is refused; if so, it is counted."""
        in_flight = self.running + len(self.waiting)
        if in_flight < self.max_in_flight and self.expected_wait <= self.max_wait:
            return False
        self.refused += 1
        return True

    async def enter(self) -> None:
        """Wait for a place, which `leave` gives back. Raises Unavailable."""
        now = time.monotonic()
        turn_seconds = now - self._turn_began if self._turn_began else 0.0
        is_free = self.running < self.capacity and not self.waiting
        if is_free and turn_seconds < TURN_SECONDS:
            self.running += 1
            self._begin_turn(now)
            return
        if self.refuses():
            await asyncio.sleep(self.max_wait)
            raise Unavailable(BUSY)
        await self._wait(now)

    async def _wait(self, now: float) -> None:
        loop = asyncio.get_running_loop()
        place: asyncio.Future[bool] = loop.create_future()
        self.waiting.append(place)
        self._begin_turn(now)
        limit = loop.call_later(self.max_wait, _give_up, place)
        try:
            has_place = await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self.leave()
            raise
        finally:
            limit.cancel()
        if not has_place:
            self.refused += 1
            raise Unavailable(BUSY)

    def leave(self) -> None:
        """Give a place back."""
        self.running -= 1
        if not self.waiting:
            self._last_end = 0.0
            return
        now = time.monotonic()
        if self._last_end:
            interval = now - self._last_end
            mean = self.mean_interval or interval
            self.mean_interval = mean + _WEIGHT * (interval - mean)
        self._last_end = now
        self._begin_turn(now)

    def _begin_turn(self, now: float) -> None:
        if self._turn_began is None:
            self._turn_began = now
            asyncio.get_running_loop().call_soon(self._end_turn)

    def _end_turn(self) -> None:
        """Start the next request that waits; its own turn ends after it has run."""
        self._turn_began = None
        while self.waiting and self.running < self.capacity:
            place = self.waiting.popleft()
            if not place.done():
                self.running += 1
                place.set_result(True)
                self._begin_turn(time.monotonic())
                return


def _give_up(place: asyncio.Future[bool]) -> None:
    if not place.done():
        place.set_result(False)
