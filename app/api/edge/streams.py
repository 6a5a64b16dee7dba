"""Places for long responses: exports, event streams and long polls."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.edge.admission import LEAVE
from app.api.edge.rate_limits import network
from app.errors import Unavailable


class Places:
    """At most `limit` long responses at once, and `per_client` for one address.

    A response holds its place for as long as its ASGI call runs. The call ends when the client
    goes, and the connection guard ends those whose client stopped reading.
    """

    def __init__(self, noun: str, limit: int, per_client: int | None = None) -> None:
        self.noun = noun
        self.limit = limit
        self.per_client = per_client or limit
        self._clients: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def in_use(self) -> int:
        """Number of places in use."""
        return self._clients.total()

    @contextmanager
    def hold(self, scope: Scope) -> Iterator[None]:
        """Hold a place. Raises Unavailable."""
        address = self._take(scope)
        try:
            yield
        finally:
            self._give_back(address)

    def response(
        self, scope: Scope, make: Callable[[], Response], close: Callable[[], None] | None = None
    ) -> "HeldResponse":
        """Return a response that holds a place from now until it ends; then `close` is called.

        Raises Unavailable. `make` is called with the place held; if it raises, the place is free.
        """
        address = self._take(scope)
        try:
            response = make()
        except BaseException:
            self._give_back(address)
            raise
        return HeldResponse(response, lambda: self._give_back(address), close)

    def _take(self, scope: Scope) -> str:
        address = network((scope.get("client") or ("",))[0])
        with self._lock:
            if self.in_use >= self.limit:
                raise Unavailable(
                    f"{self.limit} {self.noun} are running already; try again shortly."
                )
            if self._clients[address] >= self.per_client:
                raise Unavailable(
                    f"{self.per_client} {self.noun} of this address are running already; "
                    "end one of them first."
                )
            self._clients[address] += 1
        return address

    def _give_back(self, address: str) -> None:
        with self._lock:
            self._clients[address] -= 1
            if not self._clients[address]:
                del self._clients[address]


class HeldResponse(Response):
    """A response that gives a place back when it ends, however it ends."""

    def __init__(
        self, response: Response, release: Callable[[], object], close: Callable[[], None] | None
    ) -> None:
        self.response = response
        self.release = release
        self.close = close
        self.status_code, self.raw_headers = response.status_code, response.raw_headers
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.response(scope, receive, send)
        finally:
            try:
                if self.close:
                    # A generator runs in threads; it is closed in one, too.
                    await run_in_threadpool(self.close)
            finally:
                self.release()


def leave_line(scope: Scope) -> None:
    """Give the place in the line of reads back before the response starts, for a long poll.

    Only in the event loop.
    """
    if leave := scope.get(LEAVE):
        leave()
