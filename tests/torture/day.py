"""A day of a bot, a mirror and a receiver of events, with kills of the server in the middle.

The receiver verifies each event with standardwebhooks and with svix.
"""

import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.mirror.follow import Mirror, differences
from app.mirror.source import MirrorSource
from app.store import keys
from app.store.db import Database
from app.store.migrations import migrate
from app.store.outbox import EVENT_KINDS
from tests.conftest import CHANNEL, ENGINES, new_url
from tests.documents import briefing, item
from tests.receiver import receiving
from tests.servers import ROOT, TIMEOUT_SECONDS, Server, free_port, serving
from tests.torture.trial import Finding, Trial

DAYS = 12
PATIENCE_SECONDS = 90.0
"""Seconds that events and the mirror have to arrive at the end."""
_SCOPES = ("ingest", "entities", "webhooks", "admin")
_EVENTS: dict[tuple[str, str], str] = {
    ("briefing", "added"): "briefing.created",
    ("briefing", "updated"): "briefing.updated",
    ("briefing", "removed"): "briefing.deleted",
    ("item", "added"): "item.created",
    ("entity", "merged"): "entity.merged",
    ("entity", "split"): "entity.split",
    ("thread", "added"): "thread.updated",
    ("thread", "updated"): "thread.updated",
    ("thread", "removed"): "thread.updated",
    ("watch", "added"): "watch.hit",
}


@dataclass
class Service:
    """A server on one port that can be killed and started again."""

    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    key: str = ""

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Run the server."""
        command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
        environment = {
            "BRIEFBASE_DATABASE_URL": self.url,
            "BRIEFBASE_SEEDS": "false",
            "BRIEFBASE_LOG_LEVEL": "error",
            "BRIEFBASE_READ_TIMEOUT": "20",
            "BRIEFBASE_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "PYTHONPATH": str(ROOT),
        }
        arguments = [*command, "--port", str(self.port)]
        log = self.folder / "log"
        with serving(
            arguments, self.port, "/readyz", log, cwd=self.folder, env=environment
        ) as server:
            yield server

    def ask(self, method: str, path: str, body: bytes | None = None, media: str = "") -> Any:
        """Return the JSON of an answer; a request is repeated while the server is away."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": media}
        while True:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}{path}", body, headers, method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                    return json.loads(answer.read())
            except urllib.error.HTTPError as error:
                with error:
                    detail = error.read().decode()
                # A deletion that committed before the kill is gone when it is repeated.
                if error.code in (404, 410) and method in ("DELETE", "POST"):
                    return {}
                if error.code != 503:
                    raise AssertionError(f"{method} {path}: {error.code} {detail}") from None
            except OSError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def send(self, path: str, content: dict[str, Any]) -> Any:
        """Post JSON."""
        return self.ask("POST", path, json.dumps(content).encode(), "application/json")


def key_for(url: str) -> str:
    """Return the text of a new key for everything."""
    with closing(Database(url)) as database:
        migrate(database)
        with database.write() as session:
            return keys.create(session, "bot", list(_SCOPES), datetime.now(UTC))[1]


def text_of(day: date, edition: str = "") -> bytes:
    """Return the document of a day; `edition` changes one of its items."""
    story = item("Foobar 發布模型", "https://a.com/story", entities="OpenAI, Foobar Lab")
    other = item(f"{day} 的第二條{edition}", f"https://a.com/{day}", entities="Qwen, 千問, Bazquux")
    third = item(f"{day} 的第三條", summary=f"摘要{edition}。", entities="NVIDIA")
    return briefing(story, other, third, date=day.isoformat()).encode()


