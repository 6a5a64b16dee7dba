"""Collected articles and topics: lists, and the articles behind an item."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlmodel import Session, col

from app.errors import NotFound
from app.normalize.sources.publishers import publisher_name
from app.query.curation import tombstones
from app.query.filters.conditions import by_values
from app.query.listing.page import Listing
from app.query.request import paging
from app.query.request.article_params import ArticleFilter, ArticleList, ItemArticleList, TopicList
from app.query.request.filter_syntax import clauses
from app.query.schemas.articles import ArticleOut, ArticleRef, TopicOut, TopicRef
from app.query.schemas.shared import PublisherRef
from app.store.tables import (
    Article,
    Citation,
    CollectedFeed,
    Item,
    Source,
    Topic,
    TopicArticle,
    columns_of,
)

EXCERPT_CHARS = 200

Condition = ColumnElement[bool]


def find(session: Session, query: ArticleList) -> Listing[ArticleOut]:
    """Return a page of the collected articles, the newest first."""
    statement = _articles().where(*_conditions(query))
    keys = {
        "moment": col(Article.moment),
        "title": paging.bytewise(col(Article.title)),
        "publisher": paging.bytewise(col(Article.publisher)),
    }
    order = paging.order_by(
        query.sort,
        "-moment",
        keys,
        (col(Article.pk),),
    )
    page = paging.page(session, statement, order, query)
    return Listing(_shapes(session, page.rows), page, _unknown_topics(session, query))


def of_item(session: Session, item_id: str, query: ItemArticleList) -> Listing[ArticleOut]:
    """Return a page of the collected articles that an item cites. Raises NotFound and Gone."""
    item_pk = session.execute(select(col(Item.pk)).where(col(Item.id) == item_id)).scalar()
    if item_pk is None:
        tombstones.refuse(session, "item", item_id)
        raise NotFound(f"There is no item {item_id!r}.")
    cited = (
        select(col(Source.id))
        .join(Citation, col(Citation.source_pk) == col(Source.pk))
        .where(col(Citation.item_pk) == item_pk)
    )
    statement = _articles().where(col(Article.source_id).in_(cited))
    order = [col(Article.moment).desc(), col(Article.pk).asc()]
    scope = query.scope(item_pk)
    page = paging.page(session, statement, order, query, scope=scope)
    return Listing(_shapes(session, page.rows), page)


def topics(session: Session, query: TopicList) -> Listing[TopicOut]:
    """Return a page of topics, those of the newest day first."""
    statement = select(*columns_of(Topic))
    statement = statement.where(*_topic_conditions(query))
    keys = {
        "date": col(Topic.date),
        "position": col(Topic.position),
        "salience": col(Topic.salience),
    }
    order = paging.order_by(query.sort, "-date,position", keys, (col(Topic.pk),))
    page = paging.page(session, statement, order, query)
    refs = _article_refs(session, [row.pk for row in page.rows])
    entries = []
    for row in page.rows:
        topic = TopicOut(
            id=row.id,
            date=row.date,
            position=row.position,
            title=row.title,
            section=row.section_kind,
            section_evidence=row.section_evidence,
            importance=row.importance,
            reason=row.reason,
            salience=row.salience,
            chosen=row.chosen,
            choice=row.choice,
            articles=refs[row.pk],
        )
        entries.append(topic)
    return Listing(entries, page)


def _articles() -> Any:
    return select(
        col(Article.pk),
        col(Article.id),
        col(Article.url),
        col(Article.title),
        col(Article.publisher),
        col(CollectedFeed.title).label("feed"),
        col(Article.language),
        col(Article.published_at),
        col(Article.seen_at),
        col(Article.moment),
        func.substr(col(Article.text), 1, EXCERPT_CHARS).label("excerpt"),
        col(Article.page),
        col(Article.page_error),
    ).join(CollectedFeed, col(CollectedFeed.pk) == col(Article.feed_pk))


def _conditions(query: ArticleFilter) -> list[Condition]:
    conditions: list[Condition] = []
    if query.from_:
        conditions.append(col(Article.moment) >= _midnight(query.from_))
    if query.to:
        conditions.append(col(Article.moment) < _midnight(query.to) + timedelta(days=1))
    if query.q:
        conditions.append(func.lower(col(Article.title)).contains(query.q.lower(), autoescape=True))
    conditions += by_values(query.publisher, col(Article.publisher).in_)
    conditions += by_values(query.language, col(Article.language).in_)
    conditions += by_values(query.topic, lambda ids: _in_topic(col(Topic.id).in_(ids)))
    conditions += by_values(query.state, _in_state)
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _in_topic(*conditions: Condition) -> Condition:
    member = exists().where(
        col(TopicArticle.article_pk) == col(Article.pk),
        col(TopicArticle.topic_pk) == col(Topic.pk),
        *conditions,
    )
    return member


def _in_state(states: Sequence[str]) -> Condition:
    conditions = []
    for state in states:
        if state == "ungrouped":
            conditions.append(~_in_topic())
        else:
            conditions.append(_in_topic(col(Topic.chosen) == (state == "chosen")))
    return or_(*conditions)


def _unknown_topics(session: Session, query: ArticleFilter) -> list[str]:
    """Return a warning for each topic of the filter that does not exist."""
    ids: set[str] = set()
    for clause in clauses(query.topic):
        ids.update(clause.values)
    statement = select(col(Topic.id)).where(col(Topic.id).in_(sorted(ids)))
    known = set(session.execute(statement).scalars()) if ids else set()
    return [f"There is no topic {topic!r}." for topic in sorted(ids - known)]


def _topic_conditions(query: TopicList) -> list[Condition]:
    conditions: list[Condition] = []
    if query.from_:
        conditions.append(col(Topic.date) >= query.from_)
    if query.to:
        conditions.append(col(Topic.date) <= query.to)
    if query.chosen:
        conditions.append(col(Topic.chosen) == (query.chosen == "true"))
    conditions += by_values(query.section, col(Topic.section_kind).in_)
    conditions += by_values(query.importance, col(Topic.importance).in_)
    return conditions


def _shapes(session: Session, rows: Sequence[Any]) -> list[ArticleOut]:
    refs = _topic_refs(session, [row.pk for row in rows])
    shapes = []
    for row in rows:
        shape = ArticleOut(
            id=row.id,
            url=row.url,
            title=row.title,
            publisher=_publisher(row.publisher),
            feed=row.feed,
            language=row.language,
            published_at=row.published_at,
            seen_at=row.seen_at,
            excerpt=row.excerpt,
            page=row.page,
            page_error=row.page_error,
            topic=refs.get(row.pk),
        )
        shapes.append(shape)
    return shapes


def _publisher(domain: str) -> PublisherRef:
    return PublisherRef(id=domain, name=publisher_name(domain))


def _topic_refs(session: Session, article_pks: Sequence[int]) -> dict[int, TopicRef]:
    """Return the newest topic of each article."""
    statement = (
        select(col(TopicArticle.article_pk), Topic)
        .join(Topic, col(Topic.pk) == col(TopicArticle.topic_pk))
        .where(col(TopicArticle.article_pk).in_(article_pks))
        .order_by(col(Topic.date), col(Topic.pk))
    )
    refs = {}
    for article_pk, topic in session.execute(statement):
        refs[article_pk] = TopicRef(
            id=topic.id,
            date=topic.date,
            title=topic.title,
            chosen=topic.chosen,
            choice=topic.choice,
        )
    return refs


def _article_refs(session: Session, topic_pks: Sequence[int]) -> defaultdict[int, list[ArticleRef]]:
    """Return the articles of each topic, in its order."""
    statement = (
        select(
            col(TopicArticle.topic_pk),
            col(Article.id),
            col(Article.url),
            col(Article.title),
            col(Article.publisher),
        )
        .join(Article, col(Article.pk) == col(TopicArticle.article_pk))
        .where(col(TopicArticle.topic_pk).in_(topic_pks))
        .order_by(col(TopicArticle.topic_pk), col(TopicArticle.position))
    )
    refs: defaultdict[int, list[ArticleRef]] = defaultdict(list)
    for topic_pk, article_id, url, title, domain in session.execute(statement):
        ref = ArticleRef(id=article_id, url=url, title=title, publisher=_publisher(domain))
        refs[topic_pk].append(ref)
    return refs
