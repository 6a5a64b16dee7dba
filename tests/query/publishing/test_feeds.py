"""Entries of feeds: their instants, their changes, and the weeks of an archive."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.query.publishing import feeds
from app.query.request.feed_params import BriefingFeed, ItemFeed, WatchFeed
from app.query.schemas.feeds import FeedItem, FeedPage
from app.query.schemas.items import ItemOut
from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item

ZONE = ZoneInfo("Asia/Taipei")


def item_of(entry: FeedItem) -> ItemOut:
    return ItemOut.model_validate_json(entry.body)


def entries(database: Database, **query: object) -> FeedPage:
    with database.read() as session:
        return feeds.of_items(session, ItemFeed.model_validate(query), None, ZONE)


@pytest.mark.parametrize(
    ("published_at", "moment"),
    [
        ("2025-12-23T06:44:54+08:00", "2025-12-22T22:44:54+00:00"),
        ("2025-12-22T22:44:54.5+00:00", "2025-12-22T22:44:54+00:00"),
        (None, "2025-12-22T17:00:00+00:00"),
        ("2025-12-23T00:10:00+08:00", "2025-12-22T17:00:00+00:00"),
        ("2025-12-24T06:44:54+08:00", "2025-12-22T17:00:00+00:00"),
    ],
)
def test_the_instant_of_a_day_is_of_that_day(published_at: str | None, moment: str) -> None:
    found_moment = feeds.moment(date(2025, 12, 23), published_at, ZONE)
    assert found_moment == datetime.fromisoformat(moment)
    assert found_moment.microsecond == 0


def test_instants_keep_the_order_of_the_editor(seeded: Database) -> None:
    page = entries(seeded, limit=500)
    ids = [item_of(entry).id for entry in page.items]
    by_instant = sorted(page.items, key=lambda entry: entry.published, reverse=True)
    assert len(ids) == 79
    assert [item_of(entry).id for entry in by_instant] == ids
    assert page.archive.older is None


def test_an_edit_updates_the_edited_entry_only(database: Database) -> None:
    items = [item("甲", summary="一。"), item("乙", summary="二。")]
    take_in(database, document("2026-01-02", *items))
    before = entries(database)
    assert all(entry.updated == entry.published for entry in before.items)
    items[1] = item("乙", summary="二，更正。")
    take_in(database, document("2026-01-02", *items))
    first, second = entries(database).items
    assert first.updated == first.published == before.items[0].published
    assert second.published == before.items[1].published
    assert datetime.now(UTC) - second.updated < timedelta(minutes=5)


def test_archives_walk_to_the_first_week(database: Database) -> None:
    days = [date(2026, 1, 1) + timedelta(number * 9) for number in range(4)]
    for number, day in enumerate(days):
        take_in(database, document(str(day), item(f"題{number}"), item(f"目{number}")), f"{day}.md")
    page = entries(database, limit=1)
    titles, weeks = [item_of(entry).title for entry in page.items], []
    newer = None
    while page.archive.older:
        week = page.archive.older
        page = entries(database, limit=1, archive=week)
        assert (page.archive.week, page.archive.newer) == (week, newer)
        weeks.append(week)
        titles.extend(item_of(entry).title for entry in page.items)
        newer = week
    assert len(weeks) == 4
    assert set(titles) == {f"{name}{number}" for name in "題目" for number in range(4)}
    narrowed = entries(database, archive=weeks[0], to="2026-01-01")
    assert (narrowed.items, narrowed.archive.newer) == ([], None)


def test_the_watch_list_tells_what_is_new_and_what_is_answered(database: Database) -> None:
    watched = "\n## 編輯洞察\n\n### 關注清單\n\n- NVIDIA GB300 的供貨\n"
    take_in(database, document("2026-01-02", item("甲"), end=watched), "2026-01-02.md")
    answer = item("NVIDIA GB300 供貨增加", entities="NVIDIA、GB300")
    take_in(database, document("2026-01-03", item("乙"), answer), "2026-01-03.md")
    with database.read() as session:
        page = feeds.of_watchlist(session, WatchFeed(), ZONE)
        limited = feeds.of_watchlist(session, WatchFeed(limit=1), ZONE)
    answered, added = page.changes
    assert (added.text, added.answer) == ("NVIDIA GB300 的供貨", None)
    assert answered.answer
    assert (answered.entry_id, answered.answer.title) == (added.entry_id, "NVIDIA GB300 供貨增加")
    assert answered.published > added.published
    assert (limited.changes, limited.archive.older) == ([answered], "2026-W01")


def test_a_briefing_has_its_document(seeded: Database) -> None:
    with seeded.read() as session:
        page = feeds.of_briefings(session, BriefingFeed(), None, ZONE)
    assert [entry.briefing.id for entry in page.briefings] == ["2025-12-23", "2025-11-22"]
    assert all("今日焦點" in entry.markdown for entry in page.briefings)
