"""The command line: arguments and progress; the work is done in the rooms."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app import doctor as checks
from app import ingest as conductor
from app.api.edge.protocol import Protocol
from app.cli import entities, keys
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


@cli.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """A queryable knowledge base of daily AI briefings."""
    if version:
        out.print(f"briefbase {VERSION}")
        raise typer.Exit


@cli.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; BRIEFBASE_HOST otherwise.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port to listen on, 0 for a free one; BRIEFBASE_PORT otherwise."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that answer; BRIEFBASE_WORKERS otherwise."),
    ] = None,
) -> None:
    """Serve the API. A base without briefings is filled from the seeds first."""
    settings = read_settings()
    host, port = host or settings.host, settings.port if port is None else port
    # Done here first, what is wrong with the base is said in a sentence; the service finds nothing left to do.
    with closing(Database(settings.database_url)) as database:
        conductor.prepare(database, settings)
    err.print(
        f"Briefbase {VERSION} on http://{host}:{port} (documentation at /docs); Ctrl-C ends it."
    )
    uvicorn.run(
        "app.main:create_app", factory=True, host=host, port=port, log_level=settings.log_level, access_log=settings.access_log, server_header=False,
        timeout_graceful_shutdown=10, http=Protocol, workers=workers or settings.workers,
    )  # fmt: skip


@cli.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Markdown files, or folders of them.")
    ],
    channel: Annotated[
        str | None, typer.Option(help="The channel they belong to; BRIEFBASE_CHANNEL otherwise.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Parse and report, write nothing.")
    ] = False,
) -> None:
    """Take documents in. The same bytes again change nothing; an edited document replaces its former self."""
    settings = read_settings()
    conductor.check_channel(channel or settings.channel)
    files = conductor.documents(paths)
    if not files:
        fail(
            f"There is no Markdown file ({', '.join(conductor.SUFFIXES)}) in {', '.join(map(str, paths))}."
        )
    reports: list[conductor.Report] = []
    began = time.monotonic()
    with closing(Database(settings.database_url)) as database:
        if not dry_run:
            migrate(database)
        taken = conductor.ingest_files(
            database,
            files,
            channel=channel or settings.channel,
            default_channel=settings.channel,
            dry_run=dry_run,
        )
        try:
            for report in _watched(taken, len(files)):
                reports.append(report)
        except KeyboardInterrupt:
            fail(
                "Interrupted. What the table names is taken in; the same command takes in the rest."
            )
        finally:
            # Also where the base fails half-way: what was taken in until then stays.
            if not dry_run:
                database.settle()
            _print_reports(reports)
            _print_pace(len(reports), time.monotonic() - began)
    if any(report.status == "failed" for report in reports):
        raise typer.Exit(1)


def _watched(reports: conductor.Reports, total: int) -> Iterator[conductor.Report]:
    """Reports as they come, with a progress bar on a terminal, and a line now and then elsewhere."""
    # A thread that drew the bar by itself would keep this process from being copied (`ahead.py`).
    with (
        closing(reports),
        Progress(
            *_COLUMNS, console=err, transient=True, auto_refresh=False, disable=not err.is_terminal
        ) as progress,
    ):
        task = progress.add_task("Ingesting", total=total)
        began = told = time.monotonic()
        for count, report in enumerate(reports, 1):
            yield report
            progress.update(task, advance=1, description=escape(report.name), refresh=True)
            if not err.is_terminal and (now := time.monotonic()) - told > _TOLD_EVERY:
                told = now
                err.print(f"{count} of {total} documents, {count / (now - began):.1f} a second")


def _print_pace(documents: int, seconds: float) -> None:
    """How fast it went, and what took how long; documents are read by several processes at once."""
    if documents < _MANY:
        return
    stages = ", ".join(f"{stage} {took:.1f}" for stage, took in spent.items() if took >= 0.05)
    err.print(
        f"{documents} documents in {seconds:.1f} s, {documents / seconds:.1f} a second. Seconds by stage: {stages}."
    )


def _print_reports(reports: list[conductor.Report]) -> None:
    table = Table(
        "document",
        "briefing",
        "",
        "items",
        "entities",
        "sources",
        "lines kept",
        box=None,
        pad_edge=False,
    )
    # Of very many, those are named of which there is something to say.
    for report in (
        reports
        if len(reports) <= _MOST_NAMED
        else [r for r in reports if r.status == "failed" or r.covered < r.nonblank]
    ):
        changed = ", ".join(
            f"{count} {what}"
            for what, count in report.items.items()
            if count and what not in ("found", "kept")
        )
        items = f"{report.items.get('found', 0)}{f' ({changed})' if changed and report.status == 'replaced' else ''}"
        kept = f"{report.covered}/{report.nonblank}"
        figures = [
            items,
            str(report.entities),
            str(report.sources),
            kept if report.covered == report.nonblank else f"[red]{kept}[/]",
        ]
        table.add_row(
            escape(report.name),
            report.briefing or "",
            _MARKS[report.status],
            *(figures if report.status != "failed" else [""] * 4),
        )
    out.print(table)
    for report in reports:
        for problem in [*([report.error] if report.error else []), *report.problems]:
            err.print(f"[red]{escape(report.name)}:[/] {escape(problem)}")
    counts = Counter(report.status for report in reports)
    out.print(", ".join(f"{count} {status}" for status, count in counts.items()) + ".")


@cli.command()
def parse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A Markdown file.")],
    channel: Annotated[
        str | None, typer.Option(help="The channel it belongs to; BRIEFBASE_CHANNEL otherwise.")
    ] = None,
) -> None:
    """Print the JSON of a briefing, as the API shows it but without ids. No database is needed."""
    try:
        shown = conductor.preview(
            conductor.read_document(file), file.name, channel or read_settings().channel
        )
    except AppError as error:
        fail(f"{file}: {error}")
    data = _without_ids(shown.model_dump(mode="json", exclude_unset=True))
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _without_ids(value: Any) -> Any:
    """`value` without what only a base can give: ids, links and times of writing. A publisher's id is its domain, and stays."""
    if isinstance(value, list):
        return [_without_ids(entry) for entry in value]
    if isinstance(value, dict):
        given = ("id", "slug", "source_id", "links", "updated_at")
        return {
            name: inner if name in ("publisher", "front_matter") else _without_ids(inner)
            for name, inner in value.items()
            if name not in given
        }
    return value


