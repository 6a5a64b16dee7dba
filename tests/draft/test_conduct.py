import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from app import ingest
from app.draft.briefing import DraftBriefing
from app.draft.conduct import DraftSettings, draft
from app.preview import preview
from app.query import articles as query
from app.query import items
from app.query.request.article_params import ItemArticleList
from app.query.request.item_params import ItemList
from app.query.schemas.briefings import BriefingOut
from app.store import articles as store
from app.store.articles import NewArticle
from app.store.db import Database
from app.store.tables import CollectedFeed, Topic
from tests.conftest import CHANNEL
from tests.feed_server import articles

DAY = date(2026, 6, 2)
NOW = datetime(2026, 6, 1, 22, 40, tzinfo=UTC)
SETTINGS = DraftSettings(ZoneInfo("Asia/Taipei"), time(6, 45), 24, 12)
EVENTS = 16


def fill(database: Database, events: int = EVENTS) -> None:
    with database.write() as session:
        feed = {"url": "http://feeds.test/a", "title": "A", "authority": 0.8, "section": None}
        store.keep_feeds(session, [feed])
        pk = session.execute(select(col(CollectedFeed.pk))).scalar_one()
        assert pk
        new = []
        for entry in articles(events):
            site = {"en": "theverge.com", "zh-Hans": "qbitai.com"}.get(entry.language, "udn.com")
            url = f"https://{site}{entry.path}"
            new.append(NewArticle(url, None, entry.title, entry.published, entry.text, b"", False))
        store.add_articles(session, pk, new, NOW)


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


def write(database: Database) -> tuple[DraftBriefing, bytes]:
    return draft(database, DAY, SETTINGS, NOW)


def test_the_same_articles_give_the_same_bytes(filled: Database) -> None:
    assert write(filled)[1] == write(filled)[1]


def test_a_draft_parses_whole_and_its_counts_are_those_of_its_footer(filled: Database) -> None:
    composed, data = write(filled)
    report = ingest.ingest(
        filled, data, f"{DAY}.md", channel=CHANNEL, default_channel=CHANNEL, dry_run=True
    )
    assert report.covered == report.nonblank
    assert (report.problems, report.warnings) == ([], [])
    parsed = BriefingOut.model_validate(preview(data, f"{DAY}.md", CHANNEL))
    items = [item for section in parsed.sections for item in section.items]
    assert parsed.stats.articles == composed.articles == EVENTS * 3
    assert parsed.stats.topics == len(composed.chosen) == len(items) == 12
    assert parsed.stats.window_hours == 24
    assert parsed.stats.generated_at == "2026-06-02T06:45:00+08:00"
    titles = sorted(topic.title for topic in composed.chosen)
    assert sorted(item.title for item in items) == titles
    for item in items:
        assert item.summary
        assert item.importance
        assert item.importance.reason
        assert item.sources


def test_every_sentence_is_quoted_from_an_article_that_is_cited(filled: Database) -> None:
    composed, _ = write(filled)
    for topic in composed.chosen:
        for quote in (*topic.extract.summary, *topic.extract.details, *topic.extract.uses):
            assert quote.article in topic.articles
            assert quote.text.removesuffix("……") in quote.article.text


def test_reports_of_one_event_are_one_topic_in_all_languages(filled: Database) -> None:
    composed, _ = write(filled)
    events = [
        {article.url.rpartition("/")[2] for article in topic.articles} for topic in composed.topics
    ]
    assert all(len(event) == 1 for event in events)
    assert len(composed.topics) == EVENTS


def test_topics_that_are_not_chosen_say_why(filled: Database) -> None:
    write(filled)
    with filled.read() as session:
        topics = session.execute(select(Topic).order_by(col(Topic.position))).scalars().all()
    assert [topic.chosen for topic in topics] == [True] * 12 + [False] * 4
    assert topics[0].choice == "place 1 by salience"
    assert topics[-1].choice == "rank 16 of 16 by salience; the draft holds 12 topics"


def test_a_second_draft_takes_the_place_of_the_first(filled: Database) -> None:
    write(filled)
    write(filled)
    with filled.read() as session:
        assert len(session.execute(select(col(Topic.pk))).all()) == EVENTS


def test_articles_outside_of_the_window_are_left_out(database: Database) -> None:
    fill(database, 2)
    composed, _ = draft(database, DAY + timedelta(days=3), SETTINGS, NOW)
    assert (composed.articles, composed.topics) == (0, ())


def test_a_published_draft_has_its_articles_at_its_items(filled: Database) -> None:
    composed, data = write(filled)
    ingest.ingest(filled, data, f"{DAY}.md", channel=CHANNEL, default_channel=CHANNEL)
    with filled.read() as session:
        listing = items.find(session, ItemList(sort="date"), None)
        first = listing.entries[0]
        text = first.decode() if isinstance(first, bytes) else str(first)
        match = re.search(r"i_[a-z2-7]{12}", text)
        assert match
        cited = query.of_item(session, match[0], ItemArticleList())
    assert len(cited.entries) == 3
    assert all(entry.topic and entry.topic.chosen for entry in cited.entries)
    assert len(composed.chosen) == 12
