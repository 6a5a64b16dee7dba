"""The rate of a full export."""

import time
import urllib.request

from tests.bench.contenders import private_megabytes
from tests.servers import Server

PATH = "/v1/exports/items.ndjson"
PEER_PATH = "/base/item.csv?_stream=on&_size=max"
CHUNK_BYTES = 1 << 20


def summary(server: Server, peer: Server | None, items: int) -> str:
    """Return a sentence on items a second of Briefbase's export, and of Datasette's flat CSV.

    The sentence is empty if the server has no export. `items` is the expected number.
    """
    if server.get(f"{PATH}?limit=1").status == 404:
        return ""

    before = private_megabytes(server)
    lines, seconds = _download(server, PATH)
    assert lines == items, f"{PATH} has {lines} lines for {items} items"
    growth = private_megabytes(server) - before
    rate = f"{items / seconds:,.0f} a second"
    sentence = f"NDJSON export: {items:,} items, {rate}, {growth:+.0f} MB of memory"
    if peer:
        _, seconds = _download(peer, PEER_PATH)
        sentence += f" (Datasette's flat CSV: {items / seconds:,.0f} a second)"

    return f"{sentence}."


def _download(server: Server, path: str) -> tuple[int, float]:
    """Return the number of lines, and the seconds until the last one."""
    url = f"http://127.0.0.1:{server.port}{path}"
    lines = 0
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=600) as answer:
        while chunk := answer.read(CHUNK_BYTES):
            lines += chunk.count(b"\n")

    return lines, time.perf_counter() - began
