"""Layouts as data: `briefbase dialects …`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import err, fail, read_settings
from app.errors import AppError

commands = typer.Typer(help="Describe and try layouts of dailies.", no_args_is_help=True)


@commands.command("list")
def list_dialects() -> None:
    """List the descriptions that are read, those of BRIEFBASE_DIALECTS first."""
    from app import knowledge

    try:
        for dialect in knowledge.dialects(read_settings().dialects):
            conditions: list[str] = []
            if dialect.file:
                conditions.append(f"file {dialect.file}")
            if dialect.text:
                conditions.append(f"text {dialect.text.pattern}")
            print(f"{dialect.name}: {', '.join(conditions) or 'never taken, as it has no match'}")
    except AppError as error:
        fail(error.detail)


@commands.command("try")
def try_documents(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Markdown files.")
    ],
) -> None:
    """Print how documents are understood: sections, items, sources, fields, leftovers."""
    from app import knowledge
    from app.parse.outline import outline

    failures = 0
    try:
        dialects = knowledge.dialects(read_settings().dialects)
    except AppError as error:
        fail(error.detail)
    for path in files:
        print(f"# {path}")
        name = f"{path.resolve().parent.name}/{path.name}"
        try:
            print(outline(path.read_bytes(), name, dialects))
        except AppError as error:
            failures += 1
            err.print(f"{path}: {error.detail}")
    if failures:
        raise typer.Exit(1)