@cli.command()
def doctor() -> None:
    """Check the installation and the base: versions, schema, integrity, documents against what was made of them."""
    settings = read_settings()
    healthy = True
    for check in checks.examine(settings):
        healthy = healthy and check.ok
        out.print(
            f"{'[green]ok  [/]' if check.ok else '[red]bad [/]'} {check.name}: {escape(check.detail)}"
        )
    if not healthy:
        raise typer.Exit(1)


@cli.command()
def copy(
    source: Annotated[
        str, typer.Option("--from", help="URL of the base to copy; it is only read.")
    ],
    target: Annotated[
        str, typer.Option("--to", help="URL of the base to copy to, which holds nothing yet.")
    ],
) -> None:
    """Copy a whole base, from one engine to another if need be, and prove by hashes that all of it arrived."""
    copied = []
    with (
        closing(_opened(source)) as given,
        closing(_opened(target)) as taken,
        Progress(console=err, transient=True) as bar,
    ):
        task = bar.add_task("Copying", total=None)
        for one in copying.copy(given, taken):
            copied.append(one)
            bar.update(task, description=one.table)
    shown = Table("table", "rows", "sha256, there and here", box=None, pad_edge=False)
    for one in copied:
        shown.add_row(one.table, f"{one.rows:,}", one.sha256[:16])
    out.print(shown)
    out.print(f"{sum(one.rows for one in copied):,} rows copied, all as they were.")


def _opened(url: str) -> Database:
    try:
        return Database(url)
    except ValueError as error:
        # Database says it of the setting these options stand in for.
        fail(str(error).removeprefix("BRIEFBASE_DATABASE_URL "))


@cli.command()
def reindex() -> None:
    """Write anew what is searched and counted over, from what is stored."""
    with closing(Database(read_settings().database_url)) as database:
        migrate(database)
        count = conductor.reindex(database)
    out.print(f"{count} things can be found.")


@cli.command("migrate")
def migrate_base() -> None:
    """Bring the base to this version's schema, and fill an empty one from the seeds; `serve` does the same at start."""
    settings = read_settings()
    with closing(Database(settings.database_url)) as database:
        conductor.prepare(database, settings)
    out.print("The base is up to date.")


def main() -> None:
    """Run the command line; an error of the user's ends with a sentence, not a stack trace."""
    try:
        cli()
    except AppError as error:
        err.print(f"[red]Error:[/] {escape(str(error))}")
        raise SystemExit(1) from None
    except (SQLAlchemyError, OSError, ValueError) as error:
        err.print(
            f"[red]Error:[/] the base cannot be used: {escape(str(getattr(error, 'orig', None) or error))}"
        )
        raise SystemExit(1) from None


__all__ = ["cli", "main"]
