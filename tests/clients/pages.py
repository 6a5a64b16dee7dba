"""Looks at pages in Chromium: valid HTML, no violation of axe-core, screenshots at two widths.

`make pages`: the two days of the seeds, five items and five entities, and the explorer. Needs npm
and Chromium. `make pages DOCUMENTS=folder,folder` adds a day, the calendar, a search and the
trends of each folder of briefings, taken in as a channel by its name.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from tests.clients.__main__ import install
from tests.clients.generators import BUILD, HERE, run
from tests.servers import Server, briefbase

ITEMS_QUERY = "/v1/items?kind=full&limit=100"
ENTITIES_QUERY = "/v1/entities?limit=100"
PAGES_OF_EACH = 5
MAX_SECONDS = 2_400
"""Each of 34 pages is opened four times; on a busy machine that takes ten minutes."""
EXPLORER = (
    "/",
    "/days",
    "/days/2025-12-23/lines?first=23&last=41",
    "/search?q=Qwen",
    "/entities",
    "/trends?baseline=60",
    "/threads",
    "/watchlist",
    "/quality",
    "/quality/2025-12-23",
    "/bench",
    "/desk",
    "/nowhere/at/all",
    "/days/2020-01-01",
)
"""Pages of the explorer that are looked at; the last two are errors."""
DEFAULT_CHANNEL = "daily"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    """Return the path of Chromium, None where it or npm is missing."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    return browser if shutil.which("npm") else None


def addresses(server: Server) -> list[tuple[str, str]]:
    """Return the names and paths of pages."""
    pages = []
    for day in ("2025-11-22", "2025-12-23"):
        pages.append((f"day-{day}", f"/v1/briefings/{day}?format=html"))
    for name, query in (("items", ITEMS_QUERY), ("entities", ENTITIES_QUERY)):
        things = json.loads(server.get(query).body)["data"]
        step = len(things) // PAGES_OF_EACH
        for number in range(PAGES_OF_EACH):
            thing = things[number * step]["id"]
            # Two of five in English, so that labels of both languages are seen.
            lang = "en" if number % 2 else "zh-Hant"
            path = f"/v1/{name}/{thing}?format=html&lang={lang}"
            pages.append((f"{name}-{number + 1}", path))
            pages.append((f"explorer-{name}-{number + 1}", f"/{name}/{thing}?lang={lang}"))
    (thread,) = json.loads(server.get("/v1/threads?limit=1").body)["data"]
    for path in (*EXPLORER, f"/threads/{thread['id']}"):
        name = path.strip("/").partition("?")[0].replace("/", "-") or "latest"
        pages.append((f"explorer-{name}", f"{path}{'&' if '?' in path else '?'}lang=zh-Hant"))
    return pages


def channel_addresses(server: Server) -> list[tuple[str, str]]:
    """Return the names and paths of pages of the channels that are not the default."""
    pages = []
    for channel in json.loads(server.get("/v1/info").body)["channels"]:
        name, last = channel["id"], channel["last"]
        if name != DEFAULT_CHANNEL:
            pages.append((f"{name}-day", f"/days/{name}:{last}"))
            pages.append((f"{name}-calendar", f"/days?channel={name}"))
            pages.append((f"{name}-search", f"/search?q=AI&channel={name}"))
            pages.append((f"{name}-trends", f"/trends?channel={name}&until={last}"))
    return pages


def take_in(folders: str, url: str) -> None:
    """Ingest folders, separated by commas, each as a channel with the name of the folder."""
    for folder in filter(None, folders.split(",")):
        path = Path(folder).resolve()
        program = [sys.executable, "-c", "from app.cli import main; main()", "ingest"]
        run(
            [*program, "--channel", path.name, str(path)],
            MAX_SECONDS,
            env=os.environ | {"BRIEFBASE_DATABASE_URL": url},
        )


def main() -> int:
    """Return 0 if no page is invalid, violates a rule or overflows."""
    browser = browser_path()
    if not browser:
        print("Chromium or npm is not there; the pages are not looked at.")
        return 0
    install()
    folder = BUILD / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'seeds.db'}"
    with briefbase(url, folder) as server:
        take_in(os.environ.get("DOCUMENTS", ""), url)
        origin = f"http://127.0.0.1:{server.port}"
        known = [*addresses(server), *channel_addresses(server)]
        # With a target, all of a page is laid out: axe measures no box that is yet to come.
        pages = [(name, f"{origin}{path}#content") for name, path in known]
        (folder / "pages.json").write_text(json.dumps(pages))
        program = [str(HERE / "pages.mjs"), str(folder / "pages.json"), str(folder / "shots")]
        env = os.environ | {"CHROMIUM": browser}
        output = run(["node", *program], MAX_SECONDS, cwd=BUILD / "npm", env=env)
    return shown([json.loads(line) for line in output.splitlines() if line.startswith("{")])


def shown(rows: list[dict[str, list[str]]]) -> int:
    """Print a row for each page and its faults; return 1 if there are any."""
    faults = 0
    for row in rows:
        lists = {key: value for key, value in row.items() if isinstance(value, list)}
        counts = ", ".join(f"{len(value)} {key}" for key, value in lists.items())
        print(f"{row['name']!s:18} {counts}")
        for key, value in lists.items():
            faults += len(value)
            for fault in dict.fromkeys(value):
                print(f"  {key}: {fault}")
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
