"""Rate limits by address and by key, with the `RateLimit` headers of the IETF draft."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, NamedTuple

from starlette.types import Message, Scope

from app.api.edge.admission import NEVER_SHED
from app.errors import TooManyRequests
from app.settings import Settings

if TYPE_CHECKING:
    from limits import RateLimitItem

Headers = list[tuple[bytes, bytes]]
_IPV6_NETWORK_BITS = 64
_BEARER = b"bearer "


class Limit(NamedTuple):
    """A limit that applies to a request: its policy, and the counted address or key."""

    policy: str
    item: "RateLimitItem"
    counted: str


class RateLimits:
    """Counts requests in this process by address, and by key if they have one.

    A request counts from its arrival, and for good unless its response is a 304: revalidating is
    free.
    """

    def __init__(self, settings: Settings) -> None:
        self.is_on = bool(settings.rate_limit or settings.key_rate_limit)
        if not self.is_on:
            return
        # Imported here: its storage starts threads, and most services set no limit.
        from limits.storage import MemoryStorage  # noqa: PLC0415 - only if limits are set

        # Only if limits are set.
        from limits.strategies import SlidingWindowCounterRateLimiter  # noqa: PLC0415

        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._by_address = _item(settings.rate_limit)
        self._by_key = _item(settings.key_rate_limit)
        self._pending: Counter[Limit] = Counter()
        """Requests without a response yet."""

    def limits_of(self, scope: Scope) -> list[Limit]:
        """Return the limits that apply to a request."""
        applying: list[Limit] = []
        if scope["path"] in NEVER_SHED:
            return applying
        if self._by_address and scope.get("client"):
            applying.append(Limit("address", self._by_address, network(scope["client"][0])))
        key = _key(scope["headers"]) if self._by_key else None
        if self._by_key and key:
            applying.append(Limit("key", self._by_key, key))
        return applying

    def begin(self, applying: list[Limit]) -> None:
        """Begin to count a request. Raises TooManyRequests if a limit is reached."""
        for limit in applying:
            cost = 1 + self._pending[limit]
            if not self._limiter.test(limit.item, limit.policy, limit.counted, cost=cost):
                raise self._reached(limit)
        for limit in applying:
            self._pending[limit] += 1

    def end(self, applying: list[Limit], start: Message) -> Message:
        """Count a response that starts and return it with the headers of its limits."""
        self._settle(applying, is_free=start["status"] == 304)
        return {**start, "headers": [*start["headers"], *self._headers(applying)]}

    def abandon(self, applying: list[Limit]) -> None:
        """Count a request that ends without a response: its client has gone."""
        self._settle(applying, is_free=False)

    def _settle(self, applying: list[Limit], *, is_free: bool) -> None:
        for limit in applying:
            self._pending[limit] -= 1
            if not self._pending[limit]:
                del self._pending[limit]
            if not is_free:
                self._limiter.hit(limit.item, limit.policy, limit.counted)

    def _reached(self, limit: Limit) -> TooManyRequests:
        seconds = self._stats(limit)[1]
        headers = {"Retry-After": str(seconds)}
        for field, value in self._headers([limit]):
            headers[field.decode()] = value.decode()
        return TooManyRequests(
            f"The limit of {limit.item.amount} requests in {limit.item.get_expiry()} seconds for "
            f"one {limit.policy} is reached; try again in {seconds} seconds.",
            headers=headers,
        )

    def _headers(self, applying: Iterable[Limit]) -> Headers:
        policies, states = [], []
        for limit in applying:
            remaining, seconds = self._stats(limit)
            policy, item = limit.policy, limit.item
            policies.append(f'"{policy}";q={item.amount};w={item.get_expiry()}')
            states.append(f'"{policy}";r={remaining};t={seconds}')
        return [
            (b"ratelimit-policy", ", ".join(policies).encode()),
            (b"ratelimit", ", ".join(states).encode()),
        ]

    def _stats(self, limit: Limit) -> tuple[int, int]:
        """Return the requests that remain and the seconds until more are free, at least one."""
        stats = self._limiter.get_window_stats(limit.item, limit.policy, limit.counted)
        seconds = math.ceil(stats.reset_time - time.time())
        return max(0, stats.remaining), max(1, seconds)


def _item(limit: str | None) -> "RateLimitItem | None":
    # Imported here: see `RateLimits`.
    from limits import parse  # noqa: PLC0415 - only if limits are set

    return parse(limit) if limit else None


def network(address: str) -> str:
    """Return the address or network that is counted: an IPv6 client has a /64 to itself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> _IPV6_NETWORK_BITS << _IPV6_NETWORK_BITS))
    return address


def _key(headers: Headers) -> str | None:
    """Return a digest of the key of a request, None without one."""
    for field, value in headers:
        if field == b"authorization" and value[: len(_BEARER)].lower() == _BEARER:
            return hashlib.sha256(value[len(_BEARER) :].strip()).hexdigest()[:32]
    return None
