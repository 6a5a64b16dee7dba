"""From feeds to a briefing: `briefbase collect` and `briefbase draft`."""

import re
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from app.cli.terminal import end_at_sigterm, err, fail, out, read_settings

if TYPE_CHECKING:
    from app.collect.conduct import Collection
    from app.collect.fetch import Fetcher
    from app.collect.opml import FeedOutline
    from app.settings import Settings
    from app.store.db import Database

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def collect(
    lists: Annotated[
        list[str], typer.Argument(help="OPML files of feeds, or their http or https addresses.")
    ],
    every: Annotated[
        str | None,
        typer.Option(help="Collect again after this time, such as 30m or 1h, until interrupted."),
    ] = None,
) -> None:
    """Collect articles from the feeds of OPML files.

    Prints nothing but problems and, if there are new articles, one line. A run that is interrupted
    loses nothing: the next one goes on. The lists are read again for each collection. The exit code
    is 1 if a list, or every feed that was due, cannot be read.
    """
    settings = read_settings()
    from app.errors import AppError
    from app.store.db import Database
    from app.store.migrations import migrate

    end_at_sigterm()
    pause = _seconds(every) if every else None
    try:
        outlines = _outlines(lists, settings)
    except AppError as error:
        fail(str(error))
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        try:
            while True:
                start = time.monotonic()
                report = _collect_once(database, settings, outlines)
                _print(report)
                if pause is None:
                    break
                time.sleep(max(0.0, start + pause - time.monotonic()))
                outlines = _outlines_again(lists, settings, outlines)
        except KeyboardInterrupt:
            fail("Interrupted. What was read is stored; run the command again to go on.")
    if report.failed and report.failed == report.feeds - report.waiting:
        fail("No feed could be read; the reasons are above.")


def _outlines(lists: "list[str]", settings: "Settings") -> "list[FeedOutline]":
    """Return the feeds of some lists. Raises `AppError` with the list and the reason."""
    from app.collect.opml import read_opml
    from app.errors import Unreadable

    feeds: dict[str, FeedOutline] = {}
    for place in lists:
        for feed in read_opml(_list_bytes(place, settings), place):
            feeds.setdefault(feed.url, feed)
    if not feeds:
        raise Unreadable(f"{', '.join(lists)}: no feeds; expected outlines with xmlUrl.")
    return list(feeds.values())


def _list_bytes(place: str, settings: "Settings") -> bytes:
    from app.collect.errors import FetchError
    from app.collect.fetch import MAX_FEED_BYTES
    from app.errors import Unreadable

    try:
        if not place.startswith(("http://", "https://")):
            return Path(place).read_bytes()
        with closing(_fetcher(settings)) as fetcher:
            return fetcher.fetch(place, MAX_FEED_BYTES).body
    except FetchError as error:
        raise Unreadable(f"{place}: {error}.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Unreadable(f"{place}: {reason}; expected an OPML file or its address.") from error


def _outlines_again(
    lists: "list[str]", settings: "Settings", former: "list[FeedOutline]"
) -> "list[FeedOutline]":
    """Return the feeds of the lists as they are now; the former ones if they cannot be read."""
    from app.errors import AppError

    try:
        return _outlines(lists, settings)
    except AppError as error:
        _warn(f"{error} The former list is used.")
        return former


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

    with closing(_fetcher(settings)) as fetcher:
        zone = ZoneInfo(settings.timezone)
        return conduct.collect(database, outlines, fetcher, zone, lambda: datetime.now(UTC))


def _fetcher(settings: "Settings") -> "Fetcher":
    from app.collect.fetch import Fetcher, FetchTerms

    return Fetcher(
        FetchTerms(
            agent=settings.collect_agent,
            networks=settings.collect_networks,
            delay_seconds=settings.collect_delay,
        )
    )


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
        _write(output, data)
    elif not publish:
        typer.echo(data.decode(), nl=False)
    err.print(f"{len(briefing.chosen)} topics from {briefing.articles} articles.")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        fail(f"--out: {str(path)!r} cannot be written: {reason}.")


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
