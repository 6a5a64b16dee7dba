"""Mentions lead to the entities that the judgements give."""

from datetime import date
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import col

from app.curate import acts
from app.curate.conduct import Curation
from app.store.db import Database
from app.store.tables import Entity, Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item
from tests.rows import meaning

_NAMES_PER_ITEM = 50


def entity(database: Database, node: str) -> Entity:
    with database.read() as session:
        return session.execute(select(Entity).where(col(Entity.node) == node)).scalars().one()


def test_later_mentions_of_a_merged_entity_lead_to_the_other_one(database: Database) -> None:
    take_in(database, briefing(item("A", entities="Zorbex、Open Quuxial")))
    acts.merge(database, CHANNEL, "Open Quuxial", "Zorbex", Curation("cli"))
    take_in(database, briefing(item("A", entities="Open Quuxial"), date="2026-01-03"))
    target, merged = entity(database, "k:zorbex"), entity(database, "k:openquuxial")
    assert merged.merged_into_pk == target.pk != merged.pk
    later = select(col(Mention.entity_pk)).where(
        col(Mention.surface) == "Open Quuxial",
        col(Mention.date) == date(2026, 1, 3),
    )
    with database.read() as session:
        assert session.execute(later).scalars().all() == [target.pk]


def test_a_thousand_names_with_one_slug_get_slugs_of_their_own(database: Database) -> None:
    # They differ only beyond the length of a slug.
    stem = "foo" * 27
    names = [f"{stem} {sha256(str(number).encode()).hexdigest()}" for number in range(1_000)]
    items = []
    for start in range(0, len(names), _NAMES_PER_ITEM):
        entities = "、".join(names[start : start + _NAMES_PER_ITEM])
        items.append(item(f"I{start}", entities=entities))
    take_in(database, briefing(*items))
    with database.read() as session:
        slugs = session.execute(select(col(Entity.slug))).scalars().all()
    assert len(slugs) == len(set(slugs)) == len(names)
    assert stem[:80] in slugs


def test_a_guess_within_a_composite_is_independent_of_order(database: Database) -> None:
    take_in(database, briefing(item("A", entities="ACMA（推）/Neo4j")))
    take_in(database, briefing(item("B", entities="ACMA"), date="2026-01-03"))
    names = sorted(name for _, name in meaning(database)["entities"])
    assert names == ["ACMA", "Neo4j"]


def test_a_name_of_symbols_alone_has_its_id_for_a_slug(database: Database) -> None:
    take_in(database, briefing(item("A", entities="★★")))
    with database.read() as session:
        row = session.execute(select(Entity)).scalars().one()
    assert row.slug == row.id


def test_an_unknown_version_is_made_with_its_family_and_maker(database: Database) -> None:
    take_in(database, briefing(item("Claude Opus 99 上線", entities="Kimi K99")))
    for node, family, maker in (
        ("k:claudeopus99", "c:claude", "c:anthropic"),
        ("k:kimik99", "c:kimi", "c:moonshot-ai"),
    ):
        member = entity(database, node)
        assert member.type == "model"
        assert member.family_pk == entity(database, family).pk
        assert member.maker_pk == entity(database, maker).pk
