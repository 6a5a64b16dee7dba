"""Autocomplete of names, and the index that follows each write."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from app.curate import acts
from app.curate.conduct import Curation
from app.normalize.entities.names import name_key
from app.query.names.autocomplete import NameLookup, complete, latest_items, name_lookup
from app.query.names.name_index import NameIndex
from app.query.snapshot.dataset import Version
from app.store.db import Database, WouldBlock
from app.store.tables import Item, Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

SPELLED = [
    (1, "NVIDIA", True),
    (1, "輝達", True),
    (2, "NVIDIA TensorRT", False),
    (2, "TensorRT", True),
    (3, "Qwen", True),
    (3, "千問", True),
    (4, "Qwen-Image-Layered", True),
    (5, "Vibe", True),
    (6, "Vibe Proving", True),
    (7, "C++", True),
    (8, "昇騰 Ascend", True),
]
WEIGHTS = {1: 9, 2: 3, 3: 5, 4: 2, 5: 1, 6: 1, 7: 1, 8: 2}
ROWS = [(entity, name, name_key(name), is_shown) for entity, name, is_shown in SPELLED]
NAMES = NameLookup(Version("v-1", None), NameIndex(ROWS, WEIGHTS))


@pytest.mark.parametrize(
    ("typed", "entity", "how"),
    [
        ("nvi", 1, "prefix"),
        ("NVIDIA", 1, "exact"),
        ("nvida", 1, "typo"),
        ("辉达", 1, "exact"),
        ("tensor", 2, "prefix"),
        ("千", 3, "prefix"),
        ("千问", 3, "exact"),
        ("layered", 4, "infix"),
        ("ｑｗｅｎ－ｉｍａｇｅ", 4, "prefix"),
        ("proving", 6, "infix"),
        ("c++", 7, "exact"),
        ("ascend", 8, "infix"),
        ("升腾", 8, "prefix"),
    ],
)
def test_a_typed_text_finds_its_entity(typed: str, entity: int, how: str) -> None:
    best = NAMES.find(typed, 5)[0]
    assert (best.entity, best.how) == (entity, how)


def test_prefixes_come_before_infixes_before_typos() -> None:
    order = ["exact", "prefix", "infix", "typo"]
    for typed in ("qwen", "vibe", "nvidia", "nvidai", "t"):
        matches = NAMES.find(typed, 20)
        kinds = [order.index(match.how) for match in matches]
        assert kinds == sorted(kinds)
        entities = [match.entity for match in matches]
        assert len(entities) == len(set(entities))
    assert [match.entity for match in NAMES.find("vibe", 5)] == [5, 6]


@given(st.text(max_size=300))
def test_any_text_may_be_typed(typed: str) -> None:
    for match in NAMES.find(typed, 5):
        assert 0 < match.score <= 1


def test_names_follow_each_write(database: Database) -> None:
    documents = [
        (
            "01",
            item("A", entities="`Zorblax`, `Zorblax 2`, NVIDIA"),
            item("B", entities="`Quuxly`"),
        ),
        ("02", item("C", entities="`Quuxly`, `昇騰新品`, zorblax")),
        ("01", item("A", entities="`Zorblax 2`")),
        ("03", item("D", entities="`Zorblax`, `ZORBLAX`, `Zorblax`, OpenAI")),
    ]
    with database.read() as session:
        assert name_lookup(session).find("zor", 5) == []
    for day, *items in documents:
        take_in(database, document(f"2026-01-{day}", *items), f"{day}.md")
        _assert_equal_to_a_new_index(database)
    curation = Curation("tester")
    act = acts.merge(database, CHANNEL, "zorblax-2", "zorblax", curation)
    _assert_equal_to_a_new_index(database)
    acts.undo(database, CHANNEL, act.judgements[0], curation)
    _assert_equal_to_a_new_index(database)


TYPED = "zor zorblax zorblax2 zrblax quux 昇 升腾 nv open a 2".split()


def _assert_equal_to_a_new_index(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False), read_timeout=30)
    with database.read() as session, other.read() as apart:
        known, fresh = name_lookup(session), name_lookup(apart)
        assert (known.version, len(fresh.parts)) == (fresh.version, 1)
        assert name_lookup(session) is known
        for typed in TYPED:
            for lang in (None, "zh-Hant"):
                completions = complete(session, known, typed, 10, lang)
                assert completions == complete(apart, fresh, typed, 10, lang)
    other.close()


def test_the_event_loop_builds_no_index(database: Database) -> None:
    with database.read() as session:
        session.info["loop"] = True
        with pytest.raises(WouldBlock):
            name_lookup(session)
    take_in(database, document("2026-01-01", item("A", entities="NVIDIA")))
    with database.read() as session:
        known = name_lookup(session)
        with pytest.raises(WouldBlock):
            complete(None, known, "nvidia", 5, None)
        assert complete(session, known, "nvidia", 5, None) == complete(
            None, known, "nvidia", 5, None
        )


def test_the_newest_items_of_each_entity(seeded: Database) -> None:
    with seeded.read() as session:
        pks = name_lookup(session).whole.entities.tolist()
        newest = latest_items(session, pks, 1)
        newest_three = latest_items(session, pks, 3)
        assert {pk: items[:1] for pk, items in newest_three.items()} == newest
        rows = session.execute(
            select(
                col(Mention.entity_pk),
                col(Item.date),
                -col(Item.importance_rank),
                col(Item.ordinal),
                col(Item.pk),
                col(Item.id),
            )
            .join(Item, col(Item.pk) == col(Mention.item_pk))
            .where(col(Mention.entity_pk).is_not(None))
        )
        places: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
        for pk, day, *rest in rows:
            places[pk or 0].add((-day.toordinal(), *rest))
        expected = {}
        for pk, entity_places in places.items():
            expected[pk] = [place[-1] for place in sorted(entity_places)[:3]]
        assert {pk: [item.id for item in items] for pk, items in newest_three.items()} == expected
