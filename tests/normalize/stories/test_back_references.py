import pytest

from app.normalize.stories.back_references import back_reference, referred_item


@pytest.mark.parametrize(
    "text",
    [
        "（技術與應用已於「模型與技術更新」詳述，此處不重複）",
        "詳見上文",
        "已在上文聚焦，恕不重複。",
        "此处不再赘述",
        "已于上节介绍，不再展开",
        "Already covered above.",
        "Described in detail in the section above.",
        "See “Tools & Resources”.",
        "Already told under Research.",
    ],
)
def test_back_references(text: str) -> None:
    assert back_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "該研究於上海發表",
        "Revenue rose above 10% in the quarter.",
        "在「白宮」會議上被提及",
        "摘要。",
        "",
        # A stub has at most 200 characters.
        "詳見上文" + "。" * 197,
    ],
)
def test_other_texts_are_no_back_references(text: str) -> None:
    assert back_reference(text) is None


ITEMS = {
    "a": "以可及硬體實現的圖注意力網路偵測腦電癲癇\n自動偵測 EEG GAT",
    "b": "澳洲禁青少年使用 Twitch",
}
STUB = ("以可及 EEG + GAT 自動偵測癲癇", "（已於「模型」詳述）")


def test_a_stub_refers_to_the_item_that_contains_its_title() -> None:
    assert referred_item(*STUB, ITEMS) == ("a", "已於「模型」詳述")
    assert referred_item("另一則新聞的標題", STUB[1], ITEMS) is None
    assert referred_item(STUB[0], "內容。", ITEMS) is None
    assert referred_item("……", STUB[1], ITEMS) is None
    assert referred_item(*STUB, {}) is None


def test_a_stub_that_fits_two_refers_to_neither() -> None:
    assert referred_item(*STUB, ITEMS | {"c": ITEMS["a"]}) is None
