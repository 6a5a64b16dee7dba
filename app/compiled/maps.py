"""Maps from strings to JSON values in one buffer. A bucket is decoded when a key in it is read.

Opening such a map costs nothing, whatever its size, and its bytes can be shared by processes.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

import orjson

_ENTRIES_PER_BUCKET = 4
_NUMBER_BYTES = 4
_EMPTY: dict[str, Any] = {}


def encode_map(values: Mapping[str, Any]) -> bytes:
    """Return a map as bytes: its length, its number of buckets, their offsets, their JSON."""
    bucket_count = max(1, len(values) // _ENTRIES_PER_BUCKET)
    buckets: list[dict[str, Any]] = [{} for _ in range(bucket_count)]
    for key, value in values.items():
        bucket = buckets[_bucket_number(key, bucket_count)]
        bucket[key] = value

    blobs = [orjson.dumps(bucket) if bucket else b"" for bucket in buckets]
    offsets = accumulate(map(len, blobs), initial=0)
    numbers = [len(values), bucket_count, *offsets]
    head = struct.pack(f"<{len(numbers)}I", *numbers)
    return head + b"".join(blobs)


def _bucket_number(key: str, bucket_count: int) -> int:
    return zlib.crc32(key.encode()) % bucket_count


class CompiledMap(Mapping[str, Any]):
    """A map over the bytes of `encode_map`. Values that were read stay in memory."""

    def __init__(self, data: memoryview) -> None:
        """Read `data` lazily; the caller has checked that it is not damaged."""
        self._data = data
        length, bucket_count = struct.unpack_from("<2I", data)
        self._length: int = length
        self._bucket_count: int = bucket_count
        self._first_blob = (self._bucket_count + 3) * _NUMBER_BYTES
        self._buckets: dict[int, dict[str, Any]] = {}

    def __getitem__(self, key: str) -> Any:
        return self._bucket(_bucket_number(key, self._bucket_count))[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, else `default`."""
        return self._bucket(_bucket_number(key, self._bucket_count)).get(key, default)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, self) is not self

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[str]:
        for number in range(self._bucket_count):
            yield from self._bucket(number)

    def _bucket(self, number: int) -> dict[str, Any]:
        bucket = self._buckets.get(number)
        if bucket is None:
            position = (2 + number) * _NUMBER_BYTES
            start, end = struct.unpack_from("<2I", self._data, position)
            blob = self._data[self._first_blob + start : self._first_blob + end]
            bucket = orjson.loads(blob) if start < end else _EMPTY
            self._buckets[number] = bucket
        return bucket
