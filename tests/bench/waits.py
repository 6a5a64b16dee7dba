"""How long the first `annotate` holds up the event loop: `python -m tests.bench.waits [SCALE [N]]`.

A heartbeat in the loop notes how much processor time the process used between two beats: while the
loop waits for another thread, that thread uses it. A busy machine adds nothing to that figure, as
it does to the clock.
"""

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson
import uvloop

from app.main import create_app
from app.settings import Settings
from tests.bench import database
from tests.bench.database import CHANNEL
from tests.servers import ROOT

BEAT_SECONDS = 0.001
TEXT = "NVIDIA 發表新晶片，千問同日更新，OpenAI 的 GPT 與 Anthropic 的 Claude 也在其中。\n" * 80
_GC_THRESHOLDS = (700, 10, 10)


@dataclass(frozen=True)
class Waits:
    """The longest wait of the loop, in milliseconds: of processor time, and by the clock."""

    processor: float
    clock: float

    def __str__(self) -> str:
        return f"{self.processor:.1f} ms of processor time ({self.clock:.1f} by the clock)"


async def first_annotate(url: str) -> Waits:
    """Start the application over a database and annotate a text while it warms up."""
    settings = Settings(database_url=url, seeds=False, channel=CHANNEL, log_level="warning")
    app = create_app(settings)
    body = orjson.dumps({"text": TEXT})
    messages: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    async with app.router.lifespan_context(app) as state:
        scope = _scope(len(body)) | {"state": dict(state or {})}
        answered = asyncio.create_task(app(scope, receive, send))
        waits = await _longest_wait(answered)
        await answered
    if messages[0]["status"] != 200:
        sys.exit(f"/v1/annotate answers {messages[0]['status']}")
    return waits


def _scope(length: int) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/annotate",
        "raw_path": b"/v1/annotate",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", b"%d" % length)],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


async def _longest_wait(until: asyncio.Task[None]) -> Waits:
    processor = clock = 0.0
    last_processor, last_clock = time.process_time(), time.monotonic()
    while not until.done():
        await asyncio.sleep(BEAT_SECONDS)
        now_processor, now_clock = time.process_time(), time.monotonic()
        processor = max(processor, now_processor - last_processor)
        clock = max(clock, now_clock - last_clock)
        last_processor, last_clock = now_processor, now_clock
    return Waits(1000 * processor, 1000 * clock)


def sentence(url: str) -> str:
    """Return what was measured in a process of its own, as a sentence."""
    command = [sys.executable, "-m", "tests.bench.waits", "--url", url]
    bytecode = {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(database.cache_folder() / "bytecode"),
    }
    # Twice: the first run may have to compile modules.
    for _ in range(2):
        measured = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | bytecode,
            capture_output=True,
            text=True,
            check=False,
        )
    if measured.returncode:
        sys.exit(measured.stderr)
    return f"Longest wait of the event loop during the first annotate: {measured.stdout.strip()}."


def main(scale: str = "S", count: int | None = None) -> None:
    """Measure over a scale and print the sentence."""
    print(sentence(database.prepared(scale, count).url))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--url"]:
        gc.set_threshold(*_GC_THRESHOLDS)
        print(uvloop.run(first_annotate(sys.argv[2])))
    else:
        main(*sys.argv[1:2], *map(int, sys.argv[2:3]))  # type: ignore[arg-type]  # arguments as typed
