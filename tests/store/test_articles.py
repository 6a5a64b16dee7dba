from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from app.store import articles as store
from app.store.articles import NewArticle, PendingPage
from app.store.db import Database
from app.store.tables import Article, ArticleAddress, CollectedFeed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXT = "輝達公布了新平台的細節，並且說明供貨的時間與數量。" * 8


def new(url: str, *, guid: str | None = None, text: str = TEXT, page: bool = False) -> NewArticle:
    return NewArticle(url, guid, "輝達的平台", None, text, b"raw", page)


def feed_pk(database: Database, url: str = "https://a.example/feed") -> int:
    with database.write() as session:
        row = {"url": url, "title": None, "authority": 0.5, "section": None}
        store.keep_feeds(session, [row])
        pk = session.execute(
            select(col(CollectedFeed.pk)).where(col(CollectedFeed.url) == url)
        ).scalar_one()
    assert pk
    return pk


def add(database: Database, pk: int, *articles: NewArticle) -> int:
    with database.write() as session:
        return store.add_articles(session, pk, articles, NOW)


def test_an_address_an_id_and_a_text_are_recognised(database: Database) -> None:
    pk = feed_pk(database)
    assert add(database, pk, new("https://a.example/1?utm_source=x", guid="g")) == 1
    assert add(database, pk, new("http://www.a.example/1/", text="other")) in (0, 1)
    assert add(database, pk, new("https://a.example/renamed", guid="g", text="short")) == 0
    assert add(database, pk, new("https://mirror.example/9")) == 0
    other = feed_pk(database, "https://b.example/feed")
    assert add(database, other, new("https://b.example/2", guid="g", text="short")) == 1


def test_an_article_of_a_known_page_is_joined_to_it(database: Database) -> None:
    pk = feed_pk(database)
    add(database, pk, new("https://a.example/1"), new("https://go.example/x", text="", page=True))
    with database.write() as session:
        (pending,) = store.pending_pages(session, 10)
        kept_apart = store.store_page(
            session, pending, "https://a.example/1", b"page", "", TEXT, None
        )
    assert not kept_apart
    with database.read() as session:
        (pk,) = session.execute(select(col(Article.pk))).scalars().all()
        owners = session.execute(select(col(ArticleAddress.article_pk))).scalars().all()
    assert set(owners) == {pk}


def test_a_page_of_a_vanished_article_is_ignored(database: Database) -> None:
    with database.write() as session:
        page = PendingPage(99, "https://a.example/1", "T")
        assert not store.store_page(session, page, "https://a.example/1", b"", "", TEXT, None)
