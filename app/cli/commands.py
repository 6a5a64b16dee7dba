"""The commands. Each imports its room when it runs, so that `COMMAND --help` loads none."""

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.markup import escape

from app.cli import (
    agents,
    backup,
    briefings,
    catalogue,
    collecting,
    dialects,
    digest,
    entities,
    exports,
    following,
    keys,
)
from app.cli.terminal import err, fail, out, read_settings

if TYPE_CHECKING:
    from app.ingest import Reports
    from app.store.db import Database

cli = typer.Typer(
    name="briefbase",
    help="A queryable knowledge base of daily AI briefings.",
    no_args_is_help=True,
    add_completion=False,
)
cli.add_typer(entities.commands, name="entities")
cli.add_typer(backup.commands, name="backup")
cli.add_typer(keys.commands, name="keys")
cli.add_typer(dialects.commands, name="dialects")
cli.command("delete")(briefings.delete_briefing)
cli.command("restore")(briefings.restore_briefing)
cli.command("purge")(briefings.purge_briefing)
cli.command("audit")(briefings.show_audit)
cli.add_typer(catalogue.commands, name="catalogue")
cli.command()(exports.export)
cli.command()(digest.digest)
cli.command()(following.watch)
cli.command()(following.mirror)
cli.command()(agents.mcp)
cli.command()(collecting.collect)
cli.command()(collecting.draft)


@cli.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default BRIEFBASE_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen on, 0 for a free one; default BRIEFBASE_PORT.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Number of processes; default BRIEFBASE_WORKERS."),
    ] = None,
) -> None:
    """Serve the API. The first start loads the seeds into an empty database."""
    settings = read_settings()
    from app.cli import server

    server.run(
        settings,
        host or settings.host,
        settings.port if port is None else port,
        workers or settings.workers,
    )


@cli.command()
def ingest(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Markdown files, or folders of them.")
    ],
    channel: Annotated[
        str | None, typer.Option(help="Channel of the documents; default BRIEFBASE_CHANNEL.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Parse and report, write nothing.")
    ] = False,
    history: Annotated[
        bool,
        typer.Option(
            "--history", help="Of folders in git checkouts: each commit's version, at its time."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a document, one a line.")
    ] = False,
) -> None:
    """Ingest documents. The same bytes change nothing; an edited document is replaced.

    A document with another name is another edition of its day. --dry-run says which is which.
    """
    settings = read_settings()
    from app import ingest as conductor
    from app.cli import reports as output
    from app.store import audit
    from app.store.db import Database
    from app.store.migrations import migrate

    audit.act_as(audit.CLI)
    channel = channel or settings.channel
    conductor.check_channel(channel)
    files = conductor.documents(paths)
    # A history may have documents that are no longer there.
    if not files and not history:
        suffixes, folders = ", ".join(conductor.SUFFIXES), ", ".join(map(str, paths))
        fail(f"There is no Markdown file ({suffixes}) in {folders}.")
    reports: list[conductor.Report] = []
    start = time.monotonic()
    with closing(Database(settings.database_url)) as database:
        if not dry_run:
            migrate(database)
        ingested: conductor.Reports
        if history:
            ingested = _history(database, paths, channel, settings.channel, dry_run=dry_run)
        else:
            ingested = conductor.ingest_files(
                database, files, channel=channel, default_channel=settings.channel, dry_run=dry_run
            )
        try:
            for report in output.watch(ingested, len(files)):
                reports.append(report)
                if as_json:
                    output.print_line(report)
        except KeyboardInterrupt:
            fail("Interrupted. The documents listed above are stored; run the command again.")
        finally:
            # Also when the database fails half-way: the documents stored before stay stored.
            if not dry_run:
                database.wait_for_readers()
            if not as_json:
                output.print_table(reports)
            output.print_pace(len(reports), time.monotonic() - start)
    if any(report.status == "failed" for report in reports):
        raise typer.Exit(1)


def _history(
    database: "Database", paths: list[Path], channel: str, default_channel: str, *, dry_run: bool
) -> "Reports":
    """Yield a report of each version of the documents in folders of git checkouts."""
    from app import folders

    if dry_run:
        fail("--history has no --dry-run; try it with BRIEFBASE_DATABASE_URL of an empty file.")
    for path in paths:
        if not path.is_dir():
            fail(f"--history takes folders; {path} is a file.")
        yield from folders.ingest_history(
            database, path, channel=channel, default_channel=default_channel
        )


