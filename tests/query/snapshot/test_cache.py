"""A version cache drops the least recently used value and holds as long as its version."""

import threading
from datetime import UTC, datetime

import pytest

from app.query.snapshot.cache import CacheKind, VersionCache, VersionCaches, version_cache
from app.store import dataset
from app.store.db import Database

THREE: CacheKind[str, int] = CacheKind(max_entries=3)
TEN_BYTES: CacheKind[int, bytes] = CacheKind(max_bytes=10, size=len)
NUMBERS: CacheKind[str, int] = CacheKind()


def never() -> int:
    raise AssertionError("the value is cached")


def test_a_value_is_made_once() -> None:
    cache = VersionCache(THREE)
    assert cache.get_or_make("a", lambda: 1) == 1
    assert cache.get_or_make("a", never) == 1
    assert cache.get("a") == 1
    assert cache.get("b") is None


def test_none_is_a_value() -> None:
    kind: CacheKind[str, int | None] = CacheKind()
    cache = VersionCache(kind)
    assert cache.get_or_make("a", lambda: None) is None
    assert cache.get_or_make("a", never) is None


def test_an_error_leaves_no_value() -> None:
    cache = VersionCache(THREE)
    with pytest.raises(AssertionError):
        cache.get_or_make("a", never)
    assert cache.get_or_make("a", lambda: 1) == 1


@pytest.mark.parametrize(
    ("used", "dropped"), [([], "a"), (["a"], "b"), (["a", "b"], "c"), (["c", "a"], "b")]
)
def test_the_least_recently_used_value_is_dropped(used: list[str], dropped: str) -> None:
    cache = VersionCache(THREE)
    for value, key in enumerate("abc"):
        cache.put(key, value)
    for key in used:
        assert cache.get(key) is not None
    cache.put("d", 3)
    assert len(cache) == 3
    assert [key for key in "abcd" if cache.get(key) is None] == [dropped]


def test_bytes_are_bounded() -> None:
    cache = VersionCache(TEN_BYTES)
    cache.put(1, b"1234")
    cache.put(2, b"123456")
    assert len(cache) == 2
    cache.put(3, b"1")
    assert (cache.get(1), cache.get(2), cache.get(3)) == (None, b"123456", b"1")
    cache.put(2, b"12")
    cache.put(4, b"1234567")
    assert len(cache) == 3


def test_the_texts_of_a_key_count() -> None:
    # Searches are keys: ten thousand long ones would take a hundred times their counts.
    kind: CacheKind[tuple[tuple[str, str], ...], int] = CacheKind(max_bytes=2_000, size=int)
    cache = VersionCache(kind)
    for name in "abc":
        cache.put((("item", name * 800),), 0)
    assert len(cache) == 2


def test_a_value_larger_than_the_bound_is_returned_but_not_cached() -> None:
    cache = VersionCache(TEN_BYTES)
    assert cache.get_or_make(1, lambda: b"12345678901") == b"12345678901"
    assert len(cache) == 0


def test_only_missing_values_are_made() -> None:
    cache = VersionCache(THREE)
    cache.put("b", 2)
    asked: list[list[str]] = []

    def make(keys: list[str]) -> dict[str, int]:
        asked.append(keys)
        return {key: ord(key) for key in keys if key != "x"}

    assert list(cache.get_or_make_all("abx", make).items()) == [("a", 97), ("b", 2)]
    assert asked == [["a", "x"]]
    assert cache.get_or_make_all("ba", make) == {"b": 2, "a": 97}
    assert len(asked) == 1


def test_more_values_than_the_bound_are_all_returned() -> None:
    cache = VersionCache(THREE)
    values = cache.get_or_make_all("abcde", lambda keys: {key: ord(key) for key in keys})
    assert list(values) == list("abcde")
    assert len(cache) == 3


def test_a_lookup_of_many_values_counts_as_use() -> None:
    cache = VersionCache(THREE)
    for value, key in enumerate("abc"):
        cache.put(key, value)
    cache.get_or_make_all("ab", lambda keys: {})
    cache.put("d", 3)
    assert cache.get("c") is None


def test_kinds_do_not_share_keys() -> None:
    caches = VersionCaches()
    caches[THREE].put("a", 1)
    assert caches[NUMBERS].get("a") is None
    assert caches[THREE].get("a") == 1


def test_threads_may_share_a_cache() -> None:
    cache = VersionCache(THREE)
    faults: list[str] = []

    def use(first: int) -> None:
        for number in range(first, first + 500):
            key = "abcdefg"[number % 7]
            if cache.get_or_make(key, lambda key=key: ord(key)) != ord(key):  # type: ignore[misc]  # mypy infers no default
                faults.append(key)

    threads = [threading.Thread(target=use, args=(first,)) for first in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(cache) == 3


def test_a_new_version_has_empty_caches(database: Database) -> None:
    with database.read() as session:
        version_cache(session, NUMBERS).put("a", 1)
    with database.read() as session:
        assert version_cache(session, NUMBERS).get("a") == 1
    with database.write() as session:
        dataset.record(session, [], datetime.now(UTC))
    with database.read() as session:
        assert version_cache(session, NUMBERS).get("a") is None


def test_a_writing_session_shares_nothing(database: Database) -> None:
    with database.write() as session:
        version_cache(session, NUMBERS).put("a", 1)
        assert version_cache(session, NUMBERS).get("a") is None
    with database.read() as session:
        assert version_cache(session, NUMBERS).get("a") is None
