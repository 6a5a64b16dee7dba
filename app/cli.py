"""The command line: arguments and progress; the work is done in the rooms."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from app import curate, telemetry
from app import doctor as checks
from app import ingest as conductor
from app.curate import Said
from app.errors import AppError
from app.normalize.catalogue import ALIAS_KINDS, LANGUAGES
from app.normalize.decide import MAX_NAME
from app.normalize.resolve import resolve_names
from app.query import entities as query
from app.query import ledger as judgements
from app.query.params import HistoryList, ReviewList
from app.query.schemas.ledger import ActOut
from app.settings import VERSION, Settings
from app.store import copying
from app.store import keys as stored_keys
from app.store.db import Database
from app.store.migrations import migrate

cli = typer.Typer(name="briefbase", help="A queryable knowledge base of daily AI briefings.", no_args_is_help=True, add_completion=False)
entities = typer.Typer(help="Who is who.", no_args_is_help=True)
cli.add_typer(entities, name="entities")
keys = typer.Typer(help="Who may write over HTTP.", no_args_is_help=True)
cli.add_typer(keys, name="keys")
# Seconds one snapshot may be read for.
_PATIENCE = 24 * 3600.0
out, err = Console(soft_wrap=True, highlight=False), Console(stderr=True, soft_wrap=True, highlight=False)

_MARKS = {
    "added": "[green]added[/]",
    "replaced": "[yellow]replaced[/]",
    "unchanged": "[dim]unchanged[/]",
    "parsed": "[cyan]parsed[/]",
    "failed": "[red]failed[/]",
}


@cli.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """A queryable knowledge base of daily AI briefings."""
    if version:
        out.print(f"briefbase {VERSION}")
        raise typer.Exit


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; BRIEFBASE_HOST otherwise.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on, 0 for a free one; BRIEFBASE_PORT otherwise.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Processes that answer; BRIEFBASE_WORKERS otherwise.")] = None,
) -> None:
    """Serve the API. A base without briefings is filled from the seeds first."""
    settings = _settings()
    host, port = host or settings.host, settings.port if port is None else port
    # Done here first, what is wrong with the base is said in a sentence; the service finds nothing left to do.
    with closing(Database(settings.database_url)) as database:
        conductor.prepare(database, settings)
    err.print(f"Briefbase {VERSION} on http://{host}:{port} (documentation at /docs); Ctrl-C ends it.")
    uvicorn.run(
        "app.main:create_app", factory=True, host=host, port=port, log_level=settings.log_level, access_log=settings.access_log, server_header=False,
        timeout_graceful_shutdown=10, workers=workers or settings.workers,
    )  # fmt: skip


@cli.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Markdown files, or folders of them.")],
    channel: Annotated[str | None, typer.Option(help="The channel they belong to; BRIEFBASE_CHANNEL otherwise.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Parse and report, write nothing.")] = False,
) -> None:
    """Take documents in. The same bytes again change nothing; an edited document replaces its former self."""
    settings = _settings()
    conductor.check_channel(channel or settings.channel)
    files = conductor.documents(paths)
    if not files:
        _fail(f"There is no Markdown file ({', '.join(conductor.SUFFIXES)}) in {', '.join(map(str, paths))}.")
    reports: list[conductor.Report] = []
    with closing(Database(settings.database_url)) as database:
        if not dry_run:
            migrate(database)
        try:
            with Progress(console=err, transient=True) as progress:
                task = progress.add_task("Ingesting", total=len(files))
                for report in conductor.ingest_files(
                    database, files, channel=channel or settings.channel, default_channel=settings.channel, dry_run=dry_run
                ):
                    reports.append(report)
                    progress.update(task, advance=1, description=escape(report.name))
        finally:
            # Also where the base fails half-way: what was taken in until then stays.
            _print_reports(reports)
    if any(report.status == "failed" for report in reports):
        raise typer.Exit(1)


def _print_reports(reports: list[conductor.Report]) -> None:
    table = Table("document", "briefing", "", "items", "entities", "sources", "lines kept", box=None, pad_edge=False)
    for report in reports:
        changed = ", ".join(f"{count} {what}" for what, count in report.items.items() if count and what not in ("found", "kept"))
        items = f"{report.items.get('found', 0)}{f' ({changed})' if changed and report.status == 'replaced' else ''}"
        kept = f"{report.covered}/{report.nonblank}"
        figures = [items, str(report.entities), str(report.sources), kept if report.covered == report.nonblank else f"[red]{kept}[/]"]
        table.add_row(
            escape(report.name), report.briefing or "", _MARKS[report.status], *(figures if report.status != "failed" else [""] * 4)
        )
    out.print(table)
    for report in reports:
        for problem in [*([report.error] if report.error else []), *report.problems]:
            err.print(f"[red]{escape(report.name)}:[/] {escape(problem)}")
    counts = Counter(report.status for report in reports)
    out.print(", ".join(f"{count} {status}" for status, count in counts.items()) + ".")


@cli.command()
def parse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A Markdown file.")],
    channel: Annotated[str | None, typer.Option(help="The channel it belongs to; BRIEFBASE_CHANNEL otherwise.")] = None,
) -> None:
    """Print the JSON of a briefing, as the API shows it but without ids. No database is needed."""
    try:
        shown = conductor.preview(conductor.read_document(file), file.name, channel or _settings().channel)
    except AppError as error:
        _fail(f"{file}: {error}")
    data = _without_ids(shown.model_dump(mode="json", exclude_unset=True))
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _without_ids(value: Any) -> Any:
    """`value` without what only a base can give: ids, links and times of writing. A publisher's id is its domain, and stays."""
    if isinstance(value, list):
        return [_without_ids(entry) for entry in value]
    if isinstance(value, dict):
        given = ("id", "slug", "source_id", "links", "updated_at")
        return {
            name: inner if name in ("publisher", "front_matter") else _without_ids(inner)
            for name, inner in value.items()
            if name not in given
        }
    return value


