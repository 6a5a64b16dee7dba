"""Keys for writing over HTTP: `briefbase keys …`."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from app.cli.terminal import err, out, read_settings

commands = typer.Typer(help="Manage keys for writing over HTTP.", no_args_is_help=True)


@commands.command("create")
def create_key(
    name: Annotated[
        str, typer.Argument(help="Name of the key; its judgements are recorded under this name.")
    ],
    scope: Annotated[
        list[str],
        typer.Option(
            help="A permission: read, ingest, entities, webhooks or admin; may be repeated."
        ),
    ],
) -> None:
    """Create a key and print it once; the database keeps only a hash."""
    settings = read_settings()
    from app.store import keys
    from app.store.db import Database
    from app.store.migrations import migrate

    with closing(Database(settings.database_url)) as database:
        migrate(database)
        with database.write() as session:
            key, text = keys.create(session, name, scope, datetime.now(UTC))
            summary = f"{key.id}: {name}, scopes {', '.join(key.scopes)}."
    err.print(escape(f"{summary} The key is shown only once:"))
    print(text)


@commands.command("list")
def list_keys() -> None:
    """List all keys, revoked ones too."""
    settings = read_settings()
    from rich.table import Table

    from app.store import keys
    from app.store.db import Database

    table = Table("id", "name", "begins", "scopes", "created", "revoked", box=None, pad_edge=False)
    with closing(Database(settings.database_url)) as database, database.read() as session:
        for key in keys.all_keys(session):
            revoked = f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
            table.add_row(
                key.id,
                escape(key.name),
                f"{key.prefix}…",
                " ".join(key.scopes),
                f"{key.created_at:%Y-%m-%d}",
                revoked,
            )
    out.print(table)


@commands.command("revoke")
def revoke_key(
    key: Annotated[
        str, typer.Argument(help="Id or beginning of the key, or its name if that is unique.")
    ],
) -> None:
    """Revoke a key at once and for good."""
    settings = read_settings()
    from app.store import keys
    from app.store.db import Database
    from app.store.migrations import migrate

    with closing(Database(settings.database_url)) as database:
        migrate(database)
        with database.write() as session:
            revoked = keys.revoke(session, key, datetime.now(UTC))
            message = f"{revoked.id} ({revoked.name}) is revoked."
    out.print(escape(message))
