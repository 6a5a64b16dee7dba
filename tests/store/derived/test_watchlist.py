"""Answers to watch lists follow from the documents alone, in whatever order they came."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text
from sqlmodel import col, select

from app.curate import acts
from app.curate.conduct import Curation
from app.normalize.stories.watchlist import (
    ANSWER_WINDOW_DAYS,
    LOOKBACK_DAYS,
    PROMINENT_KINDS,
    SubjectTerm,
    answers,
    is_hot,
    subject,
)
from app.normalize.text.containment import shingles
from app.store.db import Database
from app.store.derived import watchlist
from app.store.derived.watchlist import MAX_ENTRIES
from app.store.tables import Briefing, Entity, Item, Mention, WatchlistEntry
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item
from tests.rows import meaning

FIRST = date(2026, 1, 1)
NAMES = ("NVIDIA", "OpenAI", "Qwen", "SGLang", "MUSA", "Turb-L1", "RAG", "昇騰", "主權雲")


def day(
    number: int,
    items: list[tuple[str, str]],
    watch: list[str] | None = None,
    *,
    draft: bool = False,
) -> tuple[str, str]:
    """Return text and file name of a day; items are (title, entities)."""
    date_text = str(FIRST + timedelta(days=number))
    end = ""
    if watch:
        entries = "".join(f"{index}. {entry}\n" for index, entry in enumerate(watch, 1))
        end = f"\n## 編輯洞察\n\n**關注清單**：\n\n{entries}"
    items_text = [item(title, entities=names, summary=title) for title, names in items]
    return document(date_text, *items_text, draft=draft, end=end), f"{date_text}.md"


def answered(database: Database) -> dict[str, list[tuple[str, int]]]:
    """Return, by text of the entry, the titles of its answers with the days between."""
    with database.read() as session:
        entries = {row.id: row.text for row in session.exec(select(WatchlistEntry))}
        titles = {row.id: row.title for row in session.exec(select(Item))}
    by_entry: dict[str, list[tuple[str, int]]] = {}
    for entry, answer, after, *_ in sorted(meaning(database)["answers"]):
        by_entry.setdefault(entries[entry], []).append((titles[answer], after))
    for answers_of_entry in by_entry.values():
        answers_of_entry.sort(key=lambda answer: answer[1])
    return by_entry


def faults(database: Database) -> list[str]:
    with database.read() as session:
        return list(watchlist.mismatches(session))


def test_an_entry_is_answered_later_and_within_its_window(database: Database) -> None:
    watch = ["SGLang 對昇騰的支援", "NVIDIA 的下一步"]
    for body, name in (
        day(0, [("SGLang 今天", "SGLang")], watch),
        day(-1, [("SGLang 昨天", "SGLang")]),
        day(3, [("SGLang 三天後", "SGLang"), ("NVIDIA 財報", "NVIDIA")]),
        day(90, [("SGLang 最後一天", "SGLang")]),
        day(91, [("SGLang 太晚", "SGLang")]),
    ):
        take_in(database, body, name)
    assert answered(database) == {watch[0]: [("SGLang 三天後", 3), ("SGLang 最後一天", 90)]}


def test_answers_vanish_with_their_items_and_entries(database: Database) -> None:
    watch = day(0, [("a", "")], ["SGLang 的支援"])
    answer = day(5, [("SGLang 發布", "SGLang")])
    take_in(database, *answer)
    take_in(database, *watch)
    assert answered(database) == {"SGLang 的支援": [("SGLang 發布", 5)]}
    take_in(database, *day(5, [("別的事", "")]))
    assert answered(database) == {}
    take_in(database, *answer)
    assert answered(database)
    take_in(database, *day(5, [("SGLang 發布", "SGLang")], draft=True))
    assert answered(database) == {}
    take_in(database, *answer)
    take_in(database, *day(0, [("a", "")], ["Qwen 的支援"]))
    assert answered(database) == {}


def test_a_merge_reaches_the_watch_list_and_back(database: Database) -> None:
    take_in(database, *day(0, [("a", "Foozle")], ["Foozle 的發布"]))
    take_in(database, *day(4, [("Barzle 上線", "Barzle")]))
    assert answered(database) == {}
    done = acts.merge(database, CHANNEL, "Foozle", "Barzle", Curation("desk"))
    assert answered(database) == {"Foozle 的發布": [("Barzle 上線", 4)]}
    acts.undo(database, CHANNEL, done.judgements[0], Curation("desk"))
    assert answered(database) == {}


def test_a_hot_entity_answers_no_more(database: Database) -> None:
    take_in(database, *day(30, [("a", "")], ["SGLang"]))
    take_in(database, *day(31, [("SGLang 發布", "SGLang")]))
    assert answered(database)
    take_in(database, *day(29, [(f"SGLang 第{n}版", "SGLang") for n in range(4)]))
    assert answered(database) == {}
    take_in(database, *day(29, [("別的事", "")]))
    assert answered(database)
    take_in(database, *day(2, [(f"SGLang 第{n}版", "SGLang") for n in range(4)]))
    assert answered(database)


def random_days(seed: int) -> list[tuple[str, str]]:
    """Return some days, each with random names and watch-list entries."""
    dice = random.Random(seed)

    def names(limit: int) -> str:
        return "、".join(dice.sample(NAMES, dice.randint(0, limit)))

    days = []
    for number in dice.sample(range(0, 130), 9):
        items = []
        for _ in range(dice.randint(0, 4)):
            items.append((f"{names(2)} 進展 {dice.choice('甲乙丙丁')}", names(3)))
        watch = []
        for _ in range(dice.randint(0, 3)):
            watch.append(f"{names(2)} 的{dice.choice(['合規與風控機制', '量產時程'])}")
        days.append(day(number, items, watch))
    return days


class Oracle:
    """Answers computed in plain Python: each entry against every item."""

    def __init__(self, database: Database) -> None:
        with database.read() as session:
            self.entities = {entity.pk: entity for entity in session.exec(select(Entity))}
            self.items = session.exec(select(Item)).all()
            self.mentions = session.exec(select(Mention).order_by(col(Mention.start_char))).all()
            self.entries = session.exec(
                select(WatchlistEntry).order_by(col(WatchlistEntry.start_char))
            ).all()

    def answers(self) -> Counter[tuple[Any, ...]]:
        rows: Counter[tuple[Any, ...]] = Counter()
        for entry in self.entries:
            terms = self.terms(entry)
            for answer in self.items:
                after = (answer.date - entry.date).days
                if not 0 < after <= ANSWER_WINDOW_DAYS:
                    continue
                words = shingles(f"{answer.title}\n{answer.summary}")
                match = answers(terms, subject(entry.text, terms), self.named(answer), words)
                if match:
                    evidence = {
                        "weights": dict(match.weights),
                        "words": match.words,
                        "shared": list(match.shared),
                    }
                    rows[entry.id, answer.id, after, match.score, repr(evidence)] += 1
        return rows

    def terms(self, entry: WatchlistEntry) -> list[SubjectTerm]:
        end = 10**9
        for other in self.entries:
            if other.briefing_pk == entry.briefing_pk and other.start_char > entry.start_char:
                end = min(end, other.start_char)
        terms = []
        for mention in self.mentions:
            if mention.kind != "watchlist" or mention.briefing_pk != entry.briefing_pk:
                continue
            if entry.start_char <= mention.start_char < end and mention.entity_pk:
                entity = self.entities[mention.entity_pk]
                hot = self.is_hot(mention.entity_pk, entry.date)
                terms.append(SubjectTerm(entity.id, mention.surface, entity.type, hot))
        return terms

    def is_hot(self, entity_pk: int, end: date) -> bool:
        recent = {row.pk for row in self.items if 0 <= (end - row.date).days < LOOKBACK_DAYS}
        naming = set()
        for mention in self.mentions:
            if mention.entity_pk == entity_pk and mention.item_pk in recent:
                naming.add(mention.item_pk)
        return is_hot(len(naming), len(recent))

    def named(self, answer: Item) -> dict[str, bool]:
        named: dict[str, bool] = {}
        for mention in self.mentions:
            if mention.item_pk == answer.pk and mention.entity_pk:
                entity = self.entities[mention.entity_pk].id
                named[entity] = named.get(entity, False) or mention.kind in PROMINENT_KINDS
        return named


# What they decide does not depend on the engine: one sequence tries the statements of PostgreSQL.
@pytest.mark.parametrize(
    ("database", "seed"),
    [*(("sqlite", seed) for seed in range(4)), ("postgresql", 0)],
    indirect=["database"],
)
def test_answers_are_those_of_an_oracle_in_any_order(database: Database, seed: int) -> None:
    days = random_days(seed)
    for body, name in days:
        take_in(database, body, name)
    # One day is edited, and edited back.
    take_in(
        database,
        *day(
            int((date.fromisoformat(days[0][1][:10]) - FIRST).days),
            [("NVIDIA 與 SGLang", "NVIDIA")],
            ["MUSA 的量產時程"],
        ),
    )
    take_in(database, *days[0])
    assert meaning(database)["answers"] == Oracle(database).answers()
    before = meaning(database)
    with database.write() as session:
        session.execute(delete(Briefing))
    for body, name in random.Random(seed + 99).sample(days, len(days)):
        take_in(database, body, name)
    after = meaning(database)
    assert (after["answers"], after["watched"]) == (before["answers"], before["watched"])


def test_only_the_first_100_entries_are_followed_up(database: Database) -> None:
    entries = [f"SGLang 的支援 {number}" for number in range(MAX_ENTRIES + 1)]
    take_in(database, *day(0, [("a", "SGLang")], entries))
    take_in(database, *day(1, [("SGLang 發布", "SGLang")]))
    assert answered(database).keys() == set(entries[:MAX_ENTRIES])
    assert faults(database) == []


DAMAGES = {
    "DELETE FROM watch_answer": "its stored answers differ",
    "UPDATE watch_answer SET score = 0.51": "its stored answers differ",
    "DELETE FROM watch_term": "its stored terms differ",
    "UPDATE watch_term SET hot = NOT hot": "its stored terms differ",
    "UPDATE watch_term SET entity_pk = 0": "its stored terms differ",
}


def test_damage_is_reported_and_mended(database: Database) -> None:
    take_in(database, *day(0, [("a", "")], ["SGLang 對昇騰的支援", "主權雲的合規與風控機制"]))
    take_in(database, *day(3, [("SGLang 發布", "SGLang"), ("合規與風控機制", "主權雲")]))
    sound = meaning(database)
    assert len(answered(database)) == 2
    assert faults(database) == []
    for damage, message in DAMAGES.items():
        with database.write() as session:
            session.execute(text(damage))
        assert any(message in fault for fault in faults(database)), damage
        with database.write() as session:
            assert watchlist.rebuild(session) == 2
        mended = meaning(database)
        assert (mended["answers"], mended["watched"]) == (sound["answers"], sound["watched"])
        assert faults(database) == []
