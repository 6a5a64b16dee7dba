"""Eleven calls with the package of `clients/python`, sync and async."""

import asyncio
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from briefbase_client import AsyncBriefbase, Briefbase, BriefbaseError
from check import BASE, check


def sync_calls() -> None:
    """Make the calls that block."""
    with Briefbase(BASE) as base:
        items = list(base.items(limit=20))
        total = base.items().total()
        check("walk", len(items) == total > 60 and len({item.id for item in items}) == total)
        high = base.items(importance=["high"]).to_pandas()
        check("to_pandas", set(high["importance.level"]) == {"high"})
        hit = next(iter(base.search("昇騰", type_=["items"])))
        item = base.item(hit.id)
        check("search", item.id == hit.id)
        check("lines", item.title in base.lines(item.id).text)
        check("entity by spelling", base.entity("輝達").name == "NVIDIA")
        check("timeline", base.timeline("NVIDIA", interval="month").totals.items > 0)
        try:
            base.item("i_nothing")
        except BriefbaseError as error:
            check("error", error.status == 404 and "There is no item" in str(error))


@contextmanager
def busy_service() -> Iterator[str]:
    """Yield the address of a service that refuses every first and second request."""
    requests = 0

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Refuse two requests of three, hand the third on."""
            nonlocal requests
            requests += 1
            if requests % 3:
                self.send_response(503)
                self.send_header("Retry-After", "0")
                self.end_headers()
                return
            with urllib.request.urlopen(BASE + self.path) as answer:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(answer.read())

        def log_message(self, format: str, *values: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def patient_calls() -> None:
    """Make calls that are refused at first."""

    async def total() -> int:
        async with AsyncBriefbase(address) as base:
            return await base.items().total()

    with busy_service() as address:
        with Briefbase(address) as base:
            ids = {item.id for item in base.items(limit=30)}
        check("patient walk", len(ids) > 60)
        check("async patience", asyncio.run(total()) == len(ids))


async def async_calls() -> None:
    """Make the calls of an event loop."""
    async with AsyncBriefbase(BASE) as base:
        ids = [item.id async for item in base.items()]
        check("async walk", len(ids) == await base.items().total())
        frame = await base.entities(entity_type=["org"]).to_pandas()
        check("async to_pandas", set(frame["type"]) == {"org"})


sync_calls()
patient_calls()
asyncio.run(async_calls())
