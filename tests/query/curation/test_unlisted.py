"""Names that no catalogue has, counted over documents."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app.curate import creation
from app.curate.conduct import Curation
from app.curate.creation import NewEntity
from app.query.curation import unlisted
from app.query.request.entity_params import ReviewList
from app.query.schemas.judgements import UnlistedOut
from app.store.db import Database
from app.store.tables import UnlistedName
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

FIRST = document(
    "2026-01-01",
    item("Zorbify 登場", summary="Zorbify 由 Quuxworks 製作。OpenAI 的人也用 Zorbify。"),
    item("閒聊", summary="小說《銀色的門》出版。"),
)
SECOND = document(
    "2026-01-02",
    item("Zorbify 更新", summary="zorbify 快了。", entities="Quuxworks"),
    item("書評", summary="《銀色的門》再版。Zorbify 由 Quuxworks 製作。"),
)


@pytest.fixture
def loaded(database: Database) -> Database:
    take_in(database, FIRST)
    take_in(database, SECOND)
    return database


def names(database: Database, **parameters: Any) -> dict[str, UnlistedOut]:
    query = ReviewList(kind="unlisted", **parameters)
    with database.read() as session:
        page = unlisted.find(session, query, None)
    return {entry.name: entry for entry in page.entries}


def test_names_are_counted_by_sentence_item_and_day(loaded: Database) -> None:
    zorbify = names(loaded)["Zorbify"]
    assert (zorbify.sentences, zorbify.items, zorbify.days) == (4, 3, 2)
    assert (str(zorbify.first_seen), str(zorbify.last_seen)) == ("2026-01-01", "2026-01-02")
    assert len(zorbify.examples) == unlisted.MAX_SENTENCES
    newest = zorbify.examples[0]
    assert (str(newest.briefing.date), newest.surface) == ("2026-01-02", "Zorbify")
    assert newest.item
    assert names(loaded)["銀色的門"].forms == ["quoted"]


def test_places_are_exact(loaded: Database) -> None:
    with loaded.read() as session:
        rows = session.exec(select(UnlistedName).where(col(UnlistedName.date) == date(2026, 1, 1)))
        places = [(row.surface, row.start_char, row.end_char) for row in rows]
    assert places
    for surface, start, end in places:
        assert FIRST[start:end] == surface


def test_known_names_are_left_out(loaded: Database) -> None:
    assert "OpenAI" not in names(loaded, support=1)


def test_a_name_that_a_document_lists_comes_with_its_entity(loaded: Database) -> None:
    entry = names(loaded, support=1)["Quuxworks"]
    assert entry.entity
    assert entry.entity.name == "Quuxworks"


def test_pages_of_names_follow_each_other(loaded: Database) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        query = ReviewList(kind="unlisted", limit=1, cursor=cursor, sort="spelling")
        with loaded.read() as session:
            page = unlisted.find(session, query, None)
        seen += [entry.name for entry in page.entries]
        cursor = page.rows.next_cursor
        if cursor is None:
            break
    assert seen == ["Zorbify", "銀色的門"]


def test_names_of_an_edited_document_are_replaced(loaded: Database) -> None:
    take_in(loaded, SECOND.replace("銀色的門", "金色的門"))
    assert names(loaded, support=1).keys() >= {"銀色的門", "金色的門"}
    assert "銀色的門" not in names(loaded)


def test_a_created_name_is_listed_no_more(loaded: Database) -> None:
    creation.create(loaded, CHANNEL, NewEntity("Zorbify", "product"), Curation("cli"))
    assert "Zorbify" not in names(loaded, support=1)
