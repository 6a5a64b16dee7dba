"""Answers per second of a real server on loopback, beside a bare ASGI server whose answers are as long.

Both servers and the asking process share this machine, and the asking process is Python: where `raw` is asked, it is often the one
that is busy. So the server's own processor time an answer stands beside the rate. Figures of one run compare with each other only.
QUICK=1 takes shorter rounds.
"""

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import CONNECTIONS, Round, measure, request

QUICK = os.environ.get("QUICK", "") not in {"", "0"}
ROUNDS = 3
COUNT, SECONDS = (500, 1.0) if QUICK else (10_000, 5.0)
READY_WITHIN = 60.0
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes, str]:
        """Status, headers, body and the path that was reached in the end."""
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                reached = answer.url.removeprefix(f"http://127.0.0.1:{self.port}")
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read(), reached
        except urllib.error.HTTPError as error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read(), path

    def processor_seconds(self) -> float:
        """Used so far, where the system tells (Linux)."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True)
class Question:
    name: str
    path: str
    headers: dict[str, str]
    status: int
    size: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, ready: str, env: dict[str, str]) -> Iterator[Server]:
    process = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL)
    server = Server(process, port)
    try:
        deadline = time.monotonic() + READY_WITHIN
        while True:
            if process.poll() is not None:
                sys.exit(f"{' '.join(command)} ended with {process.returncode}")
            try:
                if server.get(ready)[0] == 200:
                    break
            except OSError:
                pass
            if time.monotonic() > deadline:
                sys.exit(f"{' '.join(command)} was not ready after {READY_WITHIN:.0f} s")
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def briefbase() -> Iterator[Server]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "BRIEFBASE_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "BRIEFBASE_HOST": "127.0.0.1",
            "BRIEFBASE_PORT": str(port),
            "BRIEFBASE_LOG_LEVEL": "warning",
        }
        with serving([sys.executable, "-c", "from app.cli import main; main()", "serve"], port, "/readyz", env) as server:
            yield server


@contextmanager
def bare() -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.bench.raw:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with serving(command, port, "/1", {}) as server:
        yield server


def questions(server: Server) -> list[Question]:
    """Each asked once first: what is measured is known to be the right answer."""
    entity = json.loads(server.get("/v1/entities?limit=1")[2])["data"][0]["id"]
    asked = {
        "latest briefing": "/v1/briefings/latest",
        "headlines": "/v1/headlines",
        "items": "/v1/items",
        "items of an entity": f"/v1/entities/{entity}/items",
    }
    found: list[Question] = []
    for name, path in asked.items():
        status, headers, body, reached = server.get(path)
        if status != 200 or int(headers.get("content-length", -1)) != len(body):
            sys.exit(f"{path} answered {status} with {headers}")
        found.append(Question(name, reached, {}, 200, len(body)))
    known = {"If-None-Match": server.get(found[0].path)[1].get("etag", "")}
    if server.get(found[0].path, **known)[0] != 304:
        sys.exit(f"{found[0].path} did not answer 304 to its own ETag")
    return [*found, Question("not modified", found[0].path, known, 304, 0)]


@dataclass(frozen=True)
class Figures:
    per_second: float
    p50: float
    p99: float
    processor: float  # seconds an answer


def ask(server: Server, question: Question) -> Figures:
    sent = request(server.port, question.path, question.headers)
    before = server.processor_seconds()
    seen: Round = measure(server.port, sent, question.status, question.size, count=COUNT, seconds=SECONDS)
    if seen.wrong or not seen.took:
        sys.exit(f"{question.name}: {seen.wrong} of {len(seen.took)} answers were wrong or never came")
    used = (server.processor_seconds() - before) / len(seen.took)
    return Figures(seen.per_second, seen.percentile(50), seen.percentile(99), used)


def medians(rounds: list[Figures]) -> Figures:
    return Figures(*(statistics.median(getattr(one, name) for one in rounds) for name in Figures.__dataclass_fields__))


def row(question: Question, ours: Figures, raw: Figures) -> str:
    cells = [question.name, f"{question.size / 1000:.1f} KB"]
    for one in (ours, raw):
        cells += [f"{one.per_second:,.0f}", f"{one.p50:.2f}", f"{one.p99:.2f}", f"{one.processor * 1e6:,.0f}" if one.processor else "–"]
    return "| " + " | ".join([*cells, f"{ours.per_second / raw.per_second:.2f}"]) + " |"


def main() -> None:
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {CONNECTIONS} connections, "
        f"medians of {ROUNDS} rounds of at most {COUNT} requests or {SECONDS:g} s, raw beside ours in each round.\n"
    )
    print("| request | body | per s | p50 ms | p99 ms | CPU µs | raw per s | raw p50 | raw p99 | raw CPU µs | share of raw |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    with briefbase() as ours, bare() as raw:
        for question in questions(ours):
            same = Question("raw", "/304" if question.status == 304 else f"/{question.size}", {}, question.status, question.size)
            rounds = [(ask(ours, question), ask(raw, same)) for _ in range(ROUNDS)]
            print(row(question, medians([one for one, _ in rounds]), medians([other for _, other in rounds])), flush=True)


if __name__ == "__main__":
    main()
