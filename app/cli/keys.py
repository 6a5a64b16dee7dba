"""Keys for writing over HTTP: `briefbase keys …`."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from app.cli.terminal import err, open_existing, out, print_table, read_settings

if TYPE_CHECKING:
    from app.store.db import Database, Session
    from app.store.keys import ApiKey

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
    expires: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days until it expires; default never.")
    ] = None,
) -> None:
    """Create a key and print it once; the database keeps only a hash."""
    settings = read_settings()
    from app.store import keys
    from app.store.db import Database

    lifetime = timedelta(days=expires) if expires else None
    _show_new(
        Database(settings.database_url),
        lambda session, now: keys.create(session, name, scope, now, lifetime),
    )


@commands.command("rotate")
def rotate_key(
    key: Annotated[
        str, typer.Argument(help="Id or beginning of the key, or its name if that is unique.")
    ],
    overlap: Annotated[
        int,
        typer.Option(min=0, max=24 * 365, help="Hours until the former key expires."),
    ] = 24,
) -> None:
    """Create a key in place of another, which expires after the overlap."""
    settings = read_settings()
    from app.store import keys

    hours = timedelta(hours=overlap)
    _show_new(
        open_existing(settings),
        lambda session, now: keys.rotate(session, key, now, hours),
    )


def _show_new(
    database: "Database", make: Callable[["Session", datetime], tuple["ApiKey", str]]
) -> None:
    """Make a key in a database, which is closed afterwards, and print it once."""
    from app.store import audit
    from app.store.migrations import migrate

    audit.act_as(audit.CLI)
    with closing(database):
        migrate(database)
        with database.write() as session:
            key, text = make(session, datetime.now(UTC))
            summary = f"{key.id}: {key.name}, scopes {', '.join(key.scopes)}."
            if key.expires_at:
                summary += f" It expires on {key.expires_at:%Y-%m-%d}."
    err.print(escape(f"{summary} The key is shown only once:"))
    print(text)


@commands.command("list")
def list_keys() -> None:
    """List all keys, revoked ones too."""
    settings = read_settings()
    from rich.table import Table

    from app.store import keys

    titles = ("id", "name", "begins", "scopes", "created", "expires", "last used", "revoked")
    table = Table(*titles, box=None, pad_edge=False)
    with closing(open_existing(settings)) as database, database.read() as session:
        for key in keys.all_keys(session):
            table.add_row(
                key.id,
                escape(key.name),
                f"{key.prefix}…",
                " ".join(key.scopes),
                f"{key.created_at:%Y-%m-%d}",
                _day(key.expires_at),
                _day(key.last_used_at),
                _day(key.revoked_at),
            )
    print_table(table)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


@commands.command("revoke")
def revoke_key(
    key: Annotated[
        str, typer.Argument(help="Id or beginning of the key, or its name if that is unique.")
    ],
) -> None:
    """Revoke a key at once and for good."""
    settings = read_settings()
    from app.store import audit, keys
    from app.store.migrations import migrate

    audit.act_as(audit.CLI)
    with closing(open_existing(settings)) as database:
        migrate(database)
        with database.write() as session:
            revoked = keys.revoke(session, key, datetime.now(UTC))
            message = f"{revoked.id} ({revoked.name}) is revoked."
    out.print(escape(message))
