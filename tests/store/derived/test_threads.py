"""Threads follow from the documents alone, in whatever order they came."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlmodel import col

from app.curate import acts
from app.curate.conduct import Curation
from app.normalize.stories.links import StoryLink
from app.normalize.stories.threads import StoryMember
from app.store.db import Database
from app.store.derived import threads
from app.store.migrations import migrate
from app.store.tables import Briefing, Item, ItemLink, Thread
from app.store.touched import Touched
from tests.conftest import CHANNEL, ENGINES, copy_of, drop, prepared, take_in
from tests.documents import briefing, item

FIRST = date(2026, 1, 2)
# Reports of four stories, a headline of every day, and unrelated news.
POOL = [
    item(
        "Zyphra 推出 Zamba 模型",
        "https://z.com/zamba",
        entities="Zyphra、Zamba",
        summary="Zyphra 推出 Zamba，主打邊緣裝置推理，公開 3 種權重。",
    ),
    item(
        "Zamba 模型登上邊緣榜首",
        "https://b.com/zamba",
        entities="Zamba",
        summary="Zyphra 的 Zamba 主打邊緣裝置推理，公開權重後登上榜首。",
    ),
    item(
        "Zamba 細節",
        "https://z.com/zamba",
        entities="Zamba",
        summary="Zamba 公開 3 種權重與訓練資料 5 兆。",
    ),
    item(
        "Stripe 洽購 Qrouter",
        "https://c.com/1",
        entities="Stripe、Qrouter",
        summary="Stripe 洽購路由平台 Qrouter，估值百億。",
    ),
    item(
        "Stripe 敲定收購 Qrouter",
        "https://c.com/2",
        entities="Stripe、Qrouter",
        summary="知情人士稱 Stripe 敲定收購路由平台 Qrouter，估值百億。",
    ),
    item(
        "嗅覺資料集公開",
        "arXiv:2506.00239",
        summary="氣味資料集。",
    ),
    item(
        "嗅覺資料集（工具面）",
        "https://arxiv.org/abs/2506.00239v2",
        summary="氣味資料集。",
    ),
    item(
        "每日一圖",
        "https://pic.com/",
        summary="山。",
    ),
    item(
        "vLLM 發布 v0.26.0",
        "https://v.com/26",
        entities="vLLM",
        summary="支援新硬體。",
    ),
    item(
        "vLLM 發布 v0.27.0",
        "https://v.com/27",
        entities="vLLM",
        summary="支援新硬體。",
    ),
    item(
        "海底電纜維修船隊擴編",
        "https://d.com/1",
        entities="OpenAI",
        summary="船隊擴編。",
    ),
    item(
        "衛星遙測監看森林火災",
        "https://d.com/2",
        entities="OpenAI",
        summary="監看火災。",
    ),
]
Document = tuple[int, str, tuple[int, ...]]
"""Days after the first, channel, and indexes into the pool."""
State = tuple[dict[str, list[StoryLink]], dict[str, StoryMember], list[tuple[str, int, date, date]]]
"""Links by item, memberships, and the rows of threads."""


def text_of(document: Document) -> str:
    days, _, indexes = document
    return briefing(*(POOL[index] for index in indexes), date=str(FIRST + timedelta(days)))


def put(database: Database, document: Document) -> None:
    take_in(database, text_of(document), channel=document[1])


def by_earlier(links: Sequence[StoryLink]) -> list[StoryLink]:
    return sorted(links, key=lambda link: link.earlier)


def state(database: Database) -> State:
    """Return what is stored of links and threads."""
    columns = (col(Thread.id), col(Thread.items), col(Thread.first_date), col(Thread.last_date))
    with database.read() as session:
        links, members = threads.stored(session)
        rows = session.execute(select(*columns).order_by(col(Thread.id)))
        return (
            {item: by_earlier(item_links) for item, item_links in links.items()},
            members,
            [(row.id, row.items, row.first_date, row.last_date) for row in rows],
        )


def decided(database: Database) -> tuple[dict[str, list[StoryLink]], dict[str, StoryMember]]:
    """Return what is decided from the documents now."""
    links, members = {}, {}
    with database.read() as session:
        for features, item_links, member in threads.decided(session):
            members[features.id] = member
            if item_links:
                links[features.id] = by_earlier(item_links)
    threads_of_two = {member.thread for member in members.values() if member.joined}
    in_threads = {}
    for item_id, member in members.items():
        if member.thread in threads_of_two:
            in_threads[item_id] = member
    return links, in_threads


def faults(database: Database) -> list[str]:
    with database.read() as session:
        return list(threads.mismatches(session))


def fresh(documents: Sequence[Document]) -> State:
    """Return the state of a database that got the documents in this order.

    It is asserted to be what the documents alone decide.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/a.db", read_timeout=30)
        migrate(database)
        for document in documents:
            put(database, document)
        stored = state(database)
        assert stored[:2] == decided(database)
        database.close()
    return stored


INDEXES = st.lists(st.integers(0, len(POOL) - 1), min_size=1, max_size=5, unique=True).map(tuple)
DOCUMENTS = st.dictionaries(
    st.tuples(st.sampled_from([0, 1, 2, 5, 20, 29, 31, 45]), st.sampled_from([CHANNEL, "other"])),
    INDEXES,
    min_size=2,
    max_size=6,
).map(lambda documents: [(*key, indexes) for key, indexes in documents.items()])


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(documents: list[Document], random: Any) -> None:
    shuffled = documents[:]
    random.shuffle(shuffled)
    # Some days are edited: another document was there before.
    former = [
        (days, channel, tuple(reversed(indexes))[:2])
        for days, channel, indexes in shuffled
        if random.random() < 0.5
    ]
    assert fresh(documents) == fresh([*former, *shuffled])


