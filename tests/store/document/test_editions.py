"""Several documents of a day in the database."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app import doctor
from app.ingest import ingest
from app.startup import reread_documents
from app.store.db import Database
from app.store.document.editions import known_documents
from app.store.tables import Briefing, Change, Document, FormerDocument, Item, WatchlistEntry
from tests.conftest import CHANNEL, ON_SQLITE, new_url, settings_for, take_in
from tests.documents import briefing, item
from tests.rows import everything

A = item("甲公司發表新模型", "https://a.com/1")
B = item("乙實驗室開源框架", "https://b.com/2")
WATCH = "\n## 關注清單\n\n- 丙公司的下一步\n"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A second database, to compare with."""
    opened = Database(new_url("sqlite", tmp_path, migrated=True))
    yield opened
    opened.close()


AM, PM = briefing(A, title="早", end=WATCH), briefing(A, B, title="午", end=WATCH)
AM_NAME, PM_NAME = "2026-01-02-am.md", "2026-01-02-pm.md"


def ids(database: Database) -> dict[str, tuple[str, set[str]]]:
    """The id of each document's briefing, and of its items and watch-list entries, by name."""
    by_name = {}
    with database.read() as session:
        rows = session.execute(
            select(col(Document.name), col(Briefing.id), col(Briefing.pk)).join(
                Briefing, col(Briefing.pk) == col(Document.briefing_pk)
            )
        )
        for name, briefing_id, pk in rows.all():
            content: set[Any] = set()
            for table in (Item, WatchlistEntry):
                column, home = col(table.id), col(table.briefing_pk)
                content.update(session.execute(select(column).where(home == pk)).scalars())
            by_name[name] = (briefing_id, content)
    return by_name


def briefing_events(database: Database, version: int | None) -> set[tuple[str, str]]:
    with database.read() as session:
        statement = select(col(Change.action), col(Change.object_id)).where(
            col(Change.object) == "briefing", col(Change.version) == version
        )
        return {(action, briefing_id) for action, briefing_id in session.execute(statement)}


def assert_sound(database: Database) -> None:
    for check in doctor.examine(settings_for(database)):
        assert check.ok, f"{check.name}: {check.detail}"


def test_two_documents_of_a_day_are_both_kept(database: Database) -> None:
    assert take_in(database, AM, AM_NAME).briefing == "2026-01-02"
    report = take_in(database, PM, PM_NAME)
    assert (report.status, report.briefing) == ("added", "2026-01-02-pm")
    assert report.notes == ["Another edition of its day: 2026-01-02-pm."]
    before = everything(database)
    for text, name in ((AM, AM_NAME), (PM, PM_NAME)) * 2:
        assert take_in(database, text, name).status == "unchanged"
    assert everything(database) == before
    assert_sound(database)


def test_a_newcomer_becomes_the_primary_edition(database: Database) -> None:
    take_in(database, PM, PM_NAME)
    _, items = ids(database)[PM_NAME]
    report = take_in(database, AM, AM_NAME)
    assert report.briefing == "2026-01-02"
    assert ids(database)[PM_NAME] == ("2026-01-02-pm", items)
    assert briefing_events(database, report.version) == {
        ("updated", "2026-01-02"),
        ("added", "2026-01-02-pm"),
    }
    assert_sound(database)


def test_ids_are_the_same_in_any_order(database: Database, other: Database) -> None:
    english = briefing(item("OpenAI o3"), title="English")
    documents = {
        "2026-01-02.en.md": english,
        "2026-01-02.zh-tw.md": briefing(item("OpenAI o3"), A, title="中文"),
        "2026-01-02-pm.md": PM,
    }
    results = []
    for database_ in (database, other):
        order = list(documents) if database_ is database else list(documents)[::-1]
        for name in order:
            take_in(database_, documents[name], name)
        results.append(ids(database_))
    assert results[0] == results[1]
    assert results[0]["2026-01-02.zh-tw.md"][0] == "2026-01-02"
    assert results[0]["2026-01-02.en.md"][0] == "2026-01-02-en"
    assert_sound(other)


def test_two_plain_names_may_have_the_same_items(database: Database) -> None:
    for name in ("2026-01-02.md", "2026-01-02-daily.md", "2026-01-02-news.md"):
        take_in(database, briefing(A, B, A, title=name, end=WATCH), name)
    stored = ids(database)
    contents = [content for _, content in stored.values()]
    assert len(set.union(*contents)) == 12
    assert stored["2026-01-02.md"][0] == "2026-01-02"
    assert_sound(database)


