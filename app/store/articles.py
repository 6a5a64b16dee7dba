"""Storing feeds and their articles: each article once, with every key it is recognised by."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.normalize.identity import stable_id, title_key
from app.normalize.sources.publishers import publisher_domain
from app.normalize.sources.urls import identify
from app.parse.language import find_language
from app.store import dataset
from app.store.rows import insert_returning_pks, insert_rows, strip_unstorable
from app.store.tables import Article, ArticleAddress, CollectedFeed

# A shorter text may be the same in two articles.
_MIN_RECOGNISED_CHARS = 120


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article as a feed gives it. `needs_page`: the feed gives only a line."""

    url: str
    guid: str | None
    title: str
    published_at: datetime | None
    text: str
    raw: bytes
    needs_page: bool


@dataclass(frozen=True, slots=True)
class PendingPage:
    """An article that waits for its page."""

    pk: int
    url: str
    title: str


def _key(kind: str, *parts: str) -> str:
    """Return a key of at most 96 characters; equal parts have equal keys."""
    content = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return f"{kind}:{hashlib.sha256(content).hexdigest()}"


def keep_feeds(session: Session, feeds: Iterable[Mapping[str, Any]]) -> None:
    """Store the feeds of a list, by `url`; the state of known ones stays."""
    for values in feeds:
        known = session.execute(
            select(CollectedFeed).where(col(CollectedFeed.url) == values["url"])
        )
        feed = known.scalars().first() or CollectedFeed(url=values["url"])
        feed.title = values["title"] or feed.title
        feed.authority = values["authority"]
        feed.section = values["section"]
        session.add(feed)
    session.flush()


def add_articles(
    session: Session, feed_pk: int, articles: Sequence[NewArticle], seen_at: datetime
) -> int:
    """Store the articles that are not known under any of their keys; return their number."""
    keys_of = [_keys(feed_pk, article) for article in articles]
    flat = {key for keys in keys_of for key in keys}
    known = _known(session, flat)
    added = 0
    for article, keys in zip(articles, keys_of, strict=True):
        pks = {known[key] for key in keys if key in known}
        if pks:
            pk = min(pks)
        else:
            pk = _insert(session, feed_pk, article, seen_at)
            added += 1
        _add_keys(session, pk, keys, known)
    return added


def _keys(feed_pk: int, article: NewArticle) -> list[str]:
    identity = identify(None, article.url)
    keys = [_key("url", identity.key or article.url)]
    if article.guid:
        keys.append(_key("guid", str(feed_pk), article.guid))
    if not article.needs_page:
        keys += _text_keys(article.title, article.text)
    return keys


def _text_keys(title: str, text: str) -> list[str]:
    if len(text) < _MIN_RECOGNISED_CHARS:
        return []
    return [_key("text", title_key(title), "".join(text.split()))]


def _known(session: Session, keys: Iterable[str]) -> dict[str, int]:
    statement = select(col(ArticleAddress.key), col(ArticleAddress.article_pk))
    known: dict[str, int] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), 500):
        batch = ordered[start : start + 500]
        for key, pk in session.execute(statement.where(col(ArticleAddress.key).in_(batch))):
            known[key] = pk
    return known


def _add_keys(session: Session, pk: int, keys: Iterable[str], known: dict[str, int]) -> None:
    rows = []
    for key in keys:
        if key not in known:
            known[key] = pk
            rows.append({"article_pk": pk, "key": key})
    insert_rows(session, ArticleAddress, rows)


def _insert(session: Session, feed_pk: int, article: NewArticle, seen_at: datetime) -> int:
    identity = identify(None, article.url)
    url = article.url
    key = identity.key or f"url:{url}"
    title, text = strip_unstorable(article.title), strip_unstorable(article.text)
    row = {
        "id": stable_id("n", key),
        "feed_pk": feed_pk,
        "url": url,
        "source_id": stable_id("s", key),
        "publisher": identity.publisher or publisher_domain(url.split("/")[2]) or "",
        "title": title,
        "language": find_language(f"{title}\n{text}"),
        "published_at": article.published_at,
        "seen_at": seen_at,
        "moment": min(article.published_at or seen_at, seen_at),
        "raw": article.raw,
        "text": text,
        "page": "pending" if article.needs_page else "none",
    }
    (pk,) = insert_returning_pks(session, Article, [row])
    return pk


def record_fetch(session: Session, feed_pk: int, values: Mapping[str, Any]) -> None:
    """Store the state of a feed after a fetch."""
    session.execute(update(CollectedFeed).where(col(CollectedFeed.pk) == feed_pk).values(**values))


def pending_pages(session: Session, limit: int) -> list[PendingPage]:
    """Return the articles that wait for their pages, the oldest first."""
    statement = (
        select(col(Article.pk), col(Article.url), col(Article.title))
        .where(col(Article.page) == "pending")
        .order_by(col(Article.pk))
        .limit(limit)
    )
    return [PendingPage(pk or 0, url, title) for pk, url, title in session.execute(statement)]


def store_page(
    session: Session,
    page: PendingPage,
    url: str,
    raw: bytes,
    title: str,
    text: str,
    published_at: datetime | None,
) -> bool:
    """Store the text of a page. Return whether the article stays one of its own.

    An article whose page or text is another article's is joined to that one: its keys move there.
    """
    article = session.get(Article, page.pk)
    if article is None:
        return False
    title = strip_unstorable(article.title or title)
    text = strip_unstorable(text)
    # A login page or a home page behind a redirect is no sign of one article.
    identity = identify(None, url)
    keys = _text_keys(title, text)
    if title_key(title) and identity.key and "/" in url.split("://", 1)[-1].rstrip("/"):
        keys.append(_key("url", identity.key))
    known = _known(session, keys)
    others = sorted({pk for pk in known.values() if pk != page.pk})
    if others:
        _join(session, article, others[0])
        return False
    _add_keys(session, page.pk, keys, known)
    article.title = title
    if len(text) > len(article.text):
        article.text, article.raw = text, raw
    article.language = find_language(f"{title}\n{article.text}")
    if article.published_at is None and published_at:
        article.published_at = published_at
        article.moment = min(published_at, article.seen_at)
    article.page = "done"
    session.add(article)
    return True


def _join(session: Session, article: Article, other_pk: int) -> None:
    session.execute(
        update(ArticleAddress)
        .where(col(ArticleAddress.article_pk) == article.pk)
        .values(article_pk=other_pk)
    )
    session.flush()
    session.delete(article)


def fail_page(session: Session, page: PendingPage, reason: str) -> None:
    """Record why a page could not be read; the text of the feed stays the article's text."""
    values = {"page": "failed", "page_error": reason[:500]}
    session.execute(update(Article).where(col(Article.pk) == page.pk).values(**values))


def raise_version(session: Session, now: datetime) -> None:
    """Raise the dataset version, so that no cached list of articles is sent again."""
    dataset.record(session, [], now)
