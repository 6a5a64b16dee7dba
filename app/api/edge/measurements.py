"""Measurements of a process in Prometheus' format, read when they are asked for.

Answers from the cache add one to a number; the rest costs microseconds beside milliseconds.
"""

import os
import time
from collections import Counter as Numbers
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, GCCollector, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.api.edge.front import Front
from app.api.edge.response_cache import ResponseCache
from app.api.edge.tracing import Tracing
from app.api.wire.writing import Writers
from app.store.db import Database
from app.telemetry import event_counts, stage_seconds

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper bounds of the buckets of durations."""
_NO_ROUTE = "none"
Source = Callable[[], Iterable[Metric]]
CANCELLED = 499
"""Status of a request whose client has gone before its response began, as nginx counts it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a service that are measured."""

    front: Front
    cache: ResponseCache
    writers: Writers
    database: Database


class Measurements:
    """The registry of a process. `sources` are read at each scrape and may be added to."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sources: list[Source] = []
        self.seconds = Histogram(
            "briefbase_request_duration_seconds",
            "Seconds until a response that the cache did not have was sent.",
            ("route", "method", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.registry.register(_Sources(self.sources))

    def observe(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """Add a response; `route` is the template of its path."""
        self.seconds.labels(route or _NO_ROUTE, method, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Return all measurements in Prometheus' text format."""
        return generate_latest(self.registry)


class Measured:
    """Observes each response by the template of its route, method and status."""

    def __init__(
        self, app: ASGIApp, measurements: Measurements, tracing: Tracing | None = None
    ) -> None:
        self.app = app
        self.measurements = measurements
        self.tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if self.tracing is None:
            return await self._answer(scope, receive, send)
        with self.tracing.span(scope) as span:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_response(message)
                await send(message)

            await self._answer(scope, receive, watch)
            span.set_route(template(scope))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = CANCELLED

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            seconds = time.perf_counter() - began
            self.measurements.observe(template(scope), scope["method"], status, seconds)


def template(scope: Scope) -> str | None:
    """Return the template of the path of a routed request: its cardinality is bounded."""
    route = scope.get("route")
    path: str | None = getattr(route, "path_format", None) or getattr(route, "path", None)
    return path


class _Sources(Collector):
    def __init__(self, sources: list[Source]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of all sources."""
        for source in self._sources:
            yield from source()

    def describe(self) -> list[Metric]:
        """Return nothing: asking the sources at registration would need a running service."""
        return []


def of_parts(parts: Parts) -> Source:
    """Return the source that reads the state of a service."""

    def read() -> Iterator[Metric]:
        yield _gauge("briefbase_info", "Version and process.", 1, _labels())
        yield from _traffic(parts)
        yield from _cache(parts.cache)
        yield from _database(parts)
        name, text = "briefbase_ingest_stage_seconds", "Seconds by stage of ingest."
        yield _counter(name, text, "stage", stage_seconds)
        yield _counter("briefbase_log_events", "Log events by level.", "level", event_counts)

    return read


def _labels() -> dict[str, str]:
    return {"version": __version__, "pid": str(os.getpid())}


def _traffic(parts: Parts) -> Iterator[Metric]:
    front, line = parts.front, parts.front.line
    yield _gauge("briefbase_connections", "Open connections.", len(front.connections))
    yield _gauge("briefbase_reads_running", "Reads that run.", line.running)
    yield _gauge("briefbase_reads_waiting", "Reads that wait for a place.", len(line.waiting))
    wait = "Seconds until a read that arrives now would start."
    yield _gauge("briefbase_expected_wait_seconds", wait, line.expected_wait)
    yield _gauge("briefbase_writes_accepted", "Writes that run or wait.", parts.writers.accepted)
    shed = Numbers({"line": line.refused, **front.refused})
    yield _counter("briefbase_shed", "Requests refused before the application.", "reason", shed)


def _cache(cache: ResponseCache) -> Iterator[Metric]:
    family = CounterMetricFamily(
        "briefbase_cached_responses",
        "Responses from the cache.",
        labels=("route", "status"),
    )
    for route, tally in cache.tallies.items():
        family.add_metric((route or _NO_ROUTE, "200"), tally.complete)
        family.add_metric((route or _NO_ROUTE, "304"), tally.not_modified)
    yield family
    yield _gauge("briefbase_cache_entries", "Responses in the cache.", len(cache.entries))
    yield _gauge("briefbase_cache_bytes", "Bytes of the cache.", cache.size)
    yield _gauge("briefbase_cache_max_bytes", "Bytes the cache may have.", cache.max_bytes)


def _database(parts: Parts) -> Iterator[Metric]:
    database = parts.database
    version = parts.cache.freshness.peek() or ""
    instance, _, number = version.partition("-")
    labels = {"instance": instance}
    if number:
        text = "Version of the dataset."
        yield _gauge("briefbase_dataset_version", text, int(number), labels)
    file = database.file
    if file is None:
        return
    fault = file.fault()
    yield _gauge("briefbase_storage_fault", "Whether the database file has a fault.", bool(fault))
    name = "briefbase_database_reopened_total"
    yield _gauge(name.removesuffix("_total"), "Files put in place of another.", database.openings)
    for ending in ("", "-wal"):
        path = file.path.with_name(file.path.name + ending)
        size = path.stat().st_size if path.exists() else 0
        part = ending.removeprefix("-") or "database"
        text = f"Bytes of the {part} file."
        yield _gauge(f"briefbase_{part}_bytes", text, size)


def _gauge(name: str, text: str, value: float, labels: dict[str, str] | None = None) -> Metric:
    labels = labels or {}
    family = GaugeMetricFamily(name, text, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), float(value))
    return family


def _counter(name: str, text: str, label: str, values: dict[str, float] | Numbers[str]) -> Metric:
    family = CounterMetricFamily(name, text, labels=(label,))
    for key, value in sorted(values.items()):
        family.add_metric((key,), value)
    return family