def test_a_document_is_replaced_by_its_name_or_its_stated_id(database: Database) -> None:
    take_in(database, briefing(A, id="morning"), "a.md")
    take_in(database, briefing(B), "b.md")
    report = take_in(database, briefing(A, B, id="morning"), "c.md")
    assert (report.status, report.items["kept"], report.items["added"]) == ("replaced", 1, 1)
    assert take_in(database, briefing(B, A), "B.markdown").status == "replaced"
    assert sorted(ids(database)) == ["B.markdown", "c.md"]
    assert_sound(database)


def test_a_draft_leaves_its_day_to_a_public_document(database: Database) -> None:
    take_in(database, briefing(A, title="秘密", draft="true"), "2026-01-02.md")
    assert take_in(database, PM, PM_NAME).briefing == "2026-01-02"
    report = take_in(database, briefing(A, title="公開"), "2026-01-02.md")
    assert report.briefing == "2026-01-02"
    assert ids(database)[PM_NAME][0] == "2026-01-02-pm"
    assert_sound(database)


def test_other_channels_and_days_are_not_touched(database: Database) -> None:
    take_in(database, AM, AM_NAME)
    assert take_in(database, PM, PM_NAME, channel="weekly").briefing == "weekly:2026-01-02"
    assert take_in(database, AM, PM_NAME, channel="weekly").status == "replaced"
    later = briefing(A, date="2026-01-03")
    assert take_in(database, later, AM_NAME).briefing == "2026-01-03"
    assert len(known_documents_of(database)) == 1


def known_documents_of(database: Database) -> list[str]:
    with database.read() as session:
        day = session.execute(select(col(Briefing.date)).order_by(col(Briefing.date))).scalars()
        return [known.name for known in known_documents(session, CHANNEL, next(iter(day)))]


def test_former_versions_are_kept(database: Database) -> None:
    texts = [briefing(A), briefing(A, B), briefing(B)]
    for text in (*texts, texts[0]):
        take_in(database, text)
    with database.read() as session:
        current = session.execute(select(Document)).scalars().one()
        former = list(session.execute(select(FormerDocument)).scalars())
        assert current.body == texts[0].encode()
        assert {version.body.decode() for version in former} == set(texts[1:])
        assert all(version.first_at <= version.last_at for version in former)
        assert current.first_at <= min(version.first_at for version in former)


def test_the_date_of_a_document_that_is_read_again_may_change(database: Database) -> None:
    take_in(database, AM, AM_NAME)
    take_in(database, PM, PM_NAME)
    before = ids(database)
    with database.write() as session:
        for table in (Briefing, Item):
            for row in session.execute(select(table)).scalars():
                row.date = row.date.replace(day=1)
        for stored in session.execute(select(Briefing)).scalars():
            stored.id = stored.id.replace("2026-01-02", "2026-01-01")
    reread_documents(database, CHANNEL, always=True)
    assert ids(database) == before
    assert_sound(database)


@ON_SQLITE
def test_items_of_one_title_keep_their_ids(database: Database) -> None:
    titles = [item("融資快訊", f"https://{name}.com/x", summary=name) for name in "abcd"]
    take_in(database, briefing(*titles))
    before = by_source(database)
    for order in ([1, 2, 3], [0, 1, 2, 3], [0, 3], [0, 1, 2, 3], [3, 2, 1, 0], [2], [0, 1, 2, 3]):
        take_in(database, briefing(*(titles[index] for index in order)))
        after = by_source(database)
        assert {name: before[name] for name in after} == after, order


def by_source(database: Database) -> dict[str | None, str]:
    with database.read() as session:
        return dict(session.execute(select(col(Item.summary), col(Item.id))).all())


@ON_SQLITE
def test_permutations_of_three_editions_agree(database: Database) -> None:
    names = [AM_NAME, "2026-01-02-noon.md", PM_NAME]
    results: list[object] = []
    for number, order in enumerate(permutations(names)):
        channel = f"c{number}"
        for name in order:
            text = briefing(A, title=name).encode()
            ingest(database, text, name, channel=channel, default_channel=CHANNEL)
        with database.read() as session:
            rows = session.execute(select(col(Briefing.id), col(Briefing.title)))
            ids = {t: i.removeprefix(f"{channel}:") for i, t in rows if i.startswith(channel)}
        results.append(ids)
    assert all(result == results[0] for result in results)
