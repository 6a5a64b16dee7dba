from sqlmodel import col, select

from app.store.db import Database
from app.store.tables import BriefingTag, Publisher, Source, Tag
from tests.conftest import take_in
from tests.documents import briefing, item
from tests.rows import counts


def test_one_source_however_spelled(database: Database) -> None:
    take_in(
        database,
        briefing(item("A", "https://a.com/x?utm_source=1"), item("B", "[y](http://a.com/x/)")),
    )
    with database.read() as session:
        source = session.exec(select(Source)).one()
        assert source.url == "https://a.com/x"
        assert session.exec(select(col(Publisher.id))).all() == ["a.com"]


def test_two_placeholders_are_two_sources(database: Database) -> None:
    take_in(database, briefing(item("A", "[x](#)"), item("B", "[x](#)")))
    assert counts(database)["source"] == 2


def test_the_clearest_citation_says_what_a_source_is(database: Database) -> None:
    take_in(database, briefing(item("A", "www.openai.com/x")))
    take_in(database, briefing(item("A", "https://www.openai.com/x"), date="2026-01-03"))
    with database.read() as session:
        assert session.exec(select(col(Source.status))).all() == ["ok"]
    take_in(database, briefing(item("A"), date="2026-01-03"))
    with database.read() as session:
        assert session.exec(select(col(Source.status))).all() == ["inferred"]


def test_sources_and_publishers_nobody_cites_go(database: Database) -> None:
    take_in(database, briefing(item("A", "https://a.com/x", "https://b.com/y")))
    take_in(database, briefing(item("A", "https://b.com/y")))
    with database.read() as session:
        assert session.exec(select(col(Source.url))).all() == ["https://b.com/y"]
        assert session.exec(select(col(Publisher.id))).all() == ["b.com"]


def test_a_very_long_host_is_no_publisher(database: Database) -> None:
    assert (
        take_in(database, briefing(item("A", "https://" + "a." * 200 + "com/x"))).status == "added"
    )
    assert counts(database)["publisher"] == 0


def test_tags_and_keywords(database: Database) -> None:
    take_in(database, briefing(item("A"), tags="[生成式AI, Big Data]"))
    take_in(
        database, briefing(item("A"), tags="[生成式 AI, 生成式 AI！, big-data]", date="2026-01-03")
    )
    with database.read() as session:
        tags = {tag.key: (tag.slug, tag.name) for tag in session.exec(select(Tag))}
        assert tags["bigdata"] == ("big-data", "Big Data")
        assert len({slug for slug, _ in tags.values()}) == 3
        assert session.exec(
            select(col(BriefingTag.name))
            .where(col(BriefingTag.position) == 1)
            .order_by(col(BriefingTag.pk))
        ).all() == [
            "生成式AI",
            "生成式 AI",
        ]
    take_in(database, briefing(item("A"), date="2026-01-03"))
    assert counts(database)["tag"] == 2


def test_a_tag_given_in_two_spellings(database: Database) -> None:
    take_in(database, briefing(item("A"), tags="[Big Data, big-data]"))
    assert (counts(database)["tag"], counts(database)["briefing_tag"]) == (1, 2)


def test_tags_of_the_seeds(seeded: Database) -> None:
    with seeded.read() as session:
        rows = session.exec(select(col(BriefingTag.kind), col(BriefingTag.date))).all()
    found = {(kind, str(day)): sum(row == (kind, day) for row in rows) for kind, day in set(rows)}
    assert found == {
        ("tag", "2025-12-23"): 5, ("tag", "2025-11-22"): 5, ("keyword", "2025-12-23"): 12, ("keyword", "2025-11-22"): 15,
    }  # fmt: skip
