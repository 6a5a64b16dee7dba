"""How fast documents come in, and where the time goes: `python -m tests.bench.ingest [COUNT [HELD [SCALE [URL]]]]`.

COUNT documents of a scale are taken into an empty base, then HELD more (0 unless given) and COUNT after them: how much dearer the
second COUNT is says how the cost grows with what is there. Stages are counted by the clock, in several processes at once, so on a
busy machine `parse` and `decide` add up to more than went by; processor time says what it costs. Documents come day by day, over all
channels of the scale. URL names an empty base; a new SQLite file otherwise.
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
from app.store.db import Database
from app.store.migrations import migrate
from app.telemetry import stage_seconds
from tests.bench.corpus import SCALES, documents


@dataclass(frozen=True)
class Pace:
    documents: int
    seconds: float
    processor: float  # seconds of it that this process used
    others: float  # and those that read ahead
    memory: float  # MB this process held at most, so far
    stages: dict[str, float]

    def __str__(self) -> str:
        def each(seconds: float) -> str:
            return f"{1000 * seconds / self.documents:.0f}"

        stages = ", ".join(f"{stage} {each(took)}" for stage, took in self.stages.items())
        return (
            f"{self.documents} in {self.seconds:.1f} s, {self.documents / self.seconds:.1f} a second, {self.memory:.0f} MB; ms a document:"
            f" writer {each(self.processor)}, readers {each(self.others)} of processor time; by stage {stages}"
        )


def load(database: Database, tasks: Iterable[ingest.Task]) -> Pace:
    """Take documents in; that all of them came in is checked."""
    before, began, used, others = (
        dict(stage_seconds),
        time.perf_counter(),
        time.process_time(),
        _others(),
    )
    statuses = [report.status for report in ingest.ingest_many(database, tasks, "channel-0")]
    seconds = time.perf_counter() - began
    assert set(statuses) <= {"added"}, statuses
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages = {stage: took - before.get(stage, 0.0) for stage, took in stage_seconds.items()}
    return Pace(
        len(statuses), seconds, time.process_time() - used, _others() - others, memory, stages
    )


def _others() -> float:
    """Processor seconds of the processes that read ahead, which have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def tasks_of(scale: str) -> Iterator[ingest.Task]:
    """The documents of a scale, endlessly made anew from its seed."""
    return (ingest.Task(name, channel, body) for channel, name, body in documents(SCALES[scale]))


def main(count: int = 200, held: int = 0, scale: str = "M", url: str | None = None) -> None:
    print(
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    _ = knowledge.knowledge().scanner
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(url or f"sqlite:///{folder}/bench.db")) as database,
    ):
        migrate(database)
        tasks = tasks_of(scale)
        for what, number in (
            ("into an empty base", count),
            ("more", held),
            (f"into one of {count + held}", count if held else 0),
        ):
            if number:
                print(
                    f"{scale}, {what}: {load(database, list(itertools.islice(tasks, number)))}",
                    flush=True,
                )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(*map(int, given[:2]), *given[2:])  # type: ignore[arg-type]
