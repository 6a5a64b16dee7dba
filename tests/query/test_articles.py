import pytest

from app.query import articles
from app.query.request.article_params import ArticleList, TopicList
from app.store.db import Database
from tests.conftest import ENGINES, prepared
from tests.draft.test_conduct import EVENTS, fill, write


def drafted(database: Database) -> None:
    fill(database)
    write(database)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sort", ["-moment", "title", "publisher,-moment"])
def test_every_order_gives_every_article_once(engine: str, sort: str) -> None:
    ids: list[str] = []
    cursor = None
    with prepared(engine, drafted).read() as session:
        while True:
            listing = articles.find(session, ArticleList(sort=sort, limit=17, cursor=cursor))
            ids += [entry.id for entry in listing.entries]
            cursor = listing.rows.next_cursor
            if cursor is None:
                break
        topics = articles.topics(session, TopicList(sort="-salience", limit=100))
    assert len(ids) == len(set(ids)) == EVENTS * 3
    saliences = [topic.salience for topic in topics.entries]
    assert saliences == sorted(saliences, reverse=True)
