"""The `Host` of requests: its form always, its name if the public address is known."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from app.api.edge.admission import NEVER_SHED
from app.errors import BadRequest
from app.settings import Settings

_HOST = re.compile(rb"[A-Za-z0-9._~-]{1,255}(:\d{0,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{0,5})?")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MAX_HOST_CHARS = 80
MAX_ACCEPTED_HOSTS = 1_000
"""Values of `Host` that are not checked again."""


class Hosts:
    """The names that requests may have in `Host`: any, if no public address is set."""

    def __init__(self, settings: Settings) -> None:
        self.names: Collection[str] = ()
        if settings.public_url:
            public = urlsplit(settings.public_url).netloc.rpartition("@")[2]
            allowed = settings.allowed_hosts.replace(",", " ").split()
            self.names = {name(public), *_LOOPBACK, *map(name, allowed)}
        self._accepted: set[bytes] = set()

    def check(self, path: str, host: bytes | None) -> None:
        """Raise BadRequest for a `Host` that is malformed or foreign; health checks may use any."""
        if host is None or host in self._accepted or path in NEVER_SHED:
            return
        text = host.decode("latin-1")
        shortened = text[:MAX_HOST_CHARS]
        if not _HOST.fullmatch(host):
            raise BadRequest(f"Host: {shortened!r} is not valid; expected a name or an address.")
        if self.names and name(text) not in self.names:
            raise BadRequest(
                f"Host: {shortened!r} is not served here; expected the host of the public address. "
                "BRIEFBASE_ALLOWED_HOSTS names further hosts."
            )
        # Without an allow-list, clients decide how many there are.
        if len(self._accepted) < MAX_ACCEPTED_HOSTS:
            self._accepted.add(host)


def name(host: str) -> str:
    """Return a host without its port, in lower case."""
    return re.sub(r":\d*$", "", host).lower()
