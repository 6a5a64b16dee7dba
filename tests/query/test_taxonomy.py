"""Tags, sources and publishers with their counts."""

from typing import Any

import pytest

from app.errors import NotFound
from app.query import taxonomy
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, document, item, lines


def tags(database: Database, **given: Any) -> dict[str, tuple[int, int]]:
    with database.read() as session:
        held = taxonomy.tags(session, TagList.model_validate({"limit": 100} | given))
    return {shown.name: (shown.counts.tag, shown.counts.keyword) for shown in held.entries}


def sources(database: Database, **given: Any) -> list[Any]:
    with database.read() as session:
        held = taxonomy.sources(session, SourceList.model_validate({"limit": 100} | given))
    assert held.rows.total == len(held.entries)
    return held.entries


def publishers(database: Database, **given: Any) -> list[tuple[str, int]]:
    with database.read() as session:
        return [
            (shown.id, shown.sources)
            for shown in taxonomy.publishers(
                session, PublisherList.model_validate({"limit": 100} | given)
            ).entries
        ]


def test_tags_and_keywords(seeded: Database) -> None:
    held = tags(seeded)
    # On both days, and written the same.
    assert held["生成式AI"] == (2, 0)
    # A tag and a keyword of one day.
    assert held["MLOps"] == (1, 1)
    assert held["robotaxi"] == (0, 1)
    assert len(held) == 5 + 5 - 1 + 12 + 15 - 1
    assert len(tags(seeded, kind=["keyword"])) == 27
    assert len(tags(seeded, kind=["tag"], **{"from": NEWER})) == 5
    assert next(iter(tags(seeded, sort="-briefings,name"))) == "生成式AI"
    assert list(tags(seeded, sort="name")) == sorted(held)


@pytest.mark.parametrize("name", ["MLOps", "mlops", "ＭＬＯｐｓ"])
def test_a_tag_by_any_spelling(seeded: Database, name: str) -> None:
    with seeded.read() as session:
        shown = taxonomy.tag(session, name)
    assert (shown.slug, str(shown.first_seen), str(shown.last_seen)) == ("mlops", OLDER, OLDER)
    assert shown.links == {
        "self": "/v1/tags/mlops",
        "items": "/v1/items?tag=mlops",
        "keyword_items": "/v1/items?keyword=mlops",
    }


def test_tags_not_found(seeded: Database) -> None:
    with (
        seeded.read() as session,
        pytest.raises(NotFound, match="There is no tag or keyword 'MLOp'; there is MLOps"),
    ):
        taxonomy.tag(session, "MLOp")
    with seeded.read() as session, pytest.raises(NotFound):
        taxonomy.tag(session, "—")


def test_sources(seeded: Database) -> None:
    held = sources(seeded)
    assert len(held) == 88 + 3
    assert len([shown for shown in held if shown.status == "placeholder"]) == 3
    assert [shown.target for shown in sources(seeded, status=["opaque"])] == [
        "qbitai_363544_2025-12-22"
    ]
    # A reading and an item cite the same paper; one is written as a link of its own kind.
    paper = next(shown for shown in held if shown.arxiv_id == "2512.17527")
    assert (paper.citations, paper.url, paper.label) == (
        2,
        "https://arxiv.org/abs/2512.17527",
        "arXiv:2512.17527v1",
    )
    assert sum("(arXiv:2512.17527v1)" in line for line in lines(NEWER)) == 2
    counts = [shown.citations for shown in sources(seeded, sort="-citations")]
    assert counts == sorted(counts, reverse=True)
    assert {
        shown.publisher.id for shown in sources(seeded, publisher=["techcrunch.com|qbitai.com"])
    } == {"techcrunch.com", "qbitai.com"}
    assert not any(
        shown.publisher and shown.publisher.id == "arxiv.org"
        for shown in sources(seeded, publisher=["!arxiv.org"], **{"from": NEWER})
    )


def test_a_source_and_who_cites_it(seeded: Database) -> None:
    with seeded.read() as session:
        shown = taxonomy.source(session, taxonomy.source_id(session, "arXiv:2512.17527v9"))
        assert (
            shown.id
            == taxonomy.source_id(session, "https://arxiv.org/pdf/2512.17527")
            == taxonomy.source_id(session, shown.id)
        )
        for value in ("s_none", "https://nowhere.example/", "", "arxiv:"):
            with pytest.raises(NotFound):
                taxonomy.source_id(session, value)
        with pytest.raises(NotFound):
            taxonomy.source(session, "s_none")
    item_citation, reading = shown.cited_by
    assert item_citation.item
    assert item_citation.item.title.startswith("SafeBench-Seq")
    assert (item_citation.arxiv_version, item_citation.target) == (1, "arXiv:2512.17527v1")
    # A reading is of no item.
    assert reading.item is None
    assert all("2512.17527v1" in lines(NEWER)[cited.line] for cited in shown.cited_by)


def test_one_article_under_two_addresses(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            item("a", sources="[x](https://Example.org/a/?utm_source=x#top)"),
            item("b", sources="[y](http://example.org/a)"),
        ),
    )
    (shown,) = sources(database)
    assert (shown.citations, shown.target) == (2, "https://Example.org/a/?utm_source=x#top")


def test_publishers(seeded: Database) -> None:
    held = dict(publishers(seeded))
    assert held["arxiv.org"] > held["techcrunch.com"] > held["qbitai.com"] == 11
    with seeded.read() as session:
        names = [
            shown.name
            for shown in taxonomy.publishers(
                session, PublisherList.model_validate({"sort": "-name"})
            ).entries
        ]
        assert names == sorted(names, reverse=True)
        shown = taxonomy.publisher(session, "qbitai.com")
        assert (shown.name, shown.links["items"]) == ("量子位", "/v1/items?publisher=qbitai.com")
        with pytest.raises(NotFound, match="known by their domain"):
            taxonomy.publisher(session, "nowhere.example")


def test_drafts_leave_nothing(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02", item("a", sources="https://secret.example/x"), tags="secret", draft=True
        ),
    )
    assert (tags(database), sources(database), publishers(database)) == ({}, [], [])


def test_q_looks_at_names(seeded: Database) -> None:
    for q in ("生成", "生成式ai", "式ＡＩ"):
        assert "生成式AI" in tags(seeded, q=q), q
    assert all("生成" in name for name in tags(seeded, q="生成"))
    assert tags(seeded, q="nothing of the kind") == {}
    held = publishers(seeded)
    name = held[0][0]
    assert name in [one for one, _ in publishers(seeded, q=name.upper()[:-1])]
    assert len(publishers(seeded, q=name)) < len(held)
    # What is a sign to an engine is one of the name here.
    assert publishers(seeded, q="%") == []