@cli.command()
def doctor() -> None:
    """Check the installation and the base: versions, schema, integrity, documents against what was made of them."""
    settings = _settings()
    healthy = True
    for check in checks.examine(settings):
        healthy = healthy and check.ok
        out.print(f"{'[green]ok  [/]' if check.ok else '[red]bad [/]'} {check.name}: {escape(check.detail)}")
    if not healthy:
        raise typer.Exit(1)


@cli.command()
def copy(
    source: Annotated[str, typer.Option("--from", help="URL of the base to copy; it is only read.")],
    target: Annotated[str, typer.Option("--to", help="URL of the base to copy to, which holds nothing yet.")],
) -> None:
    """Copy a whole base, from one engine to another if need be, and prove by hashes that all of it arrived."""
    copied = []
    with (
        closing(_opened(source, patience=_PATIENCE)) as given,
        closing(_opened(target)) as taken,
        Progress(console=err, transient=True) as bar,
    ):
        task = bar.add_task("Copying", total=None)
        for one in copying.copy(given, taken):
            copied.append(one)
            bar.update(task, description=one.table)
    shown = Table("table", "rows", "sha256, there and here", box=None, pad_edge=False)
    for one in copied:
        shown.add_row(one.table, f"{one.rows:,}", one.sha256[:16])
    out.print(shown)
    out.print(f"{sum(one.rows for one in copied):,} rows copied, all as they were.")


def _opened(url: str, *, patience: float = 1.0) -> Database:
    try:
        return Database(url, read_timeout=patience)
    except ValueError as error:
        # Database says it of the setting these options stand in for.
        _fail(str(error).removeprefix("BRIEFBASE_DATABASE_URL "))


@entities.command("resolve")
def resolve_entities() -> None:
    """Read names from standard input, one a line, as if one document listed them all, and print what each names.

    A JSON line a name: `{"name", "entity", "method", "score"}`. Names with the same `entity` are held to be the same. Needs no base.
    """
    names = [line.strip() for line in sys.stdin if line.strip()]
    for decision in resolve_names(names, conductor.knowledge().catalogue):
        shown = {"name": decision.name, "entity": decision.entity, "method": decision.method, "score": round(decision.score, 4)}
        print(json.dumps(shown, ensure_ascii=False))


