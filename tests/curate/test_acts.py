"""What a curator does to a base, and that nothing of it is lost or left behind."""

import threading
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from app import ingest
from app.curate import acts as curate
from app.curate.acts import Curation
from app.errors import AppError, Conflict, NotFound
from app.query import entities as query
from app.store.db import Database
from app.store.entities import judgements
from app.store.tables import Alias, Briefing, Change, Dataset, Entity, Item, Judgement, Mention
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item

ME = Curation("cli", "because")
TRY = Curation("cli", dry_run=True)
FIRST = document(
    "2026-01-01",
    item(
        "甲",
        summary="NVIDIA 與 Foobar Lab 合作，皮衣教主出席。",
        entities="NVIDIA, Foobar Lab, 千問",
    ),
    item("乙", summary="Qwen 更新。", entities="Qwen, Alibaba, Bazquux"),
)
SECOND = document(
    "2026-01-02",
    item("丙", summary="皮衣教主談 Bazquux。", entities="NVIDIA Corp, Foobar, Bazquux"),
)


@pytest.fixture
def base(database: Database) -> Database:
    take_in(database, FIRST)
    take_in(database, SECOND)
    return database


def state(database: Database) -> dict[str, Any]:
    """Who is who in a base, without what only tells when it was written."""
    with database.read() as session:
        nodes = {e.pk: e for e in session.exec(select(Entity))}
        named: dict[str, list[Any]] = defaultdict(list)
        rows = session.exec(
            select(Mention, col(Briefing.id)).join(
                Briefing, col(Briefing.pk) == col(Mention.briefing_pk)
            )
        )
        for mention, briefing in rows:
            if mention.entity_pk:
                named[nodes[mention.entity_pk].node].append(
                    (
                        briefing,
                        mention.start_char,
                        mention.end_char,
                        mention.field,
                        mention.surface,
                        mention.node,
                    )
                )
        spelled: dict[str, list[Any]] = defaultdict(list)
        for alias in session.exec(select(Alias)):
            spelled[nodes[alias.entity_pk].node].append(
                (alias.name, str(alias.lang), alias.kind, alias.origin)
            )
        return {
            node: (nodes_by(nodes, node).name, sorted(spelled[node]), sorted(places))
            for node, places in named.items()
        }


def nodes_by(nodes: dict[Any, Entity], node: str) -> Entity:
    return next(entity for entity in nodes.values() if entity.node == node)


def named(database: Database, name: str) -> str:
    """The node of what a spelling names."""
    with database.read() as session:
        return session.get_one(Entity, query.resolve(session, name)).node


def version(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(col(Dataset.version))).one()


def merge(database: Database, left: str, right: str, said: Curation = ME) -> Any:
    return curate.merge(database, CHANNEL, left, right, said)


def split(database: Database, entity: str, *names: str, said: Curation = ME) -> Any:
    return curate.split(database, CHANNEL, entity, names, said)


def alias(database: Database, entity: str, name: str, said: Curation = ME) -> Any:
    return curate.alias(database, CHANNEL, entity, name, None, "spelling", said)


def undo(database: Database, judgement: str, said: Curation = ME) -> Any:
    return curate.undo(database, CHANNEL, judgement, said)


def test_a_merge_moves_every_mention_and_undo_brings_them_back(base: Database) -> None:
    before, at = state(base), version(base)
    act = merge(base, "Foobar Lab", "NVIDIA")
    assert (act.changed, act.items.total, version(base)) == (True, 1, at + 1)
    assert named(base, "Foobar Lab") == "c:nvidia"
    undo(base, act.judgements[0])
    assert state(base) == before
    assert version(base) == at + 2


