"""Numbers of mentions by name equal the mentions, whatever is done to them."""

from collections import Counter

from sqlalchemy import text

from app.curate import acts
from app.curate.conduct import Curation
from app.store.db import Database
from app.store.entities import spellings
from app.store.touched import SpellingCounts
from tests.conftest import take_in
from tests.documents import document, item

DESK = Curation("desk")
FIRST = document("2026-01-01", item("甲", summary="NVIDIA 與輝達。", entities="NVIDIA, Foobar Lab"))
SECOND = document("2026-01-02", item("富吧登場", entities="Foobar Lab, Bazquux, A/B"))


def counted(database: Database) -> SpellingCounts:
    """The counts, which are checked to be stored."""
    with database.read() as session:
        assert list(spellings.mismatches(session)) == []
        counts = spellings.count_mentions(session)
        by_entity = spellings.names_of(session, {entity_pk for entity_pk, _ in counts})
    stored: SpellingCounts = Counter()
    for entity_pk, names in by_entity.items():
        for name, count in names.items():
            stored[entity_pk, name] = count
    assert stored == counts
    return counts


def test_counts_follow_documents(database: Database) -> None:
    take_in(database, FIRST)
    assert counted(database).total() == 4
    take_in(database, SECOND)
    take_in(database, document("2026-01-02", item("丙", entities="Bazquux")))
    take_in(database, document("2026-01-01", item("丁")))
    assert {name for _, name in counted(database)} == {"Bazquux"}
    take_in(database, document("2026-01-02", item("丙", entities="Bazquux"), draft=True))
    assert counted(database) == {}


def test_counts_follow_curators(database: Database) -> None:
    take_in(database, FIRST)
    take_in(database, SECOND)
    before = counted(database)
    merged = acts.merge(database, "daily", "Bazquux", "Foobar Lab", DESK)
    assert counted(database) != before
    acts.undo(database, "daily", merged.judgements[0], DESK)
    assert counted(database) == before
    acts.alias(database, "daily", "Foobar Lab", "富吧", "zh-Hant", "translation", DESK)
    assert counted(database).total() == before.total() + 1


def test_wrong_counts_are_found_and_counted_again(database: Database) -> None:
    take_in(database, FIRST)
    before = counted(database)
    with database.write() as session:
        session.execute(text("UPDATE spelling SET count = count + 1 WHERE name = 'Foobar Lab'"))
        session.execute(text("DELETE FROM spelling WHERE name = '輝達'"))
        faults = list(spellings.mismatches(session))
        assert [fault.split(" (")[0] for fault in faults] in (
            ["'輝達'", "'Foobar Lab'"],
            ["'Foobar Lab'", "'輝達'"],
        )
        assert spellings.rebuild(session) == len(before)
    assert counted(database) == before


def test_the_first_of_equally_frequent_spellings_counts() -> None:
    assert spellings.most_frequent(Counter({"b": 2, "a": 2, "c": 1})) == "a"
