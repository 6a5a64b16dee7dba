"""Several workers beside a writer: no response is older than a write acknowledged before it."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item
from tests.servers import Answer, Server, briefbase

# SOAK=60 runs for a minute.
SECONDS = float(os.environ.get("SOAK", "2"))
PATHS = [
    "/v1/items?limit=1",
    "/v1/items",
    "/v1/briefings",
    "/v1/briefings/latest",
    "/v1/entities",
    "/v1/info",
    "/v1/headlines",
]


def version_of(answer: Answer) -> int:
    """Return the number of the response's dataset version."""
    return int(answer.headers.get("dataset-version", "x-0").rpartition("-")[2])


@pytest.fixture
def server(database: Database, tmp_path: Path) -> Iterator[Server]:
    """Two workers over `database`; each request has its own connection, so any worker gets it."""
    url = database.url.render_as_string(hide_password=False)
    with briefbase(url, tmp_path, "--workers", "2", seeds="false", read_timeout=20) as serving:
        yield serving


def test_no_response_is_older_than_an_acknowledged_write(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The workers are other processes, with the default lease.
    monkeypatch.setattr(database, "lease", 0.2)
    acknowledged, faults, asked = [0], [], [0]
    ending = threading.Event()

    def read() -> None:
        while not ending.is_set():
            for path in PATHS:
                least = acknowledged[0]
                answer = server.get(path)
                asked[0] += 1
                if answer.status not in (200, 404) or (
                    answer.status == 200 and version_of(answer) < least
                ):
                    faults.append((answer, least))

    take_in(database, document("2026-01-01", item("第一天")))
    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    until, number = time.monotonic() + SECONDS, 0
    try:
        while time.monotonic() < until:
            number += 1
            title = f"第 {number} 次改寫"
            report = take_in(database, document("2026-01-02", item(title, entities="NVIDIA")))
            database.wait_for_readers()
            assert report.version
            acknowledged[0] = report.version
            # Very likely both workers answer: the first to accept a connection takes it.
            for _ in range(4):
                answer = server.get("/v1/briefings/latest")
                assert version_of(answer) >= report.version
                assert title in json.dumps(json.loads(answer.body), ensure_ascii=False)
    finally:
        ending.set()
        for reader in readers:
            reader.join(30)
    assert not faults, faults[:3]
    assert number > 2
    assert asked[0] > 20
