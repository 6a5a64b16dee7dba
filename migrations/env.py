"""How Alembic reaches the base. `app/store/migrations.py` hands over its connection; `alembic` on the command line opens one."""

import sqlmodel
from alembic import context
from sqlalchemy import Connection

from app.settings import Settings
from app.store import tables  # noqa: F401 - fills the metadata
from app.store.db import Database
from app.store.migrations import compared


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=sqlmodel.SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        include_object=compared,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(Settings().database_url)
    with database.gate(), database.writer.connect() as opened:
        run(opened)
        opened.commit()
