"""The conductor: feeds are fetched, entries stored, then the pages of entries that are one line.

Each feed, and each page, is one transaction. A run that is killed loses nothing: the state of a
feed is stored with its articles, and articles that wait for their page are marked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session, col

from app.collect.dates import read_moment
from app.collect.encodings import decoded
from app.collect.errors import FetchError
from app.collect.feeds import FeedEntry, ReadFeed, read_feed
from app.collect.fetch import MAX_FEED_BYTES, MAX_PAGE_BYTES, Fetched, Fetcher
from app.collect.html_text import page_moment, page_text, page_title
from app.collect.opml import FeedOutline
from app.normalize.identity import title_key
from app.store import articles
from app.store.articles import NewArticle, PendingPage
from app.store.db import Database
from app.store.tables import CollectedFeed

MAX_THREADS = 8
MAX_PAGES = 5_000
"""Pages fetched in one run."""
FULL_TEXT_WIDTH = 300
"""A shorter text is only a line: its page is fetched. A Han character counts three."""
_BACK_OFF_MINUTES = 5
_MAX_BACK_OFF_MINUTES = 24 * 60
# Their feeds carry the abstract, and their pages no more.
_HOSTS_WITHOUT_PAGES = frozenset(["arxiv.org", "export.arxiv.org"])
Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


@dataclass
class Collection:
    """The outcome of a run: counts, and a sentence on each feed that was not read well."""

    feeds: int = 0
    unchanged: int = 0
    waiting: int = 0
    """Feeds whose server or back-off asks to wait."""
    failed: int = 0
    added: int = 0
    pages: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _FeedOutcome:
    feed: CollectedFeed
    response: Fetched | None = None
    read: ReadFeed | None = None
    error: FetchError | None = None


@dataclass(frozen=True, slots=True)
class _PageOutcome:
    page: PendingPage
    response: Fetched | None = None
    text: str = ""
    title: str = ""
    moment: str = ""
    error: str = ""


def collect(
    database: Database,
    outlines: Sequence[FeedOutline],
    fetcher: Fetcher,
    zone: tzinfo,
    clock: Callable[[], datetime],
) -> Collection:
    """Fetch the feeds of a list and the pages that wait; a broken feed stops no other."""
    report = Collection(feeds=len(outlines))
    due = _due_feeds(database, outlines, clock(), report)
    for outcome in _by_host(due, _feed_url, lambda feed: _fetch_feed(fetcher, feed)):
        _store_feed(database, outcome, zone, clock(), report)
    with database.read() as session:
        pending = articles.pending_pages(session, MAX_PAGES)
    for page_outcome in _by_host(pending, _page_url, lambda page: _fetch_page(fetcher, page)):
        _store_page(database, page_outcome, zone, clock(), report)
    return report


def _feed_url(feed: CollectedFeed) -> str:
    return feed.url


def _page_url(page: PendingPage) -> str:
    return page.url


def _due_feeds(
    database: Database, outlines: Iterable[FeedOutline], now: datetime, report: Collection
) -> list[CollectedFeed]:
    """Store the feeds of a list; return those that may be fetched now."""
    values = [asdict(outline) for outline in outlines]
    with database.write() as session:
        articles.keep_feeds(session, values)
        due = []
        for outline in outlines:
            feed = session.execute(
                select(CollectedFeed).where(col(CollectedFeed.url) == outline.url)
            ).scalar_one()
            if feed.next_at and feed.next_at > now:
                report.waiting += 1
            else:
                due.append(feed)
    return due


def _by_host(
    tasks: Iterable[Task], url: Callable[[Task], str], work: Callable[[Task], Outcome]
) -> Iterator[Outcome]:
    """Yield the outcome of each task as it comes; those of one host run one after another."""
    queues: dict[str, list[Task]] = {}
    for task in tasks:
        queues.setdefault(_host(url(task)), []).append(task)
    with ThreadPoolExecutor(MAX_THREADS) as pool:
        running: dict[Future[Outcome], str] = {}
        for host, queue in queues.items():
            running[pool.submit(work, queue.pop(0))] = host
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                host = running.pop(future)
                if queues[host]:
                    running[pool.submit(work, queues[host].pop(0))] = host
                yield future.result()


def _host(url: str) -> str:
    """Return the host of a URL; a URL without a valid one, which is refused later, is its own."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


