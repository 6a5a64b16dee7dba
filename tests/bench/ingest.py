"""The rate of ingestion by stage: `python -m tests.bench.ingest [COUNT [MORE [SCALE [URL]]]]`.

COUNT documents of a scale are ingested into an empty database, then MORE (0 by default), then
COUNT again: the difference shows how the cost grows with the size of the database. Stages are
measured by the clock in several processes at once, so on a busy machine `parse` and `decide` add
up to more than the elapsed time. Documents come day by day, over all channels of the scale. URL
names an empty database; the default is a new SQLite file.
"""

import itertools
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from app import ingest, knowledge
from app.reading import Task
from app.store.db import Database
from app.store.migrations import migrate
from app.telemetry import stage_seconds
from tests.bench.corpus import SCALES, documents


@dataclass(frozen=True)
class Pace:
    """The cost of some documents; seconds by stage, `memory` is the peak so far in MB."""

    documents: int
    seconds: float
    writer_seconds: float
    """Processor time of this process."""
    reader_seconds: float
    """Processor time of the processes that read ahead."""
    memory: float
    stages: dict[str, float]

    def __str__(self) -> str:
        rate = self.documents / self.seconds
        stages = [f"{stage} {self._each(seconds)}" for stage, seconds in self.stages.items()]
        return (
            f"{self.documents} in {self.seconds:.1f} s, {rate:.1f} a second, "
            f"{self.memory:.0f} MB; ms a document: writer {self._each(self.writer_seconds)}, "
            f"readers {self._each(self.reader_seconds)} of processor time; "
            f"by stage {', '.join(stages)}"
        )

    def _each(self, seconds: float) -> str:
        return f"{1000 * seconds / self.documents:.0f}"


def load(database: Database, tasks: Iterable[Task]) -> Pace:
    """Ingest documents, check that each of them was added, and return the cost."""
    stages_before = dict(stage_seconds)
    began = time.perf_counter()
    writer_before, reader_before = time.process_time(), _children_seconds()
    reports = list(ingest.ingest_many(database, tasks, "channel-0"))
    seconds = time.perf_counter() - began
    statuses = {report.status for report in reports}
    assert statuses <= {"added"}, statuses
    stages = {}
    for stage, total in stage_seconds.items():
        stages[stage] = total - stages_before.get(stage, 0.0)

    return Pace(
        documents=len(reports),
        seconds=seconds,
        writer_seconds=time.process_time() - writer_before,
        reader_seconds=_children_seconds() - reader_before,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        stages=stages,
    )


def _children_seconds() -> float:
    """Return the processor seconds of the child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tasks_of(scale: str) -> Iterator[Task]:
    """Yield the documents of a scale."""
    for channel, name, body in documents(SCALES[scale]):
        yield Task(name, channel, body)


def main(count: int = 200, more: int = 0, scale: str = "M", url: str | None = None) -> None:
    """Ingest and print a line for each part."""
    machine = f"{platform.platform()}, {os.cpu_count()} processors"
    load_average = os.getloadavg()[0]
    print(f"{machine}, Python {platform.python_version()}, load {load_average:.1f}")
    # Loaded before the clock starts.
    _ = knowledge.knowledge().scanner
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(url or f"sqlite:///{folder}/bench.db")) as database,
    ):
        migrate(database)
        tasks = tasks_of(scale)
        _print_pace(database, f"{scale}, into an empty database", tasks, count)
        if more:
            _print_pace(database, f"{scale}, more", tasks, more)
            _print_pace(
                database,
                f"{scale}, into one of {count + more}",
                tasks,
                count,
            )


def _print_pace(database: Database, title: str, tasks: Iterator[Task], count: int) -> None:
    part = list(itertools.islice(tasks, count))
    print(f"{title}: {load(database, part)}", flush=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(*map(int, arguments[:2]), *arguments[2:])  # type: ignore[arg-type]  # arguments as typed
