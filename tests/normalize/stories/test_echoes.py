from app.normalize.stories.echoes import EchoMatch, EditorialPassage, NamedItem, echoes
from app.normalize.stories.features import IN_TEXT, LISTED, TITLED
from tests.normalize.stories.test_threads import filler, telling

SGLANG = telling(
    "sglang",
    "SGLang 原生支援昇騰",
    SGLang="title product",
    Ascend="title chip",
    KV="listed product",
)
PAPER = telling(
    "paper",
    "InsertAnywhere：結合 4D 場景幾何與擴散的視頻物體插入",
    ordinal=2,
    papers="p1",
    Diffusion="title concept",
)
SKIN = telling(
    "skin",
    "GenAI 圖像合成促進皮膚病變分類器公平性評估",
    ordinal=3,
    Skin="title concept",
    GenAI="title concept",
)
ITEMS = [SGLANG, PAPER, SKIN, *filler()]


def found(
    text: str, *names: NamedItem, where: str = "watchlist", sources: str = ""
) -> list[tuple[str, str, str]]:
    passage = EditorialPassage(where, 1, 7, text, names, frozenset(sources.split()))  # type: ignore[arg-type]
    return [(echo.item, echo.signal, echo.text) for echo in echoes(ITEMS, [passage])]


def test_a_reading_of_the_same_paper() -> None:
    assert found("4D Geometry-aware Diffusion", where="reading", sources="p1") == [
        ("paper", "source", "4D Geometry-aware Diffusion")
    ]
    assert found("Something else", where="reading", sources="p2") == []


def test_a_subject_is_named() -> None:
    assert found("國產 GPU（昇騰 + SGLang）", NamedItem("Ascend", "昇騰", 7)) == [
        ("sglang", "name", "昇騰")
    ]
    passage = EditorialPassage(
        "insight", 2, 5, "一句。\n再一句 SGLang。", [NamedItem("SGLang", "SGLang", 6)]
    )
    assert echoes(ITEMS, [passage]) == [EchoMatch("sglang", "insight", 2, 6, "SGLang", "name", 0.9)]


def test_what_one_entity_line_alone_names() -> None:
    assert found("KV 快取", NamedItem("KV", "KV", 7)) == [("sglang", "name", "KV")]
    assert LISTED > IN_TEXT < TITLED


def test_a_mere_term_must_say_something() -> None:
    assert found("皮膚病變", NamedItem("Skin", "皮膚病變", 7)) == [("skin", "name", "皮膚病變")]
    assert found("生成模型的公平", NamedItem("GenAI", "生成模型", 7)) == []
    assert found("擴散", NamedItem("Diffusion", "擴散", 7)) == []


def test_words_of_the_title() -> None:
    assert found("擴散新變體（Weighted SDE、4D 幾何整合）的影響") == [
        ("paper", "title", "4D 幾何整合")
    ]
    assert found("公平性評估") == [("skin", "title", "公平性評估")]
    assert found("以使用者為中心") == found("") == found("AI") == []


def test_a_name_half_the_day_has_tells_of_nothing() -> None:
    day = [
        telling(f"i{at}", f"OpenAI 新聞 {at}", ordinal=at, OpenAI="title org") for at in range(5)
    ]
    assert (
        echoes(
            day, [EditorialPassage("insight", 1, 1, "OpenAI", [NamedItem("OpenAI", "OpenAI", 1)])]
        )
        == []
    )
