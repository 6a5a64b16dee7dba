"""A receiver of webhooks on loopback, which verifies and remembers what comes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook


class Receiver:
    """The events received, in order; `statuses` are the answers to come, then 204."""

    def __init__(self, port: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.location = "/elsewhere"
        self.bodies: list[bytes] = []
        self.statuses: list[int] = []
        self.secrets: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.paths.append(self.path)
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.take(dict(self.headers.items()), body))
                self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"seen")

            def do_GET(self) -> None:
                receiver.paths.append(self.path)
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Verify a request by each secret with two libraries; return the status of the answer."""
        for secret in self.secrets:
            Webhook(secret).verify(body, headers)
            SvixWebhook(secret).verify(body, headers)
        status = self.statuses.pop(0) if self.statuses else 204
        self.headers.append(headers)
        self.ids.append(next(v for k, v in headers.items() if k.lower() == "webhook-id"))
        self.bodies.append(body)
        self.events.append(json.loads(body))
        return status

    def kinds(self) -> list[str]:
        """Return the kinds of the events received."""
        return [event["type"] for event in self.events]


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver."""
    receiver = Receiver(port)
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