def test_two_of_the_catalogue_become_one(base: Database) -> None:
    before = state(base)
    with base.read() as session:
        old = session.get_one(Entity, query.resolve(session, "Alibaba")).id
    act = merge(base, "Alibaba", "NVIDIA")
    assert named(base, "阿里") == named(base, old) == "c:nvidia"
    take_in(base, SECOND.replace("談", "說"))
    ingest.reread_documents(base, CHANNEL, always=True)
    assert named(base, "Alibaba") == "c:nvidia"
    take_in(base, SECOND)
    undo(base, act.judgements[0])
    assert state(base) == before


def test_a_split_spelling_gets_an_entity_of_its_own(base: Database) -> None:
    before = state(base)
    assert named(base, "千問") == named(base, "Qwen")
    act = split(base, "Qwen", "千問")
    assert act.items.total == 1
    assert named(base, "千問").startswith("k:")
    ingest.reread_documents(base, CHANNEL, always=True)
    assert named(base, "千問").startswith("k:")
    assert split(base, "Qwen", "千問").changed is False
    undo(base, act.judgements[0])
    assert state(base) == before


def test_an_alias_is_found_in_documents_that_are_there_and_in_new_ones(base: Database) -> None:
    before = state(base)
    act = alias(base, "NVIDIA", "皮衣教主")
    assert act.items.total == 2
    assert len([place for place in state(base)["c:nvidia"][2] if place[4] == "皮衣教主"]) == 2
    take_in(base, document("2026-01-03", item("丁", summary="又是皮衣教主。")))
    assert len([place for place in state(base)["c:nvidia"][2] if place[4] == "皮衣教主"]) == 3
    assert alias(base, "NVIDIA", "皮衣教主").changed is False
    with base.read() as session:
        aliases = query.one(session, query.resolve(session, "NVIDIA"), None).aliases
    (given,) = [a for a in aliases if a.origin == "curator"]
    assert curate.drop_alias(base, CHANNEL, "NVIDIA", given.id, ME).changed
    assert not curate.drop_alias(base, CHANNEL, "NVIDIA", given.id, ME).changed
    take_in(base, document("2026-01-03", item("丁", summary="又是他。")))
    assert {
        k: v for k, v in state(base).items() if not any(p[0] == "2026-01-03" for p in v[2])
    } == before


def test_a_dry_run_tells_the_items_and_writes_nothing(base: Database) -> None:
    before, at = state(base), version(base)
    tried = [
        merge(base, "Bazquux", "NVIDIA", TRY),
        split(base, "Qwen", "千問", said=TRY),
        alias(base, "NVIDIA", "皮衣教主", TRY),
    ]
    assert [act.items.total for act in tried] == [2, 1, 2]
    assert all(act.dry_run and act.changed and not act.judgements for act in tried)
    assert (state(base), version(base)) == (before, at)
    assert merge(base, "Bazquux", "NVIDIA").items == tried[0].items


def test_what_cannot_be_is_told(base: Database) -> None:
    merged = merge(base, "Bazquux", "NVIDIA")
    with base.read() as session:
        old = session.exec(select(col(Entity.id)).where(col(Entity.node) == "k:bazquux")).one()
    assert merge(base, old, "NVIDIA").judgements == merged.judgements
    refused = [
        (merge, "NVIDIA", "NVIDIA", "into itself"),
        (merge, "NVIDIA", old, "into itself"),
        (merge, old, "Qwen", "already merged"),
        (split, "NVIDIA", "Bazquux", "undo that first"),
        (split, "NVIDIA", "Qwen", "no spelling"),
        (split, "Foobar Lab", "Foobar Lab", "goes by"),
        (alias, "NVIDIA", "Qwen", "already names Qwen"),
        (alias, "NVIDIA", "老黃", "already names Jensen Huang"),
    ]
    for act, one, other, told in refused:
        with pytest.raises(Conflict, match=told):
            act(base, one, other)
    split(base, "Qwen", "千問")
    for act in (merge, alias):
        one, other = ("千問", "Qwen") if act is merge else ("Qwen", "千問")
        with pytest.raises(Conflict, match="was said not to be"):
            act(base, one, other)
    with pytest.raises(NotFound):
        merge(base, "Nobody At All", "NVIDIA")
    with pytest.raises(NotFound):
        undo(base, "j_nothing")


