"""Clients on loopback: closed loops of requests over kept connections, and stalled sockets."""

import asyncio
import gc
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
TIMEOUT_SECONDS = 30.0


@dataclass
class Load:
    """Answers that closed-loop clients got: seconds by status; status 0 is a broken connection."""

    seconds: float
    by_status: dict[int, list[float]] = field(default_factory=dict)

    def add(self, status: int, seconds: float) -> None:
        """Add an answer."""
        self.by_status.setdefault(status, []).append(seconds)

    @property
    def goodput(self) -> float:
        """Answers 200 and 304 a second."""
        return len(self.times(200, 304)) / self.seconds

    def times(self, *statuses: int) -> list[float]:
        """Return the sorted seconds of answers with one of these statuses."""
        times: list[float] = []
        for status in statuses:
            times += self.by_status.get(status, [])
        return sorted(times)

    @property
    def statuses(self) -> str:
        """The number of answers by status."""
        counts = [f"{status}: {len(times)}" for status, times in sorted(self.by_status.items())]
        return ", ".join(counts)


def percentile(times: list[float], share: float) -> float:
    """Return the value below which a share of sorted `times` lies; 0 without any."""
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def closed_loops(
    port: int, count: int, seconds: float, path: Callable[[int], str], headers: str = ""
) -> Load:
    """Let `count` clients request `path(number)` for some seconds, each after its last answer."""
    load = Load(seconds)
    until = time.monotonic() + seconds
    numbers = iter(range(10**9))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            target = path(next(numbers))
            began = time.monotonic()
            writer.write(
                f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode()
            )
            try:
                status = await asyncio.wait_for(_answer(reader), TIMEOUT_SECONDS)
            except (OSError, EOFError, TimeoutError):
                writer.close()
                load.add(0, time.monotonic() - began)
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                continue
            load.add(status, time.monotonic() - began)
        writer.close()

    async def run() -> None:
        await asyncio.gather(*(client() for _ in range(count)))

    # A collection of all that the tests import stops the clients for 0.3 s.
    gc.disable()
    try:
        uvloop.run(run())
    finally:
        gc.enable()
    return load


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(_HEAD_END)
    length = _LENGTH.search(head)
    if length:
        await reader.readexactly(int(length.group(1)))
    return int(head[9:12])


@contextmanager
def stalled(port: int, beginnings: list[bytes]) -> Iterator[list[socket.socket]]:
    """Hold a connection for each of `beginnings`, which it has sent and nothing more."""
    sockets: list[socket.socket] = []
    try:
        for beginning in beginnings:
            connection = socket.create_connection(("127.0.0.1", port))
            sockets.append(connection)
            if beginning:
                connection.sendall(beginning)
        yield sockets
    finally:
        for connection in sockets:
            connection.close()


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has ended a connection; what it sent is read."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory_megabytes(pid: int) -> float:
    """Return the private memory of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} tells no private memory")
