"""Evidence of citations: versions and lines of documents."""

from sqlalchemy import select
from sqlmodel import col

from app.query import items
from app.query.publishing import citations
from app.query.snapshot import channel_titles
from app.query.snapshot.refs import author_of
from app.store.db import Database
from app.store.tables import Entity, Item, Source
from tests.conftest import take_in
from tests.documents import briefing, item


def test_every_kind_has_its_lines(seeded: Database) -> None:
    with seeded.read() as session:
        item_id = session.execute(select(col(Item.id)).limit(1)).scalar_one()
        source_id = session.execute(select(col(Source.id)).limit(1)).scalar_one()
        nvidia = session.execute(select(col(Entity.id)).where(col(Entity.slug) == "nvidia"))
        entity_id = nvidia.scalar_one()
        passage = items.passage(session, item_id)
        (of_item,) = citations.of_items(session, [item_id]).values()
        (source,) = citations.of_sources(session, [source_id]).values()
        (entity,) = citations.of_entities(session, [entity_id]).values()
        (of_day,) = citations.of_briefings(session, ["2025-12-23"]).values()
    assert (of_item.sha256, of_item.first_line, of_item.last_line) == (
        passage.sha256,
        passage.lines.first,
        passage.lines.last,
    )
    assert (of_item.author, of_item.language) == ("Briefbase", "zh-Hant")
    assert source.first_line == source.last_line
    assert entity.first_line == entity.last_line
    assert entity.first_line
    assert (of_day.first_line, len(of_day.sha256)) == (None, 64)


def test_the_title_of_a_channel_is_the_author(lite: Database) -> None:
    take_in(lite, briefing(item("Qwen 更新")))
    channel_titles.configure(lite, {"daily": "每日 AI 簡報"})
    with lite.read() as session:
        (item_id,) = session.execute(select(col(Item.id))).scalars()
        (evidence,) = citations.of_items(session, [item_id]).values()
    assert evidence.author == "每日 AI 簡報"


def test_an_entity_is_cited_from_an_item_before_the_front_matter(lite: Database) -> None:
    text = briefing(item("Qwen 更新"), summary="Qwen 與其他模型。")
    take_in(lite, text)
    with lite.read() as session:
        qwen = session.execute(
            select(col(Entity.id)).where(col(Entity.slug) == "qwen")
        ).scalar_one()
        (evidence,) = citations.of_entities(session, [qwen]).values()
    assert evidence.first_line
    assert "### " in text.splitlines()[evidence.first_line - 1]


def test_the_author_is_the_front_matter_s_or_the_channel() -> None:
    named: list[object] = ["王 小明", ["王 小明"], {"name": " 王  小明 "}, [{"name": "王 小明"}]]
    for author in named:
        assert author_of({"author": author}, "daily") == "王 小明"
    nameless: list[object] = [None, "", [], {}, 3]
    for author in nameless:
        assert author_of({"author": author}, "daily") == "daily"
