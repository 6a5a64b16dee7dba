"""The measured database: documents of a scale, ingested once, outside the repository."""

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
from tests.bench.ingest import Pace, load, tasks_of
from tests.servers import ROOT

CHANNEL = "channel-0"
"""The default channel: the date alone is the id of its briefings."""
COUNTED_TABLES = ("briefing", "item", "mention", "entity", "alias")


@dataclass(frozen=True)
class BenchDatabase:
    """A database in its own folder.

    `rows` counts rows by table. `pace` is in documents a second, 0 if it was not measured.
    """

    scale: str
    folder: Path
    rows: dict[str, int]
    pace: float
    writer: float = 0.0
    """Processor seconds of the writer, 0 if they were not measured."""

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.folder / "base.db"

    @property
    def url(self) -> str:
        """The URL of the SQLite file."""
        return f"sqlite:///{self.file}"

    def summary(self) -> str:
        """Return scale, counts, size and ingestion rate in one or two sentences."""
        counts = [
            f"{self.rows['briefing']:,} briefings",
            f"{self.rows['item']:,} items",
            f"{self.rows['mention']:,} mentions",
            f"{self.rows['entity']:,} entities",
            f"{self.rows['alias']:,} aliases",
            f"{self.file.stat().st_size / 1e6:,.0f} MB",
        ]
        sentence = f"Scale {self.scale}: {', '.join(counts)}."
        if not self.pace:
            return sentence

        return f"{sentence} Ingested at {self.pace:.1f} documents a second."


def cache_folder() -> Path:
    """Return the folder of databases and measurements: BENCH_DIR, or one for temporary files."""
    default = Path(tempfile.gettempdir()) / "briefbase-bench"
    folder = Path(os.environ.get("BENCH_DIR") or default)
    folder.mkdir(parents=True, exist_ok=True)

    return folder


def prepared(scale: str, count: int | None) -> BenchDatabase:
    """Return the database of a scale, or of its first `count` documents.

    It is made unless this version of the program has made it before.
    """
    folder = cache_folder() / f"{scale}-{count or 'all'}-{fingerprint()[:8]}"
    if not folder.exists():
        _make(scale, count, folder)

    rows = {}
    with sqlite3.connect(folder / "base.db") as connection:
        for name in COUNTED_TABLES:
            (rows[name],) = connection.execute(f"SELECT count(*) FROM {name}").fetchone()

    made = orjson.loads((folder / "made.json").read_bytes())

    return BenchDatabase(scale, folder, rows, made["pace"], made.get("writer", 0.0))


def briefbase(*arguments: str, **settings: str) -> None:
    """Run the command line as a user does. Exits if the command fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for name, value in settings.items():
        environment[f"BRIEFBASE_{name}".upper()] = value

    process = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        env=environment,
        cwd=cache_folder(),
        capture_output=True,
        check=False,
    )
    if process.returncode:
        sys.exit(f"briefbase {' '.join(arguments)}: {process.stderr.decode()}")


def _make(scale: str, count: int | None, folder: Path) -> None:
    """Ingest the documents into a `.part` folder, then rename it: an existing folder is complete.

    An interrupted run is continued. The pace of each tenth is printed.
    """
    part = folder.with_suffix(".part")
    part.mkdir(exist_ok=True)
    total = count or SCALES[scale].channels * SCALES[scale].days
    print(
        f"Ingesting {scale}, {total:,} documents, into {folder} …",
        file=sys.stderr,
        flush=True,
    )
    paces: list[Pace] = []
    with closing(Database(f"sqlite:///{part / 'base.db'}")) as database:
        migrate(database)
        with database.read() as session:
            ingested = session.exec(select(func.count()).select_from(Briefing)).one()

        tasks = islice(tasks_of(scale), ingested, total)
        while tenth := list(islice(tasks, -(-total // 10))):
            paces.append(load(database, tenth))
            print(paces[-1], file=sys.stderr, flush=True)

    seconds = sum(pace.seconds for pace in paces)
    documents = sum(pace.documents for pace in paces)
    pace = documents / seconds if seconds else 0.0
    # A continued run measured a part of the documents only.
    writer = 0.0 if ingested else sum(pace.writer_seconds for pace in paces)
    (part / "made.json").write_bytes(orjson.dumps({"pace": pace, "writer": writer}))
    part.rename(folder)
