import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from app.curate import acts
from app.normalize.entities.names import name_key
from app.query.names.autocomplete import NameLookup, complete, latest_items, names
from app.query.names.name_index import NameIndex
from app.query.snapshot.dataset import Version
from app.store.db import Database, WouldBlock
from app.store.tables import Item, Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

SPELLED = [
    (1, "NVIDIA", True), (1, "輝達", True), (2, "NVIDIA TensorRT", False), (2, "TensorRT", True), (3, "Qwen", True), (3, "千問", True),
    (4, "Qwen-Image-Layered", True), (5, "Vibe", True), (6, "Vibe Proving", True), (7, "C++", True), (8, "昇騰 Ascend", True),
]  # fmt: skip
WEIGHTS = {1: 9, 2: 3, 3: 5, 4: 2, 5: 1, 6: 1, 7: 1, 8: 2}
NAMES = NameLookup(
    Version("v-1", None),
    NameIndex([(n, name, name_key(name), shown) for n, name, shown in SPELLED], WEIGHTS),
)


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
def test_what_is_typed_is_found(typed: str, entity: int, how: str) -> None:
    best = NAMES.find(typed, 5)[0]
    assert (best.entity, best.how) == (entity, how)


def test_prefixes_come_before_what_stands_within_before_slips() -> None:
    order = ["exact", "prefix", "infix", "typo"]
    for typed in ("qwen", "vibe", "nvidia", "nvidai", "t"):
        found = [order.index(match.how) for match in NAMES.find(typed, 20)]
        assert found == sorted(found)
        entities = [match.entity for match in NAMES.find(typed, 20)]
        assert len(entities) == len(set(entities))
    assert [match.entity for match in NAMES.find("vibe", 5)] == [5, 6]


@given(st.text(max_size=300))
def test_any_text_may_be_typed(typed: str) -> None:
    for match in NAMES.find(typed, 5):
        assert 0 < match.score <= 1


def test_names_follow_what_is_written(database: Database) -> None:
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
        assert names(session).find("zor", 5) == []
    for day, *items in documents:
        take_in(database, document(f"2026-01-{day}", *items), f"{day}.md")
        _as_if_read_anew(database)
    said = acts.Curation("tester")
    act = acts.merge(database, CHANNEL, "zorblax-2", "zorblax", said)
    _as_if_read_anew(database)
    acts.undo(database, CHANNEL, act.judgements[0], said)
    _as_if_read_anew(database)


def _as_if_read_anew(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False), read_timeout=30)
    with database.read() as session, other.read() as apart:
        known, fresh = names(session), names(apart)
        assert (known.version, len(fresh.parts)) == (fresh.version, 1)
        assert names(session) is known
        for typed in (
            "zor",
            "zorblax",
            "zorblax2",
            "zrblax",
            "quux",
            "昇",
            "升腾",
            "nv",
            "open",
            "a",
            "2",
        ):
            for lang in (None, "zh-Hant"):
                assert complete(session, known, typed, 10, lang) == complete(
                    apart, fresh, typed, 10, lang
                )
    other.close()


def test_in_the_event_loop_nothing_is_put_together(database: Database) -> None:
    with database.read() as session:
        session.info["loop"] = True
        with pytest.raises(WouldBlock):
            names(session)
    take_in(database, document("2026-01-01", item("A", entities="NVIDIA")))
    with database.read() as session:
        known = names(session)
        with pytest.raises(WouldBlock):
            complete(None, known, "nvidia", 5, None)
        assert complete(session, known, "nvidia", 5, None) == complete(
            None, known, "nvidia", 5, None
        )


def test_the_newest_items(seeded: Database) -> None:
    with seeded.read() as session:
        pks = names(session).whole.entities.tolist()
        three, one = latest_items(session, pks, 3), latest_items(session, pks, 1)
        assert {pk: items[:1] for pk, items in three.items()} == one
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
        every: dict[int, set[tuple[object, ...]]] = {}
        for pk, day, *rest in rows:
            every.setdefault(pk or 0, set()).add((-day.toordinal(), *rest))
        assert {pk: [item.id for item in items] for pk, items in three.items()} == {
            pk: [row[-1] for row in sorted(found)[:3]]  # type: ignore[type-var]
            for pk, found in every.items()
        }
