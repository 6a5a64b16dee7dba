"""Trends, counted again from the rows.

Trends are counted over columns in memory; only reading these depends on the engine, so `lite`
serves all tests but the oracles'.
"""

import random
from collections import defaultdict
from datetime import date, timedelta
from math import sqrt
from typing import Any

import pytest
from sqlmodel import col, select

from app.query.listing.page import Listing
from app.query.request.entity_params import DEFAULT_TYPES, TrendsQuery
from app.query.schemas.trends import TrendOut
from app.query.time import trends
from app.store.db import Database
from app.store.tables import Entity, Item, Mention
from tests.conftest import ENGINES, prepared, take_in
from tests.documents import NEWER, document, item
from tests.query.oracle import members as members_of

FIRST = date(2026, 1, 1)
NAMES = ("NVIDIA", "OpenAI", "Qwen", "Qwen3", "SGLang", "MUSA", "RAG")


def found(database: Database, **parameters: Any) -> Listing[TrendOut]:
    with database.read() as session:
        return trends.find(session, TrendsQuery.model_validate({"limit": 100} | parameters), None)


def day(database: Database, n: int, *named: str, channel: str = "daily") -> None:
    when = str(FIRST + timedelta(days=n))
    take_in(
        database,
        document(
            when, *(item(f"標題{index}", entities=names) for index, names in enumerate(named))
        ),
        f"{when}.md",
        channel,
    )


def oracle(
    database: Database, until: date, window: int, baseline: int, support: int
) -> dict[str, tuple[int, int, float]]:
    """By entity id: items of the window, of the baseline, the residual."""
    start = until - timedelta(days=window - 1)
    with database.read() as session:
        days = {entry.pk: entry.date for entry in session.exec(select(Item))}
        naming: defaultdict[str, set[int]] = defaultdict(set)
        for mention, entity in session.exec(
            select(Mention, col(Entity.id)).join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        ):
            if mention.item_pk:
                naming[entity].add(mention.item_pk)
    now = {pk for pk, when in days.items() if start <= when <= until}
    before = {pk for pk, when in days.items() if start - timedelta(days=baseline) <= when < start}
    pairs = {}
    with database.read() as session:
        types = {row.id: row.type for row in session.exec(select(Entity))}
    for entity, items in naming.items():
        if types[entity] not in DEFAULT_TYPES:
            continue
        a, b = len(items & now), len(items & before)
        if a + b >= support:
            expected = (a + b) / (len(now) + len(before)) * len(now)
            if expected and round((a - expected) / sqrt(expected), 4):
                pairs[entity] = (a, b, round((a - expected) / sqrt(expected), 4))
    return pairs


