import pytest

from app.normalize.stories.features import StoryFeatures
from app.normalize.stories.similarity import (
    MIN_SCORE,
    Similarity,
    StoryStatistics,
    items_conflict,
)
from tests.stories import OTHER_TITLES, other_news, story

STORY = (
    "Zyphra 宣布推出開源模型 Zamba，主打邊緣裝置推理，採用混合狀態空間架構，並公開訓練資料與權重。"
)


def statistics(*items: StoryFeatures) -> StoryStatistics:
    """Return the statistics of some items among other news."""
    counted = StoryStatistics()
    for item in [*items, *other_news(-2), *other_news(-1)]:
        counted.add(item)
    return counted


def similarity(earlier: StoryFeatures, later: StoryFeatures) -> Similarity | None:
    return statistics(earlier, later).similarity(later, earlier)


def test_scores_are_between_the_minimum_and_one() -> None:
    earlier = story("a", "Zyphra 推出 Zamba 模型", STORY, Zamba="title model", Zyphra="title org")
    later = story("b", "Zamba 登上榜首", STORY, days=2, Zamba="title model", Zyphra="listed org")
    scores = similarity(earlier, later)
    assert scores
    assert MIN_SCORE <= scores.score <= 1
    assert scores.text == 1
    assert scores.name_bits["Zamba"] > scores.name_bits["Zyphra"] > 0


def test_unrelated_items_have_no_similarity() -> None:
    earlier = story("a", OTHER_TITLES[0], OTHER_TITLES[0])
    later = story("b", OTHER_TITLES[1], OTHER_TITLES[1], days=1)
    assert similarity(earlier, later) is None


def test_conflicting_items_have_no_similarity() -> None:
    earlier = story("a", "vLLM 發布 v0.26.0", STORY, vLLM="title product")
    later = story("b", "vLLM 發布 v0.27.0", STORY, days=1, vLLM="title product")
    assert items_conflict(earlier, later)
    assert similarity(earlier, later) is None


def test_a_subject_that_one_item_lacks_lowers_the_score() -> None:
    earlier = story("a", "Zamba 模型", STORY, Zamba="title model")
    same = story("b", "Zamba 模型上線", STORY, days=1, Zamba="title model")
    more = story("b", "Zamba 模型上線", STORY, days=1, Zamba="title model", Foozle="title org")
    score = similarity(earlier, same)
    lower_score = similarity(earlier, more)
    assert score
    assert lower_score
    assert lower_score.score < score.score


def test_one_subject_missing_on_each_side_is_a_conflict() -> None:
    earlier = story("a", "甲收購乙", 甲="title org", 乙="title org")
    later = story("b", "甲收購丙", 甲="title org", 丙="title org")
    assert items_conflict(earlier, later)
    assert not items_conflict(earlier, story("c", "甲收購案", 甲="title org"))


def test_other_places_are_a_conflict() -> None:
    japan = story("a", "微軟投資日本", 微軟="title org")
    india = story("b", "微軟投資印度", 微軟="title org")
    both = story("c", "微軟投資印度", "也投資日本。", 微軟="title org")
    assert items_conflict(japan, india)
    assert not items_conflict(japan, both)


@pytest.mark.parametrize(("entity_type", "is_subject"), [("model", True), ("org", False)])
def test_an_actor_is_no_common_subject_without_actors(entity_type: str, is_subject: bool) -> None:
    earlier = story("a", "甲上市", 甲=f"title {entity_type}")
    later = story("b", "甲大漲", days=9, 甲=f"listed {entity_type}")
    counted = statistics(earlier, later)
    assert counted.has_common_subject(earlier, later)
    assert counted.has_common_subject(earlier, later, actors=False) is is_subject


def test_a_shared_thing_needs_no_other_agreement() -> None:
    earlier = story("a", "Zamba 上線", "一。", Zamba="title model")
    later = story("b", "Zamba 登榜", "二。", days=1, Zamba="title model")
    assert statistics(earlier, later).agrees_without_shared_actor(earlier, later)


def test_one_shared_actor_needs_titles_and_texts_that_agree_without_it() -> None:
    earlier = story("a", "迪士尼控告海螺侵權", "控告海螺侵權並求償。", 迪士尼="title org")
    other = story("b", "迪士尼樂園新設施", "樂園開放。", days=1, 迪士尼="title org")
    same = story(
        "c", "迪士尼與海螺侵權案和解", "控告海螺侵權並求償案和解。", days=1, 迪士尼="title org"
    )
    counted = statistics(earlier, other, same)
    assert not counted.agrees_without_shared_actor(earlier, other)
    assert counted.agrees_without_shared_actor(earlier, same)


def test_removed_items_do_not_count() -> None:
    item = story("a", "Zamba 上線", STORY, papers="p", Zamba="title model")
    counted = StoryStatistics()
    counted.add(item)
    counted.remove(item)
    assert (counted.titles.size, counted.names.count("Zamba"), counted.citations.count("p")) == (
        0,
        0,
        0,
    )
