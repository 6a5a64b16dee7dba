"""Identity of entities: `briefbase entities …`."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from app.cli.terminal import err, fail, out, read_settings
from app.normalize.kinds import ALIAS_KINDS, LANGUAGES, TYPE_PRECEDENCE

if TYPE_CHECKING:
    from app.curate.conduct import Curation
    from app.query.schemas.judgements import ActOut, JudgementOut, ReviewOut
    from app.query.schemas.shared import ItemRef
    from app.store.db import Database

commands = typer.Typer(
    help="Correct the identity of entities: create, merge, split, alias, undo.",
    no_args_is_help=True,
)


@commands.command("resolve")
def resolve_entities() -> None:
    """Read names from standard input, one a line, and print the entity of each.

    Prints one JSON line a name: `{"name", "entity", "method", "score", "evidence"}`. The names are
    resolved together, as the names of one document; equal `entity` means the same entity. Needs no
    database.
    """
    from app import knowledge
    from app.normalize.entities.resolve import resolve_names

    names = [line.strip() for line in sys.stdin if line.strip()]
    for decision in resolve_names(names, knowledge.knowledge().catalogue):
        row = {
            "name": decision.name,
            "entity": decision.entity,
            "method": decision.method,
            "score": round(decision.score, 4),
            "evidence": decision.evidence,
        }
        print(json.dumps(row, ensure_ascii=False))


def _check_name(name: str) -> str:
    from app.normalize.decide import MAX_NAME_CHARS

    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME_CHARS:
        raise typer.BadParameter(
            f"expected one line of at most {MAX_NAME_CHARS} printable characters"
        )
    return name.strip()


def _one_of(values: Sequence[str]) -> Callable[[str | None], str | None]:
    def check(value: str | None) -> str | None:
        if value not in (None, *values):
            raise typer.BadParameter(
                f"{value!r} is not valid; expected one of: {', '.join(values)}"
            )
        return value

    return check


_NO_JUDGEMENT = (
    "No judgements: every link follows from the catalogue and the rules of names. "
    "`briefbase entities resolve` prints the rule for a name."
)
Entity = Annotated[str, typer.Argument(help="Id, slug or spelling.")]
Reason = Annotated[str | None, typer.Option(help="Why; stored with the judgement.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print the items that would change, write nothing.")
]


@commands.command("merge")
def merge_entities(
    entity: Entity, into: Entity, reason: Reason = None, dry_run: DryRun = False
) -> None:
    """Merge ENTITY into INTO. The old id redirects to INTO; `undo` restores it."""
    from app.curate import acts

    curation = _curation(reason, dry_run)
    _act(lambda database, channel: acts.merge(database, channel, entity, into, curation))


@commands.command("split")
def split_entity(
    entity: Entity,
    names: Annotated[list[str], typer.Argument(help="Spellings that name something else.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Split spellings off an entity. Each gets its own entity, and no document joins them again."""
    from app.curate import acts

    curation = _curation(reason, dry_run)
    _act(lambda database, channel: acts.split(database, channel, entity, names, curation))


