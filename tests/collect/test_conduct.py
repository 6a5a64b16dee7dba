from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.collect.conduct import Collection, collect
from app.collect.feeds import ReadFeed, read_feed
from app.collect.fetch import Fetcher, FetchTerms
from app.collect.opml import FeedOutline, read_opml
from app.store import articles as store
from app.store.db import Database
from app.store.tables import Article, ArticleAddress, CollectedFeed
from tests.feed_server import Site, articles, page, publish, rss, serving

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 6, 1, 22, 40, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


def run(database: Database, site: Site, *paths: str, now: datetime = NOW) -> Collection:
    outlines = [FeedOutline(site.home + path, None, 0.5, None) for path in paths]
    return run_list(database, outlines, now)


def run_list(database: Database, outlines: list[FeedOutline], now: datetime = NOW) -> Collection:
    fetcher = Fetcher(FetchTerms("reader/1", networks="loopback", delay_seconds=0))
    try:
        return collect(database, outlines, fetcher, TAIPEI, lambda: now)
    finally:
        fetcher.close()


def rows(database: Database, model: type[Any]) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(model).order_by(col(model.pk))).scalars())


def test_a_day_of_good_and_bad_feeds_is_collected_once(database: Database, site: Site) -> None:
    entries = articles(10)
    outlines = read_opml(publish(site, entries, slow_seconds=0.05), "x")
    first = run_list(database, outlines)
    assert (first.feeds, first.added) == (20, 30)
    assert len(first.problems) == 2
    again = run_list(database, outlines, NOW + timedelta(minutes=1))
    assert (again.added, again.waiting) == (0, 2)
    assert again.unchanged == 16
    stored = rows(database, Article)
    assert {article.title for article in stored} == {entry.title for entry in entries}
    assert {article.page for article in stored} <= {"none", "done"}


def test_an_article_is_stored_once_under_all_its_addresses(database: Database, site: Site) -> None:
    (article,) = articles(1)[:1]
    site.pages[article.path] = page(article)
    site.pages["/moved"] = lambda headers: (301, {"Location": article.path}, b"")
    feed = rss([article], site.home, whole=False)
    site.pages["/a"] = feed
    site.pages["/b"] = feed.replace(f"{article.path}<".encode(), b"/moved<")
    site.pages["/c"] = feed.replace(
        f"{article.path}<".encode(), f"{article.path}?utm_source=x<".encode()
    )
    run(database, site, "/a", "/b", "/c")
    (stored,) = rows(database, Article)
    assert stored.page == "done"
    assert stored.text == article.text
    assert stored.published_at == article.published
    assert len(rows(database, ArticleAddress)) >= 4


def test_a_date_in_the_future_gives_way_to_the_first_sight(database: Database, site: Site) -> None:
    (article,) = articles(1)[:1]
    feed = rss([article], site.home, whole=True)
    start, end = feed.index(b"<pubDate>"), feed.index(b"</pubDate>")
    site.pages["/a"] = feed[:start] + b"<pubDate>Fri, 01 Jan 2099 00:00:00 GMT" + feed[end:]
    site.pages["/b"] = feed[:start] + b"<pubDate>soon" + feed[end:]
    run(database, site, "/a")
    (stored,) = rows(database, Article)
    assert stored.moment == NOW


def test_a_feed_that_fails_waits_longer_each_time(database: Database, site: Site) -> None:
    site.pages["/a"] = lambda headers: (503, {"Retry-After": "7200"}, b"")
    report = run(database, site, "/a")
    assert "the server answered 503" in report.problems[0]
    (feed,) = rows(database, CollectedFeed)
    assert (feed.failures, feed.next_at) == (1, NOW + timedelta(hours=2))
    assert run(database, site, "/a").waiting == 1
    site.pages["/a"] = b"no feed"
    run(database, site, "/a", now=NOW + timedelta(hours=3))
    (feed,) = rows(database, CollectedFeed)
    assert (feed.failures, feed.next_at) == (2, NOW + timedelta(hours=3, minutes=10))
    site.pages["/a"] = rss([], site.home, whole=True)
    run(database, site, "/a", now=NOW + timedelta(hours=4))
    (feed,) = rows(database, CollectedFeed)
    assert (feed.failures, feed.next_at, feed.error) == (0, None, None)


def test_a_run_that_dies_at_any_page_is_gone_on_with(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = articles(4)
    outlines = read_opml(publish(site, entries, slow_seconds=0.0), "x")
    whole = store.store_page
    calls = 0

    def dying(*arguments: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls % 2 == 0:
            raise SystemExit("killed")
        return whole(*arguments)

    monkeypatch.setattr(store, "store_page", dying)
    runs = 0
    while runs < 20:
        runs += 1
        try:
            run_list(database, outlines, NOW + timedelta(minutes=runs))
        except SystemExit:
            continue
        break
    assert 1 < runs < 20
    stored = rows(database, Article)
    assert {article.title for article in stored} == {entry.title for entry in entries}
    assert {article.page for article in stored} <= {"none", "done"}


def test_a_page_that_fails_leaves_the_text_of_the_feed(database: Database, site: Site) -> None:
    (article,) = articles(1)[:1]
    site.pages["/a"] = rss([article], site.home, whole=False)
    run(database, site, "/a")
    (stored,) = rows(database, Article)
    assert (stored.page, stored.text) == ("failed", article.title)
    assert stored.page_error == "the server answered 404"


def test_a_feed_that_a_library_fails_on_stops_no_other(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/bad"] = b"bad"
    site.pages["/good"] = rss(articles(1), site.home, whole=True)

    def failing(data: bytes, url: str, media_type: str) -> ReadFeed:
        if data == b"bad":
            raise RecursionError
        return read_feed(data, url, media_type)

    monkeypatch.setattr("app.collect.conduct.read_feed", failing)
    report = run(database, site, "/bad", "/good")
    assert (report.failed, report.added) == (1, 3)
    assert report.problems == [f"{site.home}/bad: it cannot be read (RecursionError)."]


def test_a_feed_at_a_broken_address_stops_no_other(database: Database, site: Site) -> None:
    site.pages["/good"] = rss(articles(1), site.home, whole=True)
    outlines = [FeedOutline(url, None, 0.5, None) for url in ("http://[x", f"{site.home}/good")]
    report = run_list(database, outlines)
    assert (report.failed, report.added) == (1, 3)
    assert "no valid host" in report.problems[0]


def test_a_login_page_does_not_take_the_place_of_the_text(database: Database, site: Site) -> None:
    login = "<html><body><p>Please sign in to go on.</p><form></form></body></html>"
    site.pages["/a"] = lambda headers: (302, {"Location": "/login"}, b"")
    site.pages["/login"] = lambda headers: (200, {"Content-Type": "text/html"}, login.encode())
    text = "The company released a model that reads pictures and texts in many languages."
    item = f"<item><title>T</title><link>/a</link><description>{text}</description></item>"
    site.pages["/feed"] = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
    run(database, site, "/feed")
    (stored,) = rows(database, Article)
    assert stored.text == text
