"""Tokens: cut alike wherever they stand, with places in the original."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.tokens import LONGEST, PART, phrase, stream, tokens

TEXTS = st.text(
    alphabet=st.sampled_from(
        "推理引擎產昇騰騰腾カが한aZé5É. -+#&_/'@，「*\u0301\u200b𠮷🚀ＡＣ１½ﬁ\0\ud800"
    ),
    max_size=30,
)


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("推理引擎", ["推理", "理引", "引擎", "擎"]),
        ("昇騰，產", ["升腾", "腾", "产"]),
        ("用GPT模型", ["用", "gpt", "模型", "型"]),
        ("GPT-5.2、", ["gpt", "-", "5", ".", "2"]),
        ("ＧＰＴ－４ｏ", ["gpt", "-", "4o"]),
        ("C++, C#。C", ["c", "+", "+", "c", "#", "c"]),
        ("1-bit KUAE2.0", ["1", "-", "bit", "kuae2", ".", "0"]),
        ("AT&T 用.NET.", ["at", "&", "t", "用", ".", "net"]),
        ("- a -b c- d. ...e", ["a", "b", "c", "d", "e"]),
        ("Café CAFE\u0301", ["cafe", "cafe"]),
        ("推\u200b理 Op\u00aden", ["推理", "理", "open"]),
        ("🚀 50€", ["🚀", "50", "€"]),
        ("𠮷野家", ["𠮷野", "野家", "家"]),
        ("カタカナ 한국", ["カタ", "タカ", "カナ", "ナ", "한국", "국"]),
        ("a‖b，。！\x00\x01 ", ["a", "b"]),
        ("x" * (LONGEST + 1), ["x" * LONGEST, "x"]),
    ],
)
def test_words(text: str, wanted: list[str]) -> None:
    assert words(text) == wanted


@given(TEXTS)
def test_places_are_of_the_original_and_tokens_hold_no_blank(text: str) -> None:
    found = list(tokens(text))
    assert [token.start for token in found] == sorted({token.start for token in found})
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
        assert token.text
        assert not set(token.text) & {" ", "\n", "\0", '"', PART}
        # Read alone, a place gives the same token.
        assert words(text[token.start : token.end])[:1] in ([token.text], []) or token.text in "+#."


@given(TEXTS, TEXTS)
def test_scripts_and_case_and_width_do_not_matter(before: str, after: str) -> None:
    for one, other in (("昇騰", "昇腾"), ("GPT", "ｇｐｔ"), ("é", "e")):
        assert words(f"{before}{one}{after}") == words(f"{before}{other}{after}")


def test_streams() -> None:
    assert stream(["推理", "…", "A"], 100) == f" 推理 理 {PART} a "
    assert stream(["", "，"], 100) == ""
    assert stream(["aaa bbb ccc"], 6) == " aaa "
    assert stream(["推理引擎"], 9) == " 推理 "


@pytest.mark.parametrize(
    ("text", "prefix", "needle"),
    [
        ("推理引擎", False, " 推理 理引 引擎 "),
        ("產", False, " 产"),
        ("GPT 產", False, " gpt 产"),
        ("模型 GPT", False, " 模型 型 gpt "),
        ("gpt-4", True, " gpt - 4"),
        ("昇騰", True, " 升腾 "),
    ],
)
def test_a_phrase_as_it_stands_in_a_stream(text: str, prefix: bool, needle: str) -> None:
    found = phrase(text, prefix=prefix)
    assert found
    assert found.needle == needle
    assert needle in stream([f"關於{text}之外"], 1_000) or prefix or text.startswith("GPT")


def test_nothing_to_look_for() -> None:
    assert phrase("，- …") is None


@pytest.mark.parametrize(
    "unit", ["a", "+", "a+", ".", "推", "\u0301", "a\u0301", "推\u200b", "🚀", "\ud800"]
)
def test_long_texts_take_linear_time(unit: str) -> None:
    began = time.perf_counter()
    sum(1 for _ in tokens(unit * (200_000 // len(unit))))
    assert time.perf_counter() - began < 5
