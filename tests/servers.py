"""Processes that answer HTTP on loopback, for tests and measurements that want a real one."""

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
PATIENCE = 60.0
"""Seconds a server may take to be ready, and to end."""


@dataclass(frozen=True)
class Answer:
    """`headers` by lower-case name; `path` is the one reached in the end."""

    status: int
    headers: dict[str, str]
    body: bytes
    path: str


@dataclass(frozen=True)
class Server:
    """A process that answers on `port`; `started` is how many seconds it took to be ready."""

    process: subprocess.Popen[bytes]
    port: int
    started: float = 0.0

    def get(self, path: str, **headers: str) -> Answer:
        """Over a connection of its own, following redirects."""
        origin = f"http://127.0.0.1:{self.port}"
        try:
            answer = urllib.request.urlopen(
                urllib.request.Request(origin + path, headers=headers), timeout=PATIENCE
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
    """A port nobody listens on."""
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
    """`command`, from when `ready` is answered 200; it writes to `log`, which an error shows."""
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
                if process.poll() is not None or time.monotonic() > began + PATIENCE:
                    raise RuntimeError(f"{' '.join(command)} is not ready:\n{log.read_text()}")
                time.sleep(0.02)
            yield Server(process, port, time.monotonic() - began)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(server: Server, path: str) -> bool:
    try:
        return server.get(path).status == 200
    except OSError:
        return False


@contextmanager
def briefbase(url: str, folder: Path, *arguments: str, **settings: Any) -> Iterator[Server]:
    """`briefbase serve` over the base at `url`, started in `folder` and with its `log` there; `settings` by name, without `BRIEFBASE_`."""
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
