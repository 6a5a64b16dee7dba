from app.query.curation import audit as query
from app.query.request.write_params import AuditList
from app.store import audit
from app.store.audit import Actor, AuditEntry
from app.store.db import Database
from tests.store.document.test_removal import NOW


def test_acts_are_filtered_and_walked(database: Database) -> None:
    for name, action in (("a", "ingest"), ("b", "delete"), ("a", "delete")):
        audit.act_as(Actor(name, "http", "r1"))
        with database.write() as session:
            audit.log(session, [AuditEntry(action, "briefing", "2026-01-02")], NOW)
    audit.act_as(audit.SERVICE)

    def acts(**params: object) -> list[tuple[str, str]]:
        with database.read() as session:
            page = query.events(session, AuditList.model_validate(params))
            return [(act.actor, act.action) for act in page.entries]

    assert acts() == [("a", "delete"), ("b", "delete"), ("a", "ingest")]
    assert acts(actor="a", action="delete") == [("a", "delete")]
    assert acts(object="2026-01-03") == []
    assert len(acts(limit=2)) == 2
