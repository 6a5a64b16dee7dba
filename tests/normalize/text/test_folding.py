"""Folding of text."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.folding import differs_by, fold, is_han, simplified


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
