"""The base that is measured: a scale's documents, taken in once and kept outside the repository."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson
from sqlmodel import func, select

from app.reading import fingerprint
from app.store.db import Database
from app.store.migrations import migrate
from app.store.tables import Briefing
from tests.bench.corpus import SCALES
from tests.bench.ingest import load, tasks_of
from tests.servers import ROOT

CHANNEL = "channel-0"
"""The default channel: its briefings are known by their date alone."""
COUNTED = ("briefing", "item", "mention", "entity", "alias")


@dataclass(frozen=True)
class Base:
    """A base in a folder of its own; `rows` by table; `pace` is how many documents a second came in, 0 where that was not seen."""

    scale: str
    folder: Path
    rows: dict[str, int]
    pace: float

    @property
    def file(self) -> Path:
        return self.folder / "base.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def told(self) -> str:
        """The size and the making of it in a sentence."""
        counts = [
            f"{self.rows['briefing']:,} briefings",
            *(f"{self.rows[name]:,} {name}s" for name in ("item", "mention")),
        ]
        counts += [
            f"{self.rows['entity']:,} entities",
            f"{self.rows['alias']:,} aliases",
            f"{self.file.stat().st_size / 1e6:,.0f} MB",
        ]
        made = f" Taken in at {self.pace:.1f} documents a second." if self.pace else ""
        return f"Scale {self.scale}: {', '.join(counts)}.{made}"


def cache() -> Path:
    """Where bases and what measures them are kept: BENCH_DIR, or a folder of the system's for what is temporary."""
    folder = Path(os.environ.get("BENCH_DIR") or Path(tempfile.gettempdir()) / "briefbase-bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def prepared(scale: str, count: int | None) -> Base:
    """The base of the first `count` documents of a scale, or of all; made if this version has not made it yet."""
    folder = cache() / f"{scale}-{count or 'all'}-{fingerprint()[:8]}"
    if not folder.exists():
        _make(scale, count, folder)
    with sqlite3.connect(folder / "base.db") as connection:
        rows = {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in COUNTED
        }
    return Base(scale, folder, rows, orjson.loads((folder / "made.json").read_bytes())["pace"])


def briefbase(*arguments: str, **settings: str) -> None:
    """The command line, as a user has it; ends the run where it fails."""
    env = (
        os.environ
        | {f"BRIEFBASE_{name}".upper(): value for name, value in settings.items()}
        | {"PYTHONPATH": str(ROOT)}
    )
    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        env=env,
        cwd=cache(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"briefbase {' '.join(arguments)}: {done.stderr.decode()}")


def _make(scale: str, count: int | None, folder: Path) -> None:
    """In another folder first, so that one that is there is whole; one that was broken off is gone on with.

    How the cost of a document grows is told a tenth at a time.
    """
    made = folder.with_suffix(".part")
    made.mkdir(exist_ok=True)
    total = count or SCALES[scale].channels * SCALES[scale].days
    print(f"Taking in {scale}, {total:,} documents, into {folder} …", file=sys.stderr, flush=True)
    paces = []
    with closing(Database(f"sqlite:///{made / 'base.db'}")) as database:
        migrate(database)
        with database.read() as session:
            held = session.exec(select(func.count()).select_from(Briefing)).one()
        tasks = islice(tasks_of(scale), held, total)
        while share := list(islice(tasks, -(-total // 10))):
            paces.append(load(database, share))
            print(paces[-1], file=sys.stderr, flush=True)
    seconds = sum(pace.seconds for pace in paces)
    pace = sum(pace.documents for pace in paces) / seconds if seconds else 0.0
    (made / "made.json").write_bytes(orjson.dumps({"pace": pace}))
    made.rename(folder)
