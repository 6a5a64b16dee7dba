"""A page of another origin in Chromium: annotates a text and revalidates by ETag."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest

from tests.conftest import new_url
from tests.servers import Server, briefbase

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
TIMEOUT_SECONDS = 90
PAGE = """<!doctype html><title>Other origin</title><script type="module">
const api = decodeURIComponent(location.search.slice(1)), out = {};
const headers = { "Content-Type": "application/json", "X-Request-ID": "page-1" };
async function send(path, options) {
  try { return await fetch(api + path, options); } catch { return null; }
}
const body = JSON.stringify({ text: "NVIDIA 發布新品" });
const notes = await send("/v1/annotate", { method: "POST", headers, body });
out.surfaces = (await notes?.json())?.annotations.map((entry) => entry.surface);
out.requestId = notes?.headers.get("X-Request-ID");
const queries = JSON.stringify({ q0: { query: "NVIDIA" } });
const names = await send("/v1/reconcile", { method: "POST", body: new URLSearchParams({ queries }) });
out.reconciled = (await names?.json())?.q0.result[0].name;
for (const path of ["/v1/items?limit=3", "/v1/briefings/latest?format=html"]) {
  const first = await send(path, { cache: "no-store" });
  const etag = first?.headers.get("ETag");
  const again = { cache: "no-store", headers: { "If-None-Match": etag } };
  out[path] = [first?.status, Boolean(etag), (await send(path, again))?.status];
  const changed = { cache: "no-store", headers: { "If-None-Match": 'W/"other"' } };
  out[path].push((await send(path, changed))?.status);
}
const authorized = { headers: { Authorization: "Bearer bb_unknown" } };
out.withKey = (await send("/v1/info", authorized))?.status;
const act = await send("/v1/entities/x/aliases", { method: "POST", headers, body: "{}" });
out.curation = act === null ? "refused" : act.status;
await fetch("/result", { method: "POST", body: JSON.stringify(out) });
</script>"""


@contextmanager
def other_origin(results: "SimpleQueue[Any]") -> Iterator[str]:
    """Serve the page on a port of its own; what it posts is put into `results`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(PAGE.encode())

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            results.put(json.loads(self.rfile.read(size)))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visited(origin: str, api: Server, folder: Path, results: "SimpleQueue[Any]") -> Any:
    """Open the page in Chromium and return what it posted."""
    assert BROWSER
    address = f"{origin}/?http://127.0.0.1:{api.port}"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command = [BROWSER, *options, f"--user-data-dir={folder / 'profile'}", "--no-proxy-server"]
    remote = ["--remote-debugging-port=0", address]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen([*command, *remote], stdout=log, stderr=log)
        try:
            return results.get(timeout=TIMEOUT_SECONDS)
        except Empty:
            pytest.fail((folder / "chromium.log").read_text())
        finally:
            process.terminate()
            process.wait(TIMEOUT_SECONDS)


@pytest.mark.skipif(BROWSER is None, reason="Chromium is not there")
def test_a_page_of_another_origin_annotates_and_revalidates(tmp_path: Path) -> None:
    results: SimpleQueue[Any] = SimpleQueue()
    url = new_url("sqlite", tmp_path, seeded=True)
    with briefbase(url, tmp_path) as api, other_origin(results) as origin:
        out = visited(origin, api, tmp_path, results)
    assert out["surfaces"] == ["NVIDIA"]
    assert out["requestId"] == "page-1"
    assert out["reconciled"] == "NVIDIA"
    assert out["/v1/items?limit=3"] == [200, True, 304, 200]
    assert out["/v1/briefings/latest?format=html"] == [200, True, 304, 200]
    assert out["withKey"] == 200
    assert out["curation"] == "refused"
