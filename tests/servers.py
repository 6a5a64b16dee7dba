"""Real HTTP servers on loopback, for tests and measurements."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 60.0
"""Timeout of a server's start and of its end."""


@dataclass(frozen=True)
class Answer:
    """A response: headers by lower-case name, and the path after redirects."""

    status: int
    headers: dict[str, str]
    body: bytes
    path: str


@dataclass(frozen=True)
class Server:
    """A process that listens on `port`; `started` is the seconds until it was ready."""

    process: subprocess.Popen[bytes]
    port: int
    started: float = 0.0

    def get(self, path: str, **headers: str) -> Answer:
        """Get a path over a new connection, following redirects."""
        origin = f"http://127.0.0.1:{self.port}"
        try:
            answer = urllib.request.urlopen(
                urllib.request.Request(origin + path, headers=headers), timeout=TIMEOUT_SECONDS
            )
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Answer(
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read(),
                answer.url.removeprefix(origin),
            )


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: list[str],
    port: int,
    ready: str,
    log: Path,
    *,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Run `command` and yield it once the path `ready` answers 200; it writes to `log`."""
    began = time.monotonic()
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=cwd, env=os.environ | (env or {}), stdout=out, stderr=out
        ) as process,
    ):
        server = Server(process, port)
        try:
            while not _answers(server, ready):
                if process.poll() is not None or time.monotonic() > began + TIMEOUT_SECONDS:
                    raise RuntimeError(f"{' '.join(command)} is not ready:\n{log.read_text()}")
                time.sleep(0.02)
            yield Server(process, port, time.monotonic() - began)
        finally:
            process.terminate()
            try:
                process.wait(TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(server: Server, path: str) -> bool:
    try:
        return server.get(path).status == 200
    except OSError:
        return False


@contextmanager
def briefbase(url: str, folder: Path, *arguments: str, **settings: Any) -> Iterator[Server]:
    """Run `briefbase serve` over the database at `url` in `folder`, which also gets its `log`.

    `settings` are by name, without `BRIEFBASE_`.
    """
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from app.cli import main; main()",
        "serve",
        "--port",
        str(port),
        *arguments,
    ]
    env = {"BRIEFBASE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    env |= {f"BRIEFBASE_{name}".upper(): str(value) for name, value in settings.items()}
    with serving(command, port, "/readyz", folder / "log", cwd=folder, env=env) as server:
        yield server
