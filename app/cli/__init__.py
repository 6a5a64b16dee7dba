"""The command line: arguments enter, text and exit codes leave; no other room prints."""

import sys
from importlib import metadata

import typer
import uvicorn
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app import doctor as checks
from app import ingest as conductor
from app.api.edge.protocol import Protocol
from app.cli import dialects, entities, keys
from app.cli.terminal import err, fail, out, read_settings
from app.errors import AppError
from app.settings import VERSION
from app.store import copying
from app.store.db import Database
from app.store.migrations import migrate
from app.telemetry import spent

cli = typer.Typer(
    name="briefbase",
    help="A queryable knowledge base of daily AI briefings.",
    no_args_is_help=True,
    add_completion=False,
)
cli.add_typer(entities.commands, name="entities")
cli.add_typer(keys.commands, name="keys")
cli.add_typer(dialects.commands, name="dialects")
_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeRemainingColumn(),
)
_MANY, _MOST_NAMED, _TOLD_EVERY = 8, 500, 10.0
_MARKS = {
    "added": "[green]added[/]",
    "replaced": "[yellow]replaced[/]",
    "unchanged": "[dim]unchanged[/]",
    "parsed": "[cyan]parsed[/]",
    "failed": "[red]failed[/]",
}
"""The first sentence of each command's help."""


def main() -> None:
    """Run the command line.

    `--version` and `--help` are answered here: loading the commands costs 0.3 s of processor time.
    """
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"briefbase {metadata.version('briefbase')}")
    elif arguments in ([], ["--help"]):
        print(usage())
    else:
        from app.cli.commands import run

        run()
    sys.exit(0 if arguments else 2)


def usage() -> str:
    """Return the help of the whole program."""
    lines = [
        "Usage: briefbase [OPTIONS] COMMAND [ARGS]...",
        "",
        "  A queryable knowledge base of daily AI briefings.",
        "",
        "Options:",
        "  --version  Print the version.",
        "  --help     Print this help; `briefbase COMMAND --help` describes one command.",
        "",
        "Commands:",
    ]
    for name, summary in COMMANDS.items():
        lines.append(f"  {name:<9}  {summary}")
    return "\n".join(lines)