@cli.command()
def parse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A Markdown file.")],
    channel: Annotated[
        str | None, typer.Option(help="Channel of the document; default BRIEFBASE_CHANNEL.")
    ] = None,
) -> None:
    """Print a document as the API's JSON of its briefing, without ids. Needs no database."""
    channel = channel or read_settings().channel
    from app import ingest as conductor
    from app.errors import AppError
    from app.preview import preview

    try:
        briefing = preview(conductor.read_document(file), file.name, channel)
    except AppError as error:
        fail(f"{file}: {error}")
    print(_indented(_without_ids(briefing)))


def _indented(data: Any) -> str:
    try:
        return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode()
    except TypeError:
        # Front matter may have a number of more than 64 bits.
        return json.dumps(data, ensure_ascii=False, indent=2)


_STORED_FIELDS = ("id", "slug", "source_id", "links", "updated_at")
"""Fields only a database gives: ids, links and times of writing."""
_COPIED_FIELDS = ("publisher", "front_matter")
"""Fields copied whole: a publisher's id is its domain."""


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    fields: dict[str, Any] = {}
    for name, inner in value.items():
        if name in _COPIED_FIELDS:
            fields[name] = inner
        elif name not in _STORED_FIELDS:
            fields[name] = _without_ids(inner)
    return fields


@cli.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair the faults that can be repaired.")
    ] = False,
) -> None:
    """Check the installation and the database.

    Compares versions, schema, integrity, and derived data with the stored documents.
    """
    settings = read_settings()
    from app import doctor as checks

    healthy = True
    for check in checks.examine(settings, repair=repair):
        healthy = healthy and check.ok
        status = "[green]ok  [/]" if check.ok else "[red]bad [/]"
        out.print(f"{status} {check.name}: {escape(check.detail)}")
    if not healthy:
        raise typer.Exit(1)


@cli.command()
def copy(
    source: Annotated[
        str, typer.Option("--from", help="URL of the database to copy; it is only read.")
    ],
    target: Annotated[str, typer.Option("--to", help="URL of an empty database to copy to.")],
) -> None:
    """Copy a whole database, also between SQLite and PostgreSQL. Compares hashes afterwards."""
    from rich.progress import Progress
    from rich.table import Table

    from app.store import copying

    copies = []
    with (
        closing(_open(source)) as source_database,
        closing(_open(target)) as target_database,
        Progress(console=err, transient=True) as progress,
    ):
        task = progress.add_task("Copying", total=None)
        for copied in copying.copy(source_database, target_database):
            copies.append(copied)
            progress.update(task, description=copied.table)
    table = Table("table", "rows", "sha256 of both sides", box=None, pad_edge=False)
    for copied in copies:
        table.add_row(copied.table, f"{copied.rows:,}", copied.sha256[:16])
    out.print(table)
    out.print(f"{sum(copied.rows for copied in copies):,} rows copied and verified.")


def _open(url: str) -> "Database":
    from app.store.db import Database

    try:
        return Database(url)
    except ValueError as error:
        # The message begins with the setting, which these options replace.
        fail(str(error).removeprefix("BRIEFBASE_DATABASE_URL "))


@cli.command()
def reindex() -> None:
    """Rebuild all derived data, such as the search index and the stored JSON."""
    settings = read_settings()
    from app import startup
    from app.store.db import Database
    from app.store.migrations import migrate

    with closing(Database(settings.database_url)) as database:
        migrate(database)
        sizes = startup.rebuild(database)
    out.print(f"{sizes['search']} entries indexed.")


@cli.command("migrate")
def migrate_database() -> None:
    """Update the schema, and load the seeds into an empty database. `serve` does the same."""
    settings = read_settings()
    from app import startup
    from app.store.db import Database

    with closing(Database(settings.database_url)) as database:
        startup.prepare(database, settings)
    out.print("The database is up to date.")


def run() -> None:
    """Run a command; a known error ends as one sentence, without a stack trace."""
    try:
        cli()
    except Exception as error:
        message = _message(error)
        if message is None:
            raise
        from app.telemetry import masked

        err.print(f"[red]Error:[/] {escape(masked(message))}")
        sys.exit(1)


def _message(error: Exception) -> str | None:
    """Return the sentence for an expected error, None for a defect."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.errors import AppError
    from app.store.engines import faults

    if isinstance(error, AppError):
        return str(error)
    if isinstance(error, (SQLAlchemyError, OSError, ValueError)):
        reason = faults.reason(error) or getattr(error, "orig", None) or error
        return f"the database cannot be used: {reason}"
    return None
