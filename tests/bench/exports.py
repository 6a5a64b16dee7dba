"""The rate of a full export, beside reading the stored bytes."""

import sqlite3
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

from tests.bench.contenders import private_megabytes, processor_seconds
from tests.servers import Server, free_port, serving

PATH = "/v1/exports/items.ndjson"
PEER_PATH = "/base/item.csv?_stream=on&_size=max"
CHUNK_BYTES = 1 << 20


def summary(server: Server, peer: Server | None, items: int, base: Path | None = None) -> str:
    """Return a sentence on items a second of Briefbase's export, and of Datasette's flat CSV.

    The sentence is empty if the server has no export. `items` is the expected number; `base` is
    the SQLite file whose stored items are read side by side, by processor time.
    """
    if server.get(f"{PATH}?limit=1").status == 404:
        return ""

    before = private_megabytes(server)
    rates = []
    for _ in range(2):
        spent = processor_seconds(server)
        lines, seconds = _download(server, PATH)
        assert lines == items, f"{PATH} has {lines} lines for {items} items"
        rates.append(items / max(processor_seconds(server) - spent, 0.01))
    growth = private_megabytes(server) - before
    rate = f"{items / seconds:,.0f} a second"
    sentence = f"NDJSON export: {items:,} items, {rate}, {growth:+.0f} MB of memory"
    if base:
        raw = _raw_rate(base)
        first, again = (f"{rate / raw:.2f}" for rate in rates)
        sentence += f"; {first} × the raw read of stored bytes at first, {again} × again"
        sent = items / max(_sending_seconds(base), 0.01)
        first, again = (f"{rate / sent:.2f}" for rate in rates)
        sentence += f"; {first} and {again} × reading and sending them"
    if peer:
        _, seconds = _download(peer, PEER_PATH)
        sentence += f" (Datasette's flat CSV: {items / seconds:,.0f} a second)"

    return f"{sentence}."


def _raw_rate(base: Path) -> float:
    """Return the stored items that SQLite hands out in a second of processor time."""
    with closing(sqlite3.connect(base)) as database:
        began = time.process_time()
        count = 0
        for _ in database.execute("SELECT body FROM item_json"):
            count += 1
    return count / (time.process_time() - began)


def _sending_seconds(base: Path) -> float:
    """Return the processor time in which a bare server reads the stored items and sends them."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.stored", str(base), str(port)]
    with serving(command, port, "/", base.with_suffix(".stored.log")) as server:
        before = processor_seconds(server)
        _download(server, "/items")
        return processor_seconds(server) - before


def memory_growth(base: Path) -> float:
    """Return the megabytes by which a server grows while it exports all items of a file."""
    port = free_port()
    application = ["--factory", "app.main:create_app", "--lifespan", "off"]
    command = [sys.executable, "-m", "uvicorn", *application, "--port", str(port)]
    environment = {"BRIEFBASE_DATABASE_URL": f"sqlite:///{base}"}
    log = base.with_suffix(".log")
    with serving(command, port, "/readyz", log, env=environment) as server:
        before = _resident_megabytes(server)
        _download(server, PATH)
        return _resident_megabytes(server) - before


def _resident_megabytes(server: Server) -> float:
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4 / 1024


def _download(server: Server, path: str) -> tuple[int, float]:
    """Return the number of lines, and the seconds until the last one."""
    url = f"http://127.0.0.1:{server.port}{path}"
    lines = 0
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=600) as answer:
        while chunk := answer.read(CHUNK_BYTES):
            lines += chunk.count(b"\n")

    return lines, time.perf_counter() - began
