"""Edges of Chinese words."""

import pytest

from app.normalize.text.folding import fold
from app.normalize.text.word_edges import Fit, WordList, word_file, word_list


def fit(text: str, name: str) -> Fit:
    folded = fold(text)
    start = folded.index(fold(name))
    return word_list().fit(folded, start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("歐美團隊共同撰寫", "美團"),
        ("最快手機晶片", "快手"),
        ("依圖像分割", "依圖"),
        ("提高通過率", "高通"),
        ("互聯網易用性", "網易"),
        ("論文心得", "文心"),
        ("发抖音调", "抖音"),
        ("更快手勢辨識", "快手"),
    ],
)
def test_characters_of_two_words_are_across(text: str, name: str) -> None:
    assert fit(text, name) is Fit.ACROSS
    assert fit(fold(text), fold(name)) is Fit.ACROSS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("任命陳建華為技術長", "華為"),
        ("任命陳建華為技術長", "華為技術"),
        ("吳志華為新任主席", "華為"),
        ("推舉林國華為新任執行長", "華為"),
        ("由李建華為您報導", "華為"),
        ("黃文華為代表", "華為"),
        ("賴清德國會演說", "德國"),
    ],
)
def test_a_person_is_a_word(text: str, name: str) -> None:
    assert fit(text, name) is Fit.ACROSS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("上周華為發布", "華為"),
        ("江蘇華為研究所", "華為"),
        ("徐直軍華為輪值董事長", "華為"),
        ("廣達與緯創出貨", "緯創"),
        ("美團外賣", "美團"),
        ("將星艦拖回港口", "星艦"),
        ("大疆", "大疆"),
    ],
)
def test_whole_words_fit(text: str, name: str) -> None:
    assert fit(text, name) is Fit.WORDS
    assert fit(fold(text), fold(name)) is Fit.WORDS


def test_a_longer_word_contains_a_part() -> None:
    assert fit("清晨的阿里山雲海", "阿里") is Fit.PART
    assert fit("暴露在互聯網的系統", "互聯") is Fit.PART


def test_words_after_a_place_are_told() -> None:
    text = fold("一杯蘋果汁含糖")
    assert word_list().following_words(text, 4) == ("汁", "汁含")
    assert word_list().following_words(text, len(text)) == ("", "")


def test_a_list_without_words_crosses_nothing() -> None:
    words = WordList([])
    assert not words.may_cross("任命陈建华为技术长", 4)
    assert words.fit("任命华为技术长", 2, 4) is Fit.WORDS


def test_the_list_is_the_file_of_the_package() -> None:
    assert word_file().name == "dict.txt"
    assert len(word_list()) > 150_000
    assert "技术" in word_list()
    assert "不是詞的詞" not in word_list()


def test_a_long_run_takes_time_in_proportion() -> None:
    text = "数千问题" * 20_000
    middle = len(text) // 2 + 1
    assert word_list().fit(text, middle, middle + 2) in Fit
