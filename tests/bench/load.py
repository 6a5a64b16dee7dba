"""Load over keep-alive connections on loopback: by wrk if installed, else by our own generator.

Ours is bounded in count and in time and checks every answer. It is written in Python, so it is
itself the bottleneck if answers cost nothing.
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
# Answers under way at the end of a round get so many seconds.
GRACE_SECONDS = 60
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass
class Round:
    """One measurement. `p50` and `p99` are latencies in milliseconds."""

    answers: int
    seconds: float
    p50: float
    p99: float
    wrong: int
    """Answers with another status, and missing ones."""
    client_seconds: float
    """Processor time of the load generator."""

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0


def request(port: int, path: str, headers: dict[str, str]) -> bytes:
    """Return a GET request as sent over the wire."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    for name, value in headers.items():
        lines.append(f"{name}: {value}")

    return "\r\n".join([*lines, "", ""]).encode()


def measure_by_wrk(port: int, path: str, headers: dict[str, str], seconds: float) -> Round:
    """Request one path for some seconds; wrk takes whole seconds only."""
    command = [
        WRK or "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "30s",
        "--latency",
    ]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]

    command.append(f"http://127.0.0.1:{port}{path}")
    before = _children_seconds()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return read_wrk(output, _children_seconds() - before)


def read_wrk(output: str, client_seconds: float) -> Round:
    """Parse the output of wrk. Raises ValueError for any other text."""
    totals = re.search(r"(\d+) requests in ([\d.]+\w+),", output)
    if not totals:
        raise ValueError(f"not the output of wrk: {output[:200]!r}")

    wrong = 0
    for line in re.findall(r"^ +(?:Socket errors|Non-2xx).*", output, re.MULTILINE):
        wrong += sum(map(int, re.findall(r" (\d+)\b", line)))

    return Round(
        answers=int(totals[1]),
        seconds=_milliseconds(totals[2]) / 1000,
        p50=_percentile(output, 50),
        p99=_percentile(output, 99),
        wrong=wrong,
        client_seconds=client_seconds,
    )


def _percentile(output: str, percent: int) -> float:
    line = re.search(
        rf"^ +{percent}% +(\S+)",
        output,
        re.MULTILINE,
    )
    return _milliseconds(line[1]) if line else 0.0


def _milliseconds(text: str) -> float:
    number = text.rstrip("ums")
    return float(number) * _MILLISECONDS[text[len(number) :]]


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass
class _RoundState:
    """State that the connections of a round share; `latencies` in seconds."""

    requests: Iterator[bytes]
    status_line: bytes
    deadline: float
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0


class Client(asyncio.Protocol):
    """One connection that sends the next request when an answer is complete."""

    def __init__(self, state: _RoundState) -> None:
        self.state = state
        self.buffer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Send the first request."""
        self.transport = transport
        self.send()

    def send(self) -> None:
        """Send the next request; close the connection if there is none or time is up."""
        is_open = time.perf_counter() < self.state.deadline
        message = next(self.state.requests, None) if is_open else None
        if message is None:
            self.transport.close()
            return

        self.sent = time.perf_counter()
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Check and count the answer once it is complete."""
        # Most answers come in one piece: no copy.
        self.buffer = self.buffer + data if self.buffer else data
        if not is_complete(self.buffer):
            return

        self.state.latencies.append(time.perf_counter() - self.sent)
        self.state.wrong += not self.buffer.startswith(self.state.status_line)
        self.buffer = b""
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the round that this connection has ended."""
        if not self.done.done():
            self.done.set_result(None)


def is_complete(answer: bytes) -> bool:
    """Return whether an answer has its whole body: by length, by last chunk, or none for a 304."""
    head_end = answer.find(_HEAD_END)
    if head_end < 0:
        return False

    length = _LENGTH.search(answer, 0, head_end)
    if length:
        return len(answer) >= head_end + len(_HEAD_END) + int(length[1])

    return answer.startswith(b"HTTP/1.1 304") or answer.endswith(_LAST_CHUNK)


async def _run(port: int, state: _RoundState, seconds: float) -> float:
    """Run a round and return the seconds it took."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    state.deadline = began + seconds
    clients = []
    for _ in range(CONNECTIONS):
        _, client = await loop.create_connection(
            lambda: Client(state),
            "127.0.0.1",
            port,
        )
        clients.append(client)

    # An answer that never comes must not keep the round from ending.
    ends = [client.done for client in clients]
    _, pending = await asyncio.wait(ends, timeout=seconds + GRACE_SECONDS)
    state.wrong += len(pending)
    for client in clients:
        client.transport.abort()

    return time.perf_counter() - began


def measure(
    port: int, requests: Iterator[bytes], status: int, *, seconds: float, count: int | None = None
) -> Round:
    """Send `requests`, at most `count`, for some seconds; each answer must have `status`.

    Answers under way at the end are waited for.
    """
    state = _RoundState(
        islice(requests, count),
        f"HTTP/1.1 {status} ".encode(),
        0.0,
    )
    before = time.process_time()
    elapsed = uvloop.run(_run(port, state, seconds))
    p50, p99 = _percentiles(state.latencies)

    return Round(
        answers=len(state.latencies),
        seconds=elapsed,
        p50=p50 * 1000,
        p99=p99 * 1000,
        wrong=state.wrong,
        client_seconds=time.process_time() - before,
    )


def _percentiles(latencies: list[float]) -> tuple[float, float]:
    if len(latencies) < 2:
        only = max(latencies, default=0.0)
        return only, only

    cuts = statistics.quantiles(latencies, n=100)
    return cuts[49], cuts[98]