def _fetch_feed(fetcher: Fetcher, feed: CollectedFeed) -> _FeedOutcome:
    headers = {}
    if feed.etag:
        headers["If-None-Match"] = feed.etag
    if feed.last_modified:
        headers["If-Modified-Since"] = feed.last_modified
    try:
        response = fetcher.fetch(feed.url, MAX_FEED_BYTES, headers)
        if response.status == 304:
            return _FeedOutcome(feed, response)
        read = read_feed(response.body, response.url, response.media_type)
        for address in read.sitemaps:
            part = fetcher.fetch(address, MAX_FEED_BYTES)
            inner = read_feed(part.body, part.url, part.media_type)
            read = ReadFeed(read.title, read.entries + inner.entries, (), inner.warnings)
    except FetchError as error:
        return _FeedOutcome(feed, error=error)
    except Exception as error:
        return _FeedOutcome(feed, error=FetchError(f"it cannot be read ({type(error).__name__})"))
    return _FeedOutcome(feed, response, read)


def _store_feed(
    database: Database,
    outcome: _FeedOutcome,
    zone: tzinfo,
    now: datetime,
    report: Collection,
) -> None:
    feed = outcome.feed
    assert feed.pk
    if outcome.error:
        report.failed += 1
        report.problems.append(f"{feed.url}: {outcome.error}.")
        state = _failure(feed, outcome.error, now)
        with database.write() as session:
            articles.record_fetch(session, feed.pk, state)
        return
    with database.write() as session:
        if outcome.read:
            _store_entries(session, feed.pk, outcome.read, zone, now, report)
        else:
            report.unchanged += 1
        articles.record_fetch(session, feed.pk, _success(outcome, now))
    for warning in outcome.read.warnings if outcome.read else ():
        report.problems.append(f"{feed.url}: {warning}.")


def _store_entries(
    session: Session, feed_pk: int, feed: ReadFeed, zone: tzinfo, now: datetime, report: Collection
) -> None:
    new = [_new_article(entry, zone) for entry in feed.entries]
    added = articles.add_articles(session, feed_pk, new, now)
    report.added += added
    if added:
        articles.raise_version(session, now)


def _failure(feed: CollectedFeed, error: FetchError, now: datetime) -> dict[str, object]:
    failures = feed.failures + 1
    minutes = min(_BACK_OFF_MINUTES * 2 ** min(failures - 1, 10), _MAX_BACK_OFF_MINUTES)
    seconds = max(error.wait_seconds or 0, minutes * 60)
    return {
        "fetched_at": now,
        "next_at": now + timedelta(seconds=seconds),
        "failures": failures,
        "error": str(error)[:500],
    }


def _success(outcome: _FeedOutcome, now: datetime) -> dict[str, object]:
    state: dict[str, object] = {"fetched_at": now, "next_at": None, "failures": 0, "error": None}
    if outcome.read and outcome.response:
        state["etag"] = outcome.response.headers.get("etag")
        state["last_modified"] = outcome.response.headers.get("last-modified")
        if outcome.read.title and not outcome.feed.title:
            state["title"] = outcome.read.title
    return state


def _new_article(entry: FeedEntry, zone: tzinfo) -> NewArticle:
    has_page = urlsplit(entry.url).hostname not in _HOSTS_WITHOUT_PAGES
    is_line = text_width(entry.text) < FULL_TEXT_WIDTH
    return NewArticle(
        url=entry.url,
        guid=entry.guid,
        title=entry.title,
        published_at=read_moment(entry.published, zone) if entry.published else None,
        text=entry.text,
        raw=entry.raw,
        needs_page=has_page and (is_line or not entry.title),
    )


def text_width(text: str) -> int:
    """Return the length of a text in characters, with a Han character counted as three."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return len(text) + 2 * han


def _fetch_page(fetcher: Fetcher, page: PendingPage) -> _PageOutcome:
    try:
        response = fetcher.fetch(page.url, MAX_PAGE_BYTES)
    except FetchError as error:
        return _PageOutcome(page, error=str(error))
    if "html" not in response.media_type and response.body.lstrip()[:1] != b"<":
        return _PageOutcome(page, error=f"the page is {response.media_type or 'no HTML'}")
    markup = decoded(response.body, response.media_type)
    try:
        text = _without_title(page_text(markup, response.url), page.title)
    except Exception as error:
        return _PageOutcome(page, error=f"the page cannot be read ({type(error).__name__})")
    if not text:
        return _PageOutcome(page, error="the page has no article")
    return _PageOutcome(page, response, text, page_title(markup), page_moment(markup))


def _without_title(text: str, title: str) -> str:
    """Return the text of a page without its first line if that is the title."""
    first, _, rest = text.partition("\n")
    return rest if rest and title_key(first) == title_key(title) else text


def _store_page(
    database: Database,
    outcome: _PageOutcome,
    zone: tzinfo,
    now: datetime,
    report: Collection,
) -> None:
    with database.write() as session:
        if outcome.response is None:
            articles.fail_page(session, outcome.page, outcome.error)
            return
        report.pages += 1
        articles.store_page(
            session,
            outcome.page,
            outcome.response.url,
            outcome.response.body,
            outcome.title,
            outcome.text,
            read_moment(outcome.moment, zone) if outcome.moment else None,
        )
        articles.raise_version(session, now)
