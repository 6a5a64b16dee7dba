"""Threads follow from the documents alone, whatever the order they came in, and whatever was there before."""

import random
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col, select

from app.curate import acts
from app.curate.acts import Curation
from app.normalize.stories.threads import StoryLink, StoryMember
from app.store.db import Database
from app.store.derived import threads
from app.store.migrations import migrate
from app.store.tables import Briefing, Item, ItemLink, Thread, ThreadMember
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item

FIRST = date(2026, 1, 2)
# Reports of four stories, a headline that comes every day, and news of its own.
POOL = [
    item("Zyphra 推出 Zamba 模型", "https://z.com/zamba", entities="Zyphra、Zamba", summary="Zyphra 推出 Zamba，主打邊緣裝置推理，公開 3 種權重。"),
    item("Zamba 模型登上邊緣榜首", "https://b.com/zamba", entities="Zamba", summary="Zyphra 的 Zamba 主打邊緣裝置推理，公開權重後登上榜首。"),
    item("Zamba 細節", "https://z.com/zamba", entities="Zamba", summary="Zamba 公開 3 種權重與訓練資料 5 兆。"),
    item("Stripe 洽購 Qrouter", "https://c.com/1", entities="Stripe、Qrouter", summary="Stripe 洽購路由平台 Qrouter，估值百億。"),
    item("Stripe 敲定收購 Qrouter", "https://c.com/2", entities="Stripe、Qrouter", summary="知情人士稱 Stripe 敲定收購路由平台 Qrouter，估值百億。"),
    item("嗅覺資料集公開", "arXiv:2506.00239", summary="氣味資料集。"),
    item("嗅覺資料集（工具面）", "https://arxiv.org/abs/2506.00239v2", summary="氣味資料集。"),
    item("每日一圖", "https://pic.com/", summary="山。"),
    item("vLLM 發布 v0.26.0", "https://v.com/26", entities="vLLM", summary="支援新硬體。"),
    item("vLLM 發布 v0.27.0", "https://v.com/27", entities="vLLM", summary="支援新硬體。"),
    item("海底電纜維修船隊擴編", "https://d.com/1", entities="OpenAI", summary="船隊擴編。"),
    item("衛星遙測監看森林火災", "https://d.com/2", entities="OpenAI", summary="監看火災。"),
]  # fmt: skip
Document = tuple[int, str, tuple[int, ...]]
"""Days after the first, channel, and which of the pool."""


def text_of(document: Document) -> str:
    days, _, chosen = document
    return briefing(*(POOL[at] for at in chosen), date=str(FIRST + timedelta(days)))


def put(database: Database, document: Document) -> None:
    take_in(database, text_of(document), channel=document[1])


def state(
    database: Database,
) -> tuple[dict[str, list[StoryLink]], dict[str, StoryMember], list[Any]]:
    with database.read() as session:
        links, members = threads.stored(session)
        rows = session.exec(
            select(
                col(Thread.id), col(Thread.items), col(Thread.first_date), col(Thread.last_date)
            ).order_by(col(Thread.id))
        )
        return (
            {item: sorted(held, key=lambda link: link.earlier) for item, held in links.items()},
            members,
            [tuple(row) for row in rows],
        )


def decided(database: Database) -> tuple[dict[str, list[StoryLink]], dict[str, StoryMember]]:
    """What is decided from the documents now."""
    with database.read() as session:
        found = list(threads.decided(session))
    joined = {member.thread for _, _, member in found if member.joined}
    links = {
        telling.id: sorted(links, key=lambda link: link.earlier)
        for telling, links, _ in found
        if links
    }
    return links, {telling.id: member for telling, _, member in found if member.thread in joined}


