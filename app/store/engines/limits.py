"""Limits of connections, and the signal that a query is left to a thread."""

POOL_SIZE = 20
"""Connections an engine opens at most. A server reads with 8 for reads, 4 for checks of keys, 4
for writes that also read, 2 for exports, 1 each for the dataset version and for readiness."""
CONNECTION_WAIT_SECONDS = 2.0
LOCK_TIMEOUT_MILLISECONDS = 2_000


class WouldBlock(Exception):
    """Raised when a query would block the event loop; retry on a worker thread."""
