"""The first rows of a table: among them they set every column that any row sets.

Readers take the type of a column from its first values. DuckDB 2.0 types a column that is null in
the first 20,480 lines "NULL" and reads its later values as NULL; polars 2.1 looks at 100 lines.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

Row = dict[str, Any]

BUFFERED_ROWS = 2_000
"""Rows that are searched for values before the first one leaves; some hundred bytes each."""


def complete_first(read: Callable[[], Iterator[Row]], nullable: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of `read()`, those that set a column of `nullable` first to the front.

    `read` is called again if a column is null in all buffered rows.
    """
    rows = read()
    buffered = list(islice(rows, BUFFERED_ROWS))
    unset = set(nullable)
    front = _first_to_set(iter(buffered), unset)
    later: dict[int, Row] = {}
    if unset and len(buffered) == BUFFERED_ROWS:
        later = _first_to_set(islice(read(), BUFFERED_ROWS, None), unset)
    yield from front.values()
    yield from later.values()
    for number, row in enumerate(buffered):
        if number not in front:
            yield row
    for number, row in enumerate(rows):
        if number not in later:
            yield row


def _first_to_set(rows: Iterator[Row], unset: set[str]) -> dict[int, Row]:
    """Return the rows that first set a column of `unset`, by number; those columns leave it."""
    front: dict[int, Row] = {}
    for number, row in enumerate(rows):
        if not unset:
            break
        newly_set = {column for column in unset if row[column] is not None}
        if newly_set:
            front[number] = row
            unset -= newly_set
    return front
