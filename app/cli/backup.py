"""Backups: `briefbase backup FILE`, on a schedule, and `restore`, `verify` and `list`."""

import re
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli.terminal import err, fail, out, read_settings

if TYPE_CHECKING:
    from app.store.backups import Backup
    from app.store.db import Database

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
_INTERVAL = re.compile(r"([1-9]\d{0,5})([smhd])")


class _DefaultCreate(TyperGroup):
    """A group whose first argument may be a file: `backup FILE` is `backup create FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] != "--help" and args[0] not in self.commands:
            args = ["create", *args]
        return super().parse_args(ctx, args)


commands = typer.Typer(
    cls=_DefaultCreate,
    help="Back up the database while others write, and restore it.",
    no_args_is_help=True,
)


@commands.command("create")
def create_backup(
    path: Annotated[Path, typer.Argument(help="File to write, or a folder of backups.")],
    every: Annotated[
        str | None, typer.Option(help="Repeat after this time, such as 30m, 6h or 1d.")
    ] = None,
    keep: Annotated[
        int, typer.Option(min=1, help="Backups that stay in the folder; older ones are deleted.")
    ] = 28,
) -> None:
    """Write a verified backup: one SQLite file, or one named by its time in a folder."""
    interval = _interval(every)
    settings = read_settings()
    from app.store import backups
    from app.store.db import Database

    with closing(Database(settings.database_url)) as database:
        if interval is None and not path.is_dir():
            return _print(backups.create(database, path))
        if path.is_file():
            fail(f"{path} is a file; --every needs a folder.")
        while True:
            began = time.monotonic()
            _create_in(database, path, keep, repeats=interval is not None)
            if interval is None:
                return
            time.sleep(max(0.0, began + interval - time.monotonic()))


def _create_in(database: "Database", folder: Path, keep: int, *, repeats: bool) -> None:
    """Write a backup; in a schedule, a failure is logged and the next one is tried in time."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.errors import AppError
    from app.store import backups
    from app.telemetry import log

    try:
        backup = backups.create_in(database, folder, keep, datetime.now(UTC))
    except (AppError, SQLAlchemyError, OSError) as error:
        if not repeats:
            raise
        log.error("backup_failed", error=str(getattr(error, "orig", error)))
        return
    if repeats:
        log.info("backup_created", path=str(backup.path), documents=backup.documents)
    else:
        _print(backup)


def _interval(every: str | None) -> float | None:
    if every is None:
        return None
    match = _INTERVAL.fullmatch(every)
    if match is None:
        fail(f"--every: {every!r} is not valid; expected a number with s, m, h or d, such as 6h.")
    return int(match[1]) * float(_SECONDS[match[2]])


@commands.command("restore")
def restore_backup(
    path: Annotated[Path, typer.Argument(help="The backup; it is verified first.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a database that has content.")
    ] = False,
) -> None:
    """Replace the contents of the database by a backup, also while it is served (SQLite)."""
    settings = read_settings()
    from app.store import backups
    from app.store.db import Database

    with closing(Database(settings.database_url)) as database:
        backups.verify(path)
        if not backups.is_empty(database):
            if not replace:
                fail("The database has content; back it up and pass --replace to lose it.")
            if not database.is_sqlite:
                fail("A backup is restored into an empty PostgreSQL database; create one.")
        _print(backups.restore(database, path))
    err.print("Restored. A service on this database answers from it at once.")


@commands.command("verify")
def verify_backup(path: Annotated[Path, typer.Argument(help="The backup.")]) -> None:
    """Read a backup whole: pages, references, and every document against its hash."""
    from app.store import backups

    _print(backups.verify(path))


@commands.command("list")
def list_backups(folder: Annotated[Path, typer.Argument(file_okay=False, exists=True)]) -> None:
    """List the backups of a folder, the latest first."""
    from app.store import backups

    for path in backups.backups_in(folder):
        out.print(f"{path}  {path.stat().st_size / 1e6:,.1f} MB")


def _print(backup: "Backup") -> None:
    size = backup.size / 1e6
    out.print(
        f"{backup.path}: {backup.documents} documents, version {backup.version}, schema "
        f"{backup.revision}, {size:,.1f} MB, verified."
    )
