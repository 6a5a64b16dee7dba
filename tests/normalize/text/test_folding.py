import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.folding import differs_by, fold, is_han, simplified


@given(st.text())
def test_fold_keeps_length(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_fold_keeps_length_of_every_character() -> None:
    assert all(len(fold(chr(code))) == 1 for code in range(sys.maxunicode + 1))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_characters_are_folded_on_their_own(left: str, right: str) -> None:
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
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_han() -> None:
    assert all(map(is_han, "漢㐀𠀀"))
    assert not any(map(is_han, "aあ한1、"))


def test_what_two_texts_differ_by() -> None:
    assert differs_by("昇騰", "昇腾") == {"script"}
    assert differs_by("ＧＰＴ", "gpt") == {"width", "case"}
    assert differs_by("é–", "e-") == {"accent", "sign"}
    assert differs_by("same", "same") == set()


def test_our_own_words_in_simplified_han() -> None:
    assert simplified("項目：無，Items") == "项目：无，Items"
