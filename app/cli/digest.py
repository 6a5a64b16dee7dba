"""The command `digest`."""

from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Any

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
    from_: Annotated[
        str | None, typer.Option("--from", help="First day, in place of --days.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Last day; the newest one by default.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Channels; all by default.")] = None,
    filters: Annotated[
        str,
        typer.Option(help="Filters as in an address, such as 'section=research&importance=high'."),
    ] = "",
    lang: Annotated[
        str | None, typer.Option(help="Language of names: zh-Hant, zh-Hans or en.")
    ] = None,
) -> None:
    """Print a digest of the last days. `/v1/digest` answers the same bytes."""
    settings = read_settings()
    from pydantic import ValidationError

    from app import digest as conductor
    from app.errors import AppError, expectation
    from app.query.filters import stored
    from app.query.request.digest_params import DigestQuery
    from app.store.db import Database

    values: dict[str, Any] = {"days": days, "budget": budget, "format": format_, "lang": lang}
    try:
        values |= stored.read(filters).model_dump(by_alias=True, exclude_unset=True)
        values["channel"] = [*values.get("channel", []), *(channel or [])]
        values |= {name: day for name, day in (("from", from_), ("to", to)) if day}
        params = DigestQuery.model_validate(values)
    except ValidationError as error:
        fail("; ".join(_fault(entry, expectation(entry)) for entry in error.errors()) + ".")
    except AppError as error:
        fail(f"--{error}.")
    home = settings.home("") if settings.public_url else ""
    with closing(Database(settings.database_url)) as database, database.read() as session:
        try:
            body = conductor.write(
                session, params, params.format or "text", lang, home=home, prefix=settings.prefix
            )
        except AppError as error:
            fail(str(error))
    typer.echo(body.decode(), nl=not body.endswith(b"\n"))


def _fault(entry: Mapping[str, Any], expected: str) -> str:
    """Return the sentence of a bad option; a fault of several together names them itself."""
    if not entry["loc"]:
        return expected
    return f"--{entry['loc'][0]}: {entry['input']!r} is not valid; {expected}"
