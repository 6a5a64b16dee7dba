"""Stalled sockets: clients that send little or nothing, or do not read."""

import socket
import statistics
import time
from pathlib import Path

from tests.servers import briefbase
from tests.torture.clients import closed_loops, is_closed, percentile, processor_seconds, stalled
from tests.torture.trial import Finding, Trial, at_most, slack

SOCKETS = 600
CLOSED_SECONDS = 35.0
SETTLE_SECONDS = 0.5
"""Seconds in which the server accepts all of them; they are measured while they stall."""
BEGINNINGS = [
    b"",
    b"G",
    b"GET /v1/items HTTP/1.1\r\nHost: x\r\nX: y",
    b"POST /v1/annotate HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    b"POST /v1/reconcile HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    b"POST /v1/entities/x/merge HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
]


def sockets(folder: Path, is_short: bool) -> list[Finding]:
    """Measure others with and without 600 stalled sockets, and when those are closed."""
    rounds, seconds = (1, 1.5) if is_short else (6, 3.0)
    with briefbase(f"sqlite:///{folder / 'base.db'}", folder) as server:
        costs: list[float] = []

        def p99(name: str) -> float:
            paths = [f"/v1/items?limit=5&q={name}", "/v1/briefings/latest", "/readyz"]
            used = processor_seconds(server.process.pid)
            load = closed_loops(server.port, 4, seconds, lambda number: paths[number % 3])
            costs.append((processor_seconds(server.process.pid) - used) / load.goodput)
            wrong = load.times(*(status for status in load.by_status if status != 200))
            return 99.0 if wrong else percentile(load.times(200), 0.99)

        p99("warm")
        costs.clear()
        alone, beside = [], []
        beginnings = (BEGINNINGS * SOCKETS)[:SOCKETS]
        for number in range(rounds):
            alone.append(p99(f"alone{number}"))
            with stalled(server.port, beginnings):
                time.sleep(SETTLE_SECONDS)
                beside.append(p99(f"beside{number}"))
        with stalled(server.port, beginnings[:200]) as open_sockets:
            closed = _seconds_until_closed(open_sockets)
        ratio = statistics.median(beside) / statistics.median(alone)
    cost = statistics.median(costs[1::2]) / statistics.median(costs[::2])
    return [
        at_most(
            "processor time of a request beside 600 stalled sockets",
            cost,
            1.1 * slack(is_short),
            " ×",
        ),
        at_most("p99 of others beside 600 stalled sockets", ratio, 1.1 * slack(is_short), " ×"),
        at_most("200 of them are closed after", closed, CLOSED_SECONDS, " s"),
    ]


def _seconds_until_closed(open_sockets: list[socket.socket]) -> float:
    began = time.monotonic()
    remaining = open_sockets
    while remaining and time.monotonic() < began + 2 * CLOSED_SECONDS:
        time.sleep(0.2)
        remaining = [connection for connection in remaining if not is_closed(connection)]
    return time.monotonic() - began


TRIAL = Trial("stalled sockets", sockets, is_short=False)
