"""Every list is walked to its end while documents are ingested: nothing that was there is missed, nothing comes twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.query import (
    briefings,
    entities,
    items,
    judgements,
    quality,
    related,
    related_items,
    taxonomy,
    threads,
    trends,
    watchlist,
)
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
from app.store.db import Database
from app.store.tables import Item
from tests.conftest import ENGINES, new_url, take_in
from tests.documents import document, item

# Some change how often something is named, and by which spelling most; some are doubts that wait for a person.
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
    find: Callable[[Session, Any], Any], query: type[Paging], of: str, key: str, **given_: Any
) -> Ask:
    def ask(session: Session, more: dict[str, Any]) -> tuple[list[str], str | None, int]:
        found = find(session, query.model_validate(given_ | more))
        shown = [one if isinstance(one, bytes) else one.model_dump_json() for one in found.entries]
        return [orjson.loads(one)[key] for one in shown], found.rows.next_cursor, found.rows.total

    return ask


def _entity(session: Session) -> int:
    return entities.resolve(session, "Zorbex")


def _item(session: Session) -> str:
    return session.exec(select(Item.id).where(Item.title == "起")).one()


class _Days:
    """Days of quality by the briefing they are of."""

    def __init__(self, found: Any) -> None:
        self.entries, self.rows = [day.briefing for day in found.entries], found.rows


GROUPED = ["entity", "publisher", "tag", "section,importance", "entity,day", "month", "entity_type"]
LISTS: dict[str, Ask] = {
    **{f"items {sort}": _asking(lambda s, q: items.find(s, q, None), ItemList, "items", "id", sort=sort) for sort in ("-date", "title", "-importance,title")},
    "items of an entity": _asking(lambda s, q: items.find(s, q, None, entity_pks={_entity(s)}), ItemList, "items", "id"),
    **{f"briefings {sort}": _asking(briefings.find, BriefingList, "briefings", "id", sort=sort) for sort in ("-date", "title")},
    **{f"entities {sort}": _asking(lambda s, q: entities.find(s, q, None), EntityList, "entities", "id", sort=sort) for sort in ("-mentions", "items", "-briefings", "-last_seen", "first_seen")},
    "entities under filters": _asking(lambda s, q: entities.find(s, q, None), EntityList, "entities", "id", kind=["full"], mentions=["1.."]),
    **{f"tags {sort}": _asking(taxonomy.tags, TagList, "things", "slug", sort=sort) for sort in ("-briefings", "briefings", "-last_seen")},
    **{f"sources {sort}": _asking(taxonomy.sources, SourceList, "things", "id", sort=sort) for sort in ("-last_cited", "-citations", "first_cited")},
    **{f"publishers {sort}": _asking(taxonomy.publishers, PublisherList, "things", "id", sort=sort) for sort in ("-citations", "sources", "-last_cited")},
    **{f"buckets of items {by}": _asking(lambda s, q: items.buckets(s, q, None), ItemList, "buckets", "key", group_by=by) for by in GROUPED},
    "buckets of items of an entity": _asking(lambda s, q: items.buckets(s, q, None, entity_pks={_entity(s)}), ItemList, "buckets", "key", group_by="entity"),
    "buckets of briefings": _asking(lambda s, q: briefings.buckets(s, q, None), BriefingList, "buckets", "key", group_by="entity"),
    "buckets of sources": _asking(lambda s, q: taxonomy.source_buckets(s, q, None), SourceList, "buckets", "key", group_by="publisher"),
    "buckets of entities": _asking(lambda s, q: entities.buckets(s, q, None), EntityList, "buckets", "key", group_by="entity_type"),
    "items of one story each": _asking(lambda s, q: items.find(s, q, None), ItemList, "items", "id", collapse="thread"),
    **{f"threads {sort}": _asking(threads.find, ThreadList, "threads", "id", sort=sort) for sort in ("-last", "-items", "first")},
    "watch list": _asking(lambda s, q: watchlist.find(s, q, None), WatchlistQuery, "entries", "id"),
    "quality": _asking(lambda s, q: _Days(quality.over_time(s, q)), QualityList, "days", "id"),
    "trends": _asking(lambda s, q: trends.find(s, q, None), TrendsQuery, "trends", "id", support=1, window=30, baseline=60),
    "items related to one": _asking(lambda s, q: related_items.find(s, _item(s), q, None), RelatedItemsQuery, "related", "id"),
    "related": _asking(lambda s, q: related.find(s, _entity(s), q, None), RelatedQuery, "related", "id", sort="count"),
    "review": _asking(lambda s, q: judgements.review(s, q, None), ReviewList, "entries", "id"),
    "history": _asking(lambda s, q: judgements.history(s, _entity(s), q), HistoryList, "entries", "id"),
}  # fmt: skip
# New items and briefings may turn up where the walk has not been yet; what is counted stays what it was.
LIVE = ("items -", "items t", "items of an", "briefings", "history", "watch list", "quality")


@dataclass
class _Walk:
    before: list[str]
    seen: list[str] = field(default_factory=list)
    cursor: str | None = None
    done: bool = False


@pytest.mark.parametrize("engine", ENGINES)
@given(documents=DOCUMENTS, held=st.integers(3, 6), limit=st.integers(1, 4))
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_list(
    engine: str,
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[Any],
    held: int,
    limit: int,
) -> None:
    base = Database(
        new_url(engine, tmp_path_factory.mktemp("walk"), migrated=True), read_timeout=30
    )
    try:
        _ingest(
            base,
            (
                "2025-12-31",
                ["AI"],
                SECTIONS[0],
                [item("起", entities="Zorbex、Wumpo、Alibba", sources=URLS[0])],
            ),
        )
        for entry in documents[:held]:
            _ingest(base, entry)
        walks = {name: _Walk(_whole(base, ask)) for name, ask in LISTS.items()}
        left = documents[held:]
        while not all(walk.done for walk in walks.values()):
            for name, walk in walks.items():
                _step(base, LISTS[name], walk, limit, name)
            if left:
                _ingest(base, left.pop())
    finally:
        base.close()
    for name, walk in walks.items():
        assert len(walk.seen) == len(set(walk.seen)), f"{name}: something came twice"
        assert set(walk.before) <= set(walk.seen), f"{name}: something was missed"
        assert [one for one in walk.seen if one in set(walk.before)] == walk.before, (
            f"{name}: the order changed"
        )
        if not name.startswith(LIVE):
            assert walk.seen == walk.before, f"{name}: something came in between"


def _ingest(base: Database, entry: Any) -> None:
    day, tags, section, held = entry
    watched = f"\n## 關注清單\n\n- {held[0].splitlines()[0][4:]} 的後續\n- Zorbex 的進展\n"
    text = document(
        day, *held, tags=", ".join(tags), section=section, title=f"簡報 {day}", end=watched
    )
    take_in(base, text, f"{day}.md")


def _whole(base: Database, ask: Ask) -> list[str]:
    with base.read() as session:
        found, cursor, total = ask(session, {"limit": 100})
        while cursor:
            more, cursor, _ = ask(session, {"limit": 100, "cursor": cursor})
            found += more
        assert len(found) == total
        return found


def _step(base: Database, ask: Ask, walk: _Walk, limit: int, name: str) -> None:
    if walk.done:
        return
    with base.read() as session:
        found, walk.cursor, total = ask(session, {"limit": limit, "cursor": walk.cursor})
    if not name.startswith(LIVE):
        assert total == len(walk.before), f"{name}: the total changed in mid-walk"
    walk.seen += found
    walk.done = walk.cursor is None
