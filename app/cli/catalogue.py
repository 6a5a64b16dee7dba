"""A user's own catalogue of names: `briefbase catalogue …`."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import fail, out, read_settings
from app.errors import AppError

commands = typer.Typer(help="Check and share a catalogue of names.", no_args_is_help=True)


@commands.command("check")
def check_catalogue(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="JSONL files or folders; by default those of BRIEFBASE_CATALOGUE."),
    ] = None,
) -> None:
    """Check a catalogue over that of the seeds; each fault is printed with its file and line."""
    settings = read_settings()
    from app import knowledge

    checked = paths or settings.catalogue_paths
    if not checked:
        fail("There is no catalogue to check; name a file or set BRIEFBASE_CATALOGUE.")
    try:
        extended = knowledge.extended_catalogue(checked)
        files = knowledge.user_files(checked)
    except AppError as error:
        fail(error.detail)
    for fault in extended.faults:
        print(fault)
    if extended.faults:
        raise typer.Exit(1)
    print(f"{len(files)} files are valid; the catalogue has {len(extended.records)} entities.")


@commands.command("export")
def export_catalogue(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The JSONL file to write.")],
) -> None:
    """Write the corrections of curators as a catalogue, for BRIEFBASE_CATALOGUE elsewhere."""
    settings = read_settings()
    from app.curate import ledger
    from app.store.db import Database

    with closing(Database(settings.database_url)) as database, database.read() as session:
        lines = ledger.lines(session)
    file.write_bytes(b"".join(lines))
    out.print(f"{len(lines)} records were written to {file}.")
