"""Links that await a person, and the history of an entity."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.curate import acts
from app.curate.conduct import Curation
from app.errors import Conflict
from app.query.curation import judgements
from app.query.entities import references
from app.query.request.entity_params import HistoryList, ReviewList
from app.store.db import Database
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

ME = Curation("cli")
AMBIGUOUS = document(
    "2026-01-01", item("甲", entities="Alibba"), item("乙", entities="NVIDIA Corp, Foobar")
)


def open_links(database: Database, **parameters: Any) -> Sequence[Any]:
    with database.read() as session:
        return judgements.review(session, ReviewList(**parameters), None).entries


def settle(database: Database, judgement: str, verdict: str) -> Any:
    return acts.settle(database, CHANNEL, judgement, verdict, ME)


@pytest.fixture
def ambiguous(database: Database) -> Database:
    take_in(database, AMBIGUOUS)
    take_in(database, AMBIGUOUS.replace("2026-01-01", "2026-01-02"))
    assert open_links(database)
    return database


def test_an_open_link_is_listed_once_with_all_its_documents(ambiguous: Database) -> None:
    (link,) = open_links(ambiguous)
    assert [document.id for document in link.documents] == ["2026-01-01", "2026-01-02"]
    assert (link.spelling, link.candidate.name) == ("Alibba", "Alibaba")
    assert link.entity.name == "Alibba"
    assert 0 < link.score < 1
    titles = [(str(item.date), item.title) for item in link.items]
    assert titles == [("2026-01-02", "甲"), ("2026-01-01", "甲")]


def test_an_open_link_has_five_items_at_most(database: Database) -> None:
    titles = [f"第{number}則" for number in range(judgements.MAX_REVIEWED_ITEMS + 1)]
    items: list[str] = []
    for title in titles:
        items.append(item(title, entities="Alibba"))
    take_in(database, document("2026-01-01", *items))
    (link,) = open_links(database)
    assert len(link.items) == judgements.MAX_REVIEWED_ITEMS
    assert {item.title for item in link.items} < set(titles)


def test_a_settled_link_is_open_again_after_undo(ambiguous: Database) -> None:
    (link,) = open_links(ambiguous)
    refused = settle(ambiguous, link.id, "negative")
    assert open_links(ambiguous) == []
    assert settle(ambiguous, link.id, "negative").changed is False
    with pytest.raises(Conflict, match="already settled the link"):
        settle(ambiguous, link.id, "positive")
    acts.undo(ambiguous, CHANNEL, refused.judgements[0], ME)
    assert open_links(ambiguous) == [link]
    assert settle(ambiguous, link.id, "positive").items.total == 2
    assert open_links(ambiguous) == []
    with ambiguous.read() as session:
        assert references.resolve(session, "Alibba") == references.resolve(session, "Alibaba")
    with pytest.raises(Conflict, match="does not await review"):
        settle(ambiguous, refused.judgements[0], "negative")


def test_history_is_paged_newest_first(ambiguous: Database) -> None:
    for _ in range(2):
        done = acts.merge(ambiguous, CHANNEL, "Foobar", "NVIDIA", ME)
        acts.undo(ambiguous, CHANNEL, done.judgements[0], ME)
    acts.merge(ambiguous, CHANNEL, "Foobar", "NVIDIA", ME)
    with ambiguous.read() as session:
        pk, cursor = references.resolve(session, "NVIDIA"), None
        entries: list[Any] = []
        while True:
            listing = judgements.history(session, pk, HistoryList(limit=2, cursor=cursor))
            entries += listing.entries
            if not (cursor := listing.rows.next_cursor):
                break
    curated = [entry for entry in entries if entry.actor == "cli"]
    assert [entry.kind for entry in curated] == ["merge", "undo", "merge", "undo", "merge"]
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert len({entry.id for entry in entries}) == len(entries) == listing.rows.total
    assert all(entry.briefing for entry in entries if entry.actor == "resolver")


def test_the_history_of_a_seed_entity_has_only_the_resolver(client: TestClient) -> None:
    page = client.get("/v1/entities/昇騰/history", follow_redirects=True).json()
    assert all(entry["actor"] == "resolver" for entry in page["data"])