STORY: list[Document] = [
    (0, CHANNEL, (0, 3, 7, 10)),
    (1, CHANNEL, (1, 5, 7, 11)),
    (2, "other", (2, 4, 8)),
    (9, CHANNEL, (6, 9, 7)),
    (40, CHANNEL, (2, 4)),
]


def tell_story(database: Database) -> None:
    for document in STORY:
        put(database, document)


@pytest.fixture(params=ENGINES)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the documents of `STORY`."""
    opened = Database(copy_of(prepared(request.param, tell_story), tmp_path), read_timeout=30)
    yield opened
    drop(opened)


@cache
def story_state() -> State:
    return fresh(STORY)


@pytest.mark.parametrize(
    ("database", "seed"),
    [*(("sqlite", seed) for seed in range(3)), ("postgresql", 0)],
    indirect=["database"],
)
def test_orders_on_every_engine(database: Database, seed: int) -> None:
    expected = story_state()
    shuffled = STORY[:]
    random.Random(seed).shuffle(shuffled)
    for document in shuffled:
        put(database, document)
    assert state(database) == expected
    assert {member.role for member in expected[1].values()} == {
        "new",
        "continuing",
        "update",
        "duplicate",
    }


def test_a_document_that_changes_leaves_nothing_behind(story: Database) -> None:
    for other in ((0, CHANNEL, (10, 11)), (1, CHANNEL, (8,)), (0, CHANNEL, (3, 0))):
        put(story, other)
        assert state(story)[:2] == decided(story)
    take_in(
        story,
        text_of(STORY[2]).replace("title: 簡報", "title: 簡報\ndraft: true"),
        channel="other",
    )
    assert state(story)[:2] == decided(story)
    rest = [(0, CHANNEL, (3, 0)), (1, CHANNEL, (8,)), STORY[3], STORY[4]]
    assert state(story) == fresh(rest)


def test_a_removed_document_leaves_nothing_behind(story: Database) -> None:
    with story.write() as session:
        statement = select(col(Briefing.pk)).where(col(Briefing.date) == FIRST)
        pk = session.execute(statement).scalar_one()
        assert pk
        session.execute(delete(Briefing).where(col(Briefing.pk) == pk))
        threads.refresh(session, Touched(briefings={pk}))
    assert state(story) == fresh(STORY[1:])


def test_a_merge_and_its_undo(story: Database) -> None:
    before = state(story)
    done = acts.merge(story, CHANNEL, "Qrouter", "Zamba", Curation("tester"))
    assert state(story)[:2] == decided(story)
    acts.undo(story, CHANNEL, done.judgements[0], Curation("tester"))
    assert state(story) == before


def test_a_new_day_writes_only_its_own_links(database: Database) -> None:
    for days in range(0, 100, 10):
        put(database, (days, CHANNEL, (7, 10)))
    with database.read() as session:
        former_links = set(session.execute(select(col(ItemLink.pk))).scalars())
        former_items = set(session.execute(select(col(Item.pk))).scalars())
    put(database, (100, CHANNEL, (0, 10)))
    with database.read() as session:
        rows = session.execute(select(col(ItemLink.pk), col(ItemLink.item_pk))).all()
    assert former_links <= {row.pk for row in rows}
    assert former_items.isdisjoint({row.item_pk for row in rows if row.pk not in former_links})


def test_sound_threads_have_no_mismatches(database: Database) -> None:
    assert faults(database) == []
    for document in STORY:
        put(database, document)
    assert faults(database) == []


DAMAGES = {
    "UPDATE item_link SET score = 0.5 WHERE signal = 'article'": "its stored links differ",
    "DELETE FROM item_link": "its stored links differ",
    "UPDATE thread_member SET role = 'new'": "its stored thread differs",
    "DELETE FROM thread_member WHERE joined_pk IS NULL": "its stored thread differs",
    "DELETE FROM thread": "decided now, but not stored",
    "UPDATE thread SET items = 9": "number of items or dates differ",
    "UPDATE thread SET last_date = '2020-01-01'": "number of items or dates differ",
    "DELETE FROM threaded_day": "its day in threaded_day differs",
}


def test_damage_is_reported_and_mended(story: Database) -> None:
    sound = state(story)
    for damage, message in DAMAGES.items():
        with story.write() as session:
            session.execute(text(damage))
        assert any(message in fault for fault in faults(story)), damage
        with story.write() as session:
            assert threads.rebuild(session) == len(sound[2])
        assert state(story) == sound
        assert faults(story) == []


def test_a_surplus_thread_is_reported_and_removed(database: Database) -> None:
    put(database, (0, CHANNEL, (10,)))
    with database.write() as session:
        session.add(Thread(id="th_surplus", items=2, first_date=FIRST, last_date=FIRST))
    assert faults(database) == ["thread th_surplus: it is stored, but not decided now"]
    with database.write() as session:
        assert threads.rebuild(session) == 0
    assert faults(database) == []


def test_refresh_works_on_rebuilt_threads(database: Database) -> None:
    for document in STORY[:3]:
        put(database, document)
    with database.write() as session:
        threads.rebuild(session)
    for document in STORY[3:]:
        put(database, document)
    assert state(database) == story_state()
