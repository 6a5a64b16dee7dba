"""Limits of connections."""

from app.api.wire.deps import MAX_READERS
from app.api.wire.keys import MAX_KEY_CHECKS
from app.api.wire.writing import WRITER_THREADS
from app.store.engines.limits import POOL_SIZE


def test_the_pool_has_a_connection_for_everybody_at_once() -> None:
    exports, version, readiness = 2, 1, 1
    users = MAX_READERS + MAX_KEY_CHECKS + WRITER_THREADS + exports + version + readiness
    assert users <= POOL_SIZE
