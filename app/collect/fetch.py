"""Fetching politely: one request a host at a time, bounded bodies, checked addresses, robots."""

import socket
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
from protego import Protego

from app.collect.addresses import check_address, check_host
from app.collect.errors import FetchError

MAX_FEED_BYTES = 8 * 1024 * 1024
MAX_PAGE_BYTES = 4 * 1024 * 1024
MAX_ROBOTS_BYTES = 500 * 1024
MAX_REDIRECTS = 5
MAX_WAIT_SECONDS = 24 * 3600
_MAX_CRAWL_DELAY_SECONDS = 30.0
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_BUSY = frozenset([429, 503])
_GONE = 410
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class FetchTerms:
    """The rules of fetching. `delay_seconds` lie between two requests to one host at least."""

    agent: str
    networks: str = "public"
    delay_seconds: float = 1.0
    read_seconds: float = 10.0
    total_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response: its last address, its status 200 or 304, and its decompressed body."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        """The `Content-Type`, empty without one."""
        return self.headers.get("content-type", "")


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    last: float = 0.0
    robots: Protego | None = None
    refusal: str | None = None
    """Why nothing may be fetched from it for now."""


class Fetcher:
    """Fetches for one run, from several threads."""

    def __init__(self, terms: FetchTerms) -> None:
        self._terms = terms
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self._client = httpx2.Client(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(terms.read_seconds),
            headers={"User-Agent": terms.agent, "Accept-Encoding": "gzip"},
            # Each request opens a connection, so that each has its address checked.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def fetch(self, url: str, max_bytes: int, headers: Mapping[str, str] | None = None) -> Fetched:
        """Fetch a URL, redirects followed. Raises `FetchError` with the reason."""
        for _ in range(MAX_REDIRECTS + 1):
            check_host(url, self._terms.networks)
            host = self._hosts[urlsplit(url).netloc.lower()]
            with host.lock:
                self._obey_robots(host, url)
                response = self._request(host, url, max_bytes, headers or {})
            if response.status not in _REDIRECTS:
                return self._checked(host, response)
            location = response.headers.get("location", "")
            if not location:
                raise FetchError("a redirect names no address")
            try:
                url = urljoin(url, location)
            except ValueError:
                raise FetchError(f"a redirect names no address: {location[:200]!r}") from None
        raise FetchError(f"there are more than {MAX_REDIRECTS} redirects")

    def _checked(self, host: _Host, response: Fetched) -> Fetched:
        """Return a response with a body, or 304. Raises `FetchError` for any other status."""
        if response.status in (200, 304):
            return response
        wait = _wait_seconds(response.headers.get("retry-after"))
        reason = f"the server answered {response.status}"
        if response.status in _BUSY:
            host.refusal = reason
        if response.status == _GONE:
            reason += ": the address is gone for good; take it from the list"
        raise FetchError(reason, wait)

    def _obey_robots(self, host: _Host, url: str) -> None:
        """Raise `FetchError` if the host asked to be left alone. The caller has the host's lock."""
        if host.refusal:
            raise FetchError(f"{host.refusal} to an earlier request of this run")
        if host.robots is None:
            host.robots = self._robots(host, url)
        if not host.robots.can_fetch(url, self._terms.agent):
            raise FetchError("its robots.txt forbids this address")

    def _robots(self, host: _Host, url: str) -> Protego:
        """Return the rules of a host; without a file everything is allowed (RFC 9309, 2.3.1.3)."""
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/robots.txt"
        try:
            response = self._request(host, address, MAX_ROBOTS_BYTES, {})
        except FetchError as error:
            host.refusal = f"its robots.txt could not be read: {error}"
            raise FetchError(host.refusal) from error
        if response.status >= 500:
            host.refusal = (
                f"its robots.txt could not be read: the server answered {response.status}"
            )
            raise FetchError(host.refusal, _wait_seconds(response.headers.get("retry-after")))
        text = response.body.decode("utf-8-sig", "replace") if response.status == 200 else ""
        return Protego.parse(text)

    def _request(
        self, host: _Host, url: str, max_bytes: int, headers: Mapping[str, str]
    ) -> Fetched:
        """Send one request. The caller has the host's lock."""
        self._pause(host)
        watch = _Watch(self._terms)
        extensions = {"trace": watch}
        try:
            with self._client.stream("GET", url, headers=headers, extensions=extensions) as answer:
                body = b""
                if answer.status_code == 200:
                    body = _bounded_body(answer, max_bytes)
                return Fetched(url, answer.status_code, body, dict(answer.headers))
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            reason = "the server takes too long" if watch.expired else _reason(error)
            raise FetchError(reason) from error
        finally:
            watch.stop()
            host.last = time.monotonic()

    def _pause(self, host: _Host) -> None:
        delay = self._terms.delay_seconds
        if host.robots:
            crawl_delay = host.robots.crawl_delay(self._terms.agent) or 0.0
            delay = max(delay, min(crawl_delay, _MAX_CRAWL_DELAY_SECONDS))
        remaining = host.last + delay - time.monotonic()
        if host.last and remaining > 0:
            time.sleep(remaining)


class _Watch:
    """Checks the address of one connection before anything is sent, and cuts it when time is up.

    A timeout of each read alone lets a server that sends a byte now and then go on for days.
    """

    def __init__(self, terms: FetchTerms) -> None:
        self._networks = terms.networks
        self._stream: Any = None
        self._timer = threading.Timer(terms.total_seconds, self._cut)
        self._timer.daemon = True
        self.expired = False
        self._timer.start()

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take an event of the connection."""
        if event != "connection.connect_tcp.complete":
            return
        self._stream = info["return_value"]
        address = self._stream.get_extra_info("server_addr")
        check_address(str(address[0]), self._networks)

    def _cut(self) -> None:
        self.expired = True
        connection = self._stream and self._stream.get_extra_info("socket")
        if connection:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Stop the clock."""
        self._timer.cancel()


def _bounded_body(answer: httpx2.Response, max_bytes: int) -> bytes:
    """Return the decompressed body. Raises `FetchError` if it is too large."""
    compressed = bytearray()
    for chunk in answer.iter_raw():
        compressed += chunk
        if len(compressed) > max_bytes:
            raise FetchError(f"the body has more than {max_bytes} bytes")
    return _decompressed(bytes(compressed), max_bytes)


def _decompressed(body: bytes, max_bytes: int) -> bytes:
    """Return a body without gzip, which some servers send without a header that says so."""
    if not body.startswith(_GZIP_MAGIC):
        return body
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(body, max_bytes + 1)
    except zlib.error:
        raise FetchError("the compressed body is broken") from None
    if len(plain) > max_bytes:
        raise FetchError(f"the body has more than {max_bytes} bytes")
    return plain


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "the server takes too long"
    if isinstance(error, httpx2.ConnectError):
        return "the server cannot be reached"
    return f"the server's answer is broken ({type(error).__name__})"


def _wait_seconds(value: str | None) -> int | None:
    """Return the seconds that `Retry-After` asks for, as a number or a date; at most a day."""
    if not value:
        return None
    if value.strip().isdecimal():
        return min(int(value.strip()[:9]), MAX_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(0, round(seconds)), MAX_WAIT_SECONDS)
