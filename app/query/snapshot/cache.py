"""Caches of values that hold as long as one dataset version, shared by all who read it."""

import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlmodel import Session

from app.query.snapshot import dataset

K = TypeVar("K")
V = TypeVar("V")

_MISSING: Any = object()
_SHARED_KEY = "version caches"


@dataclass(frozen=True, eq=False)
class CacheKind(Generic[K, V]):
    """Values of one type under keys of one type, and how much of them is cached.

    A cache of this kind has at most `max_entries` values and at most `max_bytes` bytes: those of
    the texts in its keys, and of each value what `size` returns. None is no bound.
    """

    max_entries: int | None = None
    max_bytes: int | None = None
    size: Callable[[V], int] | None = None


class VersionCache(Generic[K, V]):
    """Values of one kind made from one dataset version; the least recently used one is dropped.

    Threads share it. No lock is held while a value is made: two threads may make the same one.
    """

    def __init__(self, kind: CacheKind[K, V]) -> None:
        self._kind = kind
        self._values: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """Return the cached value of `key`, None where there is none."""
        with self._lock:
            return cast(V | None, self._touch(key, None))

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of `key`, made by `make` and cached where it was not."""
        with self._lock:
            value = self._touch(key, _MISSING)

        if value is _MISSING:
            value = make()
            self.put(key, value)

        return cast(V, value)

    def get_or_make_all(
        self,
        keys: Iterable[K],
        make: Callable[[list[K]], Mapping[K, V]],
    ) -> dict[K, V]:
        """Return the values of `keys` by key, in the order of `keys`.

        `make` gets the keys without a cached value. A key that `make` leaves out has no value.
        """
        keys = list(keys)
        with self._lock:
            missing = [key for key in keys if key not in self._values]
            cached = [key for key in keys if key in self._values] if missing else keys

            values = dict(
                zip(
                    cached,
                    map(self._values.__getitem__, cached),
                    strict=True,
                )
            )

            # At the speed of C: a timeline looks up ten thousand keys.
            deque(
                map(self._values.move_to_end, cached),
                maxlen=0,
            )

        if not missing:
            return values

        made = make(missing)
        with self._lock:
            for key, value in made.items():
                self._store(key, value)

        values.update(made)

        return {key: values[key] for key in keys if key in values}

    def put(self, key: K, value: V) -> None:
        """Cache `value` as the most recently used one."""
        with self._lock:
            self._store(key, value)

    def _touch(self, key: K, default: Any) -> Any:
        value = self._values.get(key, _MISSING)
        if value is _MISSING:
            return default

        self._values.move_to_end(key)

        return value

    def _store(self, key: K, value: V) -> None:
        if key in self._values:
            self._bytes -= self._size(key, self._values.pop(key))

        self._values[key] = value
        self._bytes += self._size(key, value)

        while self._values and self._is_over():
            dropped = self._values.popitem(last=False)
            self._bytes -= self._size(*dropped)

    def _size(self, key: K, value: V) -> int:
        if self._kind.size is None:
            return 0

        return _text_bytes(key) + self._kind.size(value)

    def _is_over(self) -> bool:
        kind = self._kind
        if kind.max_entries is not None and len(self._values) > kind.max_entries:
            return True

        return kind.max_bytes is not None and self._bytes > kind.max_bytes


class VersionCaches:
    """The caches of one dataset version: one per kind, empty at first."""

    def __init__(self) -> None:
        self._caches: dict[CacheKind[Any, Any], VersionCache[Any, Any]] = {}

    def __getitem__(self, kind: CacheKind[K, V]) -> VersionCache[K, V]:
        cache = self._caches.get(kind)
        if cache is None:
            # Atomic: of two threads both get the first one's cache.
            cache = self._caches.setdefault(kind, VersionCache(kind))

        return cache


def _text_bytes(key: object) -> int:
    """Return the bytes of the texts in a key, which requests choose."""
    if isinstance(key, str | bytes):
        return sys.getsizeof(key)

    if isinstance(key, tuple):
        return sum(map(_text_bytes, key))

    return 0


def version_cache(session: Session, kind: CacheKind[K, V]) -> VersionCache[K, V]:
    """Return the cache of a kind for the version that `session` reads.

    All reading sessions of a database share it until one of them reads another version. A writing
    session gets an empty cache: what it reads may be rolled back.
    """
    shared = session.info.get("cache")
    if shared is None:
        return VersionCache(kind)

    version = dataset.version(session).text
    current: tuple[str, VersionCaches] | None = shared.get(_SHARED_KEY)

    if current is None or current[0] != version:
        current = version, VersionCaches()
        shared[_SHARED_KEY] = current

    return current[1][kind]
