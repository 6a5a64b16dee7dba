"""Faults of storage under a running service: read-only, full, missing, replaced, damaged, newer."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.store.db import Database
from app.store.migrations import migrate
from tests.conftest import take_in
from tests.documents import document, item
from tests.servers import ROOT, Server, briefbase
from tests.torture.kills import key_for, post
from tests.torture.trial import Finding, Trial, at_least, at_most

DISK = "16m"
PATHS = ["/v1/briefings/latest", "/v1/items?limit=5", "/v1/search?q=NVIDIA", "/v1/info"]
RECOVERY_SECONDS = 3.0


@dataclass
class _Outcome:
    """Answers of a service during a fault and after it."""

    name: str
    reads: list[int]
    write: tuple[int, str]
    readiness: str
    recovered_after: float

    def findings(self, word: str) -> list[Finding]:
        """Return the findings; `word` is a part of the true reason."""
        status, detail = self.write
        is_named = word in detail and word in self.readiness
        wrong = sum(1 for read in self.reads if read not in (200, 503))
        seconds = self.recovered_after
        return [
            at_most(f"{self.name}: reads that are neither 200 nor 503", wrong, 0),
            Finding(f"{self.name}: a write gets", str(status), "503", status == 503),
            Finding(f"{self.name}: /readyz and the 503 say why", detail[:60], word, is_named),
            at_most(f"{self.name}: writes again after", seconds, RECOVERY_SECONDS, " s"),
        ]


def faults(folder: Path, is_short: bool) -> list[Finding]:
    """Try each fault on one service, which is never started again."""
    findings: list[Finding] = []
    with _disk(folder) as (disk, is_mount):
        path = disk / "base.db"
        url = f"sqlite:///{path}"
        key = key_for(url)
        with briefbase(url, folder, seeds="false", cache="off") as server:
            trials = _Service(server, key, path)
            assert trials.write()[0] == 201
            if is_mount:
                findings += trials.during("full", _filled(disk)).findings("full")
            findings += trials.during("missing", _moved(path)).findings("missing")
            findings += trials.during("newer schema", _newer(path)).findings("9999")
            findings += trials.during("damaged", _damaged(path)).findings("damaged")
            findings += _replaced(trials, path)
    return findings


def read_only(folder: Path, is_short: bool) -> list[Finding]:
    """Start a service and `doctor` on a read-only disk, which can be written later."""
    findings: list[Finding] = []
    with _disk(folder) as (disk, is_mount):
        if not is_mount:
            return [Finding("read-only: not tried, nothing may be mounted here", "–", "–", True)]
        path = disk / "base.db"
        url = f"sqlite:///{path}"
        with closing(Database(url)) as database:
            migrate(database)
            take_in(database, document("2026-02-02", item("消息", entities="NVIDIA")))
        key = key_for(url)
        with _remounted(disk) as mend:
            findings.append(_doctor(url, folder))
            with briefbase(url, folder, seeds="false", cache="off") as server:
                outcome = _Service(server, key, path).during("read-only", lambda: mend)
        findings += outcome.findings("read-only")
        reads = outcome.reads.count(200)
        findings.append(at_least("read-only: reads answered, of 4", reads, len(PATHS)))
    return findings


def _doctor(url: str, folder: Path) -> Finding:
    command = [sys.executable, "-c", "from app.cli import main; main()", "doctor"]
    environment = os.environ | {"BRIEFBASE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=False)
    lines = done.stdout.decode().splitlines()
    faults = [line for line in lines if line.startswith("bad")]
    is_sound = done.returncode == 0 and len(lines) > 5
    return Finding("read-only: faults that doctor finds", f"{len(faults)}", "0", is_sound)


class _Service:
    def __init__(self, server: Server, key: str, path: Path) -> None:
        self.server = server
        self.key = key
        self.path = path
        self.days = iter(range(1, 28))

    def write(self) -> tuple[int, str]:
        """Post a new day; return status and the sentence of an error."""
        day = f"2026-03-{next(self.days):02}"
        body = document(day, item(f"消息 {day}", entities="NVIDIA")).encode()
        status, report = post(self.server, self.key, body)
        return status, str(report.get("detail", ""))

    def during(self, name: str, fault: Callable[[], Callable[[], None]]) -> _Outcome:
        """Make a fault, ask, end the fault, and see when writes succeed again."""
        end = fault()
        try:
            # Readers look at the file once a second.
            time.sleep(1.1)
            reads = [self.server.get(path).status for path in PATHS]
            write = self.write()
            readiness = self.server.get("/readyz").body.decode()
        finally:
            end()
        began = time.monotonic()
        while self.write()[0] != 201 and time.monotonic() < began + 3 * RECOVERY_SECONDS:
            time.sleep(0.3)
        return _Outcome(name, reads, write, readiness, time.monotonic() - began)


@contextmanager
def _disk(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield a small disk of its own, or a plain folder where nothing may be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)]
    with suppress(OSError):
        is_mount = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield disk, is_mount
    finally:
        if is_mount:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)


@contextmanager
def _remounted(disk: Path) -> Iterator[Callable[[], None]]:
    """Make a disk read-only during the block; yield what makes it writable before its end."""

    def remount(mode: str) -> None:
        command = ["mount", "-o", f"remount,{mode}", str(disk)]
        subprocess.run(command, check=True, capture_output=True)

    remount("ro")
    try:
        yield lambda: remount("rw")
    finally:
        remount("rw")


def _filled(disk: Path) -> Callable[[], Callable[[], None]]:
    def fault() -> Callable[[], None]:
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
        return filler.unlink

    return fault


def _moved(path: Path) -> Callable[[], Callable[[], None]]:
    def fault() -> Callable[[], None]:
        aside = path.with_suffix(".aside")
        path.rename(aside)
        return lambda: _put(aside, path)

    return fault


def _put(source: Path, target: Path) -> None:
    source.rename(target)


def _newer(path: Path) -> Callable[[], Callable[[], None]]:
    def set_revision(revision: str) -> str:
        with closing(sqlite3.connect(path)) as base, base:
            (former,) = base.execute("SELECT version_num FROM alembic_version").fetchone()
            base.execute("UPDATE alembic_version SET version_num = ?", [revision])
        return str(former)

    def fault() -> Callable[[], None]:
        former = set_revision("9999")

        def mend() -> None:
            set_revision(former)

        return mend

    return fault


def _damaged(path: Path) -> Callable[[], Callable[[], None]]:
    """Overwrite pages; the fault ends when a backup is put in place."""

    def fault() -> Callable[[], None]:
        backup = path.with_suffix(".backup")
        with closing(sqlite3.connect(path)) as base, closing(sqlite3.connect(backup)) as copy:
            base.backup(copy)
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = os.path.getsize(path)
        with path.open("r+b") as file:
            # The first pages hold the schema, without which nothing can be read.
            for page in range(40, size // 4096, 2):
                file.seek(page * 4096)
                file.write(b"\xff" * 4096)
        return lambda: _replace(backup, path)

    return fault


def _replace(source: Path, target: Path) -> None:
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    source.replace(target)


def _replaced(service: _Service, path: Path) -> list[Finding]:
    """Put another base in place; the service must answer from it, and write to it."""
    other = path.with_suffix(".other")
    with closing(Database(f"sqlite:///{other}")) as database:
        migrate(database)
        take_in(database, document("2025-05-05", item("另一個", entities="NVIDIA")))
    key = key_for(f"sqlite:///{other}")
    _replace(other, path)
    time.sleep(1.1)
    service.key = key
    latest = json.loads(service.server.get("/v1/briefings/latest").body)["date"]
    status, _ = service.write()
    total = json.loads(service.server.get("/v1/briefings?limit=1").body)["meta"]["total"]
    return [
        Finding("replaced: the latest day is", latest, "2025-05-05", latest == "2025-05-05"),
        Finding("replaced: a write, then days", f"{status}, {total}", "201, 2", total == 2),
    ]


TRIALS = [Trial("read-only disk", read_only, is_short=False), Trial("storage", faults)]
