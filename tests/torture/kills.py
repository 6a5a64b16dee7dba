"""Writers over HTTP against a real server: equal documents at once, and kill -9 in the middle.

`python -m tests.torture.kills` takes KILLS, ROUNDS, CLIENTS and DATABASE from the environment.
"""

import json
import os
import random
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from app import doctor
from app.settings import Settings
from app.store import keys
from app.store.db import Database
from app.store.migrations import migrate
from tests.conftest import new_url
from tests.documents import briefing, item
from tests.servers import TIMEOUT_SECONDS, Server, briefbase
from tests.torture.trial import Finding, Trial, at_most

WRITERS = 4


@dataclass
class Ledger:
    """Documents by day: those sent, and those acknowledged."""

    sent: dict[str, bytes] = field(default_factory=dict)
    acknowledged: dict[str, bytes] = field(default_factory=dict)


def key_for(url: str) -> str:
    """Return the text of a new key that may ingest."""
    with closing(Database(url)) as database:
        migrate(database)
        with database.write() as session:
            return keys.create(session, f"bot{random.random()}", ["ingest"], datetime.now(UTC))[1]


def post(server: Server, key: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Post a document; return status and report. Raises OSError if the server is gone."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/briefings",
        data=body,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "text/markdown"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def texts(start: date) -> Iterator[tuple[str, bytes]]:
    """Yield days from `start` on, each with its document of four items."""
    day = start
    while True:
        items = []
        for number in range(4):
            name = f"Lab {day.toordinal() % 7}"
            link = f"https://a.com/{day}/{number}"
            items.append(item(f"第 {number} 條：{day} 的模型", link, entities=f"OpenAI, {name}"))
        yield day.isoformat(), briefing(*items, date=day.isoformat()).encode()
        day += timedelta(days=1)


def storm(server: Server, key: str, clients: int, start: date) -> Counter[tuple[int, str]]:
    """Post one document many times at once; return the outcomes by status."""
    _, body = next(texts(start))
    barrier = threading.Barrier(clients)

    def send(_: int) -> tuple[int, str]:
        barrier.wait()
        status, report = post(server, key, body)
        return status, str(report["status"])

    with ThreadPoolExecutor(clients) as pool:
        return Counter(pool.map(send, range(clients)))


def write_until_killed(server: Server, key: str, ledger: Ledger, seconds: float) -> None:
    """Let several writers post new days, and kill the server after some seconds."""
    lock = threading.Lock()
    days = texts(date(2020, 1, 1) + timedelta(days=len(ledger.sent)))

    def write() -> None:
        while True:
            with lock:
                day, body = next(days)
                ledger.sent[day] = body
            try:
                status, report = post(server, key, body)
            except (OSError, ValueError):
                return
            assert status in (200, 201), report
            with lock:
                ledger.acknowledged[day] = body

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    before = len(ledger.acknowledged)
    for writer in writers:
        writer.start()
    # The first document waits for the processes that read.
    while len(ledger.acknowledged) == before and any(map(threading.Thread.is_alive, writers)):
        time.sleep(0.01)
    time.sleep(seconds)
    server.process.kill()
    server.process.wait()
    for writer in writers:
        writer.join()


def kill_often(url: str, folder: Path, kills: int, seconds: float) -> Ledger:
    """Kill servers over one database in the middle of writes; check after each restart."""
    key = key_for(url)
    ledger = Ledger()
    checked = 0
    for number in range(kills + 1):
        with briefbase(url, folder, seeds="false", log_level="error", read_timeout=20) as server:
            sent = dict(list(ledger.sent.items())[checked:])
            fresh = Ledger(sent, dict(ledger.acknowledged))
            _check_new(server, key, fresh, len(ledger.sent))
            ledger.acknowledged |= fresh.acknowledged
            checked = len(ledger.sent)
            if number < kills:
                write_until_killed(server, key, ledger, random.random() * seconds)
    faults = [check for check in doctor.examine(Settings(database_url=url)) if not check.ok]
    assert not faults, faults
    return ledger


def _check_new(server: Server, key: str, ledger: Ledger, total: int) -> None:
    """Check the days since the last restart, and the number of all."""
    everything = json.loads(server.get("/v1/briefings?limit=1").body)["meta"]["total"]
    assert everything <= total, f"{everything} briefings, {total} documents"
    for day, body in ledger.sent.items():
        answer = server.get(f"/v1/briefings/{day}/source")
        assert answer.status == 200 or day not in ledger.acknowledged, f"{day} is lost"
        if answer.status != 200:
            status, report = post(server, key, body)
            assert (status, report["status"]) == (201, "added"), report
            answer = server.get(f"/v1/briefings/{day}/source")
        assert answer.body == body, f"{day} has other bytes"
        counts = json.loads(server.get(f"/v1/briefings/{day}").body)["counts"]
        assert counts["items"] == 4, f"{day} is half there: {counts}"
        ledger.acknowledged[day] = body
    everything = json.loads(server.get("/v1/briefings?limit=1").body)["meta"]["total"]
    assert everything == total, f"{everything} briefings, {total} documents"


def kills(folder: Path, is_short: bool) -> list[Finding]:
    """Post equal documents at once, then kill servers in the middle of writes."""
    rounds, clients, number = (1, 30, 3) if is_short else (20, 100, 200)
    findings: list[Finding] = []
    for engine in ("sqlite",) if is_short else ("sqlite", "postgresql"):
        url = new_url(engine, folder)
        key = key_for(url)
        wrong = 0
        with briefbase(url, folder, seeds="false", log_level="error") as server:
            for day in range(rounds):
                seen = storm(server, key, clients, date(2019, 1, 1) + timedelta(days=day))
                wrong += seen != {(201, "added"): 1, (200, "unchanged"): clients - 1}
        findings.append(at_most(f"{engine}: equal posts stored otherwise than once", wrong, 0))
        documents = "none"
        fault = ""
        try:
            documents = str(len(kill_often(new_url(engine, folder), folder, number, 1.0).sent))
        except AssertionError as error:
            fault = str(error)[:80]
        what = f"{engine}: {number} kills of the server, documents; lost, half or twice: none"
        findings.append(Finding(what, fault or documents, "none", not fault))
    return findings


TRIALS = [Trial("kill -9", kills, is_short=False)]


def main() -> None:
    """Run both trials and print what they showed."""
    engine = os.environ.get("DATABASE", "sqlite")
    rounds, clients = int(os.environ.get("ROUNDS", "20")), int(os.environ.get("CLIENTS", "100"))
    kills = int(os.environ.get("KILLS", "100"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = new_url(engine, folder)
        key = key_for(url)
        with briefbase(url, folder, seeds="false", log_level="error") as server:
            outcomes: Counter[tuple[int, str]] = Counter()
            for number in range(rounds):
                seen = storm(server, key, clients, date(2019, 1, 1) + timedelta(days=number))
                expected = {(201, "added"): 1, (200, "unchanged"): clients - 1}
                assert seen == expected, seen
                outcomes += seen
        print(f"{engine}: {clients} equal posts at once, {rounds} times: {dict(outcomes)}")
        began = time.monotonic()
        ledger = kill_often(new_url(engine, folder), folder, kills, 1.5)
        print(
            f"{engine}: {kills} kills in {time.monotonic() - began:.0f} s, {len(ledger.sent)} "
            "documents: none lost, half there or twice; doctor finds nothing"
        )


if __name__ == "__main__":
    main()
