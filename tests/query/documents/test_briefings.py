"""Briefings: whole, in a list; drafts stay unseen."""

import re
from collections import Counter

import pytest
from sqlalchemy import event

from app.errors import NotFound
from app.query.documents import briefings, quality
from app.query.request.briefing_params import BriefingList
from app.store.db import Database
from tests import shapes
from tests.conftest import take_in
from tests.documents import NEWER, OLDER, SEEDS, document, headings, item, lines

COUNTS = {
    NEWER: {
        "sections": 8,
        "items": 57,
        "full": 50,
        "bullet": 6,
        "stub": 1,
        "entities": 206,
        "sources": 62,
        "background": 4,
        "keywords": 12,
    },
    OLDER: {
        "sections": 8,
        "items": 22,
        "full": 22,
        "bullet": 0,
        "stub": 0,
        "entities": 97,
        "sources": 31,
        "background": 5,
        "keywords": 15,
    },
}


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_a_list_entry(seeded: Database, day: str) -> None:
    with seeded.read() as session:
        answer = shapes.briefings(
            briefings.find(session, BriefingList.model_validate({"from": day, "to": day}))
        )[0]
    assert answer.counts.model_dump() == COUNTS[day] | {"watchlist": 5, "readings": 5}
    text = SEEDS[day].decode()
    reported = re.search(r"資料來源：(\d+) 篇文章 \| 分析主題：(\d+) 個", text)
    assert reported
    articles, topics = reported.groups()
    assert (answer.stats.articles, answer.stats.topics, answer.stats.window_hours) == (
        int(articles),
        int(topics),
        24,
    )
    assert answer.title in text.splitlines()[5]
    assert len(answer.tags) == 5
    assert f'description: "{answer.description}"' in text


@pytest.mark.parametrize("day", [NEWER, OLDER])
def test_the_whole_document(seeded: Database, day: str) -> None:
    with seeded.read() as session:
        answer = shapes.whole(session, day)
    assert [section.title for section in answer.sections] == headings(day, 2)
    assert [section.position for section in answer.sections] == list(range(1, 9))
    assert (
        Counter(entries.kind for section in answer.sections for entries in section.items)["full"]
        == COUNTS[day]["full"]
    )
    line = next(line for line in lines(day) if line.startswith("`"))
    assert answer.keywords == re.findall("`([^`]+)`", line)
    assert answer.front_matter["cover"]["alt"] == "AI Daily"
    assert [passage.title for passage in answer.insight if passage.title] == [
        h
        for h in headings(day, 3)
        if h in ("今日趨勢總結", "技術發展脈絡", "未來展望", "跨主題洞察")
    ]
    assert len(answer.watchlist) == 5
    assert [reading.position for reading in answer.watchlist] == [1, 2, 3, 4, 5]
    assert all(reading.source_id for reading in answer.readings)
    assert all(note.term and note.text for note in answer.background)


def test_containers_are_no_items(seeded: Database) -> None:
    with seeded.read() as session:
        answer = shapes.whole(session, NEWER)
    containers = {c["title"] for section in answer.sections for c in section.containers}
    assert containers == {"其他技術更新（精選）", "其他應用動態（節選）", "其他趨勢與觀點（節選）"}
    entries = [entries for section in answer.sections for entries in section.items]
    assert not containers & {entry.title for entry in entries}
    assert {entry.parent for entry in entries if entry.kind == "bullet"} <= containers


def test_not_found_names_the_neighbours(seeded: Database) -> None:
    with seeded.read() as session:
        with pytest.raises(
            NotFound, match="'2025-12-01'; the nearest are 2025-11-22 and 2025-12-23"
        ):
            briefings.get(session, "2025-12-01")
        with pytest.raises(NotFound, match="'2026-12-01'; the nearest is 2025-12-23"):
            briefings.get(session, "2026-12-01")
        with pytest.raises(NotFound, match=r"'2025-13-01'\.$"):
            briefings.get(session, "2025-13-01")
        with pytest.raises(NotFound, match=r"'weekly:2025-12-01'\.$"):
            briefings.get(session, "weekly:2025-12-01")
        with pytest.raises(NotFound, match="channel 'weekly'; there are daily"):
            briefings.latest(session, "weekly")


def test_neighbours_are_of_the_same_channel(database: Database) -> None:
    take_in(database, document("2026-01-02", item("a")))
    take_in(database, document("2026-01-09", item("b")), channel="weekly")
    with database.read() as session:
        with pytest.raises(NotFound, match=r"the nearest is 2026-01-02\."):
            briefings.get(session, "2026-01-05")
        with pytest.raises(NotFound, match=r"the nearest is weekly:2026-01-09\."):
            briefings.get(session, "weekly:2026-01-05")


def test_an_empty_base(database: Database) -> None:
    with database.read() as session:
        with pytest.raises(NotFound, match="There is no briefing in channel 'daily' yet"):
            briefings.latest(session, "daily")
        assert briefings.find(session, BriefingList.model_validate({})).entries == []


def test_drafts_are_not_found(database: Database) -> None:
    take_in(database, document("2026-01-02", item("a"), draft=True), channel="weekly")
    with database.read() as session:
        with pytest.raises(NotFound, match="channel 'weekly' yet"):
            briefings.latest(session, "weekly")
        with pytest.raises(NotFound):
            briefings.get(session, "weekly:2026-01-02")
        assert briefings.find(session, BriefingList.model_validate({})).rows.total == 0


def test_queries_do_not_grow_with_the_document(database: Database) -> None:
    for day, items in (("2026-01-02", 2), ("2026-01-03", 60)):
        entries = (
            item(f"title {n}", entities=f"Name{n}", sources=f"https://e{n}.example/")
            for n in range(items)
        )
        take_in(database, document(day, *entries), day)
    asked: list[str] = []
    event.listen(
        database.reader, "before_cursor_execute", lambda *arguments: asked.append(arguments[2])
    )
    counts = []
    for day in ("2026-01-02", "2026-01-03"):
        with database.read() as session:
            briefing = briefings.get(session, day)
            asked.clear()
            quality.one(session, briefing)
            reported = len(asked)
            briefings.whole(session, briefing, None)
            counts.append((reported, len(asked) - reported))
    assert counts[0] == counts[1]
    assert counts[0] <= (8, 25)
