"""Several processes that answer, and one that writes beside them: nobody who was told of a write reads what was before it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item
from tests.test_main import WAIT, free_port

# A minute by SOAK=60.
SECONDS = float(os.environ.get("SOAK", "6"))
PATHS = ["/v1/items?limit=1", "/v1/items", "/v1/briefings", "/v1/briefings/latest", "/v1/entities", "/v1/info", "/v1/headlines"]


def ask(port: int, path: str) -> tuple[int, int, bytes]:
    """Status, the number of the dataset version, body; a connection of its own each time, so that any worker may have it."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, int(answer.headers.get("Dataset-Version", "x-0").rpartition("-")[2]), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, 0, error.read()


@pytest.fixture
def port(database: Database, tmp_path: Path) -> Iterator[int]:
    """Two workers over `database`."""
    given = free_port()
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", str(given), "--workers", "2"]
    env = os.environ | {
        "BRIEFBASE_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "BRIEFBASE_SEEDS": "false",
        "BRIEFBASE_READ_TIMEOUT": "20",
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + WAIT
            while True:
                assert process.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                try:
                    if ask(given, "/readyz")[0] == 200:
                        break
                except OSError:
                    time.sleep(0.1)
            yield given
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(WAIT)


def test_no_answer_is_older_than_what_was_acknowledged(port: int, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # The workers are processes of their own, with the lease they come with.
    monkeypatch.setattr(database, "lease", 0.2)
    acknowledged, faults, asked = [0], [], [0]
    ending = threading.Event()

    def read() -> None:
        while not ending.is_set():
            for path in PATHS:
                least = acknowledged[0]
                status, version, body = ask(port, path)
                asked[0] += 1
                if status not in (200, 404) or (status == 200 and version < least):
                    faults.append((path, status, version, least, body[:200]))

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
            database.settle()
            assert report.version
            acknowledged[0] = report.version
            # Both workers are asked, very likely: each connection is whoever's that takes it first.
            for _ in range(4):
                _, version, body = ask(port, "/v1/briefings/latest")
                assert version >= report.version
                assert title in json.dumps(json.loads(body), ensure_ascii=False)
    finally:
        ending.set()
        for reader in readers:
            reader.join(30)
    assert not faults, faults[:3]
    assert number > 2
    assert asked[0] > 20
