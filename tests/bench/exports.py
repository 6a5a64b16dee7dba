"""How fast everything there is comes out, where there is an export."""

import time
import urllib.request

from tests.bench.contenders import private_megabytes
from tests.servers import Server

PATH = "/v1/exports/items.ndjson"


def told(server: Server, peer: Server | None, items: int) -> str:
    """In a sentence: items per second of Briefbase, and of Datasette's flat CSV; `items` is how many there are."""
    if server.get(f"{PATH}?limit=1").status == 404:
        return ""
    before = private_megabytes(server)
    lines, seconds = _read(server, PATH)
    assert lines == items, f"{PATH} has {lines} lines for {items} items"
    said = f"NDJSON export: {items:,} items, {items / seconds:,.0f} a second, {private_megabytes(server) - before:+.0f} MB of memory"
    if peer:
        _, seconds = _read(peer, "/base/item.csv?_stream=on&_size=max")
        said += f" (Datasette's flat CSV: {items / seconds:,.0f} a second)"
    return f"{said}."


def _read(server: Server, path: str) -> tuple[int, float]:
    """Lines, and the seconds until the last."""
    began, lines = time.perf_counter(), 0
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=600) as answer:
        while part := answer.read(1 << 20):
            lines += part.count(b"\n")
    return lines, time.perf_counter() - began
