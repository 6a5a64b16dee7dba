from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.store.db import Database
from app.store.document import taxonomy
from app.store.tables import BriefingTag, Citation, Publisher, Source, Tag
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, briefing, item
from tests.rows import counts


def values(database: Database, column: Any) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(column)).scalars())


def test_spellings_of_one_url_are_one_source(database: Database) -> None:
    first, second = item("A", "https://a.com/x?utm_source=1"), item("B", "[y](http://a.com/x/)")
    take_in(database, briefing(first, second))
    assert values(database, col(Source.url)) == ["https://a.com/x"]
    assert values(database, col(Publisher.id)) == ["a.com"]


def test_every_placeholder_is_a_source(database: Database) -> None:
    take_in(database, briefing(item("A", "[x](#)"), item("B", "[x](#)")))
    assert counts(database)["source"] == 2


def test_the_clearest_citation_decides_the_status(database: Database) -> None:
    take_in(database, briefing(item("A", "www.openai.com/x")))
    take_in(database, briefing(item("A", "https://www.openai.com/x"), date="2026-01-03"))
    assert values(database, col(Source.status)) == ["ok"]
    take_in(database, briefing(item("A"), date="2026-01-03"))
    assert values(database, col(Source.status)) == ["inferred"]


def test_uncited_sources_and_publishers_are_removed(database: Database) -> None:
    take_in(database, briefing(item("A", "https://a.com/x", "https://b.com/y")))
    take_in(database, briefing(item("A", "https://b.com/y")))
    assert values(database, col(Source.url)) == ["https://b.com/y"]
    assert values(database, col(Publisher.id)) == ["b.com"]


def test_uncited_sources_are_listed(database: Database) -> None:
    take_in(database, briefing(item("A", "https://a.com/x")))
    with database.write() as session:
        assert taxonomy.uncited_sources(session) == []
        (citation,) = session.execute(select(Citation)).scalars()
        session.delete(citation)
        session.flush()
        (source_pk,) = taxonomy.uncited_sources(session)
        (event,) = taxonomy.refresh(session, [source_pk], ())
        assert (event.action, event.payload) == ("removed", {"url": "https://a.com/x"})
        assert taxonomy.uncited_sources(session) == []


def test_a_very_long_host_has_no_publisher(database: Database) -> None:
    report = take_in(database, briefing(item("A", "https://" + "a." * 200 + "com/x")))
    assert report.status == "added"
    assert counts(database)["publisher"] == 0


def test_spellings_of_one_key_are_one_tag(database: Database) -> None:
    take_in(database, briefing(item("A"), tags="[生成式AI, Big Data]"))
    second = briefing(item("A"), tags="[生成式 AI, 生成式 AI！, big-data]", date="2026-01-03")
    take_in(database, second)
    with database.read() as session:
        tags = {tag.key: tag for tag in session.execute(select(Tag)).scalars()}
    assert (tags["bigdata"].slug, tags["bigdata"].name) == ("big-data", "Big Data")
    assert len({tag.slug for tag in tags.values()}) == 3


def test_a_briefing_keeps_its_spelling_of_a_tag(database: Database) -> None:
    take_in(database, briefing(item("A"), tags="[生成式AI]"))
    take_in(database, briefing(item("A"), tags="[生成式 AI]", date="2026-01-03"))
    assert sorted(values(database, col(BriefingTag.name))) == ["生成式 AI", "生成式AI"]


def test_an_unused_tag_is_removed(database: Database) -> None:
    take_in(database, briefing(item("A"), tags="[AI, Big Data]"))
    take_in(database, briefing(item("A"), tags="[AI]"))
    assert values(database, col(Tag.name)) == ["AI"]


def test_a_tag_in_two_spellings_of_one_briefing_is_one_tag(database: Database) -> None:
    take_in(database, briefing(item("A"), tags="[Big Data, big-data]"))
    assert (counts(database)["tag"], counts(database)["briefing_tag"]) == (1, 2)


def test_the_seeds_have_their_tags(seeded: Database) -> None:
    statement = select(col(BriefingTag.kind), col(BriefingTag.date))
    with seeded.read() as session:
        numbers = Counter((kind, str(day)) for kind, day in session.execute(statement))
    assert numbers == {
        ("tag", NEWER): 5,
        ("tag", OLDER): 5,
        ("keyword", NEWER): 12,
        ("keyword", OLDER): 15,
    }
