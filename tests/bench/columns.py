"""Counting over columns alone of 100,000 briefings: `python -m tests.bench.columns [COUNT]`.

The columns of a hundred dense documents are repeated, one thousand briefings a day, without
documents, items or mentions. Three processes load them one after the other: the first makes the
files, the second maps them while the first stays, the third does without files. Each prints what
it measured, in processor time and in memory of its own.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from app import telemetry
from app.query.columns.mentions import MentionColumns, mention_columns
from app.query.entities import related
from app.query.time import timelines
from app.store.db import Database
from app.store.encoding.columns import ITEM, pack, unpack
from app.store.migrations import migrate
from app.store.rows import insert_rows
from app.store.tables import BriefingColumns, Dataset
from tests.bench import database
from tests.servers import ROOT

BRIEFINGS = 100_000
BRIEFINGS_PER_DAY = 1_000
_DOCUMENTS = 100
_BATCH_BRIEFINGS = 500
_ITEM_PKS_PER_BRIEFING = 100
_ROUNDS = 3
_FIRST_DAY = date(2020, 1, 1)


@dataclass(frozen=True)
class Measured:
    """Figures of one process: milliseconds of processor time, megabytes of its own memory."""

    process: str
    load_ms: float
    timeline_ms: float
    related_ms: float
    hundredth_ms: float
    added_mb: float

    def __str__(self) -> str:
        times = (self.load_ms, self.timeline_ms, self.related_ms, self.hundredth_ms)
        cells = [f"{value:,.1f}" for value in times]
        return f"| {self.process} | {' | '.join(cells)} | {self.added_mb:.0f} |"


def make(file: Path, count: int) -> None:
    """Write a database of the columns of `count` briefings."""
    template = database.prepared("M", _DOCUMENTS)
    with closing(Database(template.url)) as source, source.read() as session:
        statement = select(col(BriefingColumns.items), col(BriefingColumns.named))
        documents = [(unpack(row.items, ITEM), row.named) for row in session.execute(statement)]

    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with closing(Database(f"sqlite:///{part}")) as made:
        migrate(made)
        now = datetime.now(UTC)
        with made.write() as session:
            session.add(Dataset(instance="bench", version=1, modified_at=now))
            session.flush()
            for first in range(0, count, _BATCH_BRIEFINGS):
                pks = range(first + 1, min(first + _BATCH_BRIEFINGS, count) + 1)
                rows = [_stored(pk, *documents[pk % len(documents)]) for pk in pks]
                insert_rows(session, BriefingColumns, rows)

    part.rename(file)


def _stored(pk: int, items: Any, named: bytes) -> dict[str, Any]:
    """Return the row of a briefing with items of its own."""
    renumbered = items.copy()
    renumbered[:, 0] = pk * _ITEM_PKS_PER_BRIEFING + np.arange(len(renumbered))
    return {
        "briefing_pk": pk,
        "stamp": 1,
        "date": _FIRST_DAY + timedelta(days=pk // BRIEFINGS_PER_DAY),
        "channel_pk": pk % BRIEFINGS_PER_DAY,
        "items": pack(renumbered.tolist()),
        "named": named,
    }


def measure(process: str, url: str) -> Measured:
    """Load the columns of a database in this process, and count with them."""
    with closing(Database(url)) as opened, opened.read() as session:
        before = _private_megabytes()
        start = time.process_time()
        columns = mention_columns(session)
        load = time.process_time() - start
        by_mentions = np.argsort(columns.totals.mentions, kind="stable")[::-1]
        hottest, hundredth = (int(columns.entities[by_mentions[rank]]) for rank in (0, 99))
        return Measured(
            process,
            load * 1000,
            _milliseconds(lambda: _timeline(session, columns, hottest)),
            _milliseconds(lambda: _related(session, columns, hottest)),
            _milliseconds(lambda: _related(session, columns, hundredth)),
            _private_megabytes() - before,
        )


def _timeline(session: Session, columns: MentionColumns, pk: int) -> None:
    """Count mentions, items and salience by day, with the most important items, uncached."""
    counts = timelines._entity_counts(session, columns, {pk})
    np.bincount(columns.days - columns.days.min(), counts.weight)


def _related(session: Session, columns: MentionColumns, pk: int) -> None:
    """Count and rank the entities named beside one, uncached."""
    related._count_pairs(session, columns, {pk}, None).ranked_by("g2")


def _milliseconds(answer: Callable[[], None]) -> float:
    """Return the processor time of the fastest of some rounds."""
    times = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        answer()
        times.append(time.process_time() - start)
    return min(times) * 1000


def _private_megabytes() -> float:
    """Return the memory that only this process uses; 0 on systems other than Linux."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
    return sum(kilobytes) / 1000


def run(count: int) -> Iterator[Measured]:
    """Yield what three processes measure: with new files, with files, in memory."""
    folder = database.cache_folder()
    file = folder / f"columns-{count}.db"
    if not file.exists():
        make(file, count)

    files = folder / f"columns-{count}-files"
    for old in files.glob("columns-*"):
        old.unlink()
    names = ("first, makes the files", "second, maps them", "in memory")
    # The first one stays, so that the second shares its pages.
    first = _start(names[0], file, files)
    yield _read(first)
    second = _start(names[1], file, files)
    yield _read(second)
    for process in (first, second):
        process.communicate()
    # A file in the way of the folder stands for one that cannot be written to.
    alone = _start(names[2], file, file / "none")
    yield _read(alone)
    alone.communicate()


def _start(name: str, file: Path, files: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BRIEFBASE_CACHE_DIR": str(files)}
    arguments = [sys.executable, "-m", "tests.bench.columns", "--in-process", name, str(file)]
    return subprocess.Popen(
        arguments,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _read(process: subprocess.Popen[bytes]) -> Measured:
    assert process.stdout
    return Measured(**orjson.loads(process.stdout.readline()))


def main() -> None:
    """Print the table, or measure in this process until standard input ends."""
    if sys.argv[1:2] == ["--in-process"]:
        name, file = sys.argv[2:]
        # A warning belongs on standard error.
        telemetry.configure("warning")
        print(orjson.dumps(asdict(measure(name, f"sqlite:///{file}"))).decode(), flush=True)
        sys.stdin.read()
        return

    print("| process | load, ms | timeline, ms | co-occurrence, ms | of the hundredth | adds, MB |")
    print("|---|--:|--:|--:|--:|--:|")
    for measured in run(int(sys.argv[1]) if sys.argv[1:] else BRIEFINGS):
        print(measured, flush=True)


if __name__ == "__main__":
    main()