def _one_line(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME:
        raise typer.BadParameter(f"a name is one line of at most {MAX_NAME} printable characters")
    return name.strip()


def _one_of(values: Sequence[str]) -> Callable[[str | None], str | None]:
    def check(value: str | None) -> str | None:
        if value not in (None, *values):
            raise typer.BadParameter(f"one of {', '.join(values)}")
        return value

    return check


Entity = Annotated[str, typer.Argument(help="Id, slug or spelling.")]
Reason = Annotated[str | None, typer.Option(help="Why; kept with the judgement.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say which items change, write nothing.")]


@entities.command("merge")
def merge_entities(entity: Entity, into: Entity, reason: Reason = None, dry_run: DryRun = False) -> None:
    """Make all of ENTITY part of INTO. Its id leads there from then on; `undo` brings it back."""
    _act(lambda base, channel: curate.merge(base, channel, entity, into, Said("cli", reason, dry_run)))


@entities.command("split")
def split_entity(
    entity: Entity,
    names: Annotated[list[str], typer.Argument(help="Spellings of it that are something else.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Split spellings off an entity: each gets one of its own, and no document brings them together again."""
    _act(lambda base, channel: curate.split(base, channel, entity, names, Said("cli", reason, dry_run)))


@entities.command("alias")
def give_alias(
    entity: Entity,
    name: Annotated[str, typer.Argument(help="The spelling.", callback=_one_line)],
    lang: Annotated[
        str | None, typer.Option(callback=_one_of(LANGUAGES), help=f"The language it belongs to, of {', '.join(LANGUAGES)}.")
    ] = None,
    kind: Annotated[
        str, typer.Option(callback=_one_of(ALIAS_KINDS), help=f"What kind of name it is, of {', '.join(ALIAS_KINDS)}.")
    ] = "spelling",
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Give a spelling to an entity: it is found in the documents that are there already, too."""
    _act(lambda base, channel: curate.alias(base, channel, entity, name, lang, kind, Said("cli", reason, dry_run)))


@entities.command("unalias")
def drop_alias(
    entity: Entity,
    alias: Annotated[str, typer.Argument(help="The spelling, or the id of the alias.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Take back a spelling that a curator gave. Others are split off."""
    _act(lambda base, channel: curate.drop_alias(base, channel, entity, alias, Said("cli", reason, dry_run)))


@entities.command("undo")
def undo_judgement(
    judgement: Annotated[str, typer.Argument(help="Its id, as merge, split and history print it.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Undo a merge, a split, an alias or a verdict."""
    _act(lambda base, channel: curate.undo(base, channel, judgement, Said("cli", reason, dry_run)))


@entities.command("history")
def show_history(entity: Entity) -> None:
    """Print every judgement that made an entity what it is, the newest first."""
    with closing(Database(_settings().database_url)) as database, database.read() as session:
        pk, cursor = query.resolve(session, entity), None
        while True:
            found = judgements.history(session, pk, HistoryList(limit=100, cursor=cursor))
            for one in found.entries:
                said = f"{one.left.value} – {one.right.value}: {one.evidence or ''}{f' ({one.reason})' if one.reason else ''}"
                verdict = f"{one.verdict}{f', undone by {one.undone_by}' if one.undone_by else ''}"
                out.print(escape(f"{one.id}  {one.at:%Y-%m-%d %H:%M}  {one.actor}  {one.kind}  {verdict}  {said}"))
            if not (cursor := found.rows.next_cursor):
                break


@entities.command("review")
def review_links(
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 20,
    settle: Annotated[str | None, typer.Option(help="The id of one to settle, with --yes or --no.")] = None,
    yes: Annotated[bool | None, typer.Option("--yes/--no", help="Whether the spelling is the candidate.")] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Print the uncertain links that wait for a person, the surest first, or settle one."""
    if settle is not None:
        if yes is None:
            _fail("Say --yes or --no.")
        verdict = "positive" if yes else "negative"
        return _act(lambda base, channel: curate.settle(base, channel, settle, verdict, Said("cli", reason, dry_run)))
    with closing(Database(_settings().database_url)) as database, database.read() as session:
        found = judgements.review(session, ReviewList(limit=limit), None)
    for doubt in found.entries:
        candidate, documents = f"{doubt.candidate.name} ({doubt.candidate.id})", ", ".join(document.id for document in doubt.documents)
        out.print(escape(f"{doubt.id}  {doubt.score:.2f}  {doubt.spelling} → {candidate}: {doubt.evidence or ''} [{documents}]"))
    out.print(f"{len(found.entries)} of {found.rows.total}.")


def _act(act: Callable[[Database, str], ActOut]) -> None:
    settings = _settings()
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        done = act(database, settings.channel)
    items = f"{done.items.total} items {'would change' if done.dry_run else 'changed' if done.changed else 'change'}"
    for item in done.items.ids:
        out.print(f"  {item}")
    tail = "" if done.changed else "; it was done before"
    out.print(f"{escape(done.entity.name)} ({done.entity.id}): {items}{tail}. {' '.join(done.judgements)}")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Whose it is; what it does is recorded under this name.")],
    scope: Annotated[list[str], typer.Option(help=f"What it is good for, of {', '.join(stored_keys.SCOPES)}; may be repeated.")],
) -> None:
    """Make a key and print it, this once: what is kept of it is a hash."""
    with closing(Database(_settings().database_url)) as database:
        migrate(database)
        with database.write() as session:
            key, text = stored_keys.create(session, name, scope, datetime.now(UTC))
            told = f"{key.id}: {name}, good for {', '.join(key.scopes)}. The key is shown this once:"
    err.print(escape(told))
    print(text)


@keys.command("list")
def list_keys() -> None:
    """List the keys, the revoked ones too."""
    table = Table("id", "name", "begins", "scopes", "created", "revoked", box=None, pad_edge=False)
    with closing(Database(_settings().database_url)) as database, database.read() as session:
        for key in stored_keys.held(session):
            revoked = f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
            table.add_row(key.id, escape(key.name), f"{key.prefix}…", " ".join(key.scopes), f"{key.created_at:%Y-%m-%d}", revoked)
    out.print(table)


@keys.command("revoke")
def revoke_key(key: Annotated[str, typer.Argument(help="Its id or beginning, or the name if only one live key has it.")]) -> None:
    """Revoke a key, from now on and for good."""
    with closing(Database(_settings().database_url)) as database:
        migrate(database)
        with database.write() as session:
            revoked = stored_keys.revoke(session, key, datetime.now(UTC))
            told = f"{revoked.id} ({revoked.name}) is revoked."
    out.print(escape(told))


@cli.command()
def reindex() -> None:
    """Write the search index anew from what is stored."""
    with closing(Database(_settings().database_url)) as database:
        migrate(database)
        count = conductor.reindex(database)
    out.print(f"{count} things can be found.")


@cli.command("migrate")
def migrate_base() -> None:
    """Bring the base to this version's schema, and fill an empty one from the seeds; `serve` does the same at start."""
    settings = _settings()
    with closing(Database(settings.database_url)) as database:
        conductor.prepare(database, settings)
    out.print("The base is up to date.")


def _settings() -> Settings:
    try:
        settings = Settings()
        telemetry.configure(settings.log_level)
        return settings
    except ValidationError as error:
        faults = "; ".join(f"BRIEFBASE_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        _fail(f"The settings are not valid: {faults}.")


def _fail(message: str) -> NoReturn:
    err.print(f"[red]Error:[/] {escape(message)}")
    raise typer.Exit(1)


def main() -> None:
    """Run the command line; an error of the user's ends with a sentence, not a stack trace."""
    try:
        cli()
    except AppError as error:
        err.print(f"[red]Error:[/] {escape(str(error))}")
        raise SystemExit(1) from None
    except (SQLAlchemyError, OSError, ValueError) as error:
        err.print(f"[red]Error:[/] the base cannot be used: {escape(str(getattr(error, 'orig', None) or error))}")
        raise SystemExit(1) from None
