"""Every list is walked to its end while documents are ingested.

No entry of the start is missed, none comes twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.query import items
from app.query.curation import judgements
from app.query.documents import briefings, quality
from app.query.entities import lists as entity_lists
from app.query.entities import references, related
from app.query.request.briefing_params import BriefingList, QualityList, WatchlistQuery
from app.query.request.entity_params import (
    EntityList,
    HistoryList,
    RelatedQuery,
    ReviewList,
    TrendsQuery,
)
from app.query.request.item_params import ItemList, RelatedItemsQuery, ThreadList
from app.query.request.params import Paging
from app.query.request.taxonomy_params import PublisherList, SourceList, TagList
from app.query.stories import related_items, threads, watchlist
from app.query.taxonomy import sources, tags
from app.query.time import trends
from app.store.db import Database
from app.store.tables import Item
from tests.conftest import ENGINES, drop, new_url, take_in
from tests.documents import document, item

# Some change counts and the most frequent spelling; some are doubts that a curator decides.
NAMES = [
    "Zorbex",
    "zorbex",
    "ZORBEX",
    "Wumpo",
    "Quillon",
    "Fennimore",
    "Qwen",
    "NVIDIA",
    "Alibba",
    "NVIDIA Corp",
    "Microsft",
]
SECTIONS = ["今日焦點", "產業趨勢與觀點"]
URLS = [f"https://{host}.com/{path}" for host in ("one", "two", "three") for path in "ab"]

ITEMS = st.builds(
    lambda n, names, level, urls: item(
        f"標題 {n}",
        entities="、".join(names),
        importance=level,
        sources=" ".join(f"[{u}]({u})" for u in urls),
    ),
    st.integers(0, 40),
    st.lists(st.sampled_from(NAMES), max_size=4, unique=True),
    st.sampled_from(["高", "中", "低", ""]),
    st.lists(st.sampled_from(URLS), max_size=2, unique=True),
)
DOCUMENTS = st.lists(
    st.builds(
        lambda day, tags, section, items: (
            f"2026-0{1 + day // 28}-{1 + day % 28:02}",
            tags,
            section,
            items,
        ),
        st.integers(0, 100),
        st.lists(
            st.sampled_from(["AI", "晶片", "MLOps", "Agents", "agents"]), max_size=3, unique=True
        ),
        st.sampled_from(SECTIONS),
        st.lists(ITEMS, min_size=1, max_size=3),
    ),
    min_size=8,
    max_size=14,
    unique_by=lambda entry: entry[0],
)

Ask = Callable[[Session, dict[str, Any]], tuple[list[str], str | None, int]]


def _asking(
    find: Callable[[Session, Any], Any], query: type[Paging], key: str, **parameters: Any
) -> Ask:
    def ask(session: Session, more: dict[str, Any]) -> tuple[list[str], str | None, int]:
        listing = find(session, query.model_validate(parameters | more))
        ids = []
        for entry in listing.entries:
            body = entry if isinstance(entry, bytes) else entry.model_dump_json()
            ids.append(orjson.loads(body)[key])
        return ids, listing.rows.next_cursor, listing.rows.total

    return ask


def _sorted(
    noun: str, find: Callable[[Session, Any], Any], query: type[Paging], key: str, *sorts: str
) -> dict[str, Ask]:
    """Return a list in several orders, by name."""
    return {f"{noun} {sort}": _asking(find, query, key, sort=sort) for sort in sorts}


def _entity(session: Session) -> int:
    return references.resolve(session, "Zorbex")


def _item(session: Session) -> str:
    return session.exec(select(Item.id).where(Item.title == "起")).one()


class _Days:
    """Days of quality as their briefings."""

    def __init__(self, listing: Any) -> None:
        self.entries, self.rows = [day.briefing for day in listing.entries], listing.rows


def _items(session: Session, query: Any) -> Any:
    return items.find(session, query, None)


def _items_of_entity(session: Session, query: Any) -> Any:
    return items.find(session, query, None, entity_pks={_entity(session)})


def _item_buckets(session: Session, query: Any) -> Any:
    return items.buckets(session, query, None)


def _item_buckets_of_entity(session: Session, query: Any) -> Any:
    return items.buckets(session, query, None, entity_pks={_entity(session)})


def _briefing_buckets(session: Session, query: Any) -> Any:
    return briefings.buckets(session, query, None)


def _source_buckets(session: Session, query: Any) -> Any:
    return sources.buckets(session, query, None)


def _entities(session: Session, query: Any) -> Any:
    return entity_lists.find(session, query, None)


def _entity_buckets(session: Session, query: Any) -> Any:
    return entity_lists.buckets(session, query, None)


def _watchlist(session: Session, query: Any) -> Any:
    return watchlist.find(session, query, None)


def _quality(session: Session, query: Any) -> Any:
    return _Days(quality.over_time(session, query))


def _trends(session: Session, query: Any) -> Any:
    return trends.find(session, query, None)


def _related_items(session: Session, query: Any) -> Any:
    return related_items.find(session, _item(session), query, None)


def _related(session: Session, query: Any) -> Any:
    return related.find(session, _entity(session), query, None)


def _review(session: Session, query: Any) -> Any:
    return judgements.review(session, query, None)


def _history(session: Session, query: Any) -> Any:
    return judgements.history(session, _entity(session), query)


GROUPED = ["entity", "publisher", "tag", "section,importance", "entity,day", "month", "entity_type"]
LISTS: dict[str, Ask] = {
    **_sorted("items", _items, ItemList, "id", "-date", "title", "-importance,title"),
    "items of an entity": _asking(_items_of_entity, ItemList, "id"),
    "items of one story each": _asking(_items, ItemList, "id", collapse="thread"),
    **_sorted("briefings", briefings.find, BriefingList, "id", "-date", "title"),
    **_sorted("entities", _entities, EntityList, "id", "-mentions", "items", "-briefings"),
    **_sorted("entities", _entities, EntityList, "id", "-last_seen", "first_seen"),
    "entities under filters": _asking(_entities, EntityList, "id", kind=["full"], mentions=["1.."]),
    **_sorted("tags", tags.find, TagList, "slug", "-briefings", "briefings", "-last_seen"),
    **_sorted("sources", sources.find, SourceList, "id", "-last_cited", "-citations"),
    **_sorted("sources", sources.find, SourceList, "id", "first_cited"),
    **_sorted("publishers", sources.find_publishers, PublisherList, "id", "-citations", "sources"),
    **_sorted("publishers", sources.find_publishers, PublisherList, "id", "-last_cited"),
    **{
        f"buckets of items {by}": _asking(_item_buckets, ItemList, "key", group_by=by)
        for by in GROUPED
    },
    "buckets of items of an entity": _asking(
        _item_buckets_of_entity, ItemList, "key", group_by="entity"
    ),
    "buckets of briefings": _asking(_briefing_buckets, BriefingList, "key", group_by="entity"),
    "buckets of sources": _asking(_source_buckets, SourceList, "key", group_by="publisher"),
    "buckets of entities": _asking(_entity_buckets, EntityList, "key", group_by="entity_type"),
    **_sorted("threads", threads.find, ThreadList, "id", "-last", "-items", "first"),
    "watch list": _asking(_watchlist, WatchlistQuery, "id"),
    "quality": _asking(_quality, QualityList, "id"),
    "trends": _asking(_trends, TrendsQuery, "id", support=1, window=30, baseline=60),
    "items related to one": _asking(_related_items, RelatedItemsQuery, "id"),
    "related": _asking(_related, RelatedQuery, "id", sort="count"),
    "review": _asking(_review, ReviewList, "id"),
    "history": _asking(_history, HistoryList, "id"),
}
# New entries may appear in these lists after the walk's position; in all others nothing changes.
# A document that arrives may join two stories of the walk, so that one of their items leaves.
LIVE = ("items -", "items t", "items of", "briefings", "history", "watch list", "quality")


@dataclass
class _Walk:
    before: list[str]
    seen: list[str] = field(default_factory=list)
    cursor: str | None = None
    done: bool = False


@pytest.mark.parametrize("engine", ENGINES)
@given(documents=DOCUMENTS, initial=st.integers(3, 6), limit=st.integers(1, 4))
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_list(
    engine: str,
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[Any],
    initial: int,
    limit: int,
) -> None:
    database = Database(
        new_url(engine, tmp_path_factory.mktemp("walk"), migrated=True), read_timeout=30
    )
    try:
        _ingest(
            database,
            (
                "2025-12-31",
                ["AI"],
                SECTIONS[0],
                [item("起", entities="Zorbex、Wumpo、Alibba", sources=URLS[0])],
            ),
        )
        for entry in documents[:initial]:
            _ingest(database, entry)
        walks = {name: _Walk(_whole(database, ask)) for name, ask in LISTS.items()}
        left = documents[initial:]
        while not all(walk.done for walk in walks.values()):
            for name, walk in walks.items():
                _step(database, LISTS[name], walk, limit, name)
            if left:
                _ingest(database, left.pop())
    finally:
        drop(database)
    for name, walk in walks.items():
        assert len(walk.seen) == len(set(walk.seen)), f"{name}: something came twice"
        assert set(walk.before) <= set(walk.seen), f"{name}: something was missed"
        assert [body for body in walk.seen if body in set(walk.before)] == walk.before, (
            f"{name}: the order changed"
        )
        if not name.startswith(LIVE):
            assert walk.seen == walk.before, f"{name}: something came in between"


def _ingest(database: Database, entry: Any) -> None:
    day, tags, section, texts = entry
    watched = f"\n## 關注清單\n\n- {texts[0].splitlines()[0][4:]} 的後續\n- Zorbex 的進展\n"
    text = document(
        day, *texts, tags=", ".join(tags), section=section, title=f"簡報 {day}", end=watched
    )
    take_in(database, text, f"{day}.md")


def _whole(database: Database, ask: Ask) -> list[str]:
    with database.read() as session:
        listing, cursor, total = ask(session, {"limit": 100})
        while cursor:
            more, cursor, _ = ask(session, {"limit": 100, "cursor": cursor})
            listing += more
        assert len(listing) == total
        return listing


def _step(database: Database, ask: Ask, walk: _Walk, limit: int, name: str) -> None:
    if walk.done:
        return
    with database.read() as session:
        listing, walk.cursor, total = ask(session, {"limit": limit, "cursor": walk.cursor})
    if not name.startswith(LIVE):
        assert total == len(walk.before), f"{name}: the total changed in mid-walk"
    walk.seen += listing
    walk.done = walk.cursor is None
