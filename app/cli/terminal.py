"""Where the command line prints, and what every command begins with."""

from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from app import telemetry
from app.settings import Settings

out, err = (
    Console(soft_wrap=True, highlight=False),
    Console(stderr=True, soft_wrap=True, highlight=False),
)


def read_settings() -> Settings:
    """The settings; what is not valid of them ends the command with a sentence."""
    try:
        settings = Settings()
        telemetry.configure(settings.log_level)
        return settings
    except ValidationError as error:
        faults = "; ".join(
            f"BRIEFBASE_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
        )
        fail(f"The settings are not valid: {faults}.")


def fail(message: str) -> NoReturn:
    """End the command with `message`."""
    err.print(f"[red]Error:[/] {escape(message)}")
    raise typer.Exit(1)
