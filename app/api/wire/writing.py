"""Writes over HTTP: threads of their own, a bounded queue, and an end that is certain."""

import asyncio
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from app.api.wire.equal_writes import EqualWrites
from app.errors import Unavailable
from app.store.answers import Answer
from app.store.db import Database

Result = TypeVar("Result")

WRITER_THREADS = 4
"""Writes at once; one of them holds the lock, the others prepare their documents."""
MAX_WAITING_WRITES = 128
"""A hundred clients that send the same document at once are all answered."""
DRAIN_SECONDS = 6.0
"""Seconds that accepted writes have to end when the service stops."""
MAX_WAIT_SECONDS = 20.0
"""Seconds a write waits for a thread before it is refused."""
COMMITTED_SECONDS = 1.0
"""Seconds for writes that have committed to answer."""
_POLL_SECONDS = 0.02
_FIRST = asyncio.FIRST_COMPLETED
_STOPPING = "The service is stopping and nothing was written; send the request again shortly."
_SLOW = "Other writes take too long and nothing was written; try again shortly."
_FULL = "Too many writes are waiting and nothing was written; try again shortly."


class Writers:
    """Runs writes. A write that is refused has done nothing, also when the service stops.

    At the end, accepted writes have `DRAIN_SECONDS`. Then the gate before commits shuts, so what
    is answered with a refusal can no longer be written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads = CapacityLimiter(WRITER_THREADS)
        self._equal = EqualWrites()
        self._is_stopping = False
        self._ended: asyncio.Future[None] | None = None
        self.accepted = 0
        """Writes that run or wait."""

    def start(self) -> None:
        """Accept writes, also again after an end."""
        self._is_stopping, self._ended = False, None
        self._threads = CapacityLimiter(WRITER_THREADS)
        self._database.commits.open()

    async def run(self, write: Callable[[], Result]) -> Result:
        """Return what `write` returns, called in a thread. Raises Unavailable."""
        with self._accept():
            return await self._run(write)

    async def run_equal(self, key: str, write: Callable[[], Answer]) -> Answer:
        """Do the same for a write that equals those of its `key`: they run one at a time."""
        with self._accept():
            return await self._equal.run(key, functools.partial(self._run, write))

    @contextmanager
    def _accept(self) -> Iterator[None]:
        """Count an accepted write during the block. Raises Unavailable."""
        if self._is_stopping:
            raise Unavailable(_STOPPING)
        if self.accepted >= WRITER_THREADS + MAX_WAITING_WRITES:
            raise Unavailable(_FULL)
        self.accepted += 1
        try:
            yield
        finally:
            self.accepted -= 1

    async def _run(self, write: Callable[[], Result]) -> Result:
        if self._ended is None:
            self._ended = asyncio.get_running_loop().create_future()
        if self._ended.done():
            raise Unavailable(_STOPPING)
        job = _Job(write)
        # Threads are abandoned at the end: the gate rolls their transactions back.
        call = to_thread.run_sync(job.run, limiter=self._threads, abandon_on_cancel=True)
        running = asyncio.ensure_future(call)
        waited = (running, self._ended)
        try:
            await asyncio.wait(waited, timeout=MAX_WAIT_SECONDS, return_when=_FIRST)
            if not any(future.done() for future in waited):
                if job.withdraw():
                    raise Unavailable(_SLOW)
                await asyncio.wait(waited, return_when=_FIRST)
            if running.done():
                return cast(Result, running.result())
            raise Unavailable(_STOPPING)
        finally:
            running.cancel()

    async def stop(self) -> None:
        """Accept no more writes, let the accepted ones end, then refuse the rest."""
        self._is_stopping = True
        await self._wait(DRAIN_SECONDS)
        await to_thread.run_sync(self._database.commits.shut, _STOPPING)
        await self._wait(COMMITTED_SECONDS)
        if self._ended and not self._ended.done():
            self._ended.set_result(None)

    async def _wait(self, seconds: float) -> None:
        """Wait until no write runs or waits, but not longer than `seconds`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self.accepted and loop.time() < until:
            await asyncio.sleep(_POLL_SECONDS)


class _Job:
    """A write that either begins or is withdrawn, never both."""

    def __init__(self, write: Callable[[], Any]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._has_begun = self._is_withdrawn = False

    def run(self) -> Any:
        """Call the write, unless it is withdrawn."""
        with self._lock:
            if self._is_withdrawn:
                return None
            self._has_begun = True
        return self._write()

    def withdraw(self) -> bool:
        """Withdraw the write; return whether it had not begun."""
        with self._lock:
            self._is_withdrawn = not self._has_begun
        return self._is_withdrawn


def write_endpoint(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a plain function that writes: it runs in the threads of the writers."""
    signature = inspect.signature(endpoint)
    takes_request = "request" in signature.parameters

    @functools.wraps(endpoint)
    async def answer(request: Request, **arguments: Any) -> Any:
        if takes_request:
            arguments["request"] = request
        writers: Writers = request.app.state.writers
        return await writers.run(functools.partial(endpoint, **arguments))

    parameters = list(signature.parameters.values())
    if not takes_request:
        # FastAPI passes the request to one parameter of a function only.
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.insert(0, inspect.Parameter("request", kind, annotation=Request))
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]  # FastAPI reads it
        parameters=parameters
    )
    return answer
