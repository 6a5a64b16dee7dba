"""Who may write over HTTP: `briefbase keys …`."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.terminal import err, out, read_settings
from app.store import keys as stored_keys
from app.store.db import Database
from app.store.migrations import migrate

commands = typer.Typer(help="Who may write over HTTP.", no_args_is_help=True)


@commands.command("create")
def create_key(
    name: Annotated[
        str, typer.Argument(help="Whose it is; what it does is recorded under this name.")
    ],
    scope: Annotated[
        list[str],
        typer.Option(
            help=f"What it is good for, of {', '.join(stored_keys.SCOPES)}; may be repeated."
        ),
    ],
) -> None:
    """Make a key and print it, this once: what is kept of it is a hash."""
    with closing(Database(read_settings().database_url)) as database:
        migrate(database)
        with database.write() as session:
            key, text = stored_keys.create(session, name, scope, datetime.now(UTC))
            told = (
                f"{key.id}: {name}, good for {', '.join(key.scopes)}. The key is shown this once:"
            )
    err.print(escape(told))
    print(text)


@commands.command("list")
def list_keys() -> None:
    """List the keys, the revoked ones too."""
    table = Table("id", "name", "begins", "scopes", "created", "revoked", box=None, pad_edge=False)
    with closing(Database(read_settings().database_url)) as database, database.read() as session:
        for key in stored_keys.held(session):
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
        str, typer.Argument(help="Its id or beginning, or the name if only one live key has it.")
    ],
) -> None:
    """Revoke a key, from now on and for good."""
    with closing(Database(read_settings().database_url)) as database:
        migrate(database)
        with database.write() as session:
            revoked = stored_keys.revoke(session, key, datetime.now(UTC))
            told = f"{revoked.id} ({revoked.name}) is revoked."
    out.print(escape(told))
