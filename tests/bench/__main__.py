"""`make bench`: Briefbase with and without its response cache, beside three other servers.

The others are a bare ASGI application, a FastAPI route, and Datasette over the same data. All
share this machine and take turns within each round, so the ratios count, not the rates.

Settings: SCALE=D|S|M|L; COUNT=N uses only the first N documents of the scale; QUICK=1 shortens the
rounds; DATABASE=postgresql runs Briefbase on PostgreSQL; OUT=FILE also writes the tables to a
file; BENCH_DIR=FOLDER keeps the databases there.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import orjson

from tests.bench import corpus, database, exports, first, questions, table, waits
from tests.bench.contenders import contenders, private_megabytes, processor_seconds
from tests.bench.database import BenchDatabase
from tests.bench.load import CONNECTIONS, WRK, Round, measure, measure_by_wrk, request
from tests.bench.questions import Question
from tests.bench.reinsert import reinsert_seconds
from tests.bench.table import Row, Sample, Verdict
from tests.servers import Server

QUICK = os.environ.get("QUICK", "") not in {"", "0"}
ROUNDS = 3
ROUND_SECONDS = 1.0 if QUICK else 3.0
# Slower answers are requested by our own load generator, and at least so many times.
FAST_SECONDS = 0.02
_PAUSES_SECONDS = (0, 1, 3, 6)
"""Before each attempt at a round that had refusals."""
MIN_ANSWERS = 16
ZIPF_DRAWS = 500_000


@dataclass(frozen=True)
class _Settings:
    scale: str
    count: int | None
    engine: str
    out: str | None


@dataclass(frozen=True)
class _Results:
    """The measurements of all servers; `memory` in MB, `started` in seconds."""

    rows: list[Row]
    repeated_share: float
    recall: float
    exported: str
    memory: dict[str, float]
    started: float


def main() -> None:
    """Measure all servers and print the tables."""
    settings = _settings()
    prepared = database.prepared(settings.scale, settings.count)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="briefbase-bench-") as name:
        folder = Path(name)
        url = _url(prepared, settings.engine, folder)
        written_again = reinsert_seconds(prepared.file, folder / "again.db")
        with first.server(url, folder / "first") as server:
            firsts = first.table(server)
        longest_wait = waits.sentence(url)
        with contenders(prepared, url, folder) as servers:
            results = _measure_all(servers, prepared)

    verdicts = _verdicts(settings, prepared, results)
    report = _report(settings, prepared, results, verdicts, load)
    report += f"\n{firsts}\n\n{longest_wait}\n\n{_floor_of_ingest(prepared, written_again)}\n"
    print(report)
    if settings.out:
        Path(settings.out).write_text(report)


def _settings() -> _Settings:
    settings = _Settings(
        scale=os.environ.get("SCALE", "S"),
        count=int(os.environ.get("COUNT") or 0) or None,
        engine=os.environ.get("DATABASE", "sqlite"),
        out=os.environ.get("OUT"),
    )
    if settings.scale not in corpus.SCALES:
        sys.exit(f"SCALE: {settings.scale!r} is not valid; expected {', '.join(corpus.SCALES)}.")

    if settings.engine not in ("sqlite", "postgresql"):
        sys.exit(f"DATABASE: {settings.engine!r} is not valid; expected sqlite or postgresql.")

    return settings


def _measure_all(servers: dict[str, Server], prepared: BenchDatabase) -> _Results:
    uncached, peer = servers["miss"], servers.get("datasette")
    rows = []
    for question in questions.all_questions(uncached, peer):
        print(
            f"{datetime.now():%H:%M:%S} {question.name}",
            file=sys.stderr,
            flush=True,
        )
        rows.append(_row(question, servers))

    mix, repeated_share = _zipf_row(servers)

    return _Results(
        rows=[*rows, mix],
        repeated_share=repeated_share,
        recall=questions.recall(uncached, prepared.url),
        exported=exports.summary(uncached, peer, prepared.rows["item"], prepared.file),
        memory={name: private_megabytes(servers[name]) for name in ("hit", "miss")},
        started=servers["hit"].started,
    )


def _verdicts(settings: _Settings, prepared: BenchDatabase, results: _Results) -> list[Verdict]:
    verdicts = table.verdicts(results.rows)
    verdicts.append(
        Verdict(
            f"search {questions.HAN}: recall",
            results.recall,
            1,
        )
    )
    if settings.count is None:
        verdicts += _growth(settings, results.rows[:-1])

    if prepared.pace and settings.scale != "S":
        verdicts.append(
            Verdict(
                "documents ingested a second",
                prepared.pace,
                table.DOCUMENTS_PER_SECOND,
            )
        )

    verdicts.append(
        Verdict(
            "private memory of a worker, MB",
            results.memory["hit"],
            table.MAX_MEGABYTES[settings.scale],
            at_most=True,
        )
    )
    verdicts.append(
        Verdict(
            "from start to ready, s",
            results.started,
            table.MAX_START_SECONDS[settings.scale],
            at_most=True,
        )
    )

    return verdicts


def _report(
    settings: _Settings,
    prepared: BenchDatabase,
    results: _Results,
    verdicts: Sequence[Verdict],
    load: float,
) -> str:
    client = "wrk (slow answers: our own)" if WRK else "our own load generator"
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    memory = results.memory

    return f"""\
{prepared.summary()}

{datetime.now(UTC):%Y-%m-%d}, {machine}, {_engine(settings.engine)}; load {load:.1f} before.
Requested by {client} over {CONNECTIONS} connections; medians of {ROUNDS} rounds of
{ROUND_SECONDS:g} s, in which all servers took turns.

{table.rates(results.rows)}

