"""Type, family and maker of entities that curators created."""

from datetime import UTC, datetime

from sqlmodel import Session, col, select

from app.store.db import Database
from app.store.entities import creations, judgements
from app.store.entities.judgements import Act
from app.store.tables import Entity
from tests.conftest import take_in
from tests.documents import document, item

NOW = datetime(2026, 1, 5, tzinfo=UTC)
NODE = "k:zorbify"
EVIDENCE = {
    "text": "Zorbify",
    "name": "Zorbify",
    "lang": "en",
    "kind": "spelling",
    "type": "product",
    "family": None,
    "maker": "c:qwen",
}


def row(session: Session) -> Entity:
    return session.exec(select(Entity).where(col(Entity.node) == NODE)).one()


def test_an_entity_follows_its_judgement_and_its_undo(database: Database) -> None:
    take_in(database, document("2026-01-01", item("甲", entities="Zorbify, Qwen")))
    with database.write() as session:
        act = Act("create", "positive", NODE, NODE, EVIDENCE)
        judgement = judgements.record_act(session, act, "cli", None, NOW)
        creations.refresh(session, [NODE, "k:unknown"])
        entity = row(session)
        maker = session.get_one(Entity, entity.maker_pk)
        assert (entity.type, entity.origin, entity.names) == (
            "product",
            "curator",
            {"en": "Zorbify"},
        )
        assert maker.node == "c:qwen"

        undo = Act("undo", "unsure", NODE, NODE, {"text": "Zorbify"})
        judgements.record_act(session, undo, "cli", None, NOW, judgement)
        creations.refresh(session, [NODE])
        entity = row(session)
        assert (entity.type, entity.origin, entity.maker_pk) == ("other", "document", None)
