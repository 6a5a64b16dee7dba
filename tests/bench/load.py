"""A load of keep-alive connections on loopback, bounded in count and in time; every answer is checked."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field

CONNECTIONS = 8


@dataclass
class Round:
    """What one measurement saw: seconds each answer took, seconds in all, and answers that were not the expected one."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    wrong: int = 0

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: int) -> float:
        """In milliseconds."""
        return statistics.quantiles(self.took, n=100)[share - 1] * 1000 if len(self.took) > 1 else 0.0


def request(port: int, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Asker(asyncio.Protocol):
    """One connection that asks the same thing again as soon as it was answered, until there is nothing left to ask."""

    def __init__(self, question: bytes, status: int, size: int, left: list[int], deadline: float, seen: Round) -> None:
        self.question, self.status, self.size = question, f"HTTP/1.1 {status} ".encode(), size
        self.left, self.deadline, self.seen = left, deadline, seen
        self.buffer = bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if self.left[0] <= 0 or time.perf_counter() > self.deadline:
            self.transport.close()
            return
        self.left[0] -= 1
        self.asked = time.perf_counter()
        self.transport.write(self.question)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or len(self.buffer) < end + 4 + self.size:
            return
        self.seen.took.append(time.perf_counter() - self.asked)
        if not self.buffer.startswith(self.status) or len(self.buffer) != end + 4 + self.size:
            self.seen.wrong += 1
        self.buffer.clear()
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def _measure(port: int, question: bytes, status: int, size: int, count: int, seconds: float) -> Round:
    seen, left = Round(), [count]
    began = time.perf_counter()
    loop = asyncio.get_running_loop()

    def asker() -> Asker:
        return Asker(question, status, size, left, began + seconds, seen)

    askers = [(await loop.create_connection(asker, "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    # An answer that never comes ends the round, too.
    _, late = await asyncio.wait([one.done for one in askers], timeout=seconds + 5)
    seen.wrong += len(late)
    seen.seconds = time.perf_counter() - began
    for one in askers:
        one.transport.abort()
    return seen


def measure(port: int, question: bytes, status: int, size: int, *, count: int, seconds: float) -> Round:
    return asyncio.run(_measure(port, question, status, size, count, seconds))
