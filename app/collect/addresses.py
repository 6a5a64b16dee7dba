"""Addresses that are never fetched from: the machine's own networks and all special ones."""

import ipaddress
import socket
from urllib.parse import urlsplit

from app.collect.errors import FetchError

# `is_global` of Python 3.11 accepts multicast, 6to4, NAT64 and site-local addresses.
_DENIED = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "::1/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7"),
        *("fe80::/10", "fec0::/10", "ff00::/8"),
    )
)


def check_address(address: str, networks: str) -> None:
    """Raise `FetchError` for an IP address that `networks` does not include.

    `networks` is `public`, `all` or `loopback` (BRIEFBASE_COLLECT_NETWORKS).
    """
    if networks == "all":
        return
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if networks == "loopback":
        if not parsed.is_loopback:
            raise FetchError(f"{address} is no loopback address, and only those are allowed")
        return
    if any(parsed in network for network in _DENIED if network.version == parsed.version):
        raise FetchError(f"{address} is a private or special address")


def check_host(url: str, networks: str) -> None:
    """Look the host of a URL up and check all its addresses. Raises `FetchError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchError(f"{url[:200]!r} has no valid host or no valid port") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{url[:200]!r} is not valid; expected an http or https address")
    if parts.username or parts.password:
        raise FetchError("the address carries credentials")
    try:
        infos = socket.getaddrinfo(parts.hostname, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"the host {parts.hostname} is not known") from None
    for *_, address in infos:
        check_address(str(address[0]), networks)
