"""Who answers: Briefbase with kept answers and without, a bare ASGI server, a FastAPI route, Datasette."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import servers
from tests.bench.base import CHANNEL, Base
from tests.bench.peer import datasette
from tests.servers import Server, free_port, serving

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@contextmanager
def contenders(base: Base, url: str, folder: Path) -> Iterator[dict[str, Server]]:
    """By name: `hit`, `miss`, `raw`, `route`, and `datasette` where it can be had. `url` is where the base is asked."""
    with ExitStack() as stack:
        found = {}
        for name, cache in (("hit", "64"), ("miss", "off")):
            (folder / name).mkdir()
            found[name] = stack.enter_context(
                servers.briefbase(
                    url,
                    folder / name,
                    cache=cache,
                    channel=CHANNEL,
                    seeds="false",
                    log_level="warning",
                    read_timeout=60,
                )
            )
        for name in ("raw", "route"):
            found[name] = stack.enter_context(_bare(name, folder))
        if other := stack.enter_context(datasette(base, folder / "datasette.log")):
            found["datasette"] = other
        yield found


@contextmanager
def _bare(name: str, folder: Path) -> Iterator[Server]:
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
    """Used so far, where the system tells (Linux)."""
    try:
        fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def private_megabytes(server: Server) -> float:
    """Memory that is the process's own, where the system tells (Linux)."""
    try:
        told = Path(f"/proc/{server.process.pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return (
        sum(map(int, re.findall(r"^Private_(?:Clean|Dirty): +(\d+) kB", told, re.MULTILINE))) / 1000
    )
