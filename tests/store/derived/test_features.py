from datetime import date

from app.normalize.stories.features import LISTED, TITLED
from app.store.db import Database
from app.store.derived.features import features_of, of_briefing
from tests.conftest import take_in
from tests.documents import briefing, item


def test_what_an_item_is_read_as(database: Database) -> None:
    sources = ("https://a.com/story?utm_source=x", "https://a.com/", "arXiv:2506.00239", "[x](1)")
    take_in(
        database,
        briefing(
            item(
                "OpenAI 推出 Sora",
                *sources,
                entities="OpenAI、Sora、影片生成",
                summary="OpenAI 說，NVIDIA 支援。",
            )
        ),
    )
    with database.read() as session:
        (found,) = features_of(session, date(2026, 1, 2), date(2026, 1, 2)).values()
        assert features_of(session, date(2026, 1, 3), date(2026, 1, 9)) == {}
        assert [told.id for told in of_briefing(session, 1).values()] == [found.id]
    assert (found.title, found.text, found.place) == (
        "OpenAI 推出 Sora",
        "OpenAI 說，NVIDIA 支援。",
        (date(2026, 1, 2), "daily", 1),
    )
    # A home page and a placeholder are no evidence.
    assert (len(found.sources), len(found.papers)) == (1, 1)
    weights = sorted(naming.weight for naming in found.named.values())
    assert weights.count(TITLED) == 2
    assert weights[0] < LISTED in weights
    assert len(found.subjects) == 2


def test_www_makes_no_other_article(database: Database) -> None:
    take_in(
        database,
        briefing(item("一則", "https://www.a.com/story"), item("又一則", "https://a.com/story")),
    )
    with database.read() as session:
        one, other = features_of(session, date(2026, 1, 2), date(2026, 1, 2)).values()
    assert one.articles.keys() == other.articles.keys() == {"https://a.com/story"}
    assert one.sources != other.sources
