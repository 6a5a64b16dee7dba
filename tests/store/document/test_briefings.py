from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from app import ingest
from app.store.db import Database
from app.store.document import contents
from app.store.tables import Briefing, Change, Document, Item, Section
from tests.conftest import CHANNEL, take_in
from tests.documents import briefing, item, section
from tests.rows import counts, everything

A, B, C = (
    item("甲公司發表新模型", "https://a.com/1"),
    item("乙實驗室開源框架", "https://b.com/2"),
    item("丙國通過法案", "https://c.com/3"),
)


def ids(database: Database) -> dict[str, str]:
    """Title → id."""
    with database.read() as session:
        return dict(session.exec(select(col(Item.title), col(Item.id))).all())


def changes(database: Database) -> list[tuple[int, str, str]]:
    with database.read() as session:
        rows = session.exec(
            select(col(Change.version), col(Change.action), col(Change.object)).order_by(
                col(Change.pk)
            )
        )
        return [(version, action, what) for version, action, what in rows]


def test_same_bytes_again_change_nothing(database: Database) -> None:
    assert take_in(database, briefing(A, B)).status == "added"
    held = everything(database)
    again = take_in(database, briefing(A, B), name="other-2026-03-04.md")
    assert (again.status, again.briefing, again.version) == ("unchanged", "2026-01-02", None)
    assert everything(database) == held


def test_untouched_items_keep_their_ids(database: Database) -> None:
    take_in(database, briefing(A, B, C))
    before = ids(database)
    report = take_in(database, briefing(C, item("丁", "https://d.com"), A, B))
    assert report.items == {"found": 4, "added": 1, "updated": 0, "kept": 3, "removed": 0}
    assert before.items() <= ids(database).items()


