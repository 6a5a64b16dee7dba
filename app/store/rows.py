"""How values are cut for the database."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

# SQLite takes 32,766 parameters a statement, older builds 999.
_CHUNK = 900
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """`values` in runs that fit one `IN (…)`."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def storable(value: Any) -> Any:
    """`value` with what no database takes replaced by U+FFFD: NUL characters, and halves of surrogate pairs (YAML can write both).

    The original bytes of a document are kept beside it, untouched.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(inner) for inner in value]
    return value