def fresh(documents: Sequence[Document]) -> tuple[Any, Any]:
    """What a base holds that was given the documents in this order; and that it is what they alone decide."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/a.db", read_timeout=30)
        migrate(database)
        for document in documents:
            put(database, document)
        held, wanted = state(database), decided(database)
        database.close()
    assert held[:2] == wanted
    return held[:2], held[2]


CHOSEN = st.lists(st.integers(0, len(POOL) - 1), min_size=1, max_size=5, unique=True).map(tuple)
DOCUMENTS = st.dictionaries(
    st.tuples(st.sampled_from([0, 1, 2, 5, 20, 29, 31, 45]), st.sampled_from([CHANNEL, "other"])),
    CHOSEN,
    min_size=2,
    max_size=6,
).map(lambda held: [(days, channel, chosen) for (days, channel), chosen in held.items()])


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_no_order_changes_anything(documents: list[Document], random: Any) -> None:
    shuffled = documents[:]
    random.shuffle(shuffled)
    # Edited on the way: each day may have been something else before.
    former = [
        (days, channel, tuple(reversed(chosen))[:2])
        for days, channel, chosen in shuffled
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


@pytest.mark.parametrize("seed", range(3))
def test_orders_on_every_engine(database: Database, seed: int) -> None:
    wanted = fresh(STORY)
    shuffled = STORY[:]
    random.Random(seed).shuffle(shuffled)
    for document in shuffled:
        put(database, document)
    held = state(database)
    assert (held[:2], held[2]) == wanted
    assert {member.role for member in held[1].values()} == {
        "new",
        "continuing",
        "update",
        "duplicate",
    }


def test_a_document_that_changes_leaves_nothing_behind(database: Database) -> None:
    for document in STORY:
        put(database, document)
    for other in ((0, CHANNEL, (10, 11)), (1, CHANNEL, (8,)), (0, CHANNEL, (3, 0))):
        put(database, other)
        assert state(database)[:2] == decided(database)
    take_in(
        database,
        text_of(STORY[2]).replace("title: 簡報", "title: 簡報\ndraft: true"),
        channel="other",
    )
    assert state(database)[:2] == decided(database)
    rest = [(0, CHANNEL, (3, 0)), (1, CHANNEL, (8,)), STORY[3], STORY[4]]
    held = state(database)
    assert (held[:2], held[2]) == fresh(rest)


def test_a_document_that_is_gone_might_never_have_been(database: Database) -> None:
    for document in STORY:
        put(database, document)
    with database.write() as session:
        gone = session.exec(select(col(Briefing.pk)).where(col(Briefing.date) == FIRST)).one()
        session.execute(delete(Briefing).where(col(Briefing.pk) == gone))
        threads.refresh(session, {gone or 0}, set())
    held = state(database)
    assert (held[:2], held[2]) == fresh(STORY[1:])


def test_merging_names_and_undoing_it(database: Database) -> None:
    for document in STORY:
        put(database, document)
    before = state(database)
    done = acts.merge(database, CHANNEL, "Qrouter", "Zamba", Curation("tester"))
    assert state(database)[:2] == decided(database)
    acts.undo(database, CHANNEL, done.judgements[0], Curation("tester"))
    assert state(database) == before


def test_appending_reads_and_writes_what_is_near(database: Database) -> None:
    for days in range(0, 200, 10):
        put(database, (days, CHANNEL, (7, 10)))
    with database.read() as session:
        held = set(session.exec(select(col(ItemLink.pk))))
        last = max(session.exec(select(col(Item.pk))).all())
    put(database, (200, CHANNEL, (0, 10)))
    with database.read() as session:
        assert held <= set(session.exec(select(col(ItemLink.pk))))
        assert {row.item_pk for row in session.exec(select(ItemLink)) if row.pk not in held} <= set(
            range((last or 0) + 1, (last or 0) + 9)
        )


def test_the_ends_of_the_calendar(database: Database) -> None:
    for day in ("0001-01-02", "9999-12-31"):
        take_in(database, briefing(POOL[0], POOL[2], date=day))
    assert state(database)[:2] == decided(database)
    with database.read() as session:
        assert len(session.exec(select(ThreadMember)).all()) in (0, 2, 4)
