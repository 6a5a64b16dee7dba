"""The measured servers: Briefbase with and without its response cache, and three others."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import servers
from tests.bench.database import CHANNEL, BenchDatabase
from tests.bench.peer import datasette
from tests.servers import Server, free_port, serving

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
CACHE_MEGABYTES = {"hit": "64", "miss": "off"}


@contextmanager
def contenders(prepared: BenchDatabase, url: str, folder: Path) -> Iterator[dict[str, Server]]:
    """Start the servers and yield them by name.

    The names are `hit`, `miss`, `raw`, `route` and, if it can be installed, `datasette`.
    Briefbase reads the database at `url`.
    """
    with ExitStack() as stack:
        started = {}
        for name, cache in CACHE_MEGABYTES.items():
            started[name] = stack.enter_context(
                _briefbase(
                    url,
                    folder / name,
                    cache,
                )
            )

        for name in ("raw", "route"):
            started[name] = stack.enter_context(uvicorn(name, folder))

        peer = stack.enter_context(datasette(prepared, folder / "datasette.log"))
        if peer:
            started["datasette"] = peer

        yield started


@contextmanager
def _briefbase(url: str, folder: Path, cache: str) -> Iterator[Server]:
    folder.mkdir()
    with servers.briefbase(
        url,
        folder,
        cache=cache,
        channel=CHANNEL,
        seeds="false",
        log_level="warning",
        read_timeout=60,
    ) as server:
        yield server


@contextmanager
def uvicorn(name: str, folder: Path) -> Iterator[Server]:
    """Serve `app` of a module of this package."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        f"tests.bench.{name}:app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    with serving(command, port, "/1", folder / f"{name}.log") as server:
        yield server


def processor_seconds(server: Server) -> float:
    """Return the processor time used so far; 0 on systems other than Linux."""
    try:
        stat = Path(f"/proc/{server.process.pid}/stat").read_text()
    except OSError:
        return 0.0

    fields = stat.rpartition(")")[2].split()
    user_ticks, system_ticks = fields[11:13]

    return (int(user_ticks) + int(system_ticks)) / TICKS_PER_SECOND


def private_megabytes(server: Server) -> float:
    """Return the private memory of the process; 0 on systems other than Linux."""
    try:
        rollup = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0

    kilobytes = re.findall(r"^Private_(?:Clean|Dirty): +(\d+) kB", rollup, re.MULTILINE)

    return sum(map(int, kilobytes)) / 1000
