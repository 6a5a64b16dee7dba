from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from app.normalize.text.tokens import IN_ADDRESS, PART, SITE
from app.store.db import Database
from app.store.derived.search_texts import (
    MAX_TEXT_CHARS,
    READERS,
    SearchTexts,
    has_content,
)
from app.store.tables import Entity, Item, Source
from tests.conftest import take_in
from tests.documents import briefing, item

FIRST = briefing(item("推理 A", "[甲](https://a.com/x)", entities="輝達、Foo"))


def texts_of(database: Database, kind: str, model: type[SQLModel]) -> list[SearchTexts]:
    with database.read() as session:
        rows = session.execute(select(model)).scalars()
        pks = [row.pk for row in rows]
        texts = READERS[kind](session, pks)
        return [texts[pk] for pk in pks if pk in texts]


def test_an_item_is_found_by_all_its_fields(database: Database) -> None:
    take_in(database, FIRST)
    (texts,) = texts_of(database, "item", Item)
    assert texts.fields() == [
        ["title", "推理 A"],
        ["summary", "摘要。"],
        ["entities[0].surface", "輝達"],
        ["entities[1].surface", "Foo"],
        ["sources[0].label", "甲"],
        ["sources[0].url", "https://a.com/x"],
    ]


def test_an_entity_is_found_by_its_names(database: Database) -> None:
    take_in(database, FIRST)
    by_name = {texts.title[0][1]: texts for texts in texts_of(database, "entity", Entity)}
    assert {"NVIDIA", "Foo"} == set(by_name)
    assert ["names.zh-Hant", "輝達"] in by_name["NVIDIA"].fields()


def test_each_label_is_in_the_field_that_shows_it_first(database: Database) -> None:
    earlier = FIRST.replace("2026-01-02", "2026-01-01").replace("甲", "來源 1")
    later = FIRST.replace("2026-01-02", "2026-01-03").replace("甲", "乙")
    for text in (later, FIRST, earlier):
        take_in(database, text)
    (texts,) = texts_of(database, "source", Source)
    assert texts.fields()[:3] == [
        ["cited_by[1].label", "甲"],
        ["cited_by[2].label", "乙"],
        ["url", "https://a.com/x"],
    ]
    assert texts.date == date(2026, 1, 3)


@pytest.mark.parametrize(
    "label", ["來源1", "來源 2", "来源", "Source 3", "[4]", "LINK", "原文連結", "（來源）"]
)
def test_a_label_that_only_says_link_has_no_content(label: str) -> None:
    assert not has_content(label)
    assert has_content(f"{label} 甲")


def test_columns_are_bounded_and_counted() -> None:
    texts = SearchTexts("i", date(2026, 1, 2), [("title", "a b")], [("summary", None)])
    assert texts.columns() == {"title": " a b ", "summary": "", "body": "", "length": 2}
    texts.body.append(("parent", "的" * (MAX_TEXT_CHARS + 10)))
    assert len(texts.columns()["body"]) <= MAX_TEXT_CHARS + 2


def test_texts_of_an_items_row_are_not_stored_again(database: Database) -> None:
    take_in(database, FIRST)
    (texts,) = texts_of(database, "item", Item)
    assert texts.stored_fields() == texts.fields()[2:]
    (source,) = texts_of(database, "source", Source)
    assert source.stored_fields() == source.fields()


def test_the_length_counts_words_outside_of_addresses(database: Database) -> None:
    take_in(database, FIRST)
    (texts,) = texts_of(database, "item", Item)
    columns = texts.columns()
    tokens = " ".join(columns[name] for name in ("title", "summary", "body")).split()
    marked = [token for token in tokens if token[0] in (PART, IN_ADDRESS, SITE)]
    assert {token[0] for token in marked} == {PART, IN_ADDRESS, SITE}
    assert columns["length"] == len(tokens) - len(marked)
    assert SearchTexts("i_1", date(2026, 1, 2)).columns()["length"] == 0