def test_the_log_tells_what_became_of_whom(base: Database) -> None:
    at = version(base)
    act = merge(base, "Bazquux", "NVIDIA")
    with base.read() as session:
        rows = session.exec(select(Change).where(col(Change.version) == at + 1)).all()
    told = {(row.action, row.object) for row in rows}
    assert told == {("merged", "entity"), ("updated", "entity"), ("updated", "item")}
    assert {row.object_id for row in rows if row.object == "item"} == set(act.items.ids)


def test_merges_against_each_other_make_no_circle(base: Database) -> None:
    ends: list[str] = []

    def run(one: str, other: str) -> None:
        try:
            merge(base, one, other)
            ends.append("merged")
        except Conflict:
            ends.append("refused")

    threads = [
        threading.Thread(target=run, args=pair)
        for pair in (("Bazquux", "NVIDIA"), ("NVIDIA", "Bazquux"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["merged", "refused"]
    with base.read() as session:
        merged = {e.pk: e.merged_into_pk for e in session.exec(select(Entity)) if e.merged_into_pk}
    assert not set(merged) & set(merged.values())


NAMES = ["NVIDIA", "Qwen", "千問", "Alibaba", "Foobar Lab", "Foobar", "Bazquux", "皮衣教主"]
ACTS = st.one_of(
    st.tuples(st.just("merge"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("split"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("alias"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("undo"), st.integers(0, 5), st.none()),
    st.tuples(
        st.just("ingest"),
        st.sampled_from([FIRST, SECOND, SECOND.replace("Foobar,", "Foobar Laboratory, Qwen,")]),
        st.none(),
    ),
)


def perform(database: Database, acts: list[Any]) -> None:
    done: list[str] = []
    for what, one, other in acts:
        try:
            if what == "ingest":
                take_in(database, one)
            elif what == "undo":
                undo(database, done[one % len(done)] if done else "j_none")
            else:
                done += {"merge": merge, "split": split, "alias": alias}[what](
                    database, one, other
                ).judgements
        except AppError:
            pass


def wipe(database: Database) -> None:
    with database.write() as session:
        session.execute(delete(Judgement).where(col(Judgement.undoes_pk).is_not(None)))
        session.execute(Mention.__table__.update().values(cell_pk=None))  # type: ignore[attr-defined]
        for table in reversed(SQLModel.metadata.sorted_tables):
            session.execute(table.delete())


@pytest.mark.parametrize("examples", [12])
def test_any_sequence_ends_where_a_base_made_anew_begins(database: Database, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS, max_size=6))
    def check(acts: list[Any]) -> None:
        wipe(database)
        for text in (FIRST, SECOND):
            take_in(database, text)
        perform(database, acts)
        ended = state(database)
        with database.read() as session:
            said = [
                j.model_dump(exclude={"pk"})
                for j in session.exec(select(Judgement).where(judgements.standing()))
            ]
            bodies = session.exec(select(ingest.Document.body, ingest.Document.name)).all()
        wipe(database)
        with database.write() as session:
            session.add_all(Judgement(**row) for row in said)
        for body, name in reversed(bodies):
            ingest.ingest(database, body, name, channel=CHANNEL, default_channel=CHANNEL)
        assert state(database) == ended

    check()


def test_undoing_everything_leaves_no_trace(base: Database) -> None:
    before = state(base)
    done = [
        *split(base, "Qwen", "千問").judgements,
        *alias(base, "NVIDIA", "皮衣教主").judgements,
        *merge(base, "Foobar Lab", "Bazquux").judgements,
        *merge(base, "Bazquux", "Alibaba").judgements,
    ]
    for judgement in done:
        undo(base, judgement)
    assert state(base) == before
    with base.read() as session:
        assert session.exec(select(Item)).all()
        assert not session.exec(select(Entity).where(col(Entity.merged_into_pk).is_not(None))).all()
