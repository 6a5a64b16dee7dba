"""Listings: every list of the query layer returns its page in one shape."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from app.query import items
from app.query.documents import briefings, quality
from app.query.entities import lists as entity_lists
from app.query.listing.page import Listing
from app.query.request.briefing_params import BriefingList, QualityList, WatchlistQuery
from app.query.request.entity_params import EntityList
from app.query.request.item_params import ItemList, ThreadList
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.stories import threads, watchlist
from app.query.taxonomy import sources, tags
from app.store.db import Database

LISTS: dict[str, Callable[[Session], Listing[Any]]] = {
    "briefings": lambda session: briefings.find(session, BriefingList(limit=2)),
    "entities": lambda session: entity_lists.find(session, EntityList(limit=2), None),
    "items": lambda session: items.find(session, ItemList(limit=2), None),
    "publishers": lambda session: sources.find_publishers(session, PublisherList(limit=2)),
    "quality": lambda session: quality.over_time(session, QualityList(limit=2)),
    "sources": lambda session: sources.find(session, SourceList(limit=2)),
    "tags": lambda session: tags.find(session, TagList(limit=2)),
    "threads": lambda session: threads.find(session, ThreadList(limit=2)),
    "watchlist": lambda session: watchlist.find(session, WatchlistQuery(limit=2), None),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_a_page_of_entries_and_a_description(seeded: Database, name: str) -> None:
    with seeded.read() as session:
        listing = LISTS[name](session)
    assert len(listing.entries) == len(listing.rows.rows) == 2
    assert listing.rows.total >= 2
    assert listing.warnings == []
    assert listing.meta.human_description
    assert listing.meta.facets == {}
