"""The id of a request: the client's if it is safe, else a new one."""

from collections.abc import Mapping
from secrets import token_hex

from app.telemetry import is_request_id


def request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the id of a request; `headers` are by lower-case name."""
    identity = headers.get(b"x-request-id")
    if identity and is_request_id(identity.decode("latin-1")):
        return identity
    return token_hex(16).encode()
