"""The id of a request: the client's if it is safe, else a new one."""

from collections.abc import Mapping
from random import Random, SystemRandom

from app.telemetry import is_request_id

# Ids name requests and guard nothing, so one call of the system at start is enough.
_numbers = Random(SystemRandom().getrandbits(256))


def request_id(headers: Mapping[bytes, bytes]) -> bytes:
    """Return the id of a request; `headers` are by lower-case name."""
    identity = headers.get(b"x-request-id")
    if identity and is_request_id(identity.decode("latin-1")):
        return identity
    return b"%032x" % _numbers.getrandbits(128)
