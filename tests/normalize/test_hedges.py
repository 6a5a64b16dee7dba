import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.hedges import KINDS, find_hedges, sentence
from app.normalize.text.folding import fold
from tests.documents import NEWER, OLDER, SEEDS


def found(text: str) -> list[tuple[str, str]]:
    return [(mark.kind, text[mark.start : mark.end]) for mark in find_hedges(fold(text))]


@pytest.mark.parametrize(
    ("text", "kind", "surface"),
    [
        ("以視覺+軌跡規劃（推測）", "guessed", "（推測）"),
        ("（ROS2/RTPS，推測），校準", "guessed", "推測"),
        ("ACMA（推）", "guessed", "（推）"),
        ("外界推測其採用 MoE", "guessed", "推測"),
        ("外界推测其采用 MoE", "guessed", "推测"),
        ("CrowdStrike 疑似內部人洩密", "guessed", "疑似"),
        ("晶片數量據信是四倍", "guessed", "據信"),
        ("(speculative)", "guessed", "(speculative)"),
        ("細節未披露但顯示", "undisclosed", "未披露"),
        ("权重尚未公开", "undisclosed", "尚未公开"),
        ("具體方法未在摘要詳述", "undisclosed", "未在摘要詳述"),
        ("雖缺乏公開技術細節，", "undisclosed", "缺乏公開技術細節"),
        ("公司拒絕透露金額", "undisclosed", "拒絕透露"),
        ("for an undisclosed sum", "undisclosed", "undisclosed"),
        ("The price has not been disclosed.", "undisclosed", "not been disclosed"),
        ("官方口徑宣稱在密度上", "claimed", "宣稱"),
        ("作者声称提升 41×", "claimed", "声称"),
        ("OpenAI 稱全球已有百萬客戶", "claimed", "稱"),
        ("知情人士稱已敲定", "claimed", "稱"),
        ("據報導，X 將裁員", "claimed", "據報導"),
        ("據稱因洩露", "claimed", "據稱"),
        ("據路透社報導將合併", "claimed", "據路透社報導"),
        ("知情人士透露已敲定", "claimed", "知情人士透露"),
        ("推測攻擊者可影響任務", "guessed", "推測"),
        ("推測技術路線已改變", "guessed", "推測"),
        ("細節暫不公開", "undisclosed", "暫不公開"),
        ("It did not reveal the price", "undisclosed", "not reveal"),
        ("Apple is reportedly in talks", "claimed", "reportedly"),
        ("The startup claims that it beats", "claimed", "claims that"),
    ],
)
def test_what_is_marked(text: str, kind: str, surface: str) -> None:
    assert found(text) == [(kind, surface)]


@pytest.mark.parametrize(
    "text",
    [
        "推測解碼與推测采样", "speculative decoding", "預測模型", "模型推測下一步", "用來推測使用者意圖", "並非推測",
        "數據傳輸、證據稱職、根據報告、數據信任", "據說明書", "並未宣稱達成", "不得聲稱", "不實宣稱", "被 OpenAI 稱為旗艦", "簡稱、名稱、對稱",
        "偵測疑似惡意行為", "質疑為何", "名為「宣稱」的模型", "未公開發行股票", "可能應用於", "insurance claims processing", "patent claims",
        "rumor detection", "It does not claim that", "disclosed", "已公開", "",
    ],
)  # fmt: skip
def test_what_is_no_mark(text: str) -> None:
    assert found(text) == []


def test_the_seeds() -> None:
    newer, older = found(SEEDS[NEWER].decode()), found(SEEDS[OLDER].decode())
    assert {surface for _, surface in older} == {"疑似", "（推測）", "推測", "（推）"}
    assert len(older) == SEEDS[OLDER].decode().count("推測") + 2
    assert {kind for kind, _ in newer} == {"undisclosed", "claimed"}
    assert sum(kind == "claimed" for kind, _ in newer) == 9


def test_a_sentence_is_that_around_the_mark_within_its_field() -> None:
    text = "甲。乙宣稱丙。丁"
    at = text.index("宣稱")
    assert sentence(text, at, at + 2, 0, len(text)) == "乙宣稱丙。"
    assert sentence(text, at, at + 2, at - 1, at + 3) == "乙宣稱丙"
    assert len(sentence("長" * 900 + "宣稱" + "長" * 900, 900, 902, 0, 1802)) < 400


@given(
    st.text(
        alphabet=st.sampled_from("（推測）解碼未公開宣稱據報 OpenAI稱not disclosed，。\n\0"),
        max_size=200,
    )
)
def test_marks_lie_in_the_text_in_order_and_apart(text: str) -> None:
    there = list(find_hedges(fold(text)))
    assert all(mark.kind in KINDS and 0 <= mark.start < mark.end <= len(text) for mark in there)
    assert all(one.end <= two.start for one, two in itertools.pairwise(there))


@pytest.mark.parametrize(
    "piece", ["未在", "未", "據", "讓", "(", "not ", "claims ", "疑", "未提供更多"]
)
def test_hostile_text_costs_little(piece: str) -> None:
    assert list(find_hedges(piece * (1_000_000 // len(piece)))) is not None
