"""Contents of a database as plain values, for comparing two of them."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from app.store.db import Database
from app.store.derived import threads
from app.store.tables import (
    Alias,
    Briefing,
    Citation,
    Claim,
    Echo,
    Entity,
    Item,
    Mention,
    Naming,
    Section,
    Source,
    Tag,
    WatchAnswer,
    WatchlistEntry,
    WatchTerm,
)


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def counts(database: Database) -> dict[str, int]:
    """How many rows each table holds."""
    with database.read() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


def meaning(database: Database) -> dict[str, Any]:
    """Contents that clients see, without row numbers, times and versions."""
    with database.read() as session:
        items = session.execute(
            select(
                col(Briefing.id),
                col(Section.title),
                col(Item.ordinal),
                col(Item.id),
                col(Item.title),
                col(Item.content_hash),
            )
            .join(Section, col(Section.pk) == col(Item.section_pk))
            .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        )
        spelled = session.execute(
            select(col(Entity.id), col(Alias.name), col(Alias.key)).join(
                Alias, col(Alias.entity_pk) == col(Entity.pk)
            )
        )
        named = session.execute(
            select(col(Entity.id), col(Item.id), col(Mention.surface))
            .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
            .join(Item, col(Item.pk) == col(Mention.item_pk))
        )
        marked = session.execute(
            select(
                col(Item.id),
                col(Claim.kind),
                col(Claim.field),
                col(Claim.surface),
                col(Claim.text),
                col(Claim.start_char),
            ).join(Item, col(Item.pk) == col(Claim.item_pk))
        )
        watched = session.execute(
            select(col(WatchlistEntry.id), col(Entity.id), col(WatchTerm.hot))
            .join(WatchTerm, col(WatchTerm.entry_pk) == col(WatchlistEntry.pk))
            .join(Entity, col(Entity.pk) == col(WatchTerm.entity_pk))
        )
        answers = session.execute(
            select(
                col(WatchlistEntry.id),
                col(Item.id),
                col(WatchAnswer.after_days),
                col(WatchAnswer.score),
                col(WatchAnswer.evidence),
            )
            .join(WatchlistEntry, col(WatchlistEntry.pk) == col(WatchAnswer.entry_pk))
            .join(Item, col(Item.pk) == col(WatchAnswer.item_pk))
        )
        cited = session.execute(
            select(col(Source.id), col(Citation.target)).join(
                Source, col(Source.pk) == col(Citation.source_pk)
            )
        )
        echoed = session.execute(
            select(
                col(Item.id),
                col(Echo.place),
                col(Echo.position),
                col(Echo.line),
                col(Echo.text),
                col(Echo.signal),
                col(Echo.score),
            ).join(Item, col(Item.pk) == col(Echo.item_pk))
        )
        links, members = threads.stored(session)
        return {
            "links": {
                item: sorted(stored, key=lambda link: link.earlier)
                for item, stored in links.items()
            },
            "threads": members,
            "echoes": Counter(map(tuple, echoed)),
            "items": Counter(map(tuple, items)),
            "entities": Counter(
                map(tuple, session.execute(select(col(Entity.id), col(Entity.name))))
            ),
            "spellings": Counter(map(tuple, spelled)),
            "mentions": Counter(map(tuple, named)),
            "watched": Counter(map(tuple, watched)),
            "answers": Counter((*row[:4], repr(row[4])) for row in answers),
            "claims": Counter(map(tuple, marked)),
            "sources": Counter(
                map(
                    tuple,
                    session.execute(select(col(Source.id), col(Source.url), col(Source.status))),
                )
            ),
            "citations": Counter(map(tuple, cited)),
            "tags": Counter(map(tuple, session.execute(select(col(Tag.key), col(Tag.name))))),
        }


def clusters(database: Database) -> dict[str, tuple[str, Counter[Any]]]:
    """Entity → the one it is merged into, and what names it where."""
    with database.read() as session:
        stored = session.execute(
            select(col(Entity.pk), col(Entity.id), col(Entity.merged_into_pk))
        ).all()
        ids = {pk: entity for pk, entity, _ in stored}
        named: dict[str, Counter[Any]] = {entity: Counter() for entity in ids.values()}
        for pk, node, kind, start in session.execute(
            select(
                col(Mention.entity_pk),
                col(Naming.node),
                col(Mention.kind),
                col(Mention.start_char),
            ).outerjoin(Naming, col(Naming.pk) == col(Mention.naming_pk))
        ):
            if pk:
                named[ids[pk]][node, kind, start] += 1
        return {entity: (ids.get(into, ""), named[entity]) for _, entity, into in stored}
