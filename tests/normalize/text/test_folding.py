"""Folding of text."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.folding import (
    VARIANTS,
    differs_by,
    fold,
    fold_variants,
    is_han,
    simplified,
)


@given(st.text())
def test_fold_keeps_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_fold_keeps_length_of_every_assigned_character() -> None:
    # One unassigned, one private and one surrogate code point stand for their kinds.
    codes = [0x0378, 0xE000, 0xD800]
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) not in ("Cn", "Co", "Cs"):
            codes.append(code)
    assert all(len(fold(chr(code))) == 1 for code in codes)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_each_character_is_folded_alone(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＧＰＴ－４ｏ", "gpt-4o"),
        ("NVIDIA", "nvidia"),
        ("輝達與臺積電", "辉达与台积电"),
        ("GPT‑5 — 新", "gpt-5 - 新"),
        ("“A” ‘b’", "\"a\" 'b'"),
        ("a\u3000b\u00a0c\td", "a b c d"),
        ("İ ﬁ ㍻", "İ ﬁ ㍻"),
    ],
)
def test_width_case_script_dashes_and_quotes(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_han_ideographs() -> None:
    assert all(map(is_han, "漢㐀𠀀"))
    assert not any(map(is_han, "aあ한1、"))


def test_differences_that_folding_removes() -> None:
    assert differs_by("昇騰", "昇腾") == {"script"}
    assert differs_by("ＧＰＴ", "gpt") == {"width", "case"}
    assert differs_by("é–", "e-") == {"accent", "sign"}
    assert differs_by("same", "same") == set()


def test_simplified_han_keeps_case_and_width() -> None:
    assert simplified("項目：無，Items") == "项目：无，Items"


@given(st.text())
def test_variants_keep_length_and_fold_once(text: str) -> None:
    folded = fold_variants(text)
    assert len(folded) == len(text)
    assert fold_variants(folded) == folded
    assert fold_variants(fold(text)) == folded


@pytest.mark.parametrize(
    "written",
    [
        "随着 隨著 隨着",
        "意味着 意味著",
        "了解 瞭解",
        "计划 計畫 計劃",
        "附着 附著",
        "卫星 衛星 衞星",
        "里面 裡面 裏面",
        "台湾 臺灣 台灣",
        "叙述 敘述 敍述",
        "群众 羣眾 群眾",
        "面包 麵包 麪包",
        "叹息 嘆息 歎息",
        "启动 啟動 啓動",
        "电线 電線 電綫",
        "广気 廣氣 広气",
    ],
)
def test_variants_fold_in_every_direction(written: str) -> None:
    assert len({fold_variants(word) for word in written.split()}) == 1


@pytest.mark.parametrize("pair", ["沪滤", "厉历", "氯绿", "未末", "己已"])
def test_other_characters_stay_apart(pair: str) -> None:
    assert len(set(fold_variants(pair))) == 2


def test_the_table_says_where_it_comes_from_and_has_each_character_once() -> None:
    lines = VARIANTS.read_text(encoding="utf-8").splitlines()
    header = "\n".join(line for line in lines if line.startswith("#"))
    assert "OpenCC 1." in header
    assert "Unihan Unicode version: 15.0.0" in header
    groups = [line for line in lines if not line.startswith("#")]
    assert len(set("".join(groups))) == len("".join(groups))
