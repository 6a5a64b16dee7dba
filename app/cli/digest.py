"""The command `digest`."""

from contextlib import closing
from typing import Annotated

import typer

from app.cli.terminal import fail, read_settings


def digest(
    days: Annotated[int, typer.Option(help="Number of days up to the newest briefing.")] = 7,
    budget: Annotated[
        int, typer.Option(help="The largest length, as the service of the format counts.")
    ] = 1200,
    format_: Annotated[
        str,
        typer.Option("--format", help="text, md, html, slack, telegram, discord or json."),
    ] = "text",
    channel: Annotated[list[str] | None, typer.Option(help="Channels; all by default.")] = None,
    lang: Annotated[
        str | None, typer.Option(help="Language of names: zh-Hant, zh-Hans or en.")
    ] = None,
) -> None:
    """Print a digest of the last days. `/v1/digest` answers the same bytes."""
    settings = read_settings()
    from pydantic import ValidationError

    from app import digest as conductor
    from app.errors import expectation
    from app.query.request.digest_params import DigestQuery
    from app.store.db import Database

    values = {"days": days, "budget": budget, "format": format_, "lang": lang}
    try:
        params = DigestQuery.model_validate(values | {"channel": channel or []})
    except ValidationError as error:
        faults = []
        for entry in error.errors():
            name = str(entry["loc"][0])
            faults.append(f"--{name}: {entry['input']!r} is not valid; {expectation(entry)}")
        fail("; ".join(faults) + ".")
    home = settings.home("") if settings.public_url else ""
    with closing(Database(settings.database_url)) as database, database.read() as session:
        body = conductor.write(
            session, params, params.format or "text", lang, home=home, prefix=settings.prefix
        )
    typer.echo(body.decode(), nl=not body.endswith(b"\n"))
