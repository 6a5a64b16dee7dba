"""Deleting, restoring and purging briefings."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from app.errors import Conflict, NotFound
from app.reading import DocumentReader
from app.store import audit
from app.store.db import Database
from app.store.document import removal
from app.store.document.changes import SavedDocument
from app.store.tables import AuditEvent, Briefing, Change, Document, Tombstone
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, document, item
from tests.rows import clusters, counts, meaning
from tests.test_ingest import assert_sound

NOW = datetime(2026, 2, 1, tzinfo=UTC)
ENTITIES = "NVIDIA, Foobar Lab, 千問"
FIRST = briefing(
    item("甲公司發表模型", "https://a.com/x", entities=ENTITIES),
    item("乙", entities="Qwen, Bazquux"),
    tags="[AI]",
)
LATER = document("2026-01-03", item("甲公司發表模型的後續", "https://a.com/x", entities=ENTITIES))


def delete(database: Database, briefing_id: str = "2026-01-02") -> SavedDocument:
    with database.write() as session:
        live = removal.live(session, briefing_id)
        assert live
        return removal.delete_briefing(session, live, "withdrawn", NOW)


def restore(database: Database, briefing_id: str = "2026-01-02") -> SavedDocument:
    with database.write() as session:
        tombstone = removal.deleted(session, briefing_id)
        stored = session.get_one(Document, tombstone.briefing_pk)
        read = DocumentReader(CHANNEL, {}).read(stored.body, stored.name, CHANNEL)
        return removal.restore(session, read, tombstone, "it was right", NOW)


def actions(database: Database) -> list[str]:
    with database.read() as session:
        statement = select(col(AuditEvent.action)).order_by(col(AuditEvent.pk))
        return list(session.execute(statement).scalars())


def test_a_deletion_leaves_what_the_others_give(database: Database) -> None:
    take_in(database, LATER, "2026-01-03.md")
    expected = meaning(database), clusters(database)
    take_in(database, FIRST)
    saved = delete(database)
    assert (saved.status, len(saved.removed)) == ("deleted", 2)
    assert (meaning(database), clusters(database)) == expected
    assert_sound(database)


def test_a_restoration_gives_everything_back(database: Database) -> None:
    take_in(database, FIRST)
    take_in(database, LATER, "2026-01-03.md")
    # A retitled item has an id that its text alone does not give.
    take_in(database, FIRST.replace("甲公司發表模型", "甲公司發表新模型"))
    before = meaning(database), clusters(database)
    delete(database)
    saved = restore(database)
    assert saved.briefing == "2026-01-02"
    assert (meaning(database), clusters(database)) == before
    assert counts(database)["tombstone"] == 0
    assert actions(database) == ["ingest"] * 3 + ["delete", "restore"]
    assert_sound(database)


def test_another_edition_takes_the_day(database: Database) -> None:
    take_in(database, FIRST, "2026-01-02.md")
    take_in(database, FIRST.replace("乙", "丁"), "2026-01-02-pm.md")
    delete(database)
    with database.read() as session:
        rows = session.execute(select(col(Briefing.id), col(Briefing.draft)))
        assert set(map(tuple, rows)) == {("~1", True), ("2026-01-02", False)}
    restore(database)
    with database.read() as session:
        assert set(session.execute(select(col(Briefing.id))).scalars()) == {
            "2026-01-02",
            "2026-01-02-pm",
        }
    assert_sound(database)


def test_the_bytes_of_a_deleted_briefing_stay_deleted(database: Database) -> None:
    take_in(database, FIRST)
    delete(database)
    report = take_in(database, FIRST)
    assert (report.status, report.briefing) == ("deleted", "2026-01-02")


def test_another_version_stored_since_stands_in_the_way(database: Database) -> None:
    take_in(database, FIRST)
    delete(database)
    assert take_in(database, FIRST.replace("乙", "丁")).status == "added"
    with pytest.raises(Conflict, match="Another version"):
        restore(database)
    delete(database)
    # The last deleted one of an id is restored first.
    restore(database)
    with database.read() as session:
        body = session.execute(
            select(col(Document.body)).join(Briefing).where(col(Briefing.id) == "2026-01-02")
        ).scalar_one()
    assert "丁" in body.decode()


def test_a_purge_erases_bytes_titles_and_acts(database: Database) -> None:
    take_in(database, FIRST.replace("乙", "丁"))
    take_in(database, FIRST)
    take_in(database, LATER, "2026-01-03.md")
    delete(database)
    with database.write() as session:
        removal.purge(session, removal.deleted(session, "2026-01-02"), "by law", NOW)
    rows = counts(database)
    assert (rows["document"], rows["former_document"], rows["briefing"]) == (1, 0, 1)
    assert actions(database) == ["ingest", "purge"]
    with database.read() as session:
        tombstone = session.execute(select(Tombstone)).scalar_one()
        assert (tombstone.title, tombstone.reason, tombstone.items) == (None, None, [])
        payloads = session.execute(
            select(col(Change.payload)).where(col(Change.object_id) == "2026-01-02")
        )
        assert all(payload == {} for (payload,) in payloads)
        with pytest.raises(Conflict, match="purged"):
            removal.deleted(session, "2026-01-02")
        with pytest.raises(NotFound):
            removal.deleted(session, "2026-01-09")
    assert take_in(database, FIRST).status == "added"
    assert_sound(database)


def test_changes_name_their_hashes_and_actor(database: Database) -> None:
    audit.act_as(audit.SERVICE)
    take_in(database, FIRST)
    take_in(database, FIRST.replace("Bazquux", "Bazquux, Quux"))
    delete(database)
    with database.read() as session:
        rows = session.execute(
            text("SELECT action, old, new, actor FROM change WHERE object = 'briefing' ORDER BY pk")
        ).all()
    added, updated, removed = rows
    assert (added.old, added.new) == (None, updated.old)
    assert (updated.new, removed.new) == (removed.old, None)
    assert {row.actor for row in rows} == {"briefbase"}
