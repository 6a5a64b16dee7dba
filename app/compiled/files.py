"""Files of compiled data: written once, checked and mapped into memory by every later process.

A file holds named sections of bytes that are only ever decoded as JSON, never executed. Its name
has a key of all that it is made of, so it is never out of date. A file that is damaged, or that
another user could have written, is made again. Without a folder to write to, nothing is stored.
"""

import contextlib
import mmap
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import orjson
import xxhash

from app import __version__
from app.settings import configured_cache_folder

Sections = Mapping[str, memoryview]
"""Name of a section → its bytes."""
Buffer = bytes | memoryview

_MAGIC = b"briefbase 1\n"
_DIGEST_BYTES = 16
_HEAD_BYTES = len(_MAGIC) + _DIGEST_BYTES
_LENGTH_BYTES = 4
_ALIGNMENT_BYTES = 64
_BLOCK_BYTES = 1 << 18
_WRITABLE_BY_OTHERS = 0o022
_MAX_FILES = 4
"""Files of one name in a folder: those of the versions used last."""


def content_key(paths: Iterable[Path], *versions: str) -> str:
    """Return a hash of this version, further `versions` and the bytes of some files."""
    digest = xxhash.xxh3_128("/".join([__version__, *versions]).encode())
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compiled_sections(name: str, key: str, build: Callable[[], Mapping[str, bytes]]) -> Sections:
    """Return the sections of the file of this `name` and `key`; `build` makes a missing one."""
    folder = configured_cache_folder()
    path = folder / f"{name}-{key}.bin" if folder else None
    sections = read_sections(path) if path else None
    if sections is not None:
        return sections

    built = build()
    if path:
        with contextlib.suppress(OSError):
            write_sections(path, built, _MAX_FILES)
        sections = read_sections(path)
    # Mapped memory is shared with other processes; that of `built` is not.
    return sections or _sections_of(memoryview(encode_sections(built)))


def encode_sections(sections: Mapping[str, Buffer]) -> bytes:
    """Return sections as the bytes of a file: magic, digest, index and contents."""
    return b"".join(_parts(sections))


def _parts(sections: Mapping[str, Buffer]) -> list[Buffer]:
    """Return the parts of a file, end to end. Each section begins at a multiple of 64 bytes."""
    index: dict[str, tuple[int, int]] = {}
    contents: list[Buffer] = []
    size = 0
    for name, content in sections.items():
        length = memoryview(content).nbytes
        index[name] = (size, size + length)
        padding = -length % _ALIGNMENT_BYTES
        contents += [content, bytes(padding)]
        size += length + padding

    encoded_index = orjson.dumps(index)
    # Spaces after JSON mean nothing.
    encoded_index += b" " * (-(_HEAD_BYTES + _LENGTH_BYTES + len(encoded_index)) % _ALIGNMENT_BYTES)
    body: list[Buffer] = [struct.pack("<I", len(encoded_index)), encoded_index, *contents]
    digest = xxhash.xxh3_128()
    for part in body:
        digest.update(part)
    return [_MAGIC, digest.digest(), *body]


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


def read_sections(path: Path, *, writable: bool = False) -> Sections | None:
    """Return the sections of a file; None if it is missing, damaged or not trusted.

    What is written to `writable` sections stays in this process: its pages are copied.
    """
    access = mmap.ACCESS_COPY if writable else mmap.ACCESS_READ
    try:
        with path.open("rb") as file:
            if not _is_trusted(os.fstat(file.fileno())) or not _is_whole(file):
                return None
            mapped = mmap.mmap(file.fileno(), 0, access=access)
    except (OSError, ValueError):
        return None
    return _sections_of(memoryview(mapped))


def _is_trusted(status: os.stat_result) -> bool:
    """Return whether only this user and root can have written a file."""
    if not hasattr(os, "geteuid"):  # pragma: no cover - Windows has no owners of this kind
        return True
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & _WRITABLE_BY_OTHERS


def write_sections(path: Path, sections: Mapping[str, Buffer], max_files: int) -> None:
    """Write a file under another name and rename it; two processes may do so at once.

    Of the files whose names differ only in their last part, the newest `max_files` stay. Raises
    OSError if the file cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(_parts(sections))
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    for old in files_like(path)[max_files:]:
        with contextlib.suppress(OSError):
            old.unlink(missing_ok=True)


def files_like(path: Path) -> list[Path]:
    """Return the files whose names differ from that of `path` only in their last part.

    The newest is the first.
    """
    pattern = path.stem.rpartition("-")[0] + "-*" + path.suffix
    return sorted(path.parent.glob(pattern), key=_time_of, reverse=True)


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        # Another process has just removed it.
        return 0.0
