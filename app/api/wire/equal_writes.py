"""Equal writes at once: one after the other, and those that waited meanwhile share an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.errors import AppError, Unavailable
from app.store.answers import Answer


@dataclass
class _WriteQueue:
    """Requests for one write; `waiting` of the `arrived` ones have no answer yet."""

    arrived: int = 0
    waiting: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    answered: int = 0
    """Number of the last request that `outcome` answers."""
    outcome: Answer | AppError | None = None


class EqualWrites:
    """Runs equal writes one at a time, in their order.

    An answer of a write that changed nothing, or a refusal, answers all requests that had come
    before it began: a hundred equal documents at once are stored by one write and found stored by
    a second one, and hold one thread.
    """

    def __init__(self) -> None:
        self._queues: dict[str, _WriteQueue] = {}

    async def run(self, key: str, write: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `write` returns, or what it returned to an equal request.

        `key` is equal for equal requests. Raises what `write` raises.
        """
        queue = self._queues.setdefault(key, _WriteQueue())
        queue.arrived += 1
        queue.waiting += 1
        number = queue.arrived
        try:
            async with queue.lock:
                if number > queue.answered:
                    return await self._first(queue, write)
        finally:
            queue.waiting -= 1
            if not queue.waiting:
                del self._queues[key]
        if isinstance(queue.outcome, AppError):
            raise queue.outcome
        assert queue.outcome
        return queue.outcome

    async def _first(self, queue: _WriteQueue, write: Callable[[], Awaitable[Answer]]) -> Answer:
        """Run a write; keep its answer for the others if it holds for them too."""
        arrived = queue.arrived
        try:
            answer = await write()
        except Unavailable:
            raise
        except AppError as error:
            queue.answered, queue.outcome = arrived, error
            raise
        if not answer.is_change:
            queue.answered, queue.outcome = arrived, answer
        return answer