{table.BUSY} The client was busier than the server. Of the requests of the Zipf mix,
{results.repeated_share:.0%} repeated an earlier one.

{table.details(results.rows)}

Private memory after the run: {memory["hit"]:.0f} MB with the response cache, {memory["miss"]:.0f}
MB without. From start to ready: {results.started:.1f} s. {results.exported}

{table.floors(verdicts)}
"""


def _floor_of_ingest(prepared: BenchDatabase, written_again: float) -> str:
    """Return how the writer compares with its floor: the same rows through the driver."""
    documents = prepared.rows["briefing"]
    floor = f"The rows of a document take {1000 * written_again / documents:.0f} ms of processor"
    floor += " time to write again through the driver, with all indexes."
    if not prepared.writer:
        return floor
    ratio = prepared.writer / written_again
    return f"{floor} The writer takes {1000 * prepared.writer / documents:.0f} ms, {ratio:.1f}×."


def _growth(settings: _Settings, rows: Sequence[Row]) -> list[Verdict]:
    """Save the cost of each answer; at L, compare them with those of M if they were measured."""
    costs_file = database.cache_folder() / f"costs-{settings.engine}-{settings.scale}.json"
    costs_file.write_bytes(orjson.dumps(table.costs(rows)))
    smaller = costs_file.with_name(f"costs-{settings.engine}-M.json")
    if settings.scale != "L" or not smaller.exists():
        return []

    return table.growth(orjson.loads(smaller.read_bytes()), rows)


def _engine(engine: str) -> str:
    return "SQLite" if engine == "sqlite" else "PostgreSQL (processor time is without the server's)"


def _url(prepared: BenchDatabase, engine: str, folder: Path) -> str:
    if engine == "sqlite":
        return prepared.url

    # Imported only when needed: it starts the PostgreSQL server of the tests.
    from tests.conftest import new_url  # noqa: PLC0415 - starts a PostgreSQL

    url = new_url(engine, folder)
    database.briefbase("copy", "--from", prepared.url, "--to", url)

    return url


def _row(question: Question, servers: Mapping[str, Server]) -> Row:
    """Measure a question on every server in turn, ROUNDS times."""
    paths = _paths(question, servers)
    latencies = {}
    for name, path in paths.items():
        latencies[name] = _latency(
            servers[name],
            path,
            question,
        )

    rounds = []
    for _ in range(ROUNDS):
        samples = {}
        for name, path in paths.items():
            samples[name] = _sample(
                servers[name],
                path,
                question,
                latencies[name],
            )

        rounds.append(samples)

    return Row(question.name, question.size, rounds)


def _paths(question: Question, servers: Mapping[str, Server]) -> dict[str, str]:
    """Return the path to request from each server."""
    constant = "/304" if question.status == 304 else f"/{question.size}"
    paths = {"raw": constant, "hit": question.path, "miss": question.path}
    if question.status == 200:
        paths["route"] = constant

    if question.sql and "datasette" in servers:
        paths["datasette"] = question.sql

    return paths


def _latency(server: Server, path: str, question: Question) -> float:
    """Return the seconds of one answer on an idle server, requested for the second time."""
    for _ in range(2):
        began = time.perf_counter()
        status = server.get(path, **question.headers).status
        seconds = time.perf_counter() - began
        if status != question.status:
            sys.exit(f"{path} answers {status}")

    return seconds


def _sample(server: Server, path: str, question: Question, latency: float) -> Sample:
    # A machine that others use refuses a few requests now and then; a fault repeats.
    for pause_seconds in _PAUSES_SECONDS:
        time.sleep(pause_seconds)
        sample = _round(server, path, question, latency)
        if not sample.round.wrong:
            break
        print(f"{path}: {sample.round.wrong} wrong answers", file=sys.stderr)

    _checked(sample.round, path)
    return sample


def _round(server: Server, path: str, question: Question, latency: float) -> Sample:
    before = processor_seconds(server)
    if WRK and latency < FAST_SECONDS:
        measured = measure_by_wrk(server.port, path, question.headers, ROUND_SECONDS)
    else:
        requests = repeat(request(server.port, path, question.headers))
        seconds = max(ROUND_SECONDS, latency * MIN_ANSWERS)
        measured = measure(server.port, requests, question.status, seconds=seconds)

    return Sample(measured, processor_seconds(server) - before)


def _checked(measured: Round, path: str) -> Round:
    if measured.wrong:
        sys.exit(f"{path}: {measured.wrong} of {measured.answers} answers were wrong or missing")

    return measured


def _zipf_row(servers: Mapping[str, Server]) -> tuple[Row, float]:
    """Measure a mix of paths; also return the share of requests that repeat an earlier one.

    Each round continues where the one before ended.
    """
    draws = questions.zipf(questions.pool(servers["miss"]), ZIPF_DRAWS)
    rounds: list[dict[str, Sample]] = []
    answered = dict.fromkeys(("hit", "miss"), 0)
    for _ in range(ROUNDS):
        samples = {}
        for name in answered:
            sample = _zipf_sample(servers[name], draws[answered[name] :])
            samples[name] = sample
            answered[name] += sample.round.answers

        rounds.append(samples)

    distinct = len(set(draws[: answered["hit"]]))

    return Row(
        "Zipf mix of URLs",
        None,
        rounds,
    ), 1 - distinct / answered["hit"]


def _zipf_sample(server: Server, paths: Sequence[str]) -> Sample:
    requests = (request(server.port, path, {}) for path in paths)
    before = processor_seconds(server)
    measured = _checked(
        measure(server.port, requests, 200, seconds=ROUND_SECONDS),
        "the Zipf mix",
    )

    return Sample(measured, processor_seconds(server) - before)


if __name__ == "__main__":
    main()
