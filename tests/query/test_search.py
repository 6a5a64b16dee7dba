"""Search over kinds together, and lists by relevance."""

import pytest

from app.errors import BadRequest
from app.query import items, search
from app.query.request.item_params import ItemList, SearchList
from app.store.db import Database
from tests import shapes
from tests.conftest import take_in
from tests.documents import briefing, item


def test_kinds_together(database: Database) -> None:
    take_in(
        database,
        briefing(
            item("Foobar 發布", "[Foobar](https://a.com/foobar)", entities="Foobar"),
            item("else"),
            title="談 Foobar",
        ),
    )
    with database.read() as session:
        found = search.find(session, SearchList(q="foobar"), None)
    assert found.extra["counts"] == {"items": 1, "entities": 1, "sources": 1, "briefings": 1}
    assert found.rows.total == 4
    # A name that is the word itself comes before titles that hold it.
    assert {hit.type for hit in shapes.hits(found)[:2]} == {"entity", "source"}
    assert {hit.type for hit in shapes.hits(found)[2:]} == {"item", "briefing"}
    assert all(
        "<mark>Foobar</mark>" in hit.match.highlights[0].marked for hit in shapes.hits(found)
    )


def test_what_is_left_out_alone(database: Database) -> None:
    take_in(database, briefing(item("推理"), item("模型")))
    with database.read() as session:
        found = search.find(session, SearchList(q="-推理", type=["items"]), None)
        assert [(hit.title, hit.match.score, hit.match.why) for hit in shapes.hits(found)] == [
            ("模型", 0.0, [])
        ]
        listed = items.find(session, ItemList(q="-推理", sort="relevance"), None)
        assert [shown.title for shown in shapes.items(listed)] == ["模型"]


def test_relevance_stands_alone(database: Database) -> None:
    with database.read() as session:
        for given in (
            {"sort": "relevance"},
            {"q": "a", "sort": "-relevance"},
            {"q": "a", "sort": "relevance,date"},
        ):
            with pytest.raises(BadRequest, match="relevance"):
                items.find(session, ItemList.model_validate(given), None)


def test_a_cursor_is_good_for_its_words_alone(database: Database) -> None:
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


def test_pasted_ids(database: Database) -> None:
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


def test_every_alternative_says_what_it_was_read_as(seeded: Database) -> None:
    with seeded.read() as session:
        for q in ("輝達 OR 昇騰", "輝達|昇騰", "輝達昇騰 OR x", "輝達Ascend"):
            found = search.find(session, SearchList(q=q), None)
            said = {one["term"]: one["spellings"] for one in found.extra["expanded"]}
            if q.startswith(("輝達 ", "輝達|")):
                assert "NVIDIA" in said["輝達"], q
                assert said["昇騰"] == ["Ascend"], q
            if q == "輝達Ascend":
                assert said.keys() == {"輝達", "Ascend"}


def test_a_draft_is_not_found(database: Database) -> None:
    take_in(database, briefing(item("推理"), draft="true"))
    with database.read() as session:
        assert search.find(session, SearchList(q="推理"), None).entries == []
