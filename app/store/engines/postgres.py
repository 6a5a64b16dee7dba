"""Engines of a PostgreSQL server over the driver's own pool."""

import threading
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool
from sqlmodel import create_engine

from app.store.encoding.json_columns import encode_json
from app.store.engines.limits import (
    CONNECTION_WAIT_SECONDS,
    LOCK_TIMEOUT_MILLISECONDS,
    POOL_SIZE,
)


class _Pool:
    """The driver's connection pool, opened on demand, also after it was closed.

    A forked copy of the process must not share its connections, so `Database.close` comes first.
    """

    def __init__(self, url: URL, settings: str) -> None:
        # A URL with several hosts, `?host=a:5432&host=b:5432`, is one that libpq cannot read.
        _, parameters = url.get_dialect()().create_connect_args(url)
        # Server-side prepared statements do not survive a PgBouncer in transaction mode.
        self._options: dict[str, Any] = {
            "connect_timeout": 5,
            **parameters,
            "options": f"{parameters.get('options', '')} {settings}",
            "prepare_threshold": None,
        }
        self._opening = threading.Lock()
        self._pool: Any = None

    def connect(self) -> Any:
        """Return a connection of the driver."""
        # Imported here: a database in a SQLite file needs neither its time nor its memory.
        import psycopg  # noqa: PLC0415 - SQLite needs none of it
        from psycopg_pool import PoolTimeout  # noqa: PLC0415 - SQLite needs none of it

        with self._opening:
            if self._pool is None:
                self._pool = self._open()
            pool = self._pool

        try:
            return pool.getconn()
        except PoolTimeout:
            if pool.get_stats().get("connections_errors"):
                # The pool does not say why nobody can connect; the driver does.
                psycopg.connect(**self._options).close()
            raise

    def _open(self) -> Any:
        from psycopg_pool import ConnectionPool  # noqa: PLC0415 - SQLite needs none of it

        return ConnectionPool(
            kwargs=self._options,
            min_size=0,
            max_size=POOL_SIZE,
            timeout=CONNECTION_WAIT_SECONDS,
            # The next request tries again; delays that double reached 18 s after an outage of 40.
            reconnect_timeout=0,
            check=ConnectionPool.check_connection,
            close_returns=True,
            open=True,
        )

    def close(self, engine: Engine | None = None) -> None:
        """Close the pool; `engine` is what SQLAlchemy's event passes."""
        with self._opening:
            pool, self._pool = self._pool, None
        if pool:
            pool.close()


def engine(url: URL, *, statement_timeout: float, read_only: bool = False) -> Engine:
    """Return an engine whose statements may take `statement_timeout` seconds."""
    settings = (
        f"-c statement_timeout={int(statement_timeout * 1000)} "
        f"-c lock_timeout={LOCK_TIMEOUT_MILLISECONDS} -c timezone=UTC"
    )
    pool = _Pool(url, settings)
    opened = create_engine(
        url, poolclass=NullPool, creator=pool.connect, json_serializer=encode_json
    )
    event.listen(opened, "engine_disposed", pool.close)
    if read_only:
        return opened.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return opened
