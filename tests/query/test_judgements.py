"""The links that wait for a person, and how an entity came to be what it is."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.curate import acts
from app.curate.acts import Curation
from app.errors import Conflict
from app.query import entities, judgements
from app.query.request.entity_params import HistoryList, ReviewList
from app.store.db import Database
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

ME = Curation("cli")
DOUBTFUL = document(
    "2026-01-01", item("甲", entities="Alibba"), item("乙", entities="NVIDIA Corp, Foobar")
)


def waiting(database: Database, **given: Any) -> list[Any]:
    with database.read() as session:
        return judgements.review(session, ReviewList(**given), None).entries


def settle(database: Database, judgement: str, verdict: str) -> Any:
    return acts.settle(database, CHANNEL, judgement, verdict, ME)


@pytest.fixture
def base(database: Database) -> Database:
    take_in(database, DOUBTFUL)
    take_in(database, DOUBTFUL.replace("2026-01-01", "2026-01-02"))
    assert waiting(database)
    return database


def test_each_doubt_is_listed_once_with_all_its_documents(base: Database) -> None:
    (doubt,) = waiting(base)
    assert [document.id for document in doubt.documents] == ["2026-01-01", "2026-01-02"]
    assert (doubt.spelling, doubt.candidate.name) == ("Alibba", "Alibaba")
    assert doubt.entity.name == "Alibba"
    assert 0 < doubt.score < 1


def test_settled_it_waits_no_more_until_undone(base: Database) -> None:
    (doubt,) = waiting(base)
    refused = settle(base, doubt.id, "negative")
    assert waiting(base) == []
    assert settle(base, doubt.id, "negative").changed is False
    with pytest.raises(Conflict, match="Settled already"):
        settle(base, doubt.id, "positive")
    acts.undo(base, CHANNEL, refused.judgements[0], ME)
    assert waiting(base) == [doubt]
    assert settle(base, doubt.id, "positive").items.total == 2
    assert waiting(base) == []
    with base.read() as session:
        assert entities.resolve(session, "Alibba") == entities.resolve(session, "Alibaba")
    with pytest.raises(Conflict, match="waits for nobody"):
        settle(base, refused.judgements[0], "negative")


def test_history_is_walked_to_its_end_newest_first(base: Database) -> None:
    for _ in range(2):
        done = acts.merge(base, CHANNEL, "Foobar", "NVIDIA", ME)
        acts.undo(base, CHANNEL, done.judgements[0], ME)
    acts.merge(base, CHANNEL, "Foobar", "NVIDIA", ME)
    with base.read() as session:
        pk, cursor, seen = entities.resolve(session, "NVIDIA"), None, []
        while True:
            found = judgements.history(session, pk, HistoryList(limit=2, cursor=cursor))
            seen += found.entries
            if not (cursor := found.rows.next_cursor):
                break
    curated = [entry for entry in seen if entry.actor == "cli"]
    assert [entry.kind for entry in curated] == ["merge", "undo", "merge", "undo", "merge"]
    assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)
    assert len({entry.id for entry in seen}) == len(seen) == found.rows.total
    assert all(entry.briefing for entry in seen if entry.actor == "resolver")


def test_the_seeds_have_a_history_and_doubts(client: TestClient) -> None:
    page = client.get("/v1/entities/昇騰/history", follow_redirects=True).json()
    assert all(entry["actor"] == "resolver" for entry in page["data"])
