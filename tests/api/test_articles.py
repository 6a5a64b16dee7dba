from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from tests.conftest import new_url
from tests.draft.test_conduct import EVENTS, fill, write


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service over a day of collected articles and the topics of its draft."""
    folder: Path = tmp_path_factory.mktemp("collected")
    url = new_url("sqlite", folder, migrated=True)
    database = Database(url)
    fill(database)
    write(database)
    database.close()
    with TestClient(
        create_app(Settings(database_url=url, seeds=False, log_level="error"))
    ) as client:
        yield client


def test_articles_are_listed_under_filters(collected: TestClient) -> None:
    page = collected.get("/v1/articles?limit=5").json()
    assert page["meta"]["total"] == EVENTS * 3
    moments = [entry["published_at"] for entry in page["data"]]
    assert moments == sorted(moments, reverse=True)
    first = page["data"][0]
    assert first["publisher"] == {"id": "udn.com", "name": "聯合新聞網"}
    assert len(first["excerpt"]) <= 200
    for query, total in (
        ("language=en", EVENTS),
        ("language=en|zh-Hans", EVENTS * 2),
        ("language=!en", EVENTS * 2),
        ("publisher=udn.com", EVENTS),
        ("state=candidate", 12),
        ("state=chosen|candidate", EVENTS * 3),
        ("state=ungrouped", 0),
        ("q=zarvo0", 3),
        ("from=2026-06-02", 0),
        (f"topic={first['topic']['id']}", 3),
    ):
        assert collected.get(f"/v1/articles?{query}").json()["meta"]["total"] == total, query


def test_pages_of_articles_follow_each_other(collected: TestClient) -> None:
    ids, link = [], "/v1/articles?limit=20&sort=title"
    while link:
        page = collected.get(link).json()
        ids += [entry["id"] for entry in page["data"]]
        link = page["links"]["next"]
    assert len(ids) == len(set(ids)) == EVENTS * 3


def test_topics_show_what_was_chosen_and_what_was_not(collected: TestClient) -> None:
    page = collected.get("/v1/topics?limit=100").json()
    assert [topic["chosen"] for topic in page["data"]] == [True] * 12 + [False] * 4
    assert len(page["data"][0]["articles"]) == 3
    left_out = collected.get("/v1/topics?chosen=false&fields=id,choice").json()["data"]
    assert all("the draft holds 12 topics" in topic["choice"] for topic in left_out)


def test_an_unknown_topic_is_a_warning_and_an_unknown_item_an_error(collected: TestClient) -> None:
    page = collected.get("/v1/articles?topic=tp_nothing").json()
    assert page["meta"]["warnings"] == ["There is no topic 'tp_nothing'."]
    assert collected.get("/v1/items/i_nothing/articles").status_code == 404
    assert collected.get("/v1/articles?state=read").status_code == 400
