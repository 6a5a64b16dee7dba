"""Power cuts, as copies of the files at arbitrary points, and interrupted migrations."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import IO

from app import doctor, startup
from app.settings import Settings
from app.store.db import Database
from app.store.migrations import migrate
from tests.conftest import new_url, take_in
from tests.documents import document, item
from tests.rows import meaning
from tests.servers import ROOT
from tests.torture.trial import Finding, Trial, at_least, at_most

OLD_REVISION = "0006"
_FRAME_HEAD_BYTES = 24
_LOG_HEAD_BYTES = 32
_WRITER = """
import sys
from datetime import date, timedelta
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item
database = Database(sys.argv[1])
day = date(2020, 1, 1)
while True:
    text = document(str(day), item(f"{day}", entities="OpenAI"), item("x" * 3000))
    take_in(database, text, f"{day}.md")
    print(day, flush=True)
    day += timedelta(days=1)
"""
_MIGRATOR = """
import sys
from app.store.db import Database
from app.store.migrations import migrate
database = Database(sys.argv[1])
database.reader.connect().close()
print("begins", flush=True)
migrate(database)
"""


def _process(program: str, url: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, url]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def power_cuts(folder: Path, is_short: bool) -> list[Finding]:
    """Stop a writer at random moments, copy its files with a torn end, and look at the copies.

    All that was synchronised is in the copy; what follows the last commit is cut or overwritten.
    """
    count = 10 if is_short else 500
    url = new_url("sqlite", folder, migrated=True)
    path = Path(url.removeprefix("sqlite:///"))
    acknowledged: set[str] = set()
    lost = damaged = 0
    random.seed(7)
    with _process(_WRITER, url) as writer:
        assert writer.stdout
        printed = [writer.stdout.readline().strip()]
        reading = threading.Thread(target=_read_lines, args=(writer.stdout, printed))
        reading.start()
        for _ in range(count):
            time.sleep(random.random() * 0.15)
            writer.send_signal(signal.SIGSTOP)
            # What it has printed is acknowledged.
            acknowledged = set(printed)
            with tempfile.TemporaryDirectory(dir=folder) as name:
                copy = _torn_copy(path, Path(name))
                writer.send_signal(signal.SIGCONT)
                missing, is_sound = _examine(copy, acknowledged)
            lost += missing
            damaged += not is_sound
        writer.kill()
        reading.join()
    return [
        at_most(f"{count} power cuts: acknowledged documents lost", lost, 0),
        at_most(f"{count} power cuts: damaged files", damaged, 0),
        at_least("documents acknowledged meanwhile", len(acknowledged), count / 4),
    ]


def _read_lines(stream: IO[str], lines: list[str]) -> None:
    for line in stream:
        if line.endswith("\n"):
            lines.append(line.strip())


def _torn_copy(path: Path, folder: Path) -> Path:
    copy = folder / "base.db"
    shutil.copyfile(path, copy)
    log = path.with_name(f"{path.name}-wal").read_bytes()
    durable = _end_of_commits(log)
    cut = random.randint(durable, len(log))
    torn = log[:cut] + random.randbytes(random.choice((0, 0, 500)))
    copy.with_name(f"{copy.name}-wal").write_bytes(torn)
    return copy


def _end_of_commits(log: bytes) -> int:
    """Return where the last commit of a log ends: https://www.sqlite.org/fileformat.html#walformat.

    Frames of an earlier round of the log have other salts.
    """
    if len(log) < _LOG_HEAD_BYTES:
        return 0
    page = int.from_bytes(log[8:12], "big")
    salts, end, place = log[16:24], _LOG_HEAD_BYTES, _LOG_HEAD_BYTES
    while place + _FRAME_HEAD_BYTES + page <= len(log) and log[place + 8 : place + 16] == salts:
        following = place + _FRAME_HEAD_BYTES + page
        if log[place + 4 : place + 8] != bytes(4):
            end = following
        place = following
    return end


def _examine(copy: Path, acknowledged: set[str]) -> tuple[int, bool]:
    """Return how many acknowledged documents a copy lacks, and whether it is sound."""
    with closing(Database(f"sqlite:///{copy}")) as database, database.read() as session:
        connection = session.connection()
        state = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        days = set(connection.exec_driver_sql("SELECT id FROM briefing").scalars())
        halves = connection.exec_driver_sql(
            "SELECT count(*) FROM briefing b WHERE "
            "(SELECT count(*) FROM item i WHERE i.briefing_pk = b.pk) != 2"
        ).scalar()
    return len(acknowledged - days), state == "ok" and halves == 0


def migrations(folder: Path, is_short: bool) -> list[Finding]:
    """Kill a migration at random moments; the next one must end it, with the same content."""
    count = 4 if is_short else 50
    model = new_url("sqlite", folder, migrated=True)
    settings = Settings(seeds=False)
    path = Path(model.removeprefix("sqlite:///"))
    with closing(Database(model)) as database:
        for day in range(1, 21):
            take_in(database, document(f"2026-01-{day:02}", item(f"{day}", entities="OpenAI")))
        migrate(database, OLD_REVISION)
        startup.prepare(database, settings)
        expected = meaning(database)
        migrate(database, OLD_REVISION)
    random.seed(7)
    wrong = killed = 0
    faults: list[str] = []
    for number in range(count):
        copy = shutil.copy(path, folder / f"copy{number}.db")
        url = f"sqlite:///{copy}"
        with _process(_MIGRATOR, url) as migrator:
            assert migrator.stdout
            migrator.stdout.readline()
            time.sleep(random.random() * 1.5)
            migrator.kill()
            killed += migrator.wait() != 0
        with closing(Database(url)) as database:
            startup.prepare(database, settings)
            wrong += meaning(database) != expected
        if number == 0:
            checks = doctor.examine(Settings(database_url=url))
            faults = [check.name for check in checks if not check.ok]
    return [
        at_most(f"{count} interrupted migrations: with other content after the next", wrong, 0),
        Finding("faults that doctor finds then", " ".join(faults) or "0", "0", not faults),
        at_least("of these killed before their end", killed, count / 2),
    ]


TRIALS = [
    Trial("power cuts", power_cuts),
    Trial("interrupted migrations", migrations, is_short=False),
]
