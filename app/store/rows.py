"""How values are cut for the database."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

# SQLite takes 32,766 parameters a statement, older builds 999.
_CHUNK = 900


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """`values` in runs that fit one `IN (…)`."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def storable(value: Any) -> Any:
    """`value` with NUL characters, which PostgreSQL refuses, replaced by U+FFFD, as Markdown readers show them.

    The original bytes of a document are kept beside it, untouched.
    """
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") if "\0" in value else value
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(inner) for inner in value]
    return value
