"""Who is who: `briefbase entities …`."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Annotated

import typer
from rich.markup import escape

from app import knowledge
from app.cli.terminal import fail, out, read_settings
from app.curate import acts
from app.curate.acts import Curation
from app.normalize.decide import MAX_NAME_CHARS
from app.normalize.entities.resolve import resolve_names
from app.normalize.kinds import ALIAS_KINDS, LANGUAGES
from app.query import entities as query
from app.query import judgements
from app.query.request.params import HistoryList, ReviewList
from app.query.schemas.ledger import ActOut
from app.store.db import Database
from app.store.migrations import migrate

commands = typer.Typer(help="Who is who.", no_args_is_help=True)


@commands.command("resolve")
def resolve_entities() -> None:
    """Read names from standard input, one a line, as if one document listed them all, and print what each names.

    A JSON line a name: `{"name", "entity", "method", "score"}`. Names with the same `entity` are held to be the same. Needs no base.
    """
    names = [line.strip() for line in sys.stdin if line.strip()]
    for decision in resolve_names(names, knowledge.knowledge().catalogue):
        shown = {
            "name": decision.name,
            "entity": decision.entity,
            "method": decision.method,
            "score": round(decision.score, 4),
        }
        print(json.dumps(shown, ensure_ascii=False))


def _one_line(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME_CHARS:
        raise typer.BadParameter(
            f"a name is one line of at most {MAX_NAME_CHARS} printable characters"
        )
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


@commands.command("merge")
def merge_entities(
    entity: Entity, into: Entity, reason: Reason = None, dry_run: DryRun = False
) -> None:
    """Make all of ENTITY part of INTO. Its id leads there from then on; `undo` brings it back."""
    _act(
        lambda base, channel: acts.merge(
            base, channel, entity, into, Curation("cli", reason, dry_run)
        )
    )


@commands.command("split")
def split_entity(
    entity: Entity,
    names: Annotated[list[str], typer.Argument(help="Spellings of it that are something else.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Split spellings off an entity: each gets one of its own, and no document brings them together again."""
    _act(
        lambda base, channel: acts.split(
            base, channel, entity, names, Curation("cli", reason, dry_run)
        )
    )


@commands.command("alias")
def give_alias(
    entity: Entity,
    name: Annotated[str, typer.Argument(help="The spelling.", callback=_one_line)],
    lang: Annotated[
        str | None,
        typer.Option(
            callback=_one_of(LANGUAGES),
            help=f"The language it belongs to, of {', '.join(LANGUAGES)}.",
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            callback=_one_of(ALIAS_KINDS),
            help=f"What kind of name it is, of {', '.join(ALIAS_KINDS)}.",
        ),
    ] = "spelling",
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Give a spelling to an entity: it is found in the documents that are there already, too."""
    _act(
        lambda base, channel: acts.alias(
            base, channel, entity, name, lang, kind, Curation("cli", reason, dry_run)
        )
    )


@commands.command("unalias")
def drop_alias(
    entity: Entity,
    alias: Annotated[str, typer.Argument(help="The spelling, or the id of the alias.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Take back a spelling that a curator gave. Others are split off."""
    _act(
        lambda base, channel: acts.drop_alias(
            base, channel, entity, alias, Curation("cli", reason, dry_run)
        )
    )


@commands.command("undo")
def undo_judgement(
    judgement: Annotated[str, typer.Argument(help="Its id, as merge, split and history print it.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Undo a merge, a split, an alias or a verdict."""
    _act(
        lambda base, channel: acts.undo(base, channel, judgement, Curation("cli", reason, dry_run))
    )


@commands.command("history")
def show_history(entity: Entity) -> None:
    """Print every judgement that made an entity what it is, the newest first."""
    with closing(Database(read_settings().database_url)) as database, database.read() as session:
        pk, cursor = query.resolve(session, entity), None
        while True:
            found = judgements.history(session, pk, HistoryList(limit=100, cursor=cursor))
            for one in found.entries:
                said = f"{one.left.value} – {one.right.value}: {one.evidence or ''}{f' ({one.reason})' if one.reason else ''}"
                verdict = f"{one.verdict}{f', undone by {one.undone_by}' if one.undone_by else ''}"
                out.print(
                    escape(
                        f"{one.id}  {one.at:%Y-%m-%d %H:%M}  {one.actor}  {one.kind}  {verdict}  {said}"
                    )
                )
            if not (cursor := found.rows.next_cursor):
                break


@commands.command("review")
def review_links(
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 20,
    settle: Annotated[
        str | None, typer.Option(help="The id of one to settle, with --yes or --no.")
    ] = None,
    yes: Annotated[
        bool | None, typer.Option("--yes/--no", help="Whether the spelling is the candidate.")
    ] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Print the uncertain links that wait for a person, the surest first, or settle one."""
    if settle is not None:
        if yes is None:
            fail("Say --yes or --no.")
        verdict = "positive" if yes else "negative"
        return _act(
            lambda base, channel: acts.settle(
                base, channel, settle, verdict, Curation("cli", reason, dry_run)
            )
        )
    with closing(Database(read_settings().database_url)) as database, database.read() as session:
        found = judgements.review(session, ReviewList(limit=limit), None)
    for doubt in found.entries:
        candidate, documents = (
            f"{doubt.candidate.name} ({doubt.candidate.id})",
            ", ".join(document.id for document in doubt.documents),
        )
        out.print(
            escape(
                f"{doubt.id}  {doubt.score:.2f}  {doubt.spelling} → {candidate}: {doubt.evidence or ''} [{documents}]"
            )
        )
    out.print(f"{len(found.entries)} of {found.rows.total}.")


def _act(act: Callable[[Database, str], ActOut]) -> None:
    settings = read_settings()
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        done = act(database, settings.channel)
    items = f"{done.items.total} items {'would change' if done.dry_run else 'changed' if done.changed else 'change'}"
    for item in done.items.ids:
        out.print(f"  {item}")
    tail = "" if done.changed else "; it was done before"
    out.print(
        f"{escape(done.entity.name)} ({done.entity.id}): {items}{tail}. {' '.join(done.judgements)}"
    )
