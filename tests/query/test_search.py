"""Search over all kinds, and lists by relevance."""

import pytest

from app.errors import BadRequest
from app.query import items, search
from app.query.request.item_params import ItemList, SearchList
from app.store.db import Database
from tests import shapes
from tests.conftest import take_in
from tests.documents import briefing, item


def test_one_word_finds_every_kind(database: Database) -> None:
    take_in(
        database,
        briefing(
            item("Foobar 發布", "[Foobar](https://a.com/foobar)", entities="Foobar"),
            item("else"),
            title="談 Foobar",
        ),
    )
    with database.read() as session:
        listing = search.find(session, SearchList(q="foobar"), None)
    assert listing.extra["counts"] == {"items": 1, "entities": 1, "sources": 1, "briefings": 1}
    assert listing.rows.total == 4
    # Names that are exactly the word come before titles that contain it.
    assert {hit.type for hit in shapes.hits(listing)[:2]} == {"entity", "source"}
    assert {hit.type for hit in shapes.hits(listing)[2:]} == {"item", "briefing"}
    assert all(
        "<mark>Foobar</mark>" in hit.match.highlights[0].marked for hit in shapes.hits(listing)
    )


def test_an_excluded_word_alone_finds_all_others(database: Database) -> None:
    take_in(database, briefing(item("推理"), item("模型")))
    with database.read() as session:
        listing = search.find(session, SearchList(q="-推理", type=["items"]), None)
        assert [(hit.title, hit.match.score, hit.match.why) for hit in shapes.hits(listing)] == [
            ("模型", 0.0, [])
        ]
        listed = items.find(session, ItemList(q="-推理", sort="relevance"), None)
        assert [entry.title for entry in shapes.items(listed)] == ["模型"]


def test_relevance_needs_a_query_and_no_other_key(database: Database) -> None:
    with database.read() as session:
        for parameters in (
            {"sort": "relevance"},
            {"q": "a", "sort": "-relevance"},
            {"q": "a", "sort": "relevance,date"},
        ):
            with pytest.raises(BadRequest, match="relevance"):
                items.find(session, ItemList.model_validate(parameters), None)


def test_a_cursor_is_valid_for_its_query_only(database: Database) -> None:
    take_in(database, briefing(item("推理 a"), item("推理 b")))
    with database.read() as session:
        cursor = items.find(
            session, ItemList(q="推理", sort="relevance", limit=1), None
        ).rows.next_cursor
        assert (
            items.find(
                session, ItemList(q="推理", sort="relevance", limit=5, cursor=cursor), None
            ).rows.total
            == 2
        )
        for other in (
            {"q": "a"},
            {"q": "推理", "expand": False},
            {"q": "推理", "section": ["research"]},
        ):
            with pytest.raises(BadRequest, match="cursor"):
                items.find(
                    session,
                    ItemList.model_validate({"sort": "relevance", "cursor": cursor} | other),
                    None,
                )


def test_pasted_ids_find_their_source(database: Database) -> None:
    paper, news = (
        "[來源1](https://arxiv.org/abs/2512.02556)",
        "[Source 2](https://techcrunch.com/2026/01/05/x)",
    )
    take_in(database, briefing(item("論文", paper), item("新聞", news), date="2026-01-05"))
    with database.read() as session:

        def hits(q: str) -> list[tuple[str, str]]:
            return sorted(
                (hit.type, hit.title)
                for hit in shapes.hits(search.find(session, SearchList(q=q), None))
            )

        for q in ("arxiv:2512.02556", "2512.02556", "arXiv:2512.02556"):
            assert ("item", "論文") in hits(q), q
            assert [title for kind, title in hits(q) if kind == "source"] == [
                "https://arxiv.org/abs/2512.02556"
            ], q
        for q in ("techcrunch.com", "https://techcrunch.com/2026/01/05/x"):
            assert hits(q) == [
                ("item", "新聞"),
                ("source", "https://techcrunch.com/2026/01/05/x"),
            ], q
        assert [kind for kind, _ in hits("2026-01-05")] == ["briefing"]
        assert hits("來源1") == hits("Source") == []


def test_the_operands_of_or_and_joined_words_are_expanded(seeded: Database) -> None:
    with seeded.read() as session:
        for q in ("輝達 OR 昇騰", "輝達|昇騰", "輝達昇騰 OR x", "輝達Ascend"):
            listing = search.find(session, SearchList(q=q), None)
            expansions = listing.extra["expanded"]
            spellings = {entry["term"]: entry["spellings"] for entry in expansions}
            if q.startswith(("輝達 ", "輝達|")):
                assert "NVIDIA" in spellings["輝達"], q
                assert spellings["昇騰"] == ["Ascend"], q
            if q == "輝達Ascend":
                assert spellings.keys() == {"輝達", "Ascend"}


def test_a_draft_is_not_found(database: Database) -> None:
    take_in(database, briefing(item("推理"), draft="true"))
    with database.read() as session:
        assert search.find(session, SearchList(q="推理"), None).entries == []
