"""Caches of the readings of lines.

Every reading of a document asks for its lines again. A cache must hold the lines of the largest
document: one of 4,096 entries made 10,000 lines cost 2.7 times as much as 5,000.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, update_wrapper
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Reading = TypeVar("_Reading")

MAX_ENTRIES = 32_768
"""The most entries of one cache: a document has 30,000 lines at most."""
MAX_IDLE_ENTRIES = 4_096
"""The most entries that stay between two documents: ordinary words and labels come again."""

_shrinkers: list[Callable[[], None]] = []


class LineCache(Generic[_Key, _Reading]):
    """A function of one line or text whose results are remembered."""

    def __init__(self, function: Callable[[_Key], _Reading]) -> None:
        self._cached = lru_cache(maxsize=MAX_ENTRIES)(function)
        update_wrapper(self, function)
        _shrinkers.append(self.shrink)

    def __call__(self, key: _Key) -> _Reading:
        """Return the function's result, remembered or new."""
        return self._cached(key)

    def shrink(self) -> None:
        """Forget everything if more than the entries of an ordinary document are remembered."""
        if self._cached.cache_info().currsize > MAX_IDLE_ENTRIES:
            self._cached.cache_clear()


def shrink_line_caches() -> None:
    """Free the memory that an unusually long document took; call it after each document."""
    for shrink in _shrinkers:
        shrink()
