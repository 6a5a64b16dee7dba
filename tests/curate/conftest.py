"""A database of two documents, and the acts of a curator on it as short functions."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from app.curate import acts, creation
from app.curate.conduct import Curation
from app.curate.creation import NewEntity
from app.errors import AppError
from app.intake import reading, removal
from app.intake.removal import Removal
from app.query.entities import references
from app.store.db import Database
from app.store.tables import Alias, Briefing, Dataset, Entity, Judgement, Mention, Naming
from tests.conftest import CHANNEL, ENGINES, copy_of, drop, filled, take_in
from tests.documents import document, item

CURATION = Curation("cli", "because")
DRY_RUN = Curation("cli", dry_run=True)
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


@pytest.fixture(params=ENGINES)
def two_documents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with FIRST and SECOND."""
    url = copy_of(filled(request.param, FIRST, SECOND), tmp_path)
    opened = Database(url, read_timeout=30)
    yield opened
    drop(opened)


def identities(database: Database) -> dict[str, Any]:
    """Return name, aliases and mentions by node, without times of writing."""
    with database.read() as session:
        entities = {entity.pk: entity for entity in session.exec(select(Entity))}
        names = {entity.node: entity.name for entity in entities.values()}
        mentions: dict[str, list[Any]] = defaultdict(list)
        rows = session.exec(
            select(Mention, col(Briefing.id), col(Naming.node))
            .join(Briefing, col(Briefing.pk) == col(Mention.briefing_pk))
            .outerjoin(Naming, col(Naming.pk) == col(Mention.naming_pk))
        )
        for mention, briefing_id, node in rows:
            if mention.entity_pk:
                place = (briefing_id, mention.start_char, mention.end_char, mention.field)
                spot = (*place, mention.surface, node)
                mentions[entities[mention.entity_pk].node].append(spot)
        aliases: dict[str, list[Any]] = defaultdict(list)
        for alias_row in session.exec(select(Alias)):
            row = (alias_row.name, str(alias_row.lang), alias_row.kind, alias_row.origin)
            aliases[entities[alias_row.entity_pk].node].append(row)
    result: dict[str, Any] = {}
    for node, rows_of_node in mentions.items():
        result[node] = (names[node], sorted(aliases[node]), sorted(rows_of_node))
    return result


def node_of(database: Database, name: str) -> str:
    """Return the node of the entity that a spelling names."""
    with database.read() as session:
        return session.get_one(Entity, references.resolve(session, name)).node


def version(database: Database) -> int:
    """Return the dataset version."""
    with database.read() as session:
        return session.exec(select(col(Dataset.version))).one()


def merge(database: Database, left: str, right: str, curation: Curation = CURATION) -> Any:
    return acts.merge(database, CHANNEL, left, right, curation)


def split(database: Database, entity: str, *names: str, curation: Curation = CURATION) -> Any:
    return acts.split(database, CHANNEL, entity, names, curation)


def alias(database: Database, entity: str, name: str, curation: Curation = CURATION) -> Any:
    return acts.alias(database, CHANNEL, entity, name, None, "spelling", curation)


def create(database: Database, name: str, maker: str, curation: Curation = CURATION) -> Any:
    return creation.create(database, CHANNEL, NewEntity(name, "product", maker=maker), curation)


def undo(database: Database, judgement: str, curation: Curation = CURATION) -> Any:
    return acts.undo(database, CHANNEL, judgement, curation)


NAMES = ["NVIDIA", "Qwen", "千問", "Alibaba", "Foobar Lab", "Foobar", "Bazquux", "皮衣教主"]
ACTS = st.one_of(
    st.tuples(
        st.sampled_from(["merge", "split", "alias", "create"]),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
    ),
    st.tuples(st.just("undo"), st.integers(0, 5), st.none()),
    st.tuples(
        st.just("ingest"),
        st.sampled_from([FIRST, SECOND, SECOND.replace("Foobar,", "Foobar Laboratory, Qwen,")]),
        st.none(),
    ),
)
"""Random acts: a kind with its arguments."""


def perform(database: Database, sequence: list[Any]) -> None:
    """Perform acts; an act that is refused is skipped."""
    done: list[str] = []
    actions: dict[str, Callable[..., Any]] = {
        "merge": merge,
        "split": split,
        "alias": alias,
        "create": create,
    }
    for kind, argument, other in sequence:
        try:
            if kind == "ingest":
                take_in(database, argument, other or "2026-01-02.md")
            elif kind == "delete":
                removal.delete(database, Removal(argument, "x"))
            elif kind == "restore":
                removal.restore(database, Removal(argument), reading.read_document, CHANNEL)
            elif kind == "undo":
                undo(database, done[argument % len(done)] if done else "j_none")
            else:
                done.extend(actions[kind](database, argument, other).judgements)
        except AppError:
            pass


def wipe(database: Database) -> None:
    """Delete every row."""
    with database.write() as session:
        session.execute(delete(Judgement).where(col(Judgement.undoes_pk).is_not(None)))
        session.execute(update(Mention).values(cell_pk=None))
        for table in reversed(SQLModel.metadata.sorted_tables):
            session.execute(table.delete())
