from datetime import date, timedelta
from typing import Any

import pytest

from app.normalize.stories.features import LISTED, TITLED
from app.store.db import Database
from app.store.derived import features as features_module
from app.store.derived.features import FeatureWindow, features_of_briefing, features_of_days
from tests.conftest import take_in
from tests.documents import briefing, item

DAY = date(2026, 1, 2)


def test_features_of_an_item(database: Database) -> None:
    sources = ("https://a.com/story?utm_source=x", "https://a.com/", "arXiv:2506.00239", "[x](1)")
    text = item(
        "OpenAI 推出 Sora",
        *sources,
        entities="OpenAI、Sora、影片生成",
        summary="OpenAI 說，NVIDIA 支援。",
    )
    take_in(database, briefing(text))
    with database.read() as session:
        (features,) = features_of_days(session, DAY, DAY).values()
        assert features_of_days(session, date(2026, 1, 3), date(2026, 1, 9)) == {}
        (same,) = features_of_briefing(session, 1).values()
    assert same == features
    assert (features.title, features.text) == ("OpenAI 推出 Sora", "OpenAI 說，NVIDIA 支援。")
    assert features.position == (DAY, "daily", 1)
    # A home page and a placeholder are no evidence.
    assert (len(features.sources), len(features.papers)) == (1, 1)
    weights = sorted(features.mention_weights.values())
    assert weights.count(TITLED) == 2
    assert weights[0] < LISTED in weights
    assert len(features.subjects) == 2


def test_www_makes_no_other_article(database: Database) -> None:
    first = item("一則", "https://www.a.com/story")
    second = item("又一則", "https://a.com/story")
    take_in(database, briefing(first, second))
    with database.read() as session:
        features, other = features_of_days(session, DAY, DAY).values()
    assert features.articles.keys() == other.articles.keys() == {"https://a.com/story"}
    assert features.sources != other.sources


def test_a_window_reads_each_day_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in range(3):
        take_in(database, briefing(item("一則"), date=str(DAY + timedelta(days))))
    reads: list[tuple[date, date]] = []
    read = features_of_days

    def counted(session: Any, first: date, last: date) -> object:
        reads.append((first, last))
        return read(session, first, last)

    monkeypatch.setattr(features_module, "features_of_days", counted)
    last = DAY + timedelta(2)
    window = FeatureWindow()
    with database.read() as session:
        assert window.features(session, DAY, last) == read(session, DAY, last)
        window.features(session, DAY, last)
        assert reads == [(DAY, last)]
        window.drop([last])
        window.features(session, DAY, last)
        assert reads[1:] == [(last, last)]


def test_a_window_holds_at_one_version(database: Database) -> None:
    take_in(database, briefing(item("一則")))
    window = FeatureWindow()
    with database.read() as session:
        window.features(session, DAY, DAY)
    window.advance(1)
    take_in(database, briefing(item("又一則")))
    with database.read() as session:
        window.drop_unless(1)
        assert [item.title for item in window.features(session, DAY, DAY).values()] == ["一則"]
        window.drop_unless(2)
        assert [item.title for item in window.features(session, DAY, DAY).values()] == ["又一則"]


def test_a_window_keeps_only_the_days_it_is_told(database: Database) -> None:
    window = FeatureWindow()
    with database.read() as session:
        window.features(session, DAY, DAY)
    take_in(database, briefing(item("一則")))
    with database.read() as session:
        window.keep_only(DAY, DAY)
        assert window.features(session, DAY, DAY) == {}
        window.keep_only(DAY + timedelta(1), DAY + timedelta(1))
        assert len(window.features(session, DAY, DAY)) == 1
