from sqlalchemy import select

from app.store import audit
from app.store.audit import Actor, AuditEntry
from app.store.db import Database
from app.store.tables import AuditEvent
from tests.store.document.test_removal import NOW


def test_an_act_has_the_actor_of_its_context(database: Database) -> None:
    audit.act_as(Actor("desk", "http", "r1"))
    with database.write() as session:
        audit.log(session, [AuditEntry("merge", "entity", "e_1", "why", {"a": 1})], NOW, 7)
    audit.act_as(audit.SERVICE)
    with database.read() as session:
        act = session.execute(select(AuditEvent)).scalar_one()
    assert (act.actor, act.door, act.request_id, act.version) == ("desk", "http", "r1", 7)
    assert (act.reason, act.details) == ("why", {"a": 1})


def test_only_acts_on_documents_with_these_hashes_are_erased(database: Database) -> None:
    entries = [
        AuditEntry("ingest", "briefing", "2026-01-02", details={"sha256": "a"}),
        AuditEntry("ingest", "briefing", "2026-01-02", details={"sha256": "b"}),
        AuditEntry("merge", "entity", "2026-01-02", details={"sha256": "a"}),
    ]
    with database.write() as session:
        audit.log(session, entries, NOW)
        assert audit.erase(session, ["2026-01-02"], ["a"]) == 1
