"""Sources and publishers with their counts."""

from typing import Any

import pytest

from app.errors import NotFound
from app.query.request.taxonomy_params import PublisherList, SourceList
from app.query.schemas.taxonomy import SourceSummary
from app.query.taxonomy import sources
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import NEWER, document, item, lines


def find_sources(database: Database, **parameters: Any) -> list[SourceSummary]:
    with database.read() as session:
        listing = sources.find(session, SourceList.model_validate({"limit": 100} | parameters))
    assert listing.rows.total == len(listing.entries)
    return list(listing.entries)


def source_counts(database: Database, **parameters: Any) -> list[tuple[str, int]]:
    with database.read() as session:
        return [
            (out.id, out.sources)
            for out in sources.find_publishers(
                session, PublisherList.model_validate({"limit": 100} | parameters)
            ).entries
        ]


def test_the_sources_of_the_seeds(seeded: Database) -> None:
    summaries = find_sources(seeded)
    assert len(summaries) == 88 + 3
    assert len([out for out in summaries if out.status == "placeholder"]) == 3
    assert [out.target for out in find_sources(seeded, status=["opaque"])] == [
        "qbitai_363544_2025-12-22"
    ]
    # A reading and an item cite the same paper; one is written as a link of its own kind.
    paper = next(out for out in summaries if out.arxiv_id == "2512.17527")
    assert (paper.citations, paper.url, paper.label) == (
        2,
        "https://arxiv.org/abs/2512.17527",
        "arXiv:2512.17527v1",
    )
    assert sum("(arXiv:2512.17527v1)" in line for line in lines(NEWER)) == 2
    counts = [out.citations for out in find_sources(seeded, sort="-citations")]
    assert counts == sorted(counts, reverse=True)
    cited = find_sources(seeded, publisher=["techcrunch.com|qbitai.com"])
    assert {out.publisher and out.publisher.id for out in cited} == {"techcrunch.com", "qbitai.com"}
    assert not any(
        out.publisher and out.publisher.id == "arxiv.org"
        for out in find_sources(seeded, publisher=["!arxiv.org"], **{"from": NEWER})
    )


def test_a_source_has_its_citations(seeded: Database) -> None:
    with seeded.read() as session:
        out = sources.one(session, sources.id_of(session, "arXiv:2512.17527v9"))
        assert (
            out.id
            == sources.id_of(session, "https://arxiv.org/pdf/2512.17527")
            == sources.id_of(session, out.id)
        )
        for value in ("s_none", "https://nowhere.example/", "", "arxiv:"):
            with pytest.raises(NotFound):
                sources.id_of(session, value)
        with pytest.raises(NotFound):
            sources.one(session, "s_none")
    item_citation, reading = out.cited_by
    assert item_citation.item
    assert item_citation.item.title.startswith("SafeBench-Seq")
    assert (item_citation.arxiv_version, item_citation.target) == (1, "arXiv:2512.17527v1")
    # A reading belongs to no item.
    assert reading.item is None
    assert all("2512.17527v1" in lines(NEWER)[cited.line] for cited in out.cited_by)


def test_two_urls_of_an_article_are_one_source(database: Database) -> None:
    take_in(
        database,
        document(
            "2026-01-02",
            item("a", sources="[x](https://Example.org/a/?utm_source=x#top)"),
            item("b", sources="[y](http://example.org/a)"),
        ),
    )
    (out,) = find_sources(database)
    assert (out.citations, out.target) == (2, "https://Example.org/a/?utm_source=x#top")


def test_publishers_are_counted_and_sorted(seeded: Database) -> None:
    counts = dict(source_counts(seeded))
    assert counts["arxiv.org"] > counts["techcrunch.com"] > counts["qbitai.com"] == 11
    with seeded.read() as session:
        names = [
            out.name
            for out in sources.find_publishers(
                session, PublisherList.model_validate({"sort": "-name"})
            ).entries
        ]
        assert names == sorted(names, reverse=True)
        out = sources.one_publisher(session, "qbitai.com")
        assert (out.name, out.links["items"]) == ("量子位", "/v1/items?publisher=qbitai.com")
        with pytest.raises(NotFound, match="is its domain"):
            sources.one_publisher(session, "nowhere.example")


def test_the_sources_of_drafts_are_hidden(database: Database) -> None:
    draft = item("a", sources="https://secret.example/x")
    take_in(database, document("2026-01-02", draft, draft=True))
    assert (find_sources(database), source_counts(database)) == ([], [])


def test_q_is_part_of_a_publishers_name(seeded: Database) -> None:
    counts = source_counts(seeded)
    name = counts[0][0]
    matching = source_counts(seeded, q=name.upper()[:-1])
    assert name in [publisher for publisher, _ in matching]
    assert len(source_counts(seeded, q=name)) < len(counts)
    # The wildcard of an engine is an ordinary character of a name.
    assert source_counts(seeded, q="%") == []
