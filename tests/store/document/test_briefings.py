from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from app import ingest
from app.store.db import Database
from app.store.document import contents
from app.store.document.briefings import stored_document
from app.store.tables import Briefing, Change, Document, Item
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item
from tests.rows import counts, everything

A = item("甲公司發表新模型", "https://a.com/1")
B = item("乙實驗室開源框架", "https://b.com/2")
C = item("丙國通過法案", "https://c.com/3")


def item_ids(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.execute(select(col(Item.id))).scalars())


def changes(database: Database) -> list[tuple[int, str, str]]:
    """The change log: version, action and object."""
    columns = (col(Change.version), col(Change.action), col(Change.object))
    with database.read() as session:
        rows = session.execute(select(*columns).order_by(col(Change.pk)))
        return [(version, action, changed) for version, action, changed in rows]


def test_the_same_bytes_again_change_nothing(database: Database) -> None:
    assert take_in(database, briefing(A, B)).status == "added"
    before = everything(database)
    again = take_in(database, briefing(A, B), name="other-2026-03-04.md")
    assert (again.status, again.briefing, again.version) == ("unchanged", "2026-01-02", None)
    assert everything(database) == before


def test_a_stored_document_is_known_by_its_bytes(database: Database) -> None:
    text = briefing(A, B)
    take_in(database, text)
    with database.read() as session:
        stored = stored_document(session, CHANNEL, text.encode())
        assert stored
        assert (stored.briefing, stored.citations, stored.report["items"]) == ("2026-01-02", 2, 2)
        assert stored_document(session, "other", text.encode()) is None
        assert stored_document(session, CHANNEL, briefing(A).encode()) is None


def test_a_removed_item_leaves_a_tombstone(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = item_ids(database)
    report = take_in(database, briefing(A))
    assert report.items["removed"] == 1
    (removed_id,) = before - item_ids(database)
    statement = select(Change).where(
        col(Change.action) == "removed",
        col(Change.object) == "item",
    )
    with database.read() as session:
        tombstone = session.execute(statement).scalars().one()
    assert (tombstone.object_id, tombstone.version) == (removed_id, report.version)
    assert tombstone.payload == {"briefing": "2026-01-02"}


def test_the_first_version_again_gives_the_same_ids(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = item_ids(database)
    take_in(database, briefing(A))
    assert take_in(database, briefing(A, B)).status == "replaced"
    assert item_ids(database) == before


def test_a_draft_is_stored_and_not_public(database: Database) -> None:
    report = take_in(database, briefing(A, B, draft="true", tags="[AI]", title="秘密"))
    assert report.status == "added"
    rows = {table: count for table, count in counts(database).items() if count}
    # Its empty columns tell readers that it may have had other ones before.
    rows.pop("audit_event")
    assert rows == {"briefing": 1, "channel": 1, "dataset": 1, "document": 1, "briefing_columns": 1}


def test_a_draft_is_published(database: Database) -> None:
    take_in(database, briefing(A, B, draft="true"))
    assert changes(database) == []
    report = take_in(database, briefing(A, B, draft="false"))
    assert len(item_ids(database)) == 2
    objects = ("document", "briefing", "item", "item", "entity")
    assert changes(database) == [(report.version, "added", changed) for changed in objects]


def test_a_published_briefing_becomes_a_draft_again(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = item_ids(database)
    report = take_in(database, briefing(A, B, draft="true", title="換過的標題"))
    assert item_ids(database) == set()
    rows = counts(database)
    assert rows["source"] == rows["entity"] == rows["section"] == 0
    last_changes = [change for change in changes(database) if change[0] == report.version]
    objects = ("document", "briefing", "item", "item", "entity", "source", "source")
    assert last_changes == [(report.version, "removed", changed) for changed in objects]
    with database.read() as session:
        payloads = session.execute(select(col(Change.payload))).scalars().all()
    assert "換過" not in repr(payloads)
    take_in(database, briefing(A, B, draft="no"))
    assert item_ids(database) == before


def test_a_failing_save_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(database, briefing(A, B))
    before = everything(database)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(contents, "_write_insights", fail)
    for text in (briefing(A, C), briefing(C, date="2026-01-03")):
        with pytest.raises(ZeroDivisionError):
            take_in(database, text)
        assert everything(database) == before


def test_only_changed_items_get_a_new_time(database: Database) -> None:
    first = datetime(2026, 1, 2, 3, tzinfo=UTC)
    second = datetime(2026, 1, 3, 4, tzinfo=UTC)
    changed = item("乙實驗室開源框架", "https://b.com/2", summary="改過。")
    for text, now in ((briefing(A, B), first), (briefing(A, changed), second)):
        ingest.ingest(
            database, text.encode(), "x.md", channel=CHANNEL, default_channel=CHANNEL, now=now
        )
    with database.read() as session:
        row = session.execute(select(Briefing)).scalars().one()
        assert (row.created_at, row.updated_at) == (first, second)
        times = dict(session.execute(select(col(Item.title), col(Item.updated_at))).all())
    assert times == {"甲公司發表新模型": first, "乙實驗室開源框架": second}


def test_channels_are_independent(database: Database) -> None:
    assert take_in(database, briefing(A)).briefing == "2026-01-02"
    assert take_in(database, briefing(A), channel="weekly").briefing == "weekly:2026-01-02"
    rows = counts(database)
    assert (rows["document"], rows["item"], rows["source"]) == (2, 2, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + briefing(A).encode(),
        briefing(A).replace("\n", "\r\n").encode(),
        briefing(A).replace("摘要", "摘\0要").encode(),
        briefing(A, title='"\\ud800 \\0"', tags='["\\ud800"]').encode(),
        briefing(item("A", "https://a.com/%00", entities="甲\0乙")).encode(),
        briefing(A).rstrip().encode(),
    ],
    ids=["bom", "crlf", "nul", "surrogate", "nul-in-link", "no-final-newline"],
)
def test_bytes_are_stored_as_they_came(database: Database, data: bytes) -> None:
    report = ingest.ingest(database, data, "x\udcff\0.md", channel=CHANNEL, default_channel=CHANNEL)
    assert (report.status, report.items["found"]) == ("added", 1)
    assert report.covered == report.nonblank
    with database.read() as session:
        document = session.execute(select(Document)).scalars().one()
        assert (document.body, document.name) == (data, "x\ufffd\ufffd.md")
        title = session.execute(select(col(Briefing.title))).scalar_one()
        assert title.encode()
