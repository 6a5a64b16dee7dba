"""One attempt: a signed POST without redirects, within ten seconds and 64 KiB of answer."""

import base64
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from standardwebhooks import Webhook as Signer

from app import __version__
from app.webhooks.addresses import ForbiddenAddress, Network, connect, is_within

ATTEMPT_SECONDS = 10.0
MAX_ANSWER_BYTES = 64 * 1024
HTTP_OK = range(200, 300)
_SECRET_BYTES = 32


@dataclass(frozen=True)
class EndpointAnswer:
    """The answer to an attempt; `error` says why there is none."""

    status: int | None
    text: str
    error: str | None
    milliseconds: int

    @property
    def is_accepted(self) -> bool:
        """Whether the endpoint took the event."""
        return self.status in HTTP_OK


def new_secret() -> str:
    """Return a new secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(
    message_id: str, body: bytes, secret_texts: Iterable[str], now: datetime
) -> dict[str, str]:
    """Return the headers of Standard Webhooks, with a signature by each secret.

    The library takes the time as UTC whatever its offset, so it is converted first.
    """
    moment = now.astimezone(UTC)
    signatures = []
    for secret in secret_texts:
        signatures.append(Signer(secret).sign(message_id, moment, body.decode()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": f"Briefbase/{__version__}",
        "connection": "close",
    }


def post(
    url: str, body: bytes, headers: dict[str, str], allowed: Sequence[Network]
) -> EndpointAnswer:
    """Send one request and return its answer; no fault of the endpoint raises an error."""
    began = time.monotonic()
    status, text, error = None, "", None
    try:
        status, text = _exchange(urlsplit(url), body, headers, allowed)
    except (OSError, HTTPException, ValueError) as failure:
        error = str(failure) or type(failure).__name__
        if time.monotonic() - began >= ATTEMPT_SECONDS:
            error = f"no answer within {ATTEMPT_SECONDS:.0f} seconds"
    return EndpointAnswer(status, text, error, int((time.monotonic() - began) * 1000))


def _exchange(
    url: SplitResult, body: bytes, headers: dict[str, str], allowed: Sequence[Network]
) -> tuple[int, str]:
    host = url.hostname or ""
    is_secure = url.scheme == "https"
    port = url.port or (443 if is_secure else 80)
    began = time.monotonic()
    plain = connect(host, port, ATTEMPT_SECONDS, allowed)
    if not is_secure and not is_within(str(plain.getpeername()[0]), allowed):
        plain.close()
        raise ForbiddenAddress("events are sent over https only; change the address")
    # A socket's timeout is for each read; the whole exchange has one deadline.
    remaining = max(0.0, ATTEMPT_SECONDS - (time.monotonic() - began))
    watchdog = threading.Timer(remaining, _end, [plain])
    watchdog.daemon = True
    watchdog.start()
    connection: HTTPConnection
    try:
        if is_secure:
            connection = HTTPSConnection(host, port, timeout=ATTEMPT_SECONDS)
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(plain, server_hostname=host)
        else:
            connection = HTTPConnection(host, port, timeout=ATTEMPT_SECONDS)
            connection.sock = plain
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        text = response.read(MAX_ANSWER_BYTES).decode(errors="replace")
        connection.close()
        return response.status, text
    finally:
        watchdog.cancel()
        plain.close()


def _end(connection: socket.socket) -> None:
    """Shut a connection down, so that a read that waits for it fails."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The exchange has ended meanwhile.
        return