def work(service: Service, kill: Callable[[], None]) -> None:
    """Do a bot's day: additions, edits, a merge and its undo, a split, a deletion, a return."""
    first = date(2026, 1, 1)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    merged: Any = {}
    for number, day in enumerate(days):
        if number in (DAYS // 3, 2 * DAYS // 3):
            threading.Timer(0.15, kill).start()
        service.ask("POST", "/v1/briefings", text_of(day), "text/markdown")
        if number % 3 == 1:
            service.ask("POST", "/v1/briefings", text_of(day, "（更正）"), "text/markdown")
        if number == 2:
            content = {"into": "OpenAI", "reason": "一"}
            merged = service.send("/v1/entities/Foobar%20Lab/merge", content)
        if number == 7:
            service.ask("DELETE", f"/v1/briefings/{days[1]}?reason=%E9%8C%AF")
        if number == 9 and merged.get("judgements"):
            service.send(f"/v1/judgements/{merged['judgements'][0]}/undo", {})
        if number == 10:
            service.ask("POST", f"/v1/briefings/{days[1]}/restore")
            service.send("/v1/entities/Qwen/split", {"names": ["千問"]})


def follow(mirror: Mirror, ending: threading.Event, faults: list[str]) -> None:
    """Follow until told to end; a source that is away is asked again."""
    while not ending.is_set():
        try:
            for applied in mirror.follow(1):
                if applied.outcome.startswith("left out"):
                    faults.append(f"{applied.change['object_id']}: {applied.outcome}")
        except AppError:
            time.sleep(0.2)


def expected_events(service: Service) -> list[tuple[str, str]]:
    """Return the events (kind, position) that the log of changes calls for, in order."""
    events = []
    path = "/v1/changes?limit=1000"
    while path:
        page = service.ask("GET", path)
        for change in page["data"]:
            kind = _EVENTS.get((change["object"], change["action"]))
            if kind:
                events.append((kind, change["position"]))
        path = page["links"]["next"]
    return events


def _of_engine(engine: str, folder: Path) -> list[Finding]:
    url = new_url(engine, folder)
    service = Service(url, folder, key=key_for(url))
    copy = Database(new_url("sqlite", folder), read_timeout=30)
    migrate(copy)
    ending, is_over = threading.Event(), threading.Event()
    left_out: list[str] = []
    pids: list[int] = []
    kills = 0

    def kill() -> None:
        nonlocal kills
        kills += 1
        os.kill(pids[-1], signal.SIGKILL)

    def keep_running() -> None:
        while not is_over.is_set():
            with service.running() as server:
                pids.append(server.process.pid)
                while server.process.poll() is None and not is_over.is_set():
                    time.sleep(0.05)

    mirror = Mirror(copy, MirrorSource(f"http://127.0.0.1:{service.port}"), CHANNEL)
    running = threading.Thread(target=keep_running)
    following = threading.Thread(target=follow, args=[mirror, ending, left_out])
    with closing(copy), receiving() as receiver:
        running.start()
        try:
            hook = {"url": receiver.url, "events": list(EVENT_KINDS)}
            made = service.send("/v1/webhooks", hook)
            receiver.secrets.append(made["secret"])
            # Some events fail at first, so that there are repetitions.
            receiver.statuses = [500, *[204] * 20, 503]
            following.start()
            work(service, kill)
            path = made["webhook"]["links"]["self"]
            _wait(lambda: service.ask("GET", path)["pending"] == 0)
            ending.set()
            following.join()
            list(mirror.follow())
            unequal = differences(copy, mirror.source)
            expected = expected_events(service)
        finally:
            ending.set()
            is_over.set()
            running.join()
    got: dict[str, tuple[str, str]] = {}
    for identifier, event in zip(receiver.ids, receiver.events, strict=True):
        known = got.setdefault(identifier, (event["type"], event["data"]["change"]["position"]))
        assert known[1] == event["data"]["change"]["position"]
    received = list(got.values())
    repeated = len(receiver.ids) - len(got)
    what = f"{engine}: {kills} kills, {len(expected)} events verified by two libraries "
    return [
        Finding(what + "in order", f"{len(received)}", f"{len(expected)}", received == expected),
        Finding(f"{engine}: repetitions with the id they had", f"{repeated}", "≥ 2", repeated > 1),
        Finding(f"{engine}: exports of the mirror that differ", f"{unequal}", "[]", not unequal),
        Finding(f"{engine}: changes the mirror left out", f"{len(left_out)}", "0", not left_out),
    ]


def _wait(is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_done() and time.monotonic() < deadline:
        time.sleep(0.2)


def run(folder: Path, is_short: bool) -> list[Finding]:
    """Spend the day on SQLite, and unless it is short on PostgreSQL too."""
    findings = []
    for engine in ENGINES[:1] if is_short else ENGINES:
        home = folder / engine
        home.mkdir()
        findings += _of_engine(engine, home)
    return findings


TRIAL = Trial("a day of followers", run, is_short=False)
