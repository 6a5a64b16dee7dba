"""The first request of its kind, and the same one again: `python -m tests.bench.first [SCALE [N]]`.

Every request asks for another word, entity or day, one after the other over one connection; then
all of them are asked again. Processor time is that of the server.
"""

import http.client
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from tests import servers
from tests.bench import database, questions
from tests.bench.contenders import private_megabytes, processor_seconds
from tests.bench.database import CHANNEL
from tests.servers import Server

REQUESTS = 40
"""Different requests of a kind."""
ZIPF_REQUESTS = 2_000
_TEXT_CHARS = 4_000


@dataclass(frozen=True)
class Asked:
    """A request: its path, and a body for POST."""

    path: str
    body: bytes | None = None
    media: str = "application/json"


@dataclass(frozen=True)
class Cost:
    """The cost of some requests: processor milliseconds each, and latencies in milliseconds."""

    processor: float
    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.processor:.1f} | {self.p50:.1f} / {self.p99:.1f}"


@dataclass(frozen=True)
class Material:
    """Subjects of requests: entities with a mention, words of titles, days and texts."""

    entities: Sequence[dict[str, Any]]
    words: Sequence[str]
    days: Sequence[str]
    texts: Sequence[str]


def material(server: Server, count: int) -> Material:
    """Read from a server what `count` different requests of each kind ask about."""
    entities = _data(server, f"/v1/entities?limit={min(2 * count, 100)}&sort=-last_seen")
    items = _data(server, "/v1/items?limit=100")
    words: dict[str, None] = {}
    for item in items:
        title = item["title"]
        words.setdefault(title[len(title) // 2 :][:3].strip())
        words.setdefault(title[:4].strip())
    texts = ["\n".join([item["title"], item["summary"] or ""]) for item in items]
    briefings = _data(server, "/v1/briefings?limit=100")
    return Material(
        entities=entities[:count],
        words=[word for word in words if len(word) > 1][:count],
        days=list(dict.fromkeys(briefing["date"] for briefing in briefings))[:count],
        texts=["\n".join(texts[number:])[:_TEXT_CHARS] for number in range(min(count, len(texts)))],
    )


def kinds(about: Material) -> dict[str, list[Asked]]:
    """Return the requests of each kind; those of two kinds never are the same."""
    ids = [entity["id"] for entity in about.entities]
    return {
        "`/v1/search`, another word": _paths("/v1/search?q={}", about.words),
        "`/v1/items?q=`, another word": _paths("/v1/items?q={}", about.words),
        "timeline by day": _paths("/v1/entities/{}/timeline?interval=day", ids),
        "co-occurrence": _paths("/v1/entities/{}/related?limit=20", ids),
        "`/v1/threads` of an entity": _paths("/v1/threads?entity={}", ids),
        "trends up to a day": _paths("/v1/trends?until={}", about.days),
        "headlines of a day": _paths("/v1/headlines?date={}", about.days),
        "feed of an entity": _paths("/feeds/entities/{}.atom", ids),
        "digest of an entity": _paths("/v1/digest?days=7&entity={}", ids),
        "annotate, 4,000 characters": [
            Asked("/v1/annotate", orjson.dumps({"text": text})) for text in about.texts
        ],
        "reconcile, ten names": _batches(about.entities),
    }


def _paths(form: str, values: Sequence[str]) -> list[Asked]:
    return [Asked(form.format(quote(value, safe=""))) for value in values]


def _batches(entities: Sequence[dict[str, Any]]) -> list[Asked]:
    asked: list[Asked] = []
    names = [entity["name"] for entity in entities]
    for first in range(len(names)):
        queries = {}
        for number, name in enumerate(itertools.islice(itertools.cycle(names), first, first + 10)):
            queries[f"q{number}"] = {"query": name}
        form = urlencode({"queries": orjson.dumps(queries).decode()}).encode()
        asked.append(Asked("/v1/reconcile", form, "application/x-www-form-urlencoded"))
    return asked


def cost(server: Server, asked: Sequence[Asked]) -> Cost:
    """Send requests one after the other and return what they cost. Exits on a wrong answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    latencies: list[float] = []
    before = processor_seconds(server)
    for request in asked:
        began = time.perf_counter()
        method = "POST" if request.body else "GET"
        connection.request(method, request.path, request.body, {"content-type": request.media})
        answer = connection.getresponse()
        body = answer.read()
        latencies.append(1000 * (time.perf_counter() - began))
        if answer.status != 200:
            sys.exit(f"{request.path} answers {answer.status}: {body[:200]!r}")
    used = processor_seconds(server) - before
    connection.close()
    latencies.sort()
    return Cost(
        1000 * used / len(asked),
        statistics.median(latencies),
        latencies[min(len(latencies) - 1, round(0.99 * len(latencies)))],
    )


def table(server: Server, count: int = REQUESTS) -> str:
    """Return the table of first and repeated requests, and the mix of a day."""
    lines = [
        "| request | first, CPU ms | p50 / p99 ms | again, CPU ms | p50 / p99 ms |",
        "|---|--:|--:|--:|--:|",
    ]
    memory = private_megabytes(server)
    for name, asked in kinds(material(server, count)).items():
        if asked:
            lines.append(f"| {name} | {cost(server, asked)} | {cost(server, asked)} |")
    pool = [Asked(path) for path in questions.pool(server)]
    day = zipf_day(pool)
    lines.append(f"| Zipf mix over a day, {len(day):,} requests | {cost(server, day)} | – | – |")
    started = f"Private memory: {memory:.0f} MB after the start, which took {server.started:.1f} s"
    lines += ["", f"{started}; {private_megabytes(server):.0f} MB after all this."]
    return "\n".join(lines)


def zipf_day(pool: Sequence[Asked], draw: Callable[..., list[str]] = questions.zipf) -> list[Asked]:
    """Return the requests of a day by Zipf's law, on a version that nobody has asked yet."""
    by_path = {asked.path: asked for asked in pool}
    return [by_path[path] for path in draw(list(by_path), ZIPF_REQUESTS, seed=2)]


def _data(server: Server, path: str) -> list[dict[str, Any]]:
    answer = server.get(path)
    if answer.status != 200:
        sys.exit(f"{path} answers {answer.status}: {answer.body[:200]!r}")
    data: list[dict[str, Any]] = orjson.loads(answer.body)["data"]
    return data


@contextmanager
def server(url: str, folder: Path) -> Iterator[Server]:
    """Serve the database at `url`, as users do; nobody has asked it anything."""
    folder.mkdir(exist_ok=True)
    settings: dict[str, Any] = {
        "channel": CHANNEL,
        "seeds": "false",
        "log_level": "warning",
        "read_timeout": 60,
    }
    with servers.briefbase(url, folder, **settings) as started:
        yield started


def main(scale: str = "S", count: int | None = None) -> None:
    """Measure a server over a scale and print the table."""
    prepared = database.prepared(scale, count)
    print(prepared.summary(), flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="briefbase-first-") as name,
        server(prepared.url, Path(name)) as started,
    ):
        print(table(started))


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))  # type: ignore[arg-type]  # arguments as typed
