"""Filters that are stored as a query string."""

import pytest
from sqlmodel import col

from app.errors import InvalidBody
from app.query.filters import stored
from app.store.db import Database
from app.store.tables import Item


def test_a_query_string_is_read_as_lists_read_theirs() -> None:
    filters = stored.read("entity=Qwen&entity=!OpenAI&from=2026-01-01&q=模型&expand=false")
    assert filters.entity == ["Qwen", "!OpenAI"]
    assert (str(filters.from_), filters.q, filters.expand) == ("2026-01-01", "模型", False)


@pytest.mark.parametrize("text", ["entty=Qwen", "importance=huge", "from=1", "from=9&to=1"])
def test_what_lists_refuse_is_refused(text: str) -> None:
    with pytest.raises(InvalidBody, match="filters"):
        stored.read(text)


def test_an_item_meets_the_filters_or_not(seeded: Database) -> None:
    with seeded.read() as session:
        is_there = col(Item.title).is_not(None)
        assert stored.match(session, "entity=SGLang", is_there)
        assert stored.match(session, "q=SGLang&section=research|headlines", is_there)
        assert not stored.match(session, "entity=SGLang&to=2020-01-01", is_there)
        assert not stored.match(session, "entity=SGLang", col(Item.title) == "無")
