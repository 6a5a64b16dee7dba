"""Hits come best first, alike on both engines; later documents move none of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from app.errors import BadRequest
from app.query.fulltext import matching, ranking
from app.query.request.cursors import encode_cursor
from app.query.request.params import Searched
from app.store.db import Database
from app.store.tables import Item, SearchDocument
from tests.conftest import ENGINES, copy_of, drop, filled, take_in
from tests.documents import briefing, item


def walk(
    session: Session, q: str, *, limit: int = 100, cursor: str | None = None
) -> tuple[list[str], str | None, int]:
    """Return the titles of one page of items, the next cursor and the total."""
    query = matching.parse(session, Searched(q=q, expand=False))
    assert query
    rows = ranking.page(session, query, [col(SearchDocument.kind) == "item"], limit, cursor, q)
    titles = dict(session.execute(select(col(Item.pk), col(Item.title))).all())
    return [titles[hit.pk] for hit in rows.rows], rows.next_cursor, rows.total


def page(session: Session, q: str) -> list[str]:
    return walk(session, q)[0]


def test_title_over_summary_over_body(database: Database) -> None:
    take_in(
        database,
        briefing(
            item("C") + "\n**技術細節**\n- 推理 推理 推理 推理 推理 推理\n",
            item("推理 A"),
            item("B", summary="推理"),
            item("推理"),
        ),
    )
    with database.read() as session:
        assert page(session, "推理") == ["推理", "推理 A", "B", "C"]


def test_the_newest_breaks_ties(database: Database) -> None:
    for day in ("2026-01-03", "2026-01-05", "2026-01-04"):
        take_in(database, briefing(item(f"推理 {day}"), date=day))
    with database.read() as session:
        assert page(session, "推理") == ["推理 2026-01-05", "推理 2026-01-04", "推理 2026-01-03"]


def test_a_rare_word_weighs_more(database: Database) -> None:
    take_in(
        database,
        briefing(
            *(item(f"模型 {n}") for n in range(5)),
            item("模型 x", summary="推理"),
            item("推理 y", summary="模型"),
        ),
    )
    with database.read() as session:
        assert page(session, "模型 推理") == ["推理 y", "模型 x"]


WALKED = [
    briefing(
        item(f"推理 模型 {n}a", summary="推理 " * n),
        item(f"模型 {n}b", summary="推理"),
        date=f"2026-01-0{n}",
    )
    for n in range(1, 5)
]
RANKED = [
    briefing(
        *(item(f"推理 模型 {n}{c}", summary="推理 " * n, entities="推理, 模型") for c in "abc"),
        item(f"{n}d", summary="推理 模型 " * (5 - n)),
        item(f"模型 {n}e 無", summary="推理"),
        item(f"推理 {n}f"),
        date=f"2026-01-0{n}",
    )
    for n in range(1, 5)
]


@pytest.fixture(params=ENGINES)
def walked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of four briefings with two hits each, to which others may be added."""
    opened = Database(copy_of(filled(request.param, *WALKED), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


@pytest.fixture(params=ENGINES)
def ranked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of four briefings with six items each; its cache is that of one test."""
    opened = Database(copy_of(filled(request.param, *RANKED), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


# What is ranked first does not depend on the engine; only the statements do.
@pytest.mark.parametrize("ranked_hits", [3, ranking.RANKED_HITS])
@pytest.mark.parametrize(
    ("walked", "q"),
    [
        *(("sqlite", q) for q in ("推理", "推理 模型", "-無", "推理 OR 模型")),
        ("postgresql", "推理 模型"),
    ],
    indirect=["walked"],
)
def test_a_walk_meets_each_hit_once_while_documents_come_in(
    walked: Database, ranked_hits: int, q: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = walked
    monkeypatch.setattr(ranking, "RANKED_HITS", ranked_hits)
    with database.read() as session:
        first_titles = page(session, q)
        assert len(first_titles) == len(set(first_titles)) == 8
    seen: list[str] = []
    cursor = None
    for n in range(20):
        with database.read() as session:
            titles, cursor, total = walk(session, q, limit=2, cursor=cursor)
        seen += titles
        assert total == 8 + 2 * n
        if not cursor:
            break
        take_in(
            database,
            briefing(
                item(f"推理 new {n}", summary="模型"),
                item(f"推理 模型 推理 new {n}"),
                date=f"2026-02-{n + 1:02}",
            ),
        )
    assert len(seen) == len(set(seen))
    assert [title for title in seen if "new" not in title] == first_titles


@pytest.mark.parametrize("ranked_hits", [1, 4, 7, 1000])
@pytest.mark.parametrize(
    "q", ["推理", "推理 模型", "推理 -無", "推理 OR 模型", "推理*", '"推理 模型"']
)
def test_the_index_ranks_as_the_rows_do(
    ranked: Database, ranked_hits: int, q: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "RANKED_HITS", ranked_hits)

    def pages_of(session: Session, kinds: list[str] | None) -> list[list[tuple[str, float]]]:
        query = matching.parse(session, Searched(q=q))
        assert query
        within = [col(SearchDocument.kind).in_(["item", "entity", "briefing"])]
        pages: list[list[tuple[str, float]]] = []
        cursor = None
        while cursor or not pages:
            rows = ranking.page(session, query, within, 4, cursor, q, kinds=kinds)
            pages.append([(hit.key, hit.score) for hit in rows.rows])
            cursor = rows.next_cursor
        return pages

    with ranked.read() as session:
        assert pages_of(session, ["item", "entity", "briefing"]) == pages_of(session, None)


def test_a_bad_cursor_is_refused(database: Database) -> None:
    take_in(database, briefing(item("推理 A"), item("推理 B")))
    with database.read() as session:
        _, cursor, _ = walk(session, "推理", limit=1)
        assert cursor
        for bad in ("x", cursor[:-2], cursor + "AA"):
            with pytest.raises(BadRequest):
                walk(session, "推理", cursor=bad)
        with pytest.raises(BadRequest):
            walk(session, "推", cursor=cursor)
        far = {"score": 1.0, "day": 99999999999, "key": "", "weights": [1.0], "cutoff": None}
        contents: list[object] = [{}, far, []]
        for content in contents:
            with pytest.raises(BadRequest):
                walk(session, "推理", cursor=encode_cursor("推理", [content]))


ZORB = (
    briefing(item("舊聞", entities="Zorb"), date="2026-01-01"),
    *(briefing(item(f"zorb zorb {n}"), item("zorb"), date=f"2026-01-0{n}") for n in range(2, 6)),
)


@pytest.fixture(params=ENGINES)
def zorb(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database in which an old entity and later items have one name."""
    opened = Database(copy_of(filled(request.param, *ZORB), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


@pytest.mark.parametrize("ranked_hits", [1, 3, ranking.RANKED_HITS])
@pytest.mark.parametrize("by_index", [True, False])
def test_the_entity_of_that_name_is_first_however_old(
    zorb: Database, ranked_hits: int, by_index: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "RANKED_HITS", ranked_hits)
    kinds = ["item", "entity"]
    seen: list[tuple[str, int]] = []
    cursor = None
    with zorb.read() as session:
        query = matching.parse(session, Searched(q="zorb"))
        assert query
        within = [col(SearchDocument.kind).in_(kinds)]
        while cursor or not seen:
            rows = ranking.page(
                session, query, within, 2, cursor, "zorb", kinds=kinds if by_index else None
            )
            seen += [(hit.kind, hit.pk) for hit in rows.rows]
            cursor = rows.next_cursor
    assert seen[0][0] == "entity"
    assert len(seen) == len(set(seen)) == rows.total
