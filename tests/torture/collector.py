"""A collector that is killed in the middle, again and again: it goes on and loses nothing.

    python -m tests.torture.collector [KILLS]

A day of 225 articles from 20 feeds is served on loopback. `briefbase collect` is killed (SIGKILL)
KILLS times at random moments, then run to its end. The database must then hold exactly the articles
that an undisturbed run collects, with the same texts, and give the same draft, byte for byte.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.tables import Article
from tests.feed_server import Site, articles, publish, serving

DAY = "2026-06-02"
_MAX_SECONDS = 2.5


def environment(folder: Path, name: str) -> dict[str, str]:
    """Return the environment of a command with a database of its own, on loopback only."""
    return {
        **os.environ,
        "BRIEFBASE_DATABASE_URL": f"sqlite:///{folder / name}.db",
        "BRIEFBASE_COLLECT_NETWORKS": "loopback",
        "BRIEFBASE_COLLECT_DELAY": "0",
        "BRIEFBASE_DRAFT_TIME": "23:59",
        "BRIEFBASE_DRAFT_HOURS": "48",
        "BRIEFBASE_SEEDS": "false",
    }


def briefbase(*arguments: str) -> list[str]:
    """Return the command line of a command."""
    return [str(Path(sys.executable).with_name("briefbase")), *arguments]


def run(folder: Path, name: str, *arguments: str) -> bytes:
    """Run a command to its end and return its output."""
    return subprocess.run(
        briefbase(*arguments),
        env=environment(folder, name),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    ).stdout


def stored(folder: Path, name: str) -> list[tuple[str, str, str]]:
    """Return url, title and text of all articles, in order."""
    statement = select(col(Article.url), col(Article.title), col(Article.text))
    with (
        closing(Database(f"sqlite:///{folder / name}.db")) as database,
        database.read() as session,
    ):
        rows = session.execute(statement.order_by(col(Article.url))).all()
    return [(url, title, text) for url, title, text in rows]


def kill_at_random(folder: Path, name: str, opml: str, chance: random.Random) -> bool:
    """Start a collection and kill it; return whether it was still running."""
    process = subprocess.Popen(
        briefbase("collect", opml),
        env=environment(folder, name),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(chance.uniform(0.4, _MAX_SECONDS))
    running = process.poll() is None
    if running:
        process.send_signal(signal.SIGKILL)
    process.wait()
    return running


def torture(folder: Path, kills: int, events: int, seed: int = 1) -> str:
    """Kill a collection `kills` times and compare; return a line of figures."""
    chance = random.Random(seed)
    with serving(Site()) as site:
        entries = articles(events)
        opml = folder / "feeds.opml"
        opml.write_bytes(publish(site, entries, slow_seconds=0.2))
        hit = 0
        for _ in range(kills):
            hit += kill_at_random(folder, "killed", str(opml), chance)
        run(folder, "killed", "collect", str(opml))
        run(folder, "whole", "collect", str(opml))
        killed, whole = stored(folder, "killed"), stored(folder, "whole")
        assert killed == whole, "the articles differ"
        assert len(whole) == len(entries), f"{len(whole)} of {len(entries)} articles"
        drafts = {run(folder, name, "draft", "--date", DAY) for name in ("killed", "whole")}
        assert len(drafts) == 1, "the drafts differ"
    return f"{kills} kills, {hit} of them while running: {len(whole)} articles, the same draft"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        number = int(sys.argv[1]) if len(sys.argv) > 1 else 20
        print(torture(Path(temporary), number, 75))
