"""How fast everything there is comes out, where there is an export."""

import time
import urllib.request

from tests.bench.contenders import private_megabytes
from tests.servers import Server

PATH = "/v1/exports/items.ndjson"


def told(server: Server, peer: Server | None) -> str:
    """In a sentence: items per second of Briefbase, and of Datasette's flat CSV."""
    if server.get(f"{PATH}?limit=1").status == 404:
        return ""
    before = private_megabytes(server)
    count, seconds = _lines(server, PATH)
    said = f"NDJSON export: {count:,} items, {count / seconds:,.0f} a second, {private_megabytes(server) - before:+.0f} MB of memory"
    if peer:
        count, seconds = _lines(peer, "/base/item.csv?_stream=on&_size=max")
        said += f" (Datasette's flat CSV: {count / seconds:,.0f} a second)"
    return said + "."


def _lines(server: Server, path: str) -> tuple[int, float]:
    began, count = time.perf_counter(), 0
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=600) as answer:
        while part := answer.read(1 << 20):
            count += part.count(b"\n")
    return count, time.perf_counter() - began
