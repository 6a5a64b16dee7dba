"""`make bench`: Briefbase with kept answers and without, beside a bare ASGI server, a FastAPI route and Datasette over the same data.

All share this machine and take turns within each round, so the ratios count, not the rates. SCALE=S|M|L, COUNT=N only the first N
documents of it, QUICK=1 shorter rounds, DATABASE=postgresql Briefbase on a PostgreSQL, OUT=FILE the tables in a file as well,
BENCH_DIR=FOLDER where bases are kept.
"""

import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice, repeat
from pathlib import Path

import orjson

from tests.bench import base, corpus, exports, questions, table
from tests.bench.base import Base
from tests.bench.contenders import contenders, private_megabytes, processor_seconds
from tests.bench.load import CONNECTIONS, WRK, Round, by_ours, by_wrk, request
from tests.bench.questions import Question
from tests.bench.table import Row, Seen, Verdict
from tests.servers import Server

QUICK = os.environ.get("QUICK", "") not in {"", "0"}
ROUNDS = 3
SECONDS = 1.0 if QUICK else 3.0
# An answer that takes longer alone is asked for by ours, and that often at least.
FAST, FEWEST = 0.02, 16
DRAWS = 500_000


def main() -> None:
    scale, documents = os.environ.get("SCALE", "S"), int(os.environ.get("COUNT") or 0) or None
    engine = os.environ.get("DATABASE", "sqlite")
    if scale not in corpus.SCALES or engine not in ("sqlite", "postgresql"):
        sys.exit(f"SCALE is one of {', '.join(corpus.SCALES)}, DATABASE sqlite or postgresql.")
    held = base.prepared(scale, documents)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="briefbase-bench-") as name:
        folder = Path(name)
        with contenders(held, _url(held, engine, folder), folder) as who:
            rows = []
            for question in questions.asked(who["miss"], who.get("datasette")):
                print(f"{datetime.now():%H:%M:%S} {question.name}", file=sys.stderr, flush=True)
                rows.append(_row(question, who))
            mixed, share = _mix(who)
            recall = questions.recall(who["miss"], held.url)
            exported = exports.told(who["miss"], who.get("datasette"), held.rows["item"])
            memory = {name: private_megabytes(who[name]) for name in ("hit", "miss")}
    verdicts = [
        *table.verdicts([*rows, mixed]),
        Verdict(f"search {questions.HAN}: recall", recall, 1),
    ]
    if documents is None:
        verdicts += _growth(scale, engine, rows)
    if held.pace and scale != "S":
        verdicts.append(Verdict("documents taken in a second", held.pace, table.TAKEN_IN))
    verdicts.append(
        Verdict(
            "private memory of a worker, MB", memory["hit"], table.MEGABYTES[scale], at_most=True
        )
    )
    verdicts.append(
        Verdict("from start to ready, s", who["hit"].started, table.READY[scale], at_most=True)
    )
    asking = "wrk (an answer that takes long: ours)" if WRK else "a load generator of our own"
    told = f"""\
{held.told()}

{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {_engine(engine)}; load {load:.1f} before. Asked by {asking} over
{CONNECTIONS} connections; medians of {ROUNDS} rounds of {SECONDS:g} s, in which all took turns.

{table.rates([*rows, mixed])}

{table.BUSY} The one who asked was busier than the one who answered. Of the Zipf mix {share:.0%} of what was asked had been asked before.

{table.details([*rows, mixed])}

Private memory after the run: {memory["hit"]:.0f} MB with kept answers, {memory["miss"]:.0f} MB without. From start to ready: {who["hit"].started:.1f} s. {exported}

{table.floors(verdicts)}
"""
    print(told)
    if out := os.environ.get("OUT"):
        Path(out).write_text(told)


def _growth(scale: str, engine: str, rows: list[Row]) -> list[Verdict]:
    """What an answer costs at L beside what it cost at M, where that was measured before."""
    kept = base.cache() / f"costs-{engine}-{scale}.json"
    kept.write_bytes(orjson.dumps(table.costs(rows)))
    smaller = kept.with_name(f"costs-{engine}-M.json")
    return (
        table.growth(orjson.loads(smaller.read_bytes()), rows)
        if scale == "L" and smaller.exists()
        else []
    )


def _engine(engine: str) -> str:
    return "SQLite" if engine == "sqlite" else "PostgreSQL (processor time is without the server's)"


def _url(held: Base, engine: str, folder: Path) -> str:
    if engine == "sqlite":
        return held.url
    # The server of the tests, and only where it is wanted.
    from tests.conftest import new_url  # noqa: PLC0415

    url = new_url(engine, folder)
    base.briefbase("copy", "--from", held.url, "--to", url)
    return url


def _row(question: Question, who: dict[str, Server]) -> Row:
    """Every contender in turn, so many rounds."""
    constant = "/304" if question.status == 304 else f"/{question.size}"
    paths = {"raw": constant, "hit": question.path, "miss": question.path}
    paths |= {"route": constant} if question.status == 200 else {}
    paths |= {"datasette": question.sql} if question.sql and "datasette" in who else {}
    alone = {name: _alone(who[name], path, question) for name, path in paths.items()}
    return Row(
        question.name,
        question.size,
        [
            {name: _seen(who[name], path, question, alone[name]) for name, path in paths.items()}
            for _ in range(ROUNDS)
        ],
    )


def _alone(server: Server, path: str, question: Question) -> float:
    """Seconds one answer takes, the second time."""
    for _ in range(2):
        began = time.perf_counter()
        status = server.get(path, **question.headers).status
        took = time.perf_counter() - began
        if status != question.status:
            sys.exit(f"{path} answers {status}")
    return took


def _seen(server: Server, path: str, question: Question, alone: float) -> Seen:
    before = processor_seconds(server)
    if WRK and alone < FAST:
        seen = by_wrk(server.port, path, question.headers, SECONDS)
    else:
        asked = repeat(request(server.port, path, question.headers))
        seen = by_ours(server.port, asked, question.status, seconds=max(SECONDS, alone * FEWEST))
    return Seen(_right(seen, path), processor_seconds(server) - before)


def _right(seen: Round, path: str) -> Round:
    if seen.wrong:
        sys.exit(f"{path}: {seen.wrong} of {seen.answers} answers were wrong or never came")
    return seen


def _mix(who: dict[str, Server]) -> tuple[Row, float]:
    """Many different paths, each round going on where the one before ended; and the share of what had been asked before."""
    draws = questions.zipf(questions.pool(who["miss"]), DRAWS)
    rounds: list[dict[str, Seen]] = []
    done = dict.fromkeys(("hit", "miss"), 0)
    for _ in range(ROUNDS):
        seen = {}
        for name in done:
            server = who[name]
            asked = (request(server.port, path, {}) for path in islice(draws, done[name], None))
            before = processor_seconds(server)
            found = _right(by_ours(server.port, asked, 200, seconds=SECONDS), "the Zipf mix")
            seen[name] = Seen(found, processor_seconds(server) - before)
            done[name] += found.answers
        rounds.append(seen)
    return Row("Zipf mix of URLs", None, rounds), 1 - len(set(draws[: done["hit"]])) / done["hit"]


if __name__ == "__main__":
    main()
