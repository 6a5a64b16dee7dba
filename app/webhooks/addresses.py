"""The addresses that events may be sent to: public ones, checked on the connection itself."""

import socket
import time
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_DENIED = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # Of IPv6 only 2000::/3 is public; these parts of it are not, or lead into IPv4.
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]
_PUBLIC_IPV6 = IPv6Network("2000::/3")


class ForbiddenAddress(OSError):
    """The address of an endpoint is not public."""


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Return whether an address belongs to one of some networks."""
    parsed = ip_address(address.partition("%")[0])
    return any(network.version == parsed.version and parsed in network for network in networks)


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public internet."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed not in _PUBLIC_IPV6:
        return False
    return not is_within(address, _DENIED)


def connect(host: str, port: int, seconds: float, allowed: Sequence[Network]) -> socket.socket:
    """Return a socket that is connected to a public address of `host`, or an `allowed` one.

    The name is resolved once, so that the address checked is the one connected to. All addresses
    together have `seconds`. Raises ForbiddenAddress, and OSError if nobody answers.
    """
    deadline = time.monotonic() + seconds
    failure: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        ip = str(address[0])
        if not is_public(ip) and not is_within(ip, allowed):
            failure = ForbiddenAddress(f"{host} is at {ip}, which is not a public address")
            continue
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError(f"{host} did not answer within {seconds:.0f} seconds")
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(remaining)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
            continue
        connection.settimeout(seconds)
        return connection
    raise failure or OSError(f"{host} has no address")