def test_a_retitled_item_keeps_its_id(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = ids(database)["甲公司發表新模型"]
    report = take_in(database, briefing(item("完全不同的標題", "https://a.com/1"), B))
    assert ids(database)["完全不同的標題"] == before
    assert (report.items["updated"], report.items["kept"]) == (1, 1)
    # The old title again, beside it, is another item.
    take_in(
        database,
        briefing(
            item("完全不同的標題", "https://a.com/1"),
            B,
            item("甲公司發表新模型", "https://new.com"),
        ),
    )
    assert ids(database)["完全不同的標題"] == before != ids(database)["甲公司發表新模型"]


def test_an_item_moved_to_another_section_keeps_its_id(database: Database) -> None:
    take_in(database, briefing(section("今日焦點（Top Headlines）", A, B), section("研究前沿", C)))
    before = ids(database)
    report = take_in(
        database, briefing(section("今日焦點（Top Headlines）", A), section("研究前沿", C, B))
    )
    assert ids(database) == before
    assert report.items["updated"] == 1
    with database.read() as session:
        held = session.exec(
            select(col(Item.title), col(Section.title)).join(
                Section, col(Section.pk) == col(Item.section_pk)
            )
        ).all()
    assert dict(held)["乙實驗室開源框架"] == "研究前沿"


def test_a_removed_item_leaves_a_tombstone(database: Database) -> None:
    take_in(database, briefing(A, B))
    gone = ids(database)["乙實驗室開源框架"]
    report = take_in(database, briefing(A))
    assert report.items["removed"] == 1
    with database.read() as session:
        stone = session.exec(
            select(Change).where(col(Change.action) == "removed", col(Change.object) == "item")
        ).one()
        assert (stone.object_id, stone.version, stone.payload) == (
            gone,
            report.version,
            {"briefing": "2026-01-02"},
        )


def test_back_to_the_first_version(database: Database) -> None:
    take_in(database, briefing(A, B))
    before = ids(database)
    take_in(database, briefing(A))
    assert take_in(database, briefing(A, B)).status == "replaced"
    assert ids(database) == before


def test_edits_keep_the_ledger_of_items_in_order(database: Database) -> None:
    take_in(database, briefing(A, B, C))
    take_in(database, briefing(C, A))
    with database.read() as session:
        assert session.exec(select(col(Item.title)).order_by(col(Item.ordinal))).all() == [
            "丙國通過法案",
            "甲公司發表新模型",
        ]
        assert session.exec(select(col(Item.ordinal)).order_by(col(Item.ordinal))).all() == [1, 2]


def test_a_draft_is_stored_and_nothing_of_it_is_found(database: Database) -> None:
    report = take_in(database, briefing(A, B, draft="true", tags="[AI]", title="秘密"))
    assert report.status == "added"
    held = {table: count for table, count in counts(database).items() if count}
    # Of what it says there is an empty row, for readers to notice that it was something else before.
    assert held == {"briefing": 1, "channel": 1, "dataset": 1, "document": 1, "briefing_facts": 1}


def test_a_draft_is_published_and_taken_back(database: Database) -> None:
    take_in(database, briefing(A, B, draft="true"))
    assert changes(database) == []
    published = take_in(database, briefing(A, B, draft="false"))
    first = ids(database)
    assert len(first) == 2
    assert changes(database) == [
        (published.version, "added", what) for what in ("briefing", "item", "item")
    ]
    taken_back = take_in(database, briefing(A, B, draft="true", title="換過的標題"))
    assert ids(database) == {}
    assert (
        counts(database)["source"] == counts(database)["entity"] == counts(database)["section"] == 0
    )
    assert [entry for entry in changes(database) if entry[0] == taken_back.version] == [
        (taken_back.version, "removed", what)
        for what in ("briefing", "item", "item", "entity", "source", "source")
    ]
    with database.read() as session:
        assert "換過" not in repr(session.exec(select(col(Change.payload))).all())
    take_in(database, briefing(A, B, draft="no"))
    assert ids(database) == first


def test_a_failing_save_leaves_nothing_half_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(database, briefing(A, B))
    held = everything(database)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(contents, "_editorial", fail)
    for text in (briefing(A, C), briefing(C, date="2026-01-03")):
        with pytest.raises(ZeroDivisionError):
            take_in(database, text)
        assert everything(database) == held


def test_versions_and_times(database: Database) -> None:
    first, second = datetime(2026, 1, 2, 3, tzinfo=UTC), datetime(2026, 1, 3, 4, tzinfo=UTC)
    for text, now in (
        (briefing(A, B), first),
        (briefing(A, item("乙實驗室開源框架", "https://b.com/2", summary="改過。")), second),
    ):
        ingest.ingest(
            database, text.encode(), "x.md", channel=CHANNEL, default_channel=CHANNEL, now=now
        )
    with database.read() as session:
        kept = session.exec(select(Briefing)).one()
        assert (kept.created_at, kept.updated_at) == (first, second)
        touched = dict(session.exec(select(col(Item.title), col(Item.updated_at))).all())
    assert touched == {"甲公司發表新模型": first, "乙實驗室開源框架": second}


def test_channels_stand_side_by_side(database: Database) -> None:
    assert take_in(database, briefing(A)).briefing == "2026-01-02"
    assert take_in(database, briefing(A), channel="weekly").briefing == "weekly:2026-01-02"
    assert counts(database)["document"] == counts(database)["item"] == 2
    assert counts(database)["source"] == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + briefing(A).encode(),
        briefing(A).replace("\n", "\r\n").encode(),
        briefing(A).replace("摘要", "摘\0要").encode(),
        briefing(A, title='"\\ud800 \\0"').encode(),
        briefing(A).rstrip().encode(),
    ],
    ids=["bom", "crlf", "nul", "surrogate", "no-final-newline"],
)
def test_bytes_are_kept_as_they_came(database: Database, data: bytes) -> None:
    report = ingest.ingest(database, data, "x\udcff\0.md", channel=CHANNEL, default_channel=CHANNEL)
    assert (report.status, report.items["found"], report.covered) == ("added", 1, report.nonblank)
    with database.read() as session:
        held = session.exec(select(Document)).one()
        assert (held.body, held.name) == (data, "x\ufffd\ufffd.md")
        title = session.exec(select(col(Briefing.title))).one()
        assert title.encode()


def test_thousands_of_items_come_and_go(database: Database) -> None:
    take_in(database, briefing(*(item(f"舊 {at}") for at in range(1_000))))
    report = take_in(database, briefing(*(item(f"新 {at * 7919}") for at in range(100))))
    assert (report.items["removed"], counts(database)["item"]) == (1_000, 100)
