"""Output of the command line, and the settings each command reads first."""

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from rich.table import Table

    from app.settings import Settings
    from app.store.db import Database

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)
_MAX_TABLE_CHARS = 1_000


def read_settings() -> "Settings":
    """Return the settings and configure logging; invalid settings end the command.

    Unknown `BRIEFBASE_…` variables are logged as warnings.
    """
    # Imported here, as in every command: `--help` and `--version` need none of it.
    from pydantic import ValidationError

    from app import telemetry
    from app.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        faults = "; ".join(_fault(entry) for entry in error.errors())
        fail(f"The settings are not valid. {faults}.")
    telemetry.configure(settings.log_level)
    _warn_of_unknown_variables()
    return settings


def _fault(entry: Mapping[str, Any]) -> str:
    from app.errors import expectation
    from app.settings import variable
    from app.telemetry import masked

    name = variable(str(entry["loc"][0]))
    value = masked(repr(entry["input"]))
    return f"{name}: {value} is not valid; {expectation(entry)}"


def _warn_of_unknown_variables() -> None:
    from app.settings import unknown_variables
    from app.telemetry import log

    for name, nearest in unknown_variables().items():
        hint = (
            f"; did you mean {nearest}?" if nearest else "; docs/configuration.md lists them all."
        )
        log.warning("unknown_variable", variable=name, message=f"{name} is not a setting{hint}")


def open_existing(settings: "Settings") -> "Database":
    """Open the configured database for a command that needs its contents and creates none.

    A SQLite file that does not exist ends the command.
    """
    from app.store.db import Database

    database = Database(settings.database_url)
    path = database.url.database or ""
    if database.is_sqlite and not database.in_memory and not Path(path).exists():
        fail(
            f"BRIEFBASE_DATABASE_URL: {path} does not exist; expected a database. "
            "`briefbase ingest` and `briefbase serve` create one."
        )
    return database


def print_table(table: "Table") -> None:
    """Print a table as wide as its content: a cell that is cut cannot be copied."""
    unlimited = out.options.update(max_width=_MAX_TABLE_CHARS)
    table.width = out.measure(table, options=unlimited).maximum
    out.print(table)


def fail(message: str) -> NoReturn:
    """Print `message` and end the command with code 1."""
    from app.telemetry import masked

    err.print(f"[red]Error:[/] {escape(masked(message))}")
    raise typer.Exit(1)


def end_at_sigterm() -> None:
    """Let SIGTERM end a command as Ctrl-C does: service managers send it, and shells to jobs."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
