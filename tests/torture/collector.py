"""A collector that is killed in the middle, again and again: it goes on and loses nothing.

A day of 225 articles from 20 feeds is served on loopback. `briefbase collect` is killed (SIGKILL)
at random moments, then run to its end. The database must then hold exactly the articles that an
undisturbed run collects, with the same texts, and give the same draft, byte for byte.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.tables import Article
from tests.feed_server import Site, articles, publish, serving
from tests.torture.trial import Finding, Trial, at_most

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


def run_trial(folder: Path, is_short: bool) -> list[Finding]:
    """Kill a collection again and again, and compare it with one that was left alone."""
    kills, events = (2, 20) if is_short else (20, 75)
    chance = random.Random(1)
    with serving(Site()) as site:
        entries = articles(events)
        opml = folder / "feeds.opml"
        opml.write_bytes(publish(site, entries, slow_seconds=0.2))
        hit = 0
        for _ in range(kills):
            hit += kill_at_random(folder, "killed", str(opml), chance)
        run(folder, "killed", "collect", str(opml))
        before = children_seconds()
        run(folder, "whole", "collect", str(opml))
        drafts = [run(folder, "whole", "draft", "--date", DAY)]
        seconds = children_seconds() - before
        drafts += [run(folder, name, "draft", "--date", DAY) for name in ("whole", "killed")]
        killed, whole = stored(folder, "killed"), stored(folder, "whole")
    missing = len(set(whole) - set(killed)) + len(entries) - len(whole)
    return [
        Finding("kills, those while it ran", f"{kills}, {hit}", "≥ 1", hit >= 1),
        at_most(f"articles lost of {len(entries)}", missing, 0),
        at_most("articles twice or half there", len(set(killed) - set(whole)), 0),
        at_most("different drafts of three", len(set(drafts)) - 1, 0),
        at_most("processor time of collecting and drafting", seconds, 60, " s"),
    ]


def children_seconds() -> float:
    """Return the processor time of ended child processes, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


TRIAL = Trial("collector", run_trial, is_short=False)
