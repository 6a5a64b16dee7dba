"""The cursor codec: where a walk through a list goes on, as one opaque string."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.errors import BadRequest

_HASH_CHARS = 16
_MAX_SNAPSHOT = 10**18


@dataclass(frozen=True, slots=True)
class Position:
    """The end of a page: the sort key values of its last entry.

    `snapshot` is the newest briefing (`pk`) when the walk began, where the list is counted up to
    it; None elsewhere.
    """

    key: list[Any]
    snapshot: int | None = None


def encode_cursor(
    scope: str,
    key: Sequence[Any],
    snapshot: int | None = None,
) -> str:
    """Return a cursor with the sort key values `key`, which are valid JSON.

    `scope` names the list, its filters and its order; the cursor is valid for that scope only.
    """
    payload = orjson.dumps([snapshot, list(key)]).decode()
    digest = scope_hash(scope)

    return _to_base64(f"{digest}{_checksum(digest, payload)}{payload}")


def decode_cursor(cursor: str, scope: str) -> Position:
    """Return the position in a cursor. Raises BadRequest for an invalid one or another scope's."""
    try:
        # Strict: the lenient decoder skips characters outside the alphabet.
        padding = "=" * (-len(cursor) % 4)
        text = base64.b64decode(cursor + padding, altchars=b"-_", validate=True).decode()
    except (ValueError, UnicodeError):
        raise invalid_cursor() from None

    digest = text[:_HASH_CHARS]
    checksum = text[_HASH_CHARS : 2 * _HASH_CHARS]
    payload = text[2 * _HASH_CHARS :]

    if checksum != _checksum(digest, payload) or _to_base64(text) != cursor:
        raise invalid_cursor()

    if digest != scope_hash(scope):
        raise BadRequest(
            "The cursor belongs to another list, filter or order. "
            "Keep all parameters of the first page while walking a list.",
            [
                {
                    "parameter": "cursor",
                    "message": "made for other parameters",
                }
            ],
        )

    return _read(payload)


def _read(payload: str) -> Position:
    try:
        snapshot, key = orjson.loads(payload)
    except (ValueError, TypeError):
        raise invalid_cursor() from None

    if not isinstance(key, list):
        raise invalid_cursor()

    is_number = type(snapshot) is int and 0 <= snapshot < _MAX_SNAPSHOT
    if snapshot is not None and not is_number:
        raise invalid_cursor()

    return Position(key, snapshot)


def scope_hash(scope: str) -> str:
    """Return 16 hexadecimal characters that identify a scope."""
    return hashlib.sha256(scope.encode()).hexdigest()[:_HASH_CHARS]


def invalid_cursor() -> BadRequest:
    """Return the error for a cursor that cannot be read."""
    return BadRequest(
        "Invalid cursor. Pass meta.next_cursor unchanged.",
        [
            {
                "parameter": "cursor",
                "message": "cannot be read",
            }
        ],
    )


def _checksum(digest: str, payload: str) -> str:
    return hashlib.sha256(f"{digest}{payload}".encode()).hexdigest()[:_HASH_CHARS]


def _to_base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
