from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from app.normalize.stories.watchlist import ANSWER_WINDOW_DAYS, SubjectTerm
from app.store.db import Database
from app.store.derived.watch_answers import (
    WatchEntry,
    answers_of_entries,
    answers_of_items,
    candidate_items,
)
from app.store.tables import Entity, Item
from tests.conftest import take_in
from tests.documents import briefing, item

DAY = date(2026, 1, 2)
MENTION_PK = 1


def seed(database: Database) -> None:
    """Ingest one item about SGLang and one without names on each of three days."""
    for days in (0, 1, ANSWER_WINDOW_DAYS + 1):
        named = item(f"SGLang 第 {days} 版", entities="SGLang")
        other = item("代理支付協定的合規風控出爐")
        take_in(database, briefing(named, other, date=str(DAY + timedelta(days))))


def entry(session: Session, text: str, name: str = "") -> WatchEntry:
    """Return an entry of the first day that mentions one entity or none."""
    watched = WatchEntry(pk=7, id="w_7", day=DAY, text=text)
    if name:
        statement = select(col(Entity.pk), col(Entity.id), col(Entity.type))
        row = session.execute(statement.where(col(Entity.name) == name)).one()
        watched.terms[MENTION_PK] = SubjectTerm(row.id, name, row.type, hot=False)
        watched.entity_pks[MENTION_PK] = row.pk
    return watched


def titles(session: Session, item_pks: set[int]) -> list[str]:
    statement = select(col(Item.title)).where(col(Item.pk).in_(item_pks))
    return sorted(session.execute(statement).scalars())


def test_candidates_mention_an_entity_of_the_entry_and_are_later(database: Database) -> None:
    seed(database)
    with database.read() as session:
        items = candidate_items(session, [entry(session, "SGLang 的支援", "SGLang")])
        assert titles(session, items) == ["SGLang 第 1 版"]


def test_any_later_item_may_answer_an_entry_without_entities(database: Database) -> None:
    seed(database)
    with database.read() as session:
        items = candidate_items(session, [entry(session, "代理支付協定的合規風控")])
        assert titles(session, items) == ["SGLang 第 1 版", "代理支付協定的合規風控出爐"]


def test_an_answer_has_its_days_and_evidence(database: Database) -> None:
    seed(database)
    with database.read() as session:
        watched = entry(session, "SGLang", "SGLang")
        (answer,) = answers_of_entries(session, [watched])
        entity = watched.terms[MENTION_PK].id
    assert (answer["entry_pk"], answer["after_days"], answer["score"]) == (7, 1, 0.6)
    assert answer["evidence"] == {"weights": {entity: 0.6}, "words": 0.0, "shared": []}


def test_items_outside_of_the_window_are_no_answers(database: Database) -> None:
    seed(database)
    with database.read() as session:
        item_pks = set(session.execute(select(col(Item.pk))).scalars())
        watched = entry(session, "SGLang", "SGLang")
        answers = list(answers_of_items(session, [watched], {pk for pk in item_pks if pk}))
    assert [answer["after_days"] for answer in answers] == [1]
