"""Taking back: `briefbase delete`, `restore` and `purge`, and the audit log: `briefbase audit`."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from app.cli.terminal import err, fail, open_existing, out, read_settings

if TYPE_CHECKING:
    from app.intake.removal import Removal
    from app.query.schemas.writing import AuditOut, RemovalOut
    from app.settings import Settings
    from app.store.db import Database

Briefing = Annotated[str, typer.Argument(help="Id of the briefing, such as 2025-12-23.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print the items that would go or come, write nothing.")
]
Act = Callable[["Database", "Settings"], "RemovalOut"]


def delete_briefing(
    briefing: Briefing,
    reason: Annotated[
        str, typer.Option(help="Why; shown at its former addresses and in the audit log.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Delete a briefing. Its addresses answer 410 from then on; `restore` brings it back."""
    from app.intake import removal

    _act(
        lambda database, settings: removal.delete(
            database, _terms(database, settings, briefing, reason, dry_run=dry_run)
        )
    )


def restore_briefing(
    briefing: Briefing,
    reason: Annotated[str | None, typer.Option(help="Why; shown in the audit log.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Restore the last deleted briefing of this id; its items get the ids they had."""
    from app.intake import reading, removal

    _act(
        lambda database, settings: removal.restore(
            database,
            _terms(database, settings, briefing, reason, dry_run=dry_run),
            reading.read_document,
            settings.channel,
        )
    )


def purge_briefing(
    briefing: Briefing,
    reason: Annotated[str, typer.Option(help="Why; shown in the audit log.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Erase the documents of a deleted briefing for good, and its entries in the logs."""
    from app.intake import removal

    if not (yes or dry_run or typer.confirm(f"Erase the documents of {briefing} for good?")):
        fail("Nothing was erased.")
    _act(
        lambda database, settings: removal.purge(
            database, _terms(database, settings, briefing, reason, dry_run=dry_run)
        )
    )


def _terms(
    database: "Database", settings: "Settings", briefing: str, reason: str | None, *, dry_run: bool
) -> "Removal":
    from app.intake import removal

    stored = removal.stored(database, briefing, settings.channel)
    return removal.Removal(stored, reason, dry_run)


def _act(act: Act) -> None:
    settings = read_settings()
    from app.store import audit
    from app.store.migrations import migrate

    audit.act_as(audit.CLI)
    with closing(open_existing(settings)) as database:
        migrate(database)
        effect = act(database, settings)
    for item_id in effect.items:
        out.print(f"  {item_id}")
    verb = {"delete": "deleted", "restore": "restored", "purge": "purged"}[effect.action]
    would = "would be" if effect.dry_run else "is"
    items = "1 item" if len(effect.items) == 1 else f"{len(effect.items)} items"
    out.print(f"{escape(effect.briefing)} {would} {verb}, with {items}.")


def show_audit(
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of acts.")] = 50,
    actor: Annotated[
        str | None, typer.Option(help="Only acts of this key, `cli` or `briefbase`.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object an act, one a line.")
    ] = False,
) -> None:
    """Print who wrote what and when, the last act first."""
    settings = read_settings()
    with closing(open_existing(settings)) as database:
        acts = list(_acts(database, limit, actor))
    for act in acts:
        if as_json:
            print(json.dumps(act.model_dump(mode="json"), ensure_ascii=False))
        else:
            out.print(escape(_line(act)))
    err.print(f"{len(acts)} acts.")


def _acts(database: "Database", limit: int, actor: str | None) -> Iterator["AuditOut"]:
    from app.query.curation import audit
    from app.query.request.write_params import AuditList

    remaining, cursor = limit, None
    with database.read() as session:
        while remaining > 0:
            size = min(remaining, 100)
            page = audit.events(session, AuditList(limit=size, cursor=cursor, actor=actor))
            yield from page.entries
            remaining -= len(page.entries)
            cursor = page.rows.next_cursor
            if cursor is None:
                return


def _line(act: "AuditOut") -> str:
    text = f"{act.id}  {act.at:%Y-%m-%d %H:%M:%S}  {act.actor} ({act.door})  {act.action}"
    text += f"  {act.object} {act.object_id}"
    return f"{text}: {act.reason}" if act.reason else text