@commands.command("alias")
def add_alias(
    entity: Entity,
    name: Annotated[str, typer.Argument(help="The spelling.", callback=_check_name)],
    lang: Annotated[
        str | None,
        typer.Option(
            callback=_one_of(LANGUAGES),
            help=f"Language of the spelling: {', '.join(LANGUAGES)}.",
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            callback=_one_of(ALIAS_KINDS),
            help=f"Kind of name: {', '.join(ALIAS_KINDS)}.",
        ),
    ] = "spelling",
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Add a spelling to an entity; stored documents are searched for it too."""
    from app.curate import acts

    curation = _curation(reason, dry_run)
    _act(
        lambda database, channel: acts.alias(database, channel, entity, name, lang, kind, curation)
    )


@commands.command("create")
def create_entity(
    name: Annotated[
        str, typer.Argument(help="The name as documents write it.", callback=_check_name)
    ],
    entity_type: Annotated[
        str,
        typer.Option(
            "--type",
            callback=_one_of(TYPE_PRECEDENCE),
            help=f"Type of the entity: {', '.join(TYPE_PRECEDENCE)}.",
        ),
    ],
    lang: Annotated[
        str | None,
        typer.Option(
            callback=_one_of(LANGUAGES), help=f"Language of the name: {', '.join(LANGUAGES)}."
        ),
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Entity that it is a part of: id, slug or spelling.")
    ] = None,
    maker: Annotated[
        str | None, typer.Option(help="Organisation that makes it: id, slug or spelling.")
    ] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Create an entity from a name; all its places in stored documents are its mentions."""
    from app.curate import creation
    from app.curate.creation import NewEntity

    curation = _curation(reason, dry_run)
    new = NewEntity(name, entity_type, lang, family, maker)
    _act(lambda database, channel: creation.create(database, channel, new, curation))


@commands.command("discover")
def discover_names(
    limit: Annotated[int, typer.Option(min=1, max=100, help="Maximum number of names.")] = 20,
    support: Annotated[
        int, typer.Option(min=1, max=1000, help="Minimum number of different sentences.")
    ] = 2,
) -> None:
    """Print names that recur in running text and that no catalogue has, most frequent first.

    `create` makes an entity of one; `alias` gives it to an entity that exists.
    """
    settings = read_settings()
    from app.query.curation import unlisted
    from app.query.request.entity_params import ReviewList
    from app.store.db import Database

    query = ReviewList(kind="unlisted", limit=limit, support=support)
    with closing(Database(settings.database_url)) as database, database.read() as session:
        page = unlisted.find(session, query, None)
    for name in page.entries:
        counts = f"{name.sentences} sentences, {name.items} items, {name.days} days"
        days = f"{name.first_seen} to {name.last_seen}"
        entity = f" → {name.entity.name} ({name.entity.id})" if name.entity else ""
        out.print(escape(f"{name.name}  {counts}, {days}{entity}"))
        for example in name.examples:
            out.print(escape(f"  {example.briefing.date}  {' '.join(example.text.split())}"))
    out.print(f"{len(page.entries)} of {page.rows.total}.")


@commands.command("unalias")
def drop_alias(
    entity: Entity,
    alias: Annotated[str, typer.Argument(help="The spelling, or the id of the alias.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Remove a spelling that a curator added. Split off any other spelling instead."""
    from app.curate import acts

    curation = _curation(reason, dry_run)
    _act(lambda database, channel: acts.drop_alias(database, channel, entity, alias, curation))


@commands.command("undo")
def undo_judgement(
    judgement: Annotated[
        str, typer.Argument(help="Its id, as printed by merge, split and history.")
    ],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Undo a merge, a split, an alias or a verdict."""
    from app.curate import acts

    curation = _curation(reason, dry_run)
    _act(lambda database, channel: acts.undo(database, channel, judgement, curation))


@commands.command("history")
def show_history(entity: Entity) -> None:
    """Print every judgement about an entity, newest first.

    Without any, every link follows from the catalogue and the rules of names.
    """
    settings = read_settings()
    from app.query.curation import judgements
    from app.query.entities import references
    from app.query.request.entity_params import HistoryList
    from app.store.db import Database

    with closing(Database(settings.database_url)) as database, database.read() as session:
        entity_pk, cursor = references.resolve(session, entity), None
        count = 0
        while True:
            page = judgements.history(session, entity_pk, HistoryList(limit=100, cursor=cursor))
            for judgement in page.entries:
                out.print(escape(_judgement_line(judgement)))
            count += len(page.entries)
            cursor = page.rows.next_cursor
            if cursor is None:
                break
    if not count:
        err.print(_NO_JUDGEMENT)


def _judgement_line(judgement: "JudgementOut") -> str:
    verdict: str = judgement.verdict
    if judgement.undone_by:
        verdict = f"{verdict}, undone by {judgement.undone_by}"
    evidence = judgement.evidence or ""
    if judgement.reason:
        evidence = f"{evidence} ({judgement.reason})"
    rule = f"{judgement.method} {judgement.score:.2f}"
    head = f"{judgement.id}  {judgement.at:%Y-%m-%d %H:%M}  {judgement.actor}  {judgement.kind}"
    return (
        f"{head}  {verdict}  {judgement.left.value} – {judgement.right.value}: {rule}  {evidence}"
    )


@commands.command("review")
def review_links(
    limit: Annotated[int, typer.Option(min=1, max=100, help="Maximum number of links.")] = 20,
    settle: Annotated[
        str | None, typer.Option(help="Id of a link to settle, with --yes or --no.")
    ] = None,
    yes: Annotated[
        bool | None, typer.Option("--yes/--no", help="Whether the spelling names the candidate.")
    ] = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Print the uncertain links that await review, best score first, or settle one."""
    if settle is not None:
        return _settle(settle, yes, reason, dry_run)
    settings = read_settings()
    from app.query.curation import judgements
    from app.query.request.entity_params import ReviewList
    from app.store.db import Database

    with closing(Database(settings.database_url)) as database, database.read() as session:
        page = judgements.review(session, ReviewList(limit=limit), None)
    for link in page.entries:
        out.print(escape(_link_line(link)))
        for item in link.items:
            out.print(_item_line(item))
    out.print(f"{len(page.entries)} of {page.rows.total}.")


def _settle(judgement: str, yes: bool | None, reason: str | None, dry_run: bool) -> None:
    from app.curate import acts

    if yes is None:
        fail("--settle needs a verdict; add --yes or --no.")
    verdict = "positive" if yes else "negative"
    curation = _curation(reason, dry_run)
    _act(lambda database, channel: acts.settle(database, channel, judgement, verdict, curation))


def _link_line(link: "ReviewOut") -> str:
    candidate = f"{link.candidate.name} ({link.candidate.id})"
    documents = ", ".join(document.id for document in link.documents)
    head = f"{link.id}  {link.score:.2f}  {link.spelling} → {candidate}"
    return f"{head}: {link.evidence or ''} [{documents}]"


def _curation(reason: str | None, dry_run: bool) -> "Curation":
    from app.curate.conduct import Curation

    return Curation("cli", reason, dry_run)


def _act(act: Callable[["Database", str], "ActOut"]) -> None:
    """Perform an act in the configured database and print the items it changed."""
    settings = read_settings()
    from app.store import audit
    from app.store.db import Database
    from app.store.migrations import migrate

    audit.act_as(audit.CLI)
    with closing(Database(settings.database_url)) as database:
        migrate(database)
        result = act(database, settings.channel)
    for item in result.items.refs:
        out.print(_item_line(item))
    entity = f"{escape(result.entity.name)} ({result.entity.id})"
    out.print(f"{entity}: {_summary(result)}. {' '.join(result.judgements)}")


def _item_line(item: "ItemRef") -> str:
    return f"  {item.id}  {item.date}  {escape(item.title)}"


def _summary(result: "ActOut") -> str:
    total = result.items.total
    if not result.changed:
        return f"{total} items changed; this was done before"
    return f"{total} items would change" if result.dry_run else f"{total} items changed"
