"""Batches of values that fit one `IN (…)` of a statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

# SQLite takes 32,766 parameters a statement, older builds 999.
MAX_VALUES = 900


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield `values` in order, at most `MAX_VALUES` at a time."""
    for start in range(0, len(values), MAX_VALUES):
        yield values[start : start + MAX_VALUES]
