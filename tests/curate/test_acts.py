"""Acts of a curator change what they should, and their undo restores everything."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from app import ingest, startup
from app.curate import acts
from app.query.entities import lists as query
from app.query.entities import references
from app.store.db import Database
from app.store.entities import judgements
from app.store.tables import Document, Entity, Item, Judgement
from tests.conftest import CHANNEL, take_in
from tests.curate.conftest import (
    ACTS,
    CURATION,
    FIRST,
    SECOND,
    alias,
    identities,
    merge,
    node_of,
    perform,
    split,
    undo,
    version,
    wipe,
)
from tests.documents import document, item

MAX_EXAMPLES = {True: 12, False: 4}
"""Random sequences, on SQLite and on PostgreSQL: what they decide does not depend on the engine."""


def test_a_merge_moves_every_mention_and_undo_restores_them(two_documents: Database) -> None:
    before, first_version = identities(two_documents), version(two_documents)
    act = merge(two_documents, "Foobar Lab", "NVIDIA")
    assert (act.changed, act.items.total) == (True, 1)
    assert version(two_documents) == first_version + 1
    assert node_of(two_documents, "Foobar Lab") == "c:nvidia"
    undo(two_documents, act.judgements[0])
    assert identities(two_documents) == before
    assert version(two_documents) == first_version + 2


def test_two_catalogued_entities_become_one(two_documents: Database) -> None:
    before = identities(two_documents)
    with two_documents.read() as session:
        old_id = session.get_one(Entity, references.resolve(session, "Alibaba")).id
    act = merge(two_documents, "Alibaba", "NVIDIA")
    assert node_of(two_documents, "阿里") == node_of(two_documents, old_id) == "c:nvidia"
    take_in(two_documents, SECOND.replace("談", "說"))
    startup.reread_documents(two_documents, CHANNEL, always=True)
    assert node_of(two_documents, "Alibaba") == "c:nvidia"
    take_in(two_documents, SECOND)
    undo(two_documents, act.judgements[0])
    assert identities(two_documents) == before


def test_a_split_spelling_gets_its_own_entity(two_documents: Database) -> None:
    before = identities(two_documents)
    assert node_of(two_documents, "千問") == node_of(two_documents, "Qwen")
    act = split(two_documents, "Qwen", "千問")
    assert act.items.total == 1
    assert node_of(two_documents, "千問").startswith("k:")
    startup.reread_documents(two_documents, CHANNEL, always=True)
    assert node_of(two_documents, "千問").startswith("k:")
    assert split(two_documents, "Qwen", "千問").changed is False
    undo(two_documents, act.judgements[0])
    assert identities(two_documents) == before


def leather_mentions(database: Database) -> int:
    """Return how many mentions of NVIDIA are spelled 皮衣教主."""
    surfaces = [mention[4] for mention in identities(database)["c:nvidia"][2]]
    return surfaces.count("皮衣教主")


def test_an_alias_is_found_in_stored_and_new_documents(two_documents: Database) -> None:
    before = identities(two_documents)
    assert alias(two_documents, "NVIDIA", "皮衣教主").items.total == 2
    assert leather_mentions(two_documents) == 2
    third = document("2026-01-03", item("丁", summary="又是皮衣教主。"))
    take_in(two_documents, third)
    assert leather_mentions(two_documents) == 3
    assert alias(two_documents, "NVIDIA", "皮衣教主").changed is False
    with two_documents.read() as session:
        aliases = query.one(session, references.resolve(session, "NVIDIA"), None).aliases
    (curated,) = [entry for entry in aliases if entry.origin == "curator"]
    assert acts.drop_alias(two_documents, CHANNEL, "NVIDIA", curated.id, CURATION).changed
    assert not acts.drop_alias(two_documents, CHANNEL, "NVIDIA", curated.id, CURATION).changed
    take_in(two_documents, third.replace("皮衣教主", "他"))
    after = {}
    for node, identity in identities(two_documents).items():
        days = {mention[0] for mention in identity[2]}
        if "2026-01-03" not in days:
            after[node] = identity
    assert after == before


def standing_rows(session: Session) -> list[dict[str, Any]]:
    rows = session.exec(select(Judgement).where(judgements.in_force()))
    return [judgement.model_dump(exclude={"pk"}) for judgement in rows]


def test_any_sequence_ends_like_a_rebuilt_database(database: Database) -> None:
    @settings(
        max_examples=MAX_EXAMPLES[database.is_sqlite],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ACTS, max_size=6))
    def check(sequence: list[Any]) -> None:
        wipe(database)
        take_in(database, FIRST)
        take_in(database, SECOND)
        perform(database, sequence)
        after = identities(database)
        with database.read() as session:
            rows = standing_rows(session)
            documents = session.exec(select(Document.body, Document.name)).all()
        wipe(database)
        with database.write() as session:
            session.add_all(Judgement(**row) for row in rows)
        for body, name in reversed(documents):
            ingest.ingest(database, body, name, channel=CHANNEL, default_channel=CHANNEL)
        assert identities(database) == after

    check()


def test_undoing_everything_leaves_no_trace(two_documents: Database) -> None:
    before = identities(two_documents)
    done = [
        *split(two_documents, "Qwen", "千問").judgements,
        *alias(two_documents, "NVIDIA", "皮衣教主").judgements,
        *merge(two_documents, "Foobar Lab", "Bazquux").judgements,
        *merge(two_documents, "Bazquux", "Alibaba").judgements,
    ]
    for judgement in done:
        undo(two_documents, judgement)
    assert identities(two_documents) == before
    with two_documents.read() as session:
        assert session.exec(select(Item)).all()
        merged = select(Entity).where(col(Entity.merged_into_pk).is_not(None))
        assert not session.exec(merged).all()
