"""Counts of spellings are those of the mentions, whatever is done to them."""

from collections import Counter

from app.curate import acts
from app.curate.acts import Curation
from app.store.db import Database
from app.store.entities import spellings
from tests.conftest import take_in
from tests.documents import document, item


def held(database: Database) -> dict[tuple[int, str], int]:
    with database.read() as session:
        assert spellings.mismatches(session) == 0
        found = spellings.counted(session)
        assert spellings.of(session, {pk for pk, _ in found}) == {
            pk: Counter({name: count for (other, name), count in found.items() if other == pk})
            for pk in {pk for pk, _ in found}
        }
        return dict(found)


def test_they_follow_documents_and_curators(database: Database) -> None:
    said = Curation("desk")
    take_in(
        database,
        document(
            "2026-01-01", item("甲", summary="NVIDIA 與輝達。", entities="NVIDIA, Foobar Lab")
        ),
    )
    first = held(database)
    assert sum(first.values()) == 4
    take_in(database, document("2026-01-02", item("富吧登場", entities="Foobar Lab, Bazquux, A/B")))
    second = held(database)
    merged = acts.merge(database, "daily", "Bazquux", "Foobar Lab", said)
    assert held(database) != second
    acts.undo(database, "daily", merged.judgements[0], said)
    assert held(database) == second
    acts.alias(database, "daily", "Foobar Lab", "富吧", "zh-Hant", "translation", said)
    assert sum(held(database).values()) == sum(second.values()) + 1
    take_in(database, document("2026-01-02", item("丙", entities="Bazquux")))
    take_in(database, document("2026-01-01", item("丁")))
    assert {name for _, name in held(database)} == {"Bazquux"}
    take_in(database, document("2026-01-02", item("丙", entities="Bazquux"), draft=True))
    assert held(database) == {}


def test_they_can_be_counted_anew(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="NVIDIA, Foobar Lab")))
    before = held(database)
    with database.write() as session:
        spellings.rebuild(session)
    assert held(database) == before
