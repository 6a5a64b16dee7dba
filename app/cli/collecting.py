"""From feeds to a briefing: `briefbase collect` and `briefbase draft`."""

import re
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from app.cli.terminal import err, fail, out, read_settings

if TYPE_CHECKING:
    from app.collect.conduct import Collection
    from app.collect.opml import FeedOutline
    from app.settings import Settings
    from app.store.db import Database

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def collect(
    lists: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="OPML files of feeds.")
    ],
    every: Annotated[
        str | None,
        typer.Option(help="Collect again after this time, such as 30m or 1h, until interrupted."),
    ] = None,
) -> None:
    """Collect articles from the feeds of OPML files.

    Prints nothing but problems and, if there are new articles, one line. A run that is interrupted
    loses nothing: the next one goes on.
    """
    settings = read_settings()
    from app.collect.opml import read_opml
    from app.errors import AppError
    from app.store.db import Database
    from app.store.migrations import migrate

    pause = _seconds(every) if every else None
    try:
        outlines = [feed for path in lists for feed in read_opml(path.read_bytes(), str(path))]
    except AppError as error:
        fail(str(error))
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        try:
            while True:
                start = time.monotonic()
                _print(_collect_once(database, settings, outlines))
                if pause is None:
                    break
                time.sleep(max(0.0, start + pause - time.monotonic()))
        except KeyboardInterrupt:
            fail("Interrupted. What was read is stored; run the command again to go on.")


def _seconds(text: str) -> int:
    match = re.fullmatch(r"(\d{1,5})([smhd])", text.strip())
    if not match or not int(match[1]):
        fail(f"--every: {text!r} is not valid; expected a number with s, m, h or d, such as 1h.")
    return int(match[1]) * _SECONDS[match[2]]


def _collect_once(
    database: "Database", settings: "Settings", outlines: "list[FeedOutline]"
) -> "Collection":
    from zoneinfo import ZoneInfo

    from app.collect import conduct
    from app.collect.fetch import Fetcher, FetchTerms

    terms = FetchTerms(
        agent=settings.collect_agent,
        networks=settings.collect_networks,
        delay_seconds=settings.collect_delay,
    )
    fetcher = Fetcher(terms)
    try:
        zone = ZoneInfo(settings.timezone)
        return conduct.collect(database, outlines, fetcher, zone, lambda: datetime.now(UTC))
    finally:
        fetcher.close()


def _print(report: "Collection") -> None:
    for problem in report.problems:
        err.print(f"[yellow]![/] {escape(problem)}")
    if report.added or report.pages:
        out.print(
            f"{report.added} new articles from {report.feeds} feeds, "
            f"{report.pages} pages read, {report.unchanged} feeds unchanged, "
            f"{report.waiting} waiting."
        )


def draft(
    day: Annotated[str, typer.Option("--date", help="Day of the briefing, as YYYY-MM-DD.")],
    output: Annotated[
        Path | None, typer.Option("--out", help="File to write; standard output by default.")
    ] = None,
    is_draft: Annotated[
        bool, typer.Option("--draft", help="Mark the document as a draft, for an editor.")
    ] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Ingest the document.")] = False,
) -> None:
    """Write the draft of a day's briefing from collected articles.

    Every sentence is quoted from an article and names its publisher. The same articles give the
    same bytes.
    """
    settings = read_settings()
    from zoneinfo import ZoneInfo

    from app.draft import conduct, editor
    from app.store.db import Database
    from app.store.migrations import migrate

    if is_draft and publish:
        fail("--draft and --publish exclude each other; pass only one.")
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        fail(f"--date: {day!r} is not valid; expected a date as YYYY-MM-DD.")
    terms = conduct.DraftSettings(
        zone=ZoneInfo(settings.timezone),
        at=settings.draft_time,
        hours=settings.draft_hours,
        max_topics=settings.draft_topics,
    )
    hook = editor.configured(settings.editor_command, _warn)
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        now = datetime.now(UTC)
        briefing, data = conduct.draft(database, parsed, terms, now, is_draft=is_draft, editor=hook)
        if not briefing.chosen:
            fail(
                f"There is no article to quote from {briefing.terms.start:%Y-%m-%d %H:%M} "
                f"to {briefing.terms.end:%Y-%m-%d %H:%M}; run `briefbase collect` first."
            )
        if publish:
            _publish(database, settings, data, day)
    if output:
        output.write_bytes(data)
    elif not publish:
        typer.echo(data.decode(), nl=False)
    err.print(f"{len(briefing.chosen)} topics from {briefing.articles} articles.")


def _warn(message: str) -> None:
    err.print(f"[yellow]![/] {escape(message)}")


def _publish(database: "Database", settings: "Settings", data: bytes, day: str) -> None:
    from app import ingest
    from app.errors import AppError
    from app.store import audit

    audit.act_as(audit.CLI)
    channel = settings.channel
    try:
        report = ingest.ingest(
            database, data, f"{day}.md", channel=channel, default_channel=channel
        )
    except AppError as error:
        fail(str(error))
    out.print(f"{report.briefing} is {report.status}.")
