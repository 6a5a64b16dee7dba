"""Runs migrations on the connection of `app/store/migrations.py`, or on one opened here.

The second case is the `alembic` command line.
"""

import sqlmodel
from alembic import context
from sqlalchemy import Connection

from app.settings import Settings
from app.store import tables  # noqa: F401 - fills the metadata
from app.store.db import Database
from app.store.migrations import is_compared

# Nullable columns are indexed where they are set: a full index finds most rows to be NULL.
# Said here, for a new migration: it loads both dialects, 20 ms of each start of a command.
for _table in sqlmodel.SQLModel.metadata.tables.values():
    for _index in _table.indexes:
        if len(_index.columns) == 1 and _index.columns[0].nullable:
            for _engine in ("sqlite", "postgresql"):
                _index.dialect_options[_engine]["where"] = _index.columns[0].is_not(None)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=sqlmodel.SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        include_object=is_compared,
    )
    context.run_migrations()


passed = context.config.attributes.get("connection")
if passed is not None:
    run(passed)
else:
    database = Database(Settings().database_url)
    with database.write_lock(), database.writer.connect() as connection:
        run(connection)
        connection.commit()
