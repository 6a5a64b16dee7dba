"""Rows of a statement that are read in batches, never all at once."""

from collections.abc import Generator, Sequence
from typing import Any

from sqlmodel import Session


def partitions(session: Session, statement: Any, size: int) -> Generator[Sequence[Any], None, None]:
    """Yield the rows of a statement, `size` at once.

    Closing the generator closes the cursor, which PostgreSQL has on its side.
    """
    connection = session.connection().execution_options(yield_per=size)
    result = connection.execute(statement)
    try:
        yield from result.partitions()
    finally:
        result.close()
