"""Pages of the explorer beside a bare server and beside their data: `python -m tests.bench.pages`.

Arguments: SCALE and the number of its documents. Stored pages are asked for in turns with a server
that sends as many bytes (`tests/bench/raw.py`). First renderings are asked for in turns with the
answers of the API that have the same data; another server gives those, so that neither finds what
the other has cached. All figures are processor time of the answering process.
"""

import itertools
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from tests.bench import database
from tests.bench.contenders import processor_seconds, uvicorn
from tests.bench.first import Material, material, server
from tests.bench.load import measure, request
from tests.servers import Server

ROUNDS = 5
STORED_REQUESTS = 10_000
"""Requests for a stored page in a round."""
THINGS = 18
"""Different pages of a kind that are rendered; the first two are not counted."""
WARM_UP = 2
MIN_OF_RAW = 0.5
MAX_OF_JSON = 4.0
Addresses = Callable[[Server, str], list[str]]


@dataclass(frozen=True)
class Kind:
    """A kind of page: its addresses, and those of the API with the data of one of them."""

    name: str
    pages: Sequence[str]
    data: Addresses


def kinds(about: Material) -> list[Kind]:
    """Return the measured kinds of pages."""
    ids = [entity["id"] for entity in about.entities]
    words = [quote(word, safe="") for word in about.words]
    return [
        Kind("day", [f"/days/{day}" for day in about.days], _day),
        Kind("entity", [f"/entities/{entity_id}" for entity_id in ids], _entity),
        Kind("search", [f"/search?q={word}" for word in words], _search),
        Kind("trends", [f"/trends?until={day}" for day in about.days], _trends),
    ]


def _day(api: Server, page: str) -> list[str]:
    day = page.rpartition("/")[2]
    names = f"/v1/entities?from={day}&to={day}&limit=36"
    return [f"/v1/briefings/{day}", f"/v1/briefings/{day}/quality", "/v1/info", names]


def _entity(api: Server, page: str) -> list[str]:
    path = f"/v1{page}"
    entity_id = page.rpartition("/")[2]
    return [
        path,
        f"{path}/timeline?interval=day&top=0",
        f"{path}/related?limit=24",
        f"{path}/items?limit=20",
        f"{path}/items?limit=1&sort=date",
        f"{path}/history?limit=20",
        f"/v1/threads?entity={entity_id}&limit=8",
    ]


def _search(api: Server, page: str) -> list[str]:
    words = page.partition("?")[2]
    facets = "section,importance,entity,publisher,month"
    return [
        f"/v1/search?{words}&type=entities&limit=8",
        f"/v1/items?{words}&sort=relevance&facets={facets}",
    ]


def _trends(api: Server, page: str) -> list[str]:
    """Return the two lists, and the timelines whose most important items say why."""
    query = page.partition("?")[2]
    lists = [f"/v1/trends?{query}&direction={direction}" for direction in ("rising", "fading")]
    addresses = list(lists)
    for address in lists:
        answer: dict[str, Any] = orjson.loads(api.get(address).body)
        window = answer["window"]
        for entry in answer["data"]:
            if entry["items"]:
                days = f"from={window['from']}&to={window['to']}&interval=year&top=1"
                addresses.append(f"/v1/entities/{entry['id']}/timeline?{days}")
    return addresses


def stored(kind: Kind, pages: Server, raw: Server) -> tuple[int, float, float]:
    """Return the bytes of a stored page, and µs an answer of the bare server and of ours."""
    path = kind.pages[0]
    size = len(pages.get(path).body)
    costs: dict[str, list[float]] = {"raw": [], "page": []}
    for _ in range(ROUNDS):
        costs["raw"].append(_microseconds(raw, f"/{size}"))
        costs["page"].append(_microseconds(pages, path))
    return size, statistics.median(costs["raw"]), statistics.median(costs["page"])


def _microseconds(asked: Server, path: str) -> float:
    before = processor_seconds(asked)
    requests: Iterator[bytes] = itertools.repeat(request(asked.port, path, {}))
    taken = measure(asked.port, requests, 200, seconds=30, count=STORED_REQUESTS)
    if taken.wrong:
        sys.exit(f"{path}: {taken.wrong} wrong answers")
    return 1e6 * (processor_seconds(asked) - before) / taken.answers


def rendered(kind: Kind, pages: Server, api: Server) -> tuple[float, float]:
    """Return the ms of a first rendering, and of the answers of the API with its data."""
    used = [0.0, 0.0]
    for number, page in enumerate(kind.pages[:THINGS]):
        addresses = kind.data(api, page)
        cost = [_seconds(pages, [page]), _seconds(api, addresses)]
        if number >= WARM_UP:
            used = [before + more for before, more in zip(used, cost, strict=True)]
    count = min(len(kind.pages), THINGS) - WARM_UP
    return 1000 * used[0] / count, 1000 * used[1] / count


def _seconds(asked: Server, paths: Sequence[str]) -> float:
    before = processor_seconds(asked)
    for path in paths:
        answer = asked.get(path)
        if answer.status != 200:
            sys.exit(f"{path} answers {answer.status}: {answer.body[:200]!r}")
    return processor_seconds(asked) - before


def table(pages: Server, api: Server, raw: Server) -> str:
    """Return the table of all kinds."""
    lines = [
        "| page | KB | raw, µs | stored page, µs | of raw | first, ms | its data, ms | of JSON |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for kind in kinds(material(pages, THINGS)):
        first_page, json = rendered(kind, pages, api)
        size, bare, ours = stored(kind, pages, raw)
        share, times = bare / ours, first_page / json
        marks = ["" if share >= MIN_OF_RAW else " **missed**"]
        marks.append("" if times <= MAX_OF_JSON else " **missed**")
        lines.append(
            f"| {kind.name} | {size / 1000:.0f} | {bare:.0f} | {ours:.0f} | {share:.2f}{marks[0]} "
            f"| {first_page:.1f} | {json:.1f} | {times:.2f}{marks[1]} |"
        )
    return "\n".join(lines)


def main(scale: str = "D", count: int | None = 20) -> None:
    """Measure over a scale and print the table."""
    prepared = database.prepared(scale, count)
    print(prepared.summary(), flush=True)
    with tempfile.TemporaryDirectory(prefix="briefbase-pages-") as name, ExitStack() as stack:
        folder = Path(name)
        pages = stack.enter_context(server(prepared.url, folder / "pages"))
        api = stack.enter_context(server(prepared.url, folder / "api"))
        raw = stack.enter_context(uvicorn("raw", folder))
        print(table(pages, api, raw))


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:3]))  # type: ignore[arg-type]
