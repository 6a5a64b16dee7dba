"""Articles of feeds, and the topics they are grouped into."""

from datetime import date, datetime

from sqlalchemy import (
    Index,
    LargeBinary,
)
from sqlmodel import Field, SQLModel

from app.store.tables.fields import json_field, key_field, pk_field, ref_field


class CollectedFeed(SQLModel, table=True):
    """A feed, the state of its last fetch, and the authority and section its list states."""

    __tablename__ = "feed"
    pk: int | None = pk_field()
    url: str = Field(unique=True)
    title: str | None = None
    authority: float = 0.5
    section: str | None = Field(default=None, max_length=16)
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    error: str | None = None


class Article(SQLModel, table=True):
    """An article, stored once; `text` was taken from `raw`, `source_id` is as in `Source.id`."""

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    feed_pk: int = ref_field("feed.pk")
    url: str
    source_id: str = Field(max_length=16, index=True)
    publisher: str = Field(max_length=255, index=True)
    title: str
    language: str = Field(max_length=8)
    published_at: datetime | None = None
    seen_at: datetime
    moment: datetime = Field(index=True)
    """`published_at`; `seen_at` if that is not stated or lies later."""
    raw: bytes = Field(sa_type=LargeBinary)
    text: str
    page: str = Field(default="none", max_length=8, index=True)  # pending, done, failed
    page_error: str | None = None


class ArticleAddress(SQLModel, table=True):
    """A key that an article is recognised by: an address, an id of a feed, or its text."""

    __tablename__ = "article_address"
    pk: int | None = pk_field()
    article_pk: int = ref_field("article.pk")
    key: str = Field(max_length=96, unique=True)


class Topic(SQLModel, table=True):
    """A group of articles on one story; `choice` is why the draft of its day has it or not.

    `section_evidence` are the words and publishers that decided its section.
    """

    pk: int | None = pk_field()
    id: str = Field(max_length=16, unique=True)
    date: date
    position: int
    title: str
    section_kind: str = Field(max_length=16)
    section_evidence: list[str] = json_field(list)
    importance: str = Field(max_length=12)
    reason: str
    salience: float
    chosen: bool
    choice: str
    __table_args__ = (Index(None, "date"),)


class TopicArticle(SQLModel, table=True):
    """An article of a topic; the first one gives the topic its title."""

    __tablename__ = "topic_article"
    topic_pk: int = key_field("topic_pk", "topic.pk")
    article_pk: int = key_field("article_pk", "article.pk")
    position: int
    __table_args__ = (Index(None, "article_pk"),)
