"""What answers the watch lists follows from the documents alone, whatever order they came in."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from app.curate import acts
from app.normalize.stories.watchlist import (
    LOOKBACK,
    PROMINENT,
    WINDOW,
    SubjectTerm,
    answers,
    is_hot,
    subject,
)
from app.normalize.text.containment import shingles
from app.store.db import Database
from app.store.tables import Briefing, Entity, Item, Mention, WatchlistEntry
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item
from tests.rows import meaning

FIRST = date(2026, 1, 1)
NAMES = ("NVIDIA", "OpenAI", "Qwen", "SGLang", "MUSA", "Turb-L1", "RAG", "昇騰", "主權雲")


def day(
    n: int, items: list[tuple[str, str]], watch: list[str] | None = None, *, draft: bool = False
) -> tuple[str, str]:
    when = str(FIRST + timedelta(days=n))
    listed = "".join(f"{at}. {entry}\n" for at, entry in enumerate(watch or [], 1))
    end = f"\n## 編輯洞察\n\n**關注清單**：\n\n{listed}" if watch else ""
    return document(
        when,
        *(item(title, entities=names, summary=title) for title, names in items),
        draft=draft,
        end=end,
    ), f"{when}.md"


def held(database: Database) -> dict[str, list[tuple[str, int]]]:
    """By entry: the titles of the items that answer it, and after how many days."""
    found: dict[str, list[tuple[str, int]]] = {}
    with database.read() as session:
        entries = {row.id: row.text for row in session.exec(select(WatchlistEntry))}
        titles = {row.id: row.title for row in session.exec(select(Item))}
    for entry, answering, after, *_ in sorted(meaning(database)["answers"]):
        found.setdefault(entries[entry], []).append((titles[answering], after))
    return {text: sorted(answering, key=lambda one: one[1]) for text, answering in found.items()}


def test_an_entry_is_answered_later_and_within_its_window(database: Database) -> None:
    watch = ["SGLang 對昇騰的支援", "NVIDIA 的下一步"]
    for text, name in (
        day(0, [("SGLang 今天", "SGLang")], watch),
        day(-1, [("SGLang 昨天", "SGLang")]),
        day(3, [("SGLang 三天後", "SGLang"), ("NVIDIA 財報", "NVIDIA")]),
        day(90, [("SGLang 最後一天", "SGLang")]),
        day(91, [("SGLang 太晚", "SGLang")]),
    ):
        take_in(database, text, name)
    assert held(database) == {watch[0]: [("SGLang 三天後", 3), ("SGLang 最後一天", 90)]}


def test_answers_go_with_what_they_came_from(database: Database) -> None:
    watch = day(0, [("a", "")], ["SGLang 的支援"])
    answer = day(5, [("SGLang 發布", "SGLang")])
    take_in(database, *answer)
    take_in(database, *watch)
    assert held(database) == {"SGLang 的支援": [("SGLang 發布", 5)]}
    take_in(database, *day(5, [("別的事", "")]))
    assert held(database) == {}
    take_in(database, *answer)
    assert held(database)
    take_in(database, *day(5, [("SGLang 發布", "SGLang")], draft=True))
    assert held(database) == {}
    take_in(database, *answer)
    take_in(database, *day(0, [("a", "")], ["Qwen 的支援"]))
    assert held(database) == {}


def test_a_merge_reaches_the_watch_list_and_back(database: Database) -> None:
    take_in(database, *day(0, [("a", "Foozle")], ["Foozle 的發布"]))
    take_in(database, *day(4, [("Barzle 上線", "Barzle")]))
    assert held(database) == {}
    done = acts.merge(database, CHANNEL, "Foozle", "Barzle", acts.Curation("desk"))
    assert held(database) == {"Foozle 的發布": [("Barzle 上線", 4)]}
    acts.undo(database, CHANNEL, done.judgements[0], acts.Curation("desk"))
    assert held(database) == {}


def test_what_becomes_hot_answers_no_more(database: Database) -> None:
    take_in(database, *day(30, [("a", "")], ["SGLang"]))
    take_in(database, *day(31, [("SGLang 發布", "SGLang")]))
    assert held(database)
    take_in(database, *day(29, [(f"SGLang 第{n}版", "SGLang") for n in range(4)]))
    assert held(database) == {}
    take_in(database, *day(29, [("別的事", "")]))
    assert held(database)
    take_in(database, *day(2, [(f"SGLang 第{n}版", "SGLang") for n in range(4)]))
    assert held(database)


def made(seed: int) -> list[tuple[str, str]]:
    """Some days, two versions of some of them, with names and watch lists at random."""
    dice = random.Random(seed)

    def some(most: int) -> str:
        return "、".join(dice.sample(NAMES, dice.randint(0, most)))

    days = []
    for n in dice.sample(range(0, 130), 9):
        items = [
            (f"{some(2)} 進展 {dice.choice('甲乙丙丁')}", some(3))
            for _ in range(dice.randint(0, 4))
        ]
        watch = [
            f"{some(2)} 的{dice.choice(['合規與風控機制', '量產時程'])}"
            for _ in range(dice.randint(0, 3))
        ]
        days.append(day(n, items, watch))
    return days


def oracle(database: Database) -> Counter[tuple[Any, ...]]:
    """All answers worked out anew, each entry against every item."""
    found: Counter[tuple[Any, ...]] = Counter()
    with database.read() as session:
        entities = {entity.pk: entity for entity in session.exec(select(Entity))}
        items = session.exec(select(Item)).all()
        mentions = session.exec(select(Mention).order_by(col(Mention.start_char))).all()
        entries = session.exec(
            select(WatchlistEntry).order_by(col(WatchlistEntry.start_char))
        ).all()
    for entry in entries:
        following = min(
            (
                other.start_char
                for other in entries
                if other.briefing_pk == entry.briefing_pk and other.start_char > entry.start_char
            ),
            default=10**9,
        )
        recent = {one.pk for one in items if 0 <= (entry.date - one.date).days < LOOKBACK}
        terms = []
        for m in mentions:
            if (
                m.kind == "watchlist"
                and m.briefing_pk == entry.briefing_pk
                and entry.start_char <= m.start_char < following
                and m.entity_pk
            ):
                naming = {
                    other.item_pk
                    for other in mentions
                    if other.entity_pk == m.entity_pk and other.item_pk in recent
                }
                terms.append(
                    SubjectTerm(
                        entities[m.entity_pk].id,
                        m.surface,
                        entities[m.entity_pk].type,
                        is_hot(len(naming), len(recent)),
                    )
                )
        for one in items:
            after = (one.date - entry.date).days
            named: dict[str, bool] = {}
            for m in mentions:
                if m.item_pk == one.pk and m.entity_pk:
                    named[entities[m.entity_pk].id] = (
                        named.get(entities[m.entity_pk].id, False) or m.kind in PROMINENT
                    )
            if 0 < after <= WINDOW and (
                got := answers(
                    terms,
                    subject(entry.text, terms),
                    named,
                    shingles(f"{one.title}\n{one.summary}"),
                )
            ):
                evidence = {
                    "weights": dict(got.weights),
                    "words": got.words,
                    "shared": list(got.shared),
                }
                found[entry.id, one.id, after, got.score, repr(evidence)] += 1
    return found


@pytest.mark.parametrize("seed", range(4))
def test_answers_are_those_of_an_oracle_in_any_order(database: Database, seed: int) -> None:
    days = made(seed)
    for text, name in days:
        take_in(database, text, name)
    # One day is rewritten, and written back.
    take_in(
        database,
        *day(
            int((date.fromisoformat(days[0][1][:10]) - FIRST).days),
            [("NVIDIA 與 SGLang", "NVIDIA")],
            ["MUSA 的量產時程"],
        ),
    )
    take_in(database, *days[0])
    assert meaning(database)["answers"] == oracle(database)
    told = meaning(database)
    with database.write() as session:
        session.execute(delete(Briefing))
    for text, name in random.Random(seed + 99).sample(days, len(days)):
        take_in(database, text, name)
    again = meaning(database)
    assert (again["answers"], again["watched"]) == (told["answers"], told["watched"])


def test_a_list_past_all_measure_costs_little(database: Database) -> None:
    take_in(database, *day(0, [("a", "SGLang")], [f"SGLang 的支援 {n}" for n in range(3_000)]))
    take_in(database, *day(1, [(f"SGLang {n}", "SGLang") for n in range(30)]))
    assert len(held(database)) == 100
