"""What a base holds, for comparing two of them."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlmodel import SQLModel, col

from app.store import threads
from app.store.db import Database
from app.store.tables import Alias, Briefing, Citation, Echo, Entity, Item, Mention, Section, Source, Tag


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
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in SQLModel.metadata.sorted_tables
        }


def meaning(database: Database) -> dict[str, Any]:
    """What clients see, without row numbers, times and versions."""
    with database.read() as session:
        items = session.execute(
            select(col(Briefing.id), col(Section.title), col(Item.ordinal), col(Item.id), col(Item.title), col(Item.content_hash))
            .join(Section, col(Section.pk) == col(Item.section_pk))
            .join(Briefing, col(Briefing.pk) == col(Item.briefing_pk))
        )
        spelled = session.execute(
            select(col(Entity.id), col(Alias.name), col(Alias.key)).join(Alias, col(Alias.entity_pk) == col(Entity.pk))
        )
        named = session.execute(
            select(col(Entity.id), col(Item.id), col(Mention.surface))
            .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
            .join(Item, col(Item.pk) == col(Mention.item_pk))
        )
        cited = session.execute(select(col(Source.id), col(Citation.target)).join(Source, col(Source.pk) == col(Citation.source_pk)))
        echoed = session.execute(
            select(
                col(Item.id), col(Echo.place), col(Echo.position), col(Echo.line), col(Echo.text), col(Echo.signal), col(Echo.score)
            ).join(Item, col(Item.pk) == col(Echo.item_pk))
        )
        links, members = threads.stored(session)
        return {
            "links": {item: sorted(held, key=lambda link: link.earlier) for item, held in links.items()},
            "threads": members,
            "echoes": Counter(map(tuple, echoed)),
            "items": Counter(map(tuple, items)),
            "entities": Counter(map(tuple, session.execute(select(col(Entity.id), col(Entity.name))))),
            "spellings": Counter(map(tuple, spelled)),
            "mentions": Counter(map(tuple, named)),
            "sources": Counter(map(tuple, session.execute(select(col(Source.id), col(Source.url), col(Source.status))))),
            "citations": Counter(map(tuple, cited)),
            "tags": Counter(map(tuple, session.execute(select(col(Tag.key), col(Tag.name))))),
        }
