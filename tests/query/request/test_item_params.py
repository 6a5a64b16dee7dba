"""Query strings of items: parts to include, kinds to search."""

import pytest
from pydantic import ValidationError

from app.errors import BadRequest
from app.query.request.export_params import ItemExport
from app.query.request.item_params import (
    ITEM_INCLUDES,
    ItemList,
    SearchList,
    ThreadList,
)


def test_fields_of_a_part_include_the_part() -> None:
    query = ItemList.model_validate(
        {"include": " details , sources", "fields": "id,entities.surface"}
    )
    assert query.names() == ("id", "entities.surface")
    assert query.includes() == ("details", "sources", "entities")


def test_all_parts_can_be_included() -> None:
    assert ItemList(include=",".join(ITEM_INCLUDES)).includes() == ITEM_INCLUDES


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(BadRequest, match="include: 'sorces' is not valid; did you mean sources"):
        ItemList.model_validate({"include": "sorces"}).includes()


def test_importance_lists_the_levels_in_their_order() -> None:
    message = "expected one of: high, medium_high, medium, medium_low, low, unknown, none"
    with pytest.raises(ValidationError, match=f"'huge' is not valid; {message}"):
        ItemList.model_validate({"importance": ["huge"]})


def test_an_export_has_no_pages() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        ItemExport.model_validate({"limit": 3})


def test_a_thread_has_two_items_at_least() -> None:
    assert ThreadList.model_validate({}).items == 2
    with pytest.raises(ValidationError, match="greater than or equal to 2"):
        ThreadList.model_validate({"items": 1})


def test_a_search_needs_a_query() -> None:
    assert SearchList.model_validate({"q": "Qwen", "type": ["items|entities"]}).expand
    with pytest.raises(ValidationError, match="Field required"):
        SearchList.model_validate({})
    with pytest.raises(ValidationError, match="did you mean items"):
        SearchList.model_validate({"q": "Qwen", "type": ["item"]})
