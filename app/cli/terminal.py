"""Output of the command line, and the settings each command reads first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from app.settings import Settings

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


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


def fail(message: str) -> NoReturn:
    """Print `message` and end the command with code 1."""
    from app.telemetry import masked

    err.print(f"[red]Error:[/] {escape(masked(message))}")
    raise typer.Exit(1)
