"""The file of a SQLite database while it is served: replaced, missing, read-only, full, damaged."""

import os
import time
from pathlib import Path

from app.errors import Unavailable
from app.store.engines import faults

LOOK_SECONDS = 1.0
"""Seconds between two looks of readers at the file; writers look each time."""
MIN_FREE_BYTES = 1024 * 1024
"""Free bytes below which a disk counts as full: a document takes about half of that."""
Identity = tuple[int, int]
"""Device and number of a file."""


class FileState:
    """The state of a database file. `is_other` says that connections must be reopened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity: Identity | None = None
        """The file that connections were opened on; None before the first one."""
        self.is_immutable = False
        """Whether readers took the file as one that cannot change."""
        self.is_damaged = False
        self._look_at = 0.0

    def opened(self, *, immutable: bool) -> None:
        """Note that a connection was opened."""
        self.identity = self.identity or self._present()
        self.is_immutable = self.is_immutable or immutable

    def reset(self) -> None:
        """Forget the file: all connections are closed."""
        self.identity = None
        self.is_immutable = self.is_damaged = False

    def note(self, error: BaseException) -> None:
        """Note the damage that an error reports."""
        if faults.reason(error) in (faults.DAMAGED, faults.NOT_A_DATABASE):
            self.is_damaged = True

    def is_due(self) -> bool:
        """Whether readers should look at the file again; they do so once a second."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + LOOK_SECONDS
        return True

    def is_other(self) -> bool:
        """Whether another file is in place of the opened one, or a read-only one can be written."""
        if self.identity is None:
            return False
        if self.is_immutable and not self.is_read_only():
            return True
        present = self._present()
        return present is not None and present != self.identity

    def check_writable(self) -> None:
        """Raise Unavailable if a write would be lost or make damage worse."""
        if self.identity and self._present() is None:
            raise _nothing_written(faults.MISSING)
        if self.is_damaged:
            raise _nothing_written(faults.DAMAGED)

    def is_read_only(self) -> bool:
        """Whether file or folder cannot be written."""
        folder = self.path.absolute().parent
        return not (os.access(self.path, os.W_OK) and os.access(folder, os.W_OK))

    def fault(self) -> str | None:
        """Return the present fault of storage, None without one."""
        if self._present() is None:
            return faults.MISSING
        if self.is_damaged:
            return faults.DAMAGED
        if self.is_read_only():
            return faults.READ_ONLY
        space = os.statvfs(self.path)
        if space.f_bavail * space.f_frsize < MIN_FREE_BYTES:
            return faults.FULL
        return None

    def _present(self) -> Identity | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


def _nothing_written(fault: str) -> Unavailable:
    return Unavailable(f"{fault} Nothing was written.")


def lock_error(error: OSError) -> Exception:
    """Return the error of a lock file that cannot be opened."""
    fault = faults.reason(error)
    return _nothing_written(fault) if fault else error
