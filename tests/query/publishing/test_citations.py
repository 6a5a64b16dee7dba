"""Evidence of citations: versions and lines of documents."""

from sqlalchemy import select
from sqlmodel import col

from app.query import items
from app.query.publishing import citations
from app.query.snapshot.refs import author_of
from app.store.db import Database
from app.store.tables import Entity, Item, Source


def test_every_kind_has_its_lines(seeded: Database) -> None:
    with seeded.read() as session:
        item_id = session.execute(select(col(Item.id)).limit(1)).scalar_one()
        source_id = session.execute(select(col(Source.id)).limit(1)).scalar_one()
        nvidia = session.execute(select(col(Entity.id)).where(col(Entity.slug) == "nvidia"))
        entity_id = nvidia.scalar_one()
        passage = items.passage(session, item_id)
        (item,) = citations.of_items(session, [item_id]).values()
        (source,) = citations.of_sources(session, [source_id]).values()
        (entity,) = citations.of_entities(session, [entity_id]).values()
        (briefing,) = citations.of_briefings(session, ["2025-12-23"]).values()
    assert (item.sha256, item.first_line, item.last_line) == (
        passage.sha256,
        passage.lines.first,
        passage.lines.last,
    )
    assert (item.author, item.language) == ("daily", "zh-Hant")
    assert source.first_line == source.last_line
    assert entity.first_line == entity.last_line
    assert entity.first_line
    assert (briefing.first_line, len(briefing.sha256)) == (None, 64)


def test_the_author_is_the_front_matter_s_or_the_channel() -> None:
    named: list[object] = ["王 小明", ["王 小明"], {"name": " 王  小明 "}, [{"name": "王 小明"}]]
    for author in named:
        assert author_of({"author": author}, "daily") == "王 小明"
    nameless: list[object] = [None, "", [], {}, 3]
    for author in nameless:
        assert author_of({"author": author}, "daily") == "daily"
