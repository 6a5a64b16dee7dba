"""The conductor: reads the articles of a window, composes the draft and stores its topics."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from app.draft.article import CollectedArticle
from app.draft.briefing import DraftBriefing, DraftTerms, compose
from app.draft.markdown import write
from app.draft.ranking import HISTORY_DAYS, History
from app.knowledge import knowledge
from app.store import dataset
from app.store.db import Database
from app.store.rows import insert_returning_pks, insert_rows
from app.store.tables import (
    Article,
    Briefing,
    CollectedFeed,
    Entity,
    Item,
    Mention,
    Topic,
    TopicArticle,
)

Editor = Callable[[DraftBriefing], DraftBriefing]


@dataclass(frozen=True, slots=True)
class DraftSettings:
    """The window ends on the day of the draft at `at` in `zone` and has `hours` hours."""

    zone: ZoneInfo
    at: time
    hours: int
    max_topics: int

    def terms(self, day: date) -> DraftTerms:
        """Return the terms of the draft of a day."""
        end = datetime.combine(day, self.at, self.zone)
        return DraftTerms(end - timedelta(hours=self.hours), end, self.max_topics)


def draft(
    database: Database,
    day: date,
    settings: DraftSettings,
    now: datetime,
    *,
    is_draft: bool = False,
    editor: Editor | None = None,
) -> tuple[DraftBriefing, bytes]:
    """Return the draft of a day and its document; its topics are stored in place of former ones."""
    terms = settings.terms(day)
    with database.read() as session:
        candidates = _candidates(session, terms)
        history = _history(session, day)
    composed = compose(candidates, history, terms, knowledge())
    with database.write() as session:
        _store_topics(session, day, composed, now)
    edited = editor(composed) if editor else composed
    return composed, write(edited, is_draft=is_draft)


def _candidates(session: Session, terms: DraftTerms) -> list[CollectedArticle]:
    """Return the articles of the window, its end excluded."""
    statement = (
        select(
            col(Article.id),
            col(Article.source_id),
            col(Article.url),
            col(Article.publisher),
            col(Article.title),
            col(Article.text),
            col(Article.language),
            col(Article.moment),
            col(CollectedFeed.authority),
            col(CollectedFeed.section),
        )
        .join(CollectedFeed, col(CollectedFeed.pk) == col(Article.feed_pk))
        .where(col(Article.moment) >= terms.start, col(Article.moment) < terms.end)
        .where(col(Article.title) != "")
        .order_by(col(Article.moment), col(Article.id))
    )
    return [CollectedArticle(*row) for row in session.execute(statement)]


def _history(session: Session, day: date) -> History:
    """Return counts of the 28 days before a day."""
    first = day - timedelta(days=HISTORY_DAYS)
    statement = (
        select(col(Entity.node), func.count(col(Mention.item_pk).distinct()))
        .join(Entity, col(Entity.pk) == col(Mention.entity_pk))
        .join(Item, col(Item.pk) == col(Mention.item_pk))
        .where(col(Mention.date) >= first, col(Mention.date) < day)
        .group_by(col(Entity.node))
    )
    items = {}
    for node, count in session.execute(statement):
        items[node] = count
    days = select(func.count(col(Briefing.date).distinct())).where(
        col(Briefing.date) >= first, col(Briefing.date) < day
    )
    return History(items, int(session.execute(days).scalar_one()))


def _store_topics(session: Session, day: date, composed: DraftBriefing, now: datetime) -> None:
    session.execute(delete(Topic).where(col(Topic.date) == day))
    pks = {}
    ids = [article.id for topic in composed.topics for article in topic.articles]
    for start in range(0, len(ids), 500):
        statement = select(col(Article.id), col(Article.pk))
        batch = col(Article.id).in_(ids[start : start + 500])
        for article_id, pk in session.execute(statement.where(batch)):
            pks[article_id] = pk
    for position, topic in enumerate(composed.topics, 1):
        row = {
            "id": topic.id,
            "date": day,
            "position": position,
            "title": topic.title,
            "section_kind": topic.placement.kind,
            "section_evidence": list(topic.placement.evidence),
            "importance": topic.rank.importance,
            "reason": topic.rank.reason,
            "salience": topic.rank.salience,
            "chosen": topic.chosen,
            "choice": topic.choice,
        }
        # The same articles may be a topic of another day's window, too.
        session.execute(delete(Topic).where(col(Topic.id) == topic.id))
        (topic_pk,) = insert_returning_pks(session, Topic, [row])
        members = []
        for place, article in enumerate(topic.articles, 1):
            if article.id in pks:
                member = {"topic_pk": topic_pk, "article_pk": pks[article.id], "position": place}
                members.append(member)
        insert_rows(session, TopicArticle, members)
    dataset.record(session, [], now)
