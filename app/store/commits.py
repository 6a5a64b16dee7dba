"""The gate before every commit: once it is shut, nothing more is written."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Unavailable


class CommitGate:
    """Lets commits pass until it is shut; shutting waits for the commit that is passing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: str | None = None

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Pass with a commit. Raises Unavailable if the gate is shut."""
        with self._lock:
            self.check()
            yield

    def check(self) -> None:
        """Raise Unavailable if the gate is shut."""
        if self._reason is not None:
            raise Unavailable(self._reason)

    def shut(self, reason: str) -> None:
        """Close the gate; later writers get `reason` as the error."""
        with self._lock:
            self._reason = reason

    def open(self) -> None:
        """Let commits pass again."""
        self._reason = None
