"""Writers beside readers, and the end of the service while writes wait."""

import fcntl
import http.client
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from app.store import keys
from app.store.db import Database
from app.store.migrations import migrate
from app.store.tables import Alias
from tests.conftest import take_in
from tests.documents import document, item
from tests.servers import Server, briefbase
from tests.torture.clients import closed_loops, percentile
from tests.torture.trial import Finding, Trial, at_least, at_most, slack

WRITERS = 60
READ_SECONDS = 0.1


def beside_readers(folder: Path, is_short: bool) -> list[Finding]:
    """Hold the lock of the writer from outside, let 60 writers wait, and measure reads."""
    seconds = 3.0 if is_short else 30.0
    url = _base(folder)
    with briefbase(url, folder, cache="off", seeds="false") as server:
        token = _key(url)
        # The first correction loads what is known of names.
        with _waiting(server, token, 1):
            pass
        closed_loops(server.port, 4, 1.0, _read)
        alone = closed_loops(server.port, 4, seconds / 2, _read)
        with ExitStack() as gate:
            gate.enter_context(_gate_closed(folder / "base.db"))
            with _waiting(server, token, WRITERS) as answers:
                load = closed_loops(server.port, 4, seconds, _read)
                gate.close()
        log = (folder / "log").read_text()
    written = sum(1 for status in answers.values() if status == 200)
    refused = sum(1 for status in answers.values() if status == 503)
    # On a busy machine, reads are slow for other reasons too.
    bound = slack(is_short) * max(READ_SECONDS, 1.5 * percentile(alone.times(200), 0.99))
    return [
        at_most("p99 of reads beside 60 writers", percentile(load.times(200), 0.99), bound, " s"),
        at_most("slowest of these reads", percentile(load.times(200), 1.0), 5 * bound, " s"),
        at_most("reads refused", sum(map(len, load.by_status.values())) - len(load.times(200)), 0),
        at_most("writers without 200 or 503", WRITERS - written - refused, 0),
        at_most("errors of the connection pool", log.count("QueuePool limit"), 0),
    ]


def end(folder: Path, is_short: bool) -> list[Finding]:
    """End the service while writers wait; what was refused must not be written."""
    url = _base(folder)
    with briefbase(url, folder, seeds="false") as server:
        token = _key(url)
        began = time.monotonic()
        with ExitStack() as gate:
            gate.enter_context(_gate_closed(folder / "base.db"))
            with _waiting(server, token, 12) as answers:
                time.sleep(1.5)
                server.process.send_signal(signal.SIGTERM)
                # Longer than writes have to end: they are refused.
                time.sleep(1.0 if is_short else 8.0)
                gate.close()
            server.process.wait(20)
        ended = time.monotonic() - began
    with closing(Database(url)) as database, database.read() as session:
        names = set(session.execute(select(col(Alias.name))).scalars())
    wrong = 0
    for name, status in answers.items():
        is_written = name in names
        # A connection that the system had not handed over yet is cut, status 0.
        if is_written != (status == 200) or status not in (0, 200, 503):
            wrong += 1
    return [
        at_most("answers that are not true", wrong, 0),
        at_least("answers", len(answers), 12),
        at_most("seconds until the process has ended", ended, 12, " s"),
    ]


def _base(folder: Path) -> str:
    """Return the address of a base with one small briefing: correcting it takes little time."""
    url = f"sqlite:///{folder / 'base.db'}"
    with closing(Database(url)) as database:
        migrate(database)
        take_in(database, document("2026-01-01", item("甲", entities="NVIDIA")))
    return url


def _read(number: int) -> str:
    """Return a path whose answer is not cached, or one that needs a worker thread."""
    return f"/v1/items?limit=5&q=AI{number}" if number % 2 else "/v1/quality"


def _key(url: str) -> str:
    with closing(Database(url)) as database, database.write() as session:
        return keys.create(session, "torture", ["entities"], datetime.now(UTC))[1]


@contextmanager
def _gate_closed(base: Path) -> Iterator[None]:
    """Hold the lock of the writer like another process that writes."""
    with Path(f"{base}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _waiting(server: Server, token: str, count: int) -> Iterator[dict[str, int]]:
    """Let `count` writers add a name each; yield their statuses by name, complete at the end."""
    statuses: dict[str, int] = {}

    def write(name: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"name": name})
        try:
            connection.request("POST", "/v1/entities/NVIDIA/aliases", body, headers)
            statuses[name] = connection.getresponse().status
        except OSError:
            statuses[name] = 0
        finally:
            connection.close()

    writers = []
    for number in range(count):
        writers.append(threading.Thread(target=write, args=[f"Torture {number}"]))
    for writer in writers:
        writer.start()
    try:
        yield statuses
    finally:
        for writer in writers:
            writer.join()


TRIALS = [
    Trial("writers beside readers", beside_readers, is_short=False),
    Trial("end while writing", end),
]
