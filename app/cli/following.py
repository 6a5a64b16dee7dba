"""Following folders and other databases: `briefbase watch` and `briefbase mirror`."""

import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.cli.terminal import end_at_sigterm, err, fail, out, read_settings

RETRY_SECONDS = 5.0


def watch(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of Markdown files.")
    ],
    channel: Annotated[
        str | None, typer.Option(help="Channel of the documents; default BRIEFBASE_CHANNEL.")
    ] = None,
) -> None:
    """Ingest what appears or changes in a folder, until interrupted; prints one line each."""
    settings = read_settings()
    from app import folders
    from app.ingest import check_channel
    from app.store import audit
    from app.store.db import Database
    from app.store.migrations import migrate

    end_at_sigterm()
    audit.act_as(audit.CLI)
    channel = channel or settings.channel
    check_channel(channel)
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        seen = folders.watch_folder(
            database, folder, channel=channel, default_channel=settings.channel
        )
        err.print(f"Watching {escape(str(folder))}; Ctrl-C stops.")
        try:
            for event in seen:
                out.print(escape(_line(event)))
        except KeyboardInterrupt:
            err.print("Stopped.")


def _line(event: object) -> str:
    from app.folders import VanishedFile
    from app.ingest import Report

    if isinstance(event, VanishedFile):
        if event.moved_to:
            return f"{event.path.name}: moved to {event.moved_to}"
        return f"{event.path.name}: gone; its briefing stays (briefbase delete takes it back)"
    assert isinstance(event, Report)
    if event.error:
        return f"{event.name}: failed: {event.error}"
    return f"{event.name}: {event.status}: {event.briefing}"


def mirror(
    url: Annotated[str, typer.Argument(help="Address of the Briefbase to follow.")],
    once: Annotated[
        bool, typer.Option("--once", help="Take over what there is, then end.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compare the hashes of all exports, then end.")
    ] = False,
) -> None:
    """Keep the configured database equal to another Briefbase, over HTTP alone."""
    settings = read_settings()
    from app.errors import Unavailable
    from app.mirror.follow import Mirror, differences
    from app.mirror.source import MirrorSource
    from app.store.db import Database
    from app.store.migrations import migrate

    end_at_sigterm()
    source = MirrorSource(url)
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        follower = Mirror(database, source, settings.channel)
        while True:
            try:
                for applied in follower.follow(0 if once or check else 30):
                    change = applied.change
                    name = change["briefing"] or change["object_id"]
                    out.print(escape(f"{change['at']}  {name}: {applied.outcome}"))
            except Unavailable as error:
                if once or check:
                    fail(str(error))
                err.print(escape(str(error)))
                time.sleep(RETRY_SECONDS)
            except KeyboardInterrupt:
                err.print("Stopped.")
                return
            if once or check:
                break
        if check:
            unequal = differences(database, source)
            if unequal:
                fail(f"These exports differ: {', '.join(unequal)}.")
            out.print("All exports are equal.")
