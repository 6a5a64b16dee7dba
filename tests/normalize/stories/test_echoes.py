import pytest

from app.normalize.stories.echoes import EchoMatch, EditorialPassage, PassageMention, Where, echoes
from app.normalize.stories.features import IN_TEXT, LISTED, TITLED
from tests.stories import other_news, story

SGLANG = story(
    "sglang",
    "SGLang 原生支援昇騰",
    SGLang="title product",
    Ascend="title chip",
    KV="listed product",
)
PAPER = story(
    "paper",
    "InsertAnywhere：結合 4D 場景幾何與擴散的視頻物體插入",
    ordinal=2,
    papers="p1",
    Diffusion="title concept",
)
SKIN = story(
    "skin",
    "GenAI 圖像合成促進皮膚病變分類器公平性評估",
    ordinal=3,
    Skin="title concept",
    GenAI="title concept",
)
ITEMS = [SGLANG, PAPER, SKIN, *other_news()]


def matches(
    text: str, *names: PassageMention, where: Where = "watchlist", sources: str = ""
) -> list[tuple[str, str, str]]:
    passage = EditorialPassage(where, 1, 7, text, names, frozenset(sources.split()))
    return [(echo.item, echo.signal, echo.text) for echo in echoes(ITEMS, [passage])]


def test_a_reading_of_the_same_paper() -> None:
    assert matches("4D Geometry-aware Diffusion", where="reading", sources="p1") == [
        ("paper", "source", "4D Geometry-aware Diffusion")
    ]
    assert matches("Something else", where="reading", sources="p2") == []


def test_a_subject_is_named() -> None:
    assert matches("國產 GPU（昇騰 + SGLang）", PassageMention("Ascend", "昇騰", 7)) == [
        ("sglang", "name", "昇騰")
    ]
    passage = EditorialPassage(
        "insight", 2, 5, "一句。\n再一句 SGLang。", [PassageMention("SGLang", "SGLang", 6)]
    )
    assert echoes(ITEMS, [passage]) == [EchoMatch("sglang", "insight", 2, 6, "SGLang", "name", 0.9)]


def test_an_entity_on_one_entity_line_only_matches() -> None:
    assert matches("KV 快取", PassageMention("KV", "KV", 7)) == [("sglang", "name", "KV")]
    assert LISTED > IN_TEXT < TITLED


def test_a_term_must_be_specific() -> None:
    assert matches("皮膚病變", PassageMention("Skin", "皮膚病變", 7)) == [
        ("skin", "name", "皮膚病變")
    ]
    assert matches("生成模型的公平", PassageMention("GenAI", "生成模型", 7)) == []
    assert matches("擴散", PassageMention("Diffusion", "擴散", 7)) == []


def test_words_of_the_title() -> None:
    assert matches("擴散新變體（Weighted SDE、4D 幾何整合）的影響") == [
        ("paper", "title", "4D 幾何整合")
    ]
    assert matches("公平性評估") == [("skin", "title", "公平性評估")]
    assert matches("以使用者為中心") == matches("") == matches("AI") == []


@pytest.mark.parametrize(("count", "match_count"), [(2, 2), (3, 0)])
def test_a_name_of_more_than_two_titles_matches_none(count: int, match_count: int) -> None:
    items = []
    for index in range(count):
        items.append(story(f"i{index}", f"OpenAI 新聞 {index}", ordinal=index, OpenAI="title org"))
    mention = PassageMention("OpenAI", "OpenAI", 1)
    passage = EditorialPassage("insight", 1, 1, "OpenAI", [mention])
    assert len(echoes(items, [passage])) == match_count
