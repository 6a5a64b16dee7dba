"""Overload: 300 closed-loop clients of answers that are not cached."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import Server, briefbase
from tests.torture.clients import (
    Load,
    closed_loops,
    memory_megabytes,
    percentile,
    processor_seconds,
)
from tests.torture.trial import Finding, Trial, at_least, at_most, slack

CLIENTS = 300
FEW_CLIENTS = 8
CACHED = "/v1/briefings/latest"


def overload(folder: Path, is_short: bool) -> list[Finding]:
    """Measure what 8 and 300 clients get in turns, and how soon all is normal afterwards."""
    rounds, seconds = (1, 2.0) if is_short else (3, 8.0)
    with briefbase(f"sqlite:///{folder / 'base.db'}", folder, cache=4) as server:
        server.get(CACHED)
        closed_loops(server.port, FEW_CLIENTS, 1.0, _miss("warm"))
        calm: list[Load] = []
        crowded: list[Load] = []
        costs: list[float] = []
        cached: list[float] = []
        before = 0.0
        for number in range(rounds):
            used = processor_seconds(server.process.pid)
            calm.append(closed_loops(server.port, FEW_CLIENTS, seconds, _miss(f"few{number}")))
            cost = _cost(server, used, calm[-1])
            # The caches of answers and searches are full then.
            before = before or memory_megabytes(server.process.pid)
            used = processor_seconds(server.process.pid)
            # Other answers have displaced it.
            server.get(CACHED)
            with _cached_beside(server, cached):
                crowded.append(closed_loops(server.port, CLIENTS, seconds, _miss(f"many{number}")))
            costs.append(cost / _cost(server, used, crowded[-1]))
        after = memory_megabytes(server.process.pid)
        normal = _seconds_until_normal(server)
    ratio = statistics.median(load.goodput for load in crowded) / statistics.median(
        load.goodput for load in calm
    )
    accepted = sorted(time for load in crowded for time in load.times(200))
    refused = sorted(time for load in crowded for time in load.times(429, 503))
    broken = sum(len(load.times(0, 500)) for load in crowded)
    factor = slack(is_short)
    cached.sort()
    return [
        at_least("goodput of 300 clients beside 8", ratio, 0.9 if factor == 1 else 0.6),
        at_least("the same for the processor time used", statistics.median(costs), 0.6),
        at_most("p99 of accepted requests", percentile(accepted, 0.99), 1.0 * factor, " s"),
        at_most("slowest refusal", percentile(refused, 1.0), 0.6 * factor, " s"),
        at_most("p99 of a cached answer meanwhile", percentile(cached, 0.99), 0.5 * factor, " s"),
        at_most("answers 500 or none", broken, 0),
        at_most("memory grows by", after - before, 20, " MB"),
        at_most("back to normal after", normal, 2, " s"),
    ]


@contextmanager
def _cached_beside(server: Server, times: list[float]) -> Iterator[None]:
    """Let one more client ask for a cached answer during the block; add its seconds to `times`."""
    ending = threading.Event()

    def ask() -> None:
        while not ending.wait(0.05):
            began = time.monotonic()
            status = server.get(CACHED).status
            times.append(time.monotonic() - began if status == 200 else 99.0)

    client = threading.Thread(target=ask)
    client.start()
    try:
        yield
    finally:
        ending.set()
        client.join()


def _miss(name: str) -> Callable[[int], str]:
    """Return paths that are all different, so that no answer is cached."""
    return lambda number: f"/v1/search?q=NVIDIA+OR+{name}x{number}&limit=50"


def _cost(server: Server, used: float, load: Load) -> float:
    """Return the processor seconds of the server for each good answer."""
    return (processor_seconds(server.process.pid) - used) / max(1, len(load.times(200)))


def _seconds_until_normal(server: Server) -> float:
    began = time.monotonic()
    while time.monotonic() < began + 10:
        asked = time.monotonic()
        answer = server.get(f"/v1/search?q=after{asked}")
        if answer.status == 200 and time.monotonic() - asked < 0.2:
            return time.monotonic() - began
        time.sleep(0.05)
    return 10.0


TRIAL = Trial("overload", overload, is_short=False)
