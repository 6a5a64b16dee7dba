"""Files of compiled data: written once, checked and mapped into memory by every later process.

A file holds named sections of bytes that are only ever decoded as JSON, never executed. Its name
has a key of all that it is made of, so it is never out of date. A file that is damaged, or that
another user could have written, is made again. Without a folder to write to, nothing is stored.
"""

import contextlib
import io
import mmap
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import orjson
import xxhash

from app.settings import VERSION, configured_cache_folder

Sections = Mapping[str, memoryview]
"""Name of a section → its bytes."""

_MAGIC = b"briefbase 1\n"
_DIGEST_BYTES = 16
_HEAD_BYTES = len(_MAGIC) + _DIGEST_BYTES
_LENGTH_BYTES = 4
_BLOCK_BYTES = 1 << 18
_WRITABLE_BY_OTHERS = 0o022
_MAX_FILES = 4
"""Files of one name in a folder: those of the versions used last."""


def content_key(paths: Iterable[Path], *versions: str) -> str:
    """Return a hash of this version, further `versions` and the bytes of some files."""
    digest = xxhash.xxh3_128("/".join([VERSION, *versions]).encode())
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiled_sections(name: str, key: str, build: Callable[[], Mapping[str, bytes]]) -> Sections:
    """Return the sections of the file of this `name` and `key`; `build` makes a missing one."""
    folder = configured_cache_folder()
    path = folder / f"{name}-{key}.bin" if folder else None
    sections = _read(path) if path else None
    if sections is not None:
        return sections

    data = encode_sections(build())
    if path:
        _write(path, data)
        sections = _read(path)
    # Mapped memory is shared with other processes; that of `data` is not.
    return sections or _sections_of(memoryview(data))


def encode_sections(sections: Mapping[str, bytes]) -> bytes:
    """Return sections as the bytes of a file: magic, digest, index and contents."""
    index: dict[str, tuple[int, int]] = {}
    size = 0
    for name, content in sections.items():
        index[name] = (size, size + len(content))
        size += len(content)

    encoded_index = orjson.dumps(index)
    length = struct.pack("<I", len(encoded_index))
    body = b"".join([length, encoded_index, *sections.values()])
    return _MAGIC + xxhash.xxh3_128_digest(body) + body


def decode_sections(data: bytes) -> Sections | None:
    """Return the sections in the bytes of a file; None if they are damaged."""
    return _sections_of(memoryview(data)) if _is_whole(io.BytesIO(data)) else None


def _is_whole(file: BinaryIO) -> bool:
    """Return whether the digest of a file is that of its contents.

    Reading leaves no page in this process, as comparing mapped memory would.
    """
    head = file.read(_HEAD_BYTES)
    digest = xxhash.xxh3_128()
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
    return head == _MAGIC + digest.digest()


def _sections_of(data: memoryview) -> Sections:
    body = data[_HEAD_BYTES:]
    (index_size,) = struct.unpack_from("<I", body)
    first = _LENGTH_BYTES + index_size
    sections: dict[str, memoryview] = {}
    for name, (start, end) in orjson.loads(body[_LENGTH_BYTES:first]).items():
        sections[name] = body[first + start : first + end]
    return sections


def _read(path: Path) -> Sections | None:
    """Return the sections of a file; None if it is missing, damaged or not trusted."""
    try:
        with path.open("rb") as file:
            if not _is_trusted(os.fstat(file.fileno())) or not _is_whole(file):
                return None
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    return _sections_of(memoryview(mapped))


def _is_trusted(status: os.stat_result) -> bool:
    """Return whether only this user and root can have written a file."""
    if not hasattr(os, "geteuid"):  # pragma: no cover - Windows has no owners of this kind
        return True
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & _WRITABLE_BY_OTHERS


def _write(path: Path, data: bytes) -> None:
    """Write a file under another name and rename it; two processes may do so at once."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        _remove_old(path)


def _remove_old(path: Path) -> None:
    """Remove all but the newest files of this name."""
    pattern = path.name.replace(path.stem.rpartition("-")[2], "*")
    files = sorted(path.parent.glob(pattern), key=_time_of, reverse=True)
    for old in files[_MAX_FILES:]:
        old.unlink(missing_ok=True)


def _time_of(path: Path) -> float:
    return path.stat().st_mtime
