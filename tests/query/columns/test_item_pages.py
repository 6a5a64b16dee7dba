"""Pages from the columns are those that SQL gives, walked to their end."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import BadRequest
from app.query import items
from app.query.columns import item_pages
from app.query.entities import references
from app.query.request.item_params import ItemList
from app.store.db import Database
from tests.documents import NEWER, OLDER
from tests.shapes import items as shown

_FILTERS = {
    "q": st.sampled_from(["推理", "-推理", "NVIDIA", "qwen OR 昇騰", "nothing"]),
    "from": st.sampled_from([OLDER, NEWER, "2025-12-01"]),
    "to": st.sampled_from([NEWER, "2025-12-31"]),
    "channel": st.sampled_from([["daily"], ["!daily"], ["weekly"]]),
    "section": st.lists(st.sampled_from(["headlines", "research|tools", "!market"]), max_size=2),
    "importance": st.lists(
        st.sampled_from(["high", "high|medium_high", "!high", "none", "unknown"]), max_size=2
    ),
    "rollup": st.sampled_from(["family", "maker", "all"]),
    "entity": st.lists(
        st.sampled_from(
            ["NVIDIA", "Qwen|NVIDIA", "!NVIDIA", "Alibaba", "Huawei|Google", "Nobody At All"]
        ),
        max_size=2,
    ),
    "sort": st.sampled_from(
        ["-date", "date", "importance", "-importance,date", "position,-date", "-position"]
    ),
}


def walked(
    database: Database, query: dict[str, Any], of: set[int] | None
) -> tuple[list[str], set[int], list[str]]:
    """Return the ids of all items, the totals and the warnings of all pages."""
    ids: list[str] = []
    totals, cursor = set(), None
    with database.read() as session:
        while True:
            page = items.find(
                session,
                ItemList.model_validate(query | {"limit": 7, "cursor": cursor}),
                None,
                entity_pks=of,
            )
            ids += [item.id for item in shown(page)]
            totals.add(page.rows.total)
            cursor = page.rows.next_cursor
            if cursor is None:
                return ids, totals, page.warnings


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    query=st.fixed_dictionaries({}, optional=_FILTERS),
    name=st.sampled_from([None, "NVIDIA", "OpenAI"]),
)
def test_the_same_pages_as_by_sql(
    seeded: Database, query: dict[str, Any], name: str | None
) -> None:
    with seeded.read() as session:
        of = {references.resolve(session, name)} if name else None
    assert item_pages.covers(ItemList.model_validate(query))
    picked = walked(seeded, query, of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item_pages, "covers", lambda query: False)
        assert walked(seeded, query, of) == picked


@pytest.mark.parametrize("query", [{"kind": "full"}, {"sort": "title"}, {"collapse": "thread"}])
def test_filters_that_the_columns_do_not_cover(query: dict[str, Any]) -> None:
    assert not item_pages.covers(
        ItemList.model_validate(
            {
                name: [value] if name in ("kind", "entity") else value
                for name, value in query.items()
            }
        )
    )


def test_a_cursor_of_another_list_is_refused(seeded: Database) -> None:
    with seeded.read() as session:
        cursor = items.find(session, ItemList(limit=1), None).rows.next_cursor
        for query in ({"sort": "date"}, {"importance": ["high"]}):
            with pytest.raises(BadRequest, match="cursor"):
                items.find(session, ItemList.model_validate(query | {"cursor": cursor}), None)
