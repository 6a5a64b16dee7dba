"""A load of keep-alive connections on loopback: by wrk where it is installed and the answers come fast, else by ours.

Ours is bounded in count and in time and checks every answer; it is Python, and itself what is busy where answers cost nothing.
"""

import asyncio
import re
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import uvloop

CONNECTIONS = 8
WRK = shutil.which("wrk")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass
class Round:
    """What one measurement saw: answers, the seconds they took in all, milliseconds of the median and of the slowest in a hundred,
    answers that were not the expected ones, and the processor seconds of whoever asked."""

    answers: int
    seconds: float
    p50: float
    p99: float
    wrong: int
    asking: float

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds if self.seconds else 0.0


def request(port: int, path: str, headers: dict[str, str]) -> bytes:
    """A GET as it goes over the wire."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def by_wrk(port: int, path: str, headers: dict[str, str], seconds: float) -> Round:
    """One path for some seconds; wrk counts whole ones."""
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [
        WRK or "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "30s",
        "--latency",
        *given,
    ]
    before = _children()
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    ).stdout
    return read_wrk(told, _children() - before)


def read_wrk(told: str, asking: float) -> Round:
    """What wrk says, as a round."""
    answers, seconds = re.search(r"(\d+) requests in ([\d.]+\w+),", told).groups()  # type: ignore[union-attr]
    p50, p99 = (
        _milliseconds(re.search(rf"^ +{share}% +(\S+)", told, re.MULTILINE)[1])
        for share in (50, 99)
    )  # type: ignore[index]
    wrong = sum(
        int(count)
        for line in re.findall(r"^ +(?:Socket errors|Non-2xx).*", told, re.MULTILINE)
        for count in re.findall(r" (\d+)\b", line)
    )
    return Round(int(answers), _milliseconds(seconds) / 1000, p50, p99, wrong, asking)


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass
class _Shared:
    """What the connections of a round have in common."""

    asked: Iterator[bytes]
    status: bytes
    deadline: float
    took: list[float] = field(default_factory=list)
    wrong: int = 0


class Asker(asyncio.Protocol):
    """One connection that asks the next thing as soon as the last was answered, until there is nothing left to ask."""

    def __init__(self, shared: _Shared) -> None:
        self.shared = shared
        self.buffer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        asked = (
            next(self.shared.asked, None) if time.perf_counter() < self.shared.deadline else None
        )
        if asked is None:
            self.transport.close()
            return
        self.asked = time.perf_counter()
        self.transport.write(asked)

    def data_received(self, data: bytes) -> None:
        self.buffer = buffer = self.buffer + data if self.buffer else data
        if is_whole(buffer):
            self.shared.took.append(time.perf_counter() - self.asked)
            self.shared.wrong += not buffer.startswith(self.shared.status)
            self.buffer = b""
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def is_whole(answer: bytes) -> bool:
    """Whether the answer is there to its end: as long as it says, without a body, or to the last of its chunks."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    if length := _LENGTH.search(answer, 0, end):
        return len(answer) >= end + 4 + int(length[1])
    return answer.startswith(b"HTTP/1.1 304") or answer.endswith(b"\r\n0\r\n\r\n")


async def _measured(port: int, shared: _Shared, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    shared.deadline = began + seconds
    askers = [
        (await loop.create_connection(lambda: Asker(shared), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    # An answer that never comes ends the round, too.
    _, late = await asyncio.wait([one.done for one in askers], timeout=seconds + 60)
    shared.wrong += len(late)
    for one in askers:
        one.transport.abort()
    return time.perf_counter() - began


def by_ours(
    port: int, asked: Iterator[bytes], status: int, *, seconds: float, count: int | None = None
) -> Round:
    """What `asked` yields, at most `count` of it, each answered with `status`; those under way at the end are waited for."""
    shared = _Shared(islice(asked, count), f"HTTP/1.1 {status} ".encode(), 0.0)
    before = time.process_time()
    took = uvloop.run(_measured(port, shared, seconds))
    cuts = (
        statistics.quantiles(shared.took, n=100)
        if len(shared.took) > 1
        else [max(shared.took, default=0.0)] * 99
    )
    return Round(
        len(shared.took),
        took,
        cuts[49] * 1000,
        cuts[98] * 1000,
        shared.wrong,
        time.process_time() - before,
    )
