"""Claims that a text itself marks as uncertain."""

import itertools
import re
import time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.hedges import HEDGE_PATTERN, KIND_PATTERNS, find_hedges, sentence
from app.normalize.kinds import Certainty
from app.normalize.text.folding import fold
from tests.documents import NEWER, OLDER, SEEDS

# Long enough that quadratic time would take minutes, short enough to be harmless.
LONG_TEXT_CHARS = 100_000


def hedges(text: str) -> list[tuple[str, str]]:
    return [(hedge.kind, text[hedge.start : hedge.end]) for hedge in find_hedges(fold(text))]


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
def test_a_hedge_has_its_kind_and_surface(text: str, kind: str, surface: str) -> None:
    assert hedges(text) == [(kind, surface)]


@pytest.mark.parametrize(
    "text",
    [
        "推測解碼與推测采样",
        "speculative decoding",
        "預測模型",
        "模型推測下一步",
        "用來推測使用者意圖",
        "並非推測",
        "數據傳輸、證據稱職、根據報告、數據信任",
        "據說明書",
        "並未宣稱達成",
        "不得聲稱",
        "不實宣稱",
        "被 OpenAI 稱為旗艦",
        "簡稱、名稱、對稱",
        "偵測疑似惡意行為",
        "質疑為何",
        "名為「宣稱」的模型",
        "未公開發行股票",
        "可能應用於",
        "insurance claims processing",
        "patent claims",
        "rumor detection",
        "It does not claim that",
        "disclosed",
        "已公開",
        "",
    ],
)
def test_other_uses_of_the_words_are_no_hedges(text: str) -> None:
    assert hedges(text) == []


def test_hedges_of_the_seeds() -> None:
    newer, older = hedges(SEEDS[NEWER].decode()), hedges(SEEDS[OLDER].decode())
    assert {surface for _, surface in older} == {"疑似", "（推測）", "推測", "（推）"}
    assert len(older) == SEEDS[OLDER].decode().count("推測") + 2
    assert {kind for kind, _ in newer} == {"undisclosed", "claimed"}
    assert sum(kind == "claimed" for kind, _ in newer) == 9


def test_a_sentence_lies_around_the_hedge_and_within_its_field() -> None:
    text = "甲。乙宣稱丙。丁"
    start = text.index("宣稱")
    end = start + 2
    assert sentence(text, start, end, 0, len(text)) == "乙宣稱丙。"
    assert sentence(text, start, end, start - 1, end + 1) == "乙宣稱丙"
    assert len(sentence("長" * 900 + "宣稱" + "長" * 900, 900, 902, 0, 1802)) < 400


@given(
    st.text(
        alphabet=st.sampled_from("（推測）解碼未公開宣稱據報 OpenAI稱not disclosed，。\n\0"),
        max_size=200,
    )
)
def test_hedges_are_in_order_and_do_not_overlap(text: str) -> None:
    text_hedges = list(find_hedges(fold(text)))
    for hedge in text_hedges:
        assert hedge.kind in get_args(Certainty)
        assert 0 <= hedge.start < hedge.end <= len(text)
    assert all(left.end <= right.start for left, right in itertools.pairwise(text_hedges))


@pytest.mark.parametrize(
    "piece", ["未在", "未", "據", "讓", "(", "not ", "claims ", "疑", "未提供更多"]
)
def test_a_long_text_of_beginnings_takes_linear_time(piece: str) -> None:
    text = piece * (LONG_TEXT_CHARS // len(piece))
    began = time.process_time()
    list(find_hedges(text))
    assert time.process_time() - began < 2


def test_the_fast_path_skips_no_hedge() -> None:
    slow = re.compile("|".join(KIND_PATTERNS))
    for data in SEEDS.values():
        folded = fold(data.decode())
        fast = [match.span() for match in HEDGE_PATTERN.finditer(folded)]
        assert fast == [match.span() for match in slow.finditer(folded)]


@pytest.mark.parametrize("kind", range(len(KIND_PATTERNS)))
def test_each_pattern_begins_as_the_fast_path_expects(kind: int) -> None:
    """A branch of a pattern that begins otherwise would never match."""
    surfaces = """(推測) 揣測) 臆測) 疑似 疑為 據信 尚未公開 未在文中公開 暫不公開 不予公布 缺乏公開細節 拒絕透露
        宣稱 聲稱 號稱 自稱 標榜 妄稱 辯稱 謊稱 官方稱 據稱 近日傳出 市場傳出 業界傳出 外媒傳出 坊間傳出
        媒體傳出 知情人士表示 消息人士透露 尚待證實 傳聞 盛傳 謠傳 涉嫌 未經證實 不願透露 婉拒透露"""
    slow = re.compile(KIND_PATTERNS[kind])
    english = """presumably|suspected of|best guess|our guess|educated guess|speculation that
        |undisclosed|not disclosed|never revealed|yet to be disclosed|hasn't disclosed
        |declined to disclose|refused to reveal|details are unknown|reportedly|allegedly
        |purported|supposedly|unconfirmed|self-reported|alleges|rumored|is said to|are reported to
        |was rumoured to|were said to|claims that|unverified claims"""
    for surface in [*surfaces.split(), *map(str.strip, english.split("|"))]:
        folded = fold(surface)
        match = slow.search(folded)
        if match:
            fast = HEDGE_PATTERN.search(folded)
            assert fast is not None, surface
            assert fast.start() <= match.start()