@pytest.mark.parametrize(
    ("database", "seed"),
    [*(("sqlite", seed) for seed in range(3)), ("postgresql", 0)],
    indirect=["database"],
)
def test_counts_are_those_of_an_oracle(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    for n in dice.sample(range(40), 12):
        day(
            database,
            n,
            *("、".join(dice.sample(NAMES, dice.randint(1, 3))) for _ in range(dice.randint(1, 4))),
        )
    for window, baseline, support in ((7, 28, 1), (3, 30, 3), (20, 20, 2)):
        until = FIRST + timedelta(days=dice.randint(20, 45))
        answer = found(
            database, window=window, baseline=baseline, support=support, until=str(until)
        )
        expected = oracle(database, until, window, baseline, support)
        assert {entry.id: (entry.items, entry.baseline) for entry in answer.entries} == {
            entity: pairs[:2] for entity, pairs in expected.items()
        }
        assert all(
            entry.residual == pytest.approx(expected[entry.id][2], abs=1e-4)
            for entry in answer.entries
        )
        assert [abs(entry.residual) for entry in answer.entries] == sorted(
            (abs(entry.residual) for entry in answer.entries), reverse=True
        )


def test_gaps_make_nothing_fade(lite: Database) -> None:
    for n in range(10):
        day(lite, n, "NVIDIA", "SGLang" if n > 6 else "MUSA")
    # Nothing for three weeks, then one day like those before.
    day(lite, 30, "NVIDIA", "OpenAI")
    answer = {entry.name: entry for entry in found(lite, baseline=60, support=1).entries}
    assert "NVIDIA" not in answer
    assert (answer["OpenAI"].residual > 0, answer["OpenAI"].new, answer["OpenAI"].first_seen) == (
        True,
        True,
        FIRST + timedelta(days=30),
    )
    assert answer["SGLang"].residual < 0
    assert not answer["SGLang"].new


def test_directions_support_and_sort(lite: Database) -> None:
    for n in range(7, 21):
        day(lite, n, "NVIDIA", "MUSA" if n < 14 else "SGLang")
    everything = found(lite, window=7, baseline=7)
    assert {entry.name for entry in everything.entries} == {"MUSA", "SGLang"}
    assert (
        everything.extra["window"]["items"],
        everything.extra["baseline"]["items"],
        everything.extra["window"]["briefings"],
    ) == (
        14,
        14,
        7,
    )
    assert [
        entry.name for entry in found(lite, window=7, baseline=7, direction="rising").entries
    ] == ["SGLang"]
    assert [
        entry.name for entry in found(lite, window=7, baseline=7, direction="fading").entries
    ] == ["MUSA"]
    assert found(lite, window=7, baseline=7, support=8).entries == []
    assert [entry.name for entry in found(lite, window=7, baseline=7, sort="items").entries] == [
        "SGLang",
        "MUSA",
    ]
    rising = found(lite, window=7, baseline=7, direction="rising").entries[0]
    assert (rising.items, rising.baseline, rising.expected, rising.residual) == (7, 0, 3.5, 1.8708)
    assert rising.salience == pytest.approx(7 * 0.8 * 1.5 * 0.8 * (1 + 0.5 / 2))
    first = found(lite, window=7, baseline=7, limit=1)
    rest = found(lite, window=7, baseline=7, limit=1, cursor=first.rows.next_cursor)
    assert {entry.name for entry in (*first.entries, *rest.entries)} == {"MUSA", "SGLang"}
    assert rest.rows.next_cursor is None


def test_a_family_is_rolled_up(lite: Database) -> None:
    for n in range(7, 14):
        day(lite, n, "NVIDIA", "x")
    for n in range(14, 21):
        day(lite, n, "NVIDIA", "Qwen3" if n % 2 else "Qwen")
    alone = {entry.name: entry.items for entry in found(lite, window=7, baseline=7).entries}
    together = {
        entry.name: entry for entry in found(lite, window=7, baseline=7, family=True).entries
    }
    assert alone["Qwen"] < 7
    assert together["Qwen"].items == 7
    assert {member.name for member in together["Qwen"].members} == {"Qwen3"}
    assert together["Qwen"].new


def families_and_makers(database: Database) -> None:
    dice = random.Random(7)
    names = ("NVIDIA", "GB300", "OpenAI", "GPT-5", "Alibaba", "Qwen", "Qwen3", "RAG")
    for n in range(0, 40, 3):
        day(database, n, *("、".join(dice.sample(names, 2)) for _ in range(3)))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("relation", ["family", "maker", "all"])
def test_rolled_up_counts_are_those_of_an_oracle(engine: str, relation: str) -> None:
    database = prepared(engine, families_and_makers)
    answer = found(database, window=11, baseline=30, support=1, rollup=relation, until="2026-02-09")
    start = date(2026, 1, 30)
    assert (answer.extra["rollup"], answer.extra["family"]) == (relation, relation != "maker")
    with database.read() as session:
        members = members_of(session, relation)
        pks = {row.id: row.pk for row in session.exec(select(Entity))}
        rows = session.exec(select(Mention).where(col(Mention.item_pk).is_not(None))).all()
    assert any(entry.members for entry in answer.entries)
    for entry in answer.entries:
        pk = pks[entry.id] or 0
        counted = {pk, *members.get(pk, ())}
        theirs = [row for row in rows if row.entity_pk in counted]
        assert entry.items == len({row.item_pk for row in theirs if row.date >= start})
        assert entry.baseline == len({row.item_pk for row in theirs if row.date < start})
        named = {row.entity_pk for row in theirs} - {pk}
        assert {pks[member.id] for member in entry.members} == named
        assert f"rollup={relation}" in entry.links["items"]


def test_everyday_concepts_are_ranked_only_if_asked_for(lite: Database) -> None:
    for n in range(7, 21):
        day(lite, n, "NVIDIA", "RAG" if n < 14 else "OpenAI")
    by_default = found(lite, window=7, baseline=7)
    assert {entry.name for entry in by_default.entries} == {"OpenAI"}
    assert by_default.extra["entity_types"] == list(DEFAULT_TYPES)
    with lite.read() as session:
        statement = select(col(Entity.type)).where(col(Entity.name).startswith("Retrieval"))
        rag_type = session.exec(statement).one()
    asked = found(lite, window=7, baseline=7, entity_type=[rag_type])
    assert asked.extra["entity_types"] == [rag_type]
    assert len(asked.entries) == 1
    others = found(lite, window=7, baseline=7, entity_type=["!org"])
    assert "org" not in others.extra["entity_types"]
    assert rag_type in others.extra["entity_types"]
    assert len(others.entries) == 1


def test_of_one_channel(lite: Database) -> None:
    day(lite, 20, "NVIDIA", "MUSA")
    day(lite, 20, "OpenAI", channel="weekly")
    day(lite, 10, "MUSA", channel="weekly")
    answer = found(lite, channel=["weekly"], support=1)
    assert {entry.name for entry in answer.entries} == {"OpenAI", "MUSA"}
    assert (answer.extra["window"]["items"], answer.extra["baseline"]["items"]) == (1, 1)
    assert len(answer.warnings) == 1


def test_a_short_baseline_is_a_warning(seeded: Database) -> None:
    answer = found(seeded)
    assert (
        answer.extra["window"]["to"],
        answer.extra["window"]["items"],
        answer.extra["baseline"]["items"],
        answer.extra["baseline"]["briefings"],
    ) == (NEWER, 57, 22, 1)
    assert "too few to compare with" in answer.warnings[0]
    with seeded.read() as session:
        listed = {entity.id for entity in session.exec(select(Entity))}
    assert {entry.id for entry in answer.entries} <= listed


@pytest.mark.parametrize("until", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_window_without_briefings(lite: Database, until: str) -> None:
    assert found(lite).entries == []
    day(lite, 1, "NVIDIA")
    assert found(lite, until=until, baseline=365, window=90).entries == []
