"""A cache of finished files of one dataset version: making one again costs a read.

They are written beside the database, have no name, and are gone with the process.
"""

import os
import tempfile
import threading
from collections.abc import Generator, Iterator
from typing import IO

READ_BYTES = 1 << 19


class FileCache:
    """Finished files by name; at most `max_bytes` of them, all of one version."""

    def __init__(self, folder: str | None, max_bytes: int) -> None:
        """Keep files in `folder`; None is the folder of temporary files."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._version = ""
        self._files: dict[str, IO[bytes]] = {}
        self._size = 0

    def read(self, version: str, name: str) -> Iterator[bytes] | None:
        """Return the blocks of a file of this version, None if it is not cached."""
        with self._lock:
            file = self._files.get(name) if version == self._version else None
            if file is None:
                return None
            # A copy outlives the original, which a new version closes.
            blocks = _blocks(os.dup(file.fileno()))
            # Started, so that closing it closes the copy.
            next(blocks)
            return blocks

    def keeping(
        self, version: str, name: str, blocks: Iterator[bytes]
    ) -> Generator[bytes, None, None]:
        """Yield `blocks` and keep them once the last one was read; not if there are too many."""
        try:
            # The file outlives this function.
            file: IO[bytes] | None = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        except OSError:
            file = None
        size = 0
        try:
            for block in blocks:
                size += len(block)
                if file and size > self._max_bytes:
                    file.close()
                    file = None
                file = file and _written(file, block)
                yield block
            if file and self._add(version, name, file, size):
                file = None
        finally:
            if file:
                file.close()

    def _add(self, version: str, name: str, file: IO[bytes], size: int) -> bool:
        """Cache a file; return whether there was room for it."""
        file.flush()
        with self._lock:
            if version != self._version:
                self._drop()
                self._version = version
            if name in self._files or self._size + size > self._max_bytes:
                return False
            self._files[name] = file
            self._size += size
            return True

    def _drop(self) -> None:
        for file in self._files.values():
            file.close()
        self._files, self._size = {}, 0

    def close(self) -> None:
        """Forget all files."""
        with self._lock:
            self._drop()


def _written(file: IO[bytes], block: bytes) -> IO[bytes] | None:
    """Write a block; return the file, None if the disk is full."""
    try:
        file.write(block)
    except OSError:
        file.close()
        return None
    return file


def _blocks(descriptor: int) -> Iterator[bytes]:
    offset = 0
    try:
        yield b""
        while block := os.pread(descriptor, READ_BYTES, offset):
            yield block
            offset += len(block)
    finally:
        os.close(descriptor)
