"""First paints of the explorer in Chromium by its tracing, on a processor slowed down four times.

`python -m tests.clients.paint [ROUNDS [NAME…]]`: the seeds, on a phone and on a desktop. Prints
minimum and median of the first contentful paint, the processor time of the renderer's main thread
until then and in all, and the layout shift. Needs npm and Chromium.
"""

import json
import os
import statistics
import sys
from collections import defaultdict
from typing import Any

from tests.clients.__main__ import install
from tests.clients.generators import BUILD, HERE, run
from tests.clients.pages import browser_path
from tests.servers import briefbase

PAGES = {
    "home": "/",
    "day": "/days/2025-12-23",
    "entity": "/entities/OpenAI",
    "search": "/search?q=Qwen",
    "trends": "/trends?baseline=60",
    "threads": "/threads",
    "watch list": "/watchlist",
    "quality": "/quality",
    "desk": "/desk",
    "bench": "/bench",
}
ROUNDS = 5
MAX_SECONDS = 600
MAX_PAINT = 400
"""Milliseconds that the first contentful paint may take."""


def main(rounds: int, names: list[str]) -> int:
    """Print a row for each page and device; return 1 if a fastest paint is too late or shifts."""
    browser = browser_path()
    if not browser:
        print("Chromium or npm is not there; no page is painted.")
        return 0
    install()
    folder = BUILD / "paint"
    folder.mkdir(parents=True, exist_ok=True)
    with briefbase(f"sqlite:///{folder / 'seeds.db'}", folder) as server:
        pages = []
        for name in names or PAGES:
            # Redirects are followed before: they are no part of a page.
            path = server.get(PAGES[name]).path
            pages.append((name, f"http://127.0.0.1:{server.port}{path}"))
        (folder / "pages.json").write_text(json.dumps(pages))
        program = [str(HERE / "paint.mjs"), str(folder / "pages.json"), str(rounds)]
        env = os.environ | {"CHROMIUM": browser}
        output = run(["node", *program], MAX_SECONDS, cwd=BUILD / "npm", env=env)
    return report([json.loads(line) for line in output.splitlines() if line.startswith("{")])


def report(rows: list[dict[str, Any]]) -> int:
    """Print the table; return 1 if a page is too late or moves."""
    by_page: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_page[row["name"], row["device"]].append(row)
    print(
        "| page | device | paint ms, min / median | CPU ms until then | in all | shift | requests |"
    )
    print("|---|---|--:|--:|--:|--:|--:|")
    faults = 0
    for (name, device), entries in by_page.items():
        paints = [entry["paint"] for entry in entries]
        until = statistics.median(entry["processor"] for entry in entries)
        total = statistics.median(entry["total"] for entry in entries)
        shift = max(entry["shift"] for entry in entries)
        faults += min(paints) > MAX_PAINT or shift > 0
        print(
            f"| {name} | {device} | {min(paints):.0f} / {statistics.median(paints):.0f} "
            f"| {until:.0f} | {total:.0f} | {shift:.3f} | {entries[0]['requests']} |"
        )
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS, sys.argv[2:]))
