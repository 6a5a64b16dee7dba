"""The command `export`."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import err, out, read_settings


def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Folder to write to.")],
) -> None:
    """Write all tables as NDJSON, CSV and Parquet, with a manifest and a data package.

    An interrupted export goes on where it stopped. All files are of one version.
    """
    settings = read_settings()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from app import export as conductor
    from app.query.publishing.exports.tables import TABLES
    from app.store.db import Database

    total = len(TABLES) * len(conductor.FORMATS)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with (
        closing(Database(settings.database_url)) as database,
        Progress(*columns, console=err, transient=True) as progress,
    ):
        task = progress.add_task("Exporting", total=total)
        finished: dict[str, int] = {}

        def show(name: str, size: int) -> None:
            finished[name] = size
            progress.update(task, description=f"{name} {size:,} bytes", completed=len(finished))

        origin = conductor.to_folder(database, folder, show)
    megabytes = sum(finished.values()) / 1e6
    out.print(
        f"{len(finished)} files, {megabytes:,.1f} MB, of version {origin.version} in {folder}."
    )
