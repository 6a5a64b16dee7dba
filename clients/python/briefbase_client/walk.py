"""Lists as iterators: each page is requested when the one before it is used up."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Walk(Generic[T]):
    """All entries of a list; `page` returns a page for a cursor, None for the first."""

    def __init__(self, page: Callable[[str | None], Any]) -> None:
        self._page = page

    def __iter__(self) -> Iterator[T]:
        cursor: str | None = None
        while True:
            page = self._page(cursor)
            yield from page.data
            cursor = page.meta.next_cursor
            if cursor is None:
                return

    def total(self) -> int:
        """Return the number of entries on all pages."""
        return int(self._page(None).meta.total)

    def to_pandas(self) -> Any:
        """Return all entries as a DataFrame; nested objects become columns: `section.kind`."""
        return frame(self)


class AsyncWalk(Generic[T]):
    """All entries of a list, read without blocking."""

    def __init__(self, page: Callable[[str | None], Awaitable[Any]]) -> None:
        self._page = page

    async def __aiter__(self) -> AsyncIterator[T]:
        cursor: str | None = None
        while True:
            page = await self._page(cursor)
            for entry in page.data:
                yield entry
            cursor = page.meta.next_cursor
            if cursor is None:
                return

    async def total(self) -> int:
        """Return the number of entries on all pages."""
        return int((await self._page(None)).meta.total)

    async def to_pandas(self) -> Any:
        """Return all entries as a DataFrame; nested objects become columns: `section.kind`."""
        return frame([entry async for entry in self])


def frame(entries: Iterable[Any]) -> Any:
    """Return models of the service as a DataFrame. Raises ImportError without pandas."""
    # Imported here: the rest of the package does without it.
    import pandas  # noqa: PLC0415

    return pandas.json_normalize([entry.to_dict() for entry in entries])
