"""Tokens, streams and phrases of the search index."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.text.tokens import MAX_TOKEN_CHARS, PART, phrase, stream, tokens

LONG_TEXT_CHARS = 100_000
TEXTS = st.text(
    alphabet=st.sampled_from(
        "推理引擎產昇騰騰腾カが한aZé5É. -+#&_/'@，「*\u0301\u200b𠮷🚀ＡＣ１½ﬁ\0\ud800"
    ),
    max_size=30,
)


SITES = ["⌂www.a.com", "⌂a.com", "⌂com"]
PATH = ["⌁b", "⌁c", "⌁d", "⌁1"]


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("推理引擎", ["推理", "理引", "引擎", "擎"]),
        ("昇騰，產", ["升腾", "腾", "产"]),
        ("用GPT模型", ["用", "gpt", "模型", "型"]),
        ("GPT-5.2、", ["gpt", "5.2"]),
        ("ＧＰＴ－４ｏ", ["gpt", "4", "o"]),
        ("C++, C#。C", ["c", "+", "+", "c", "#", "c"]),
        ("1-bit KUAE2.0", ["1", "bit", "kuae", "2.0"]),
        ("AT&T 用.NET.", ["at", "&", "t", "用", ".", "net"]),
        ("- a -b c- d. ...e", ["a", "b", "c", "d", "e"]),
        ("Café CAFE\u0301", ["cafe", "cafe"]),
        ("推\u200b理 Op\u00aden", ["推理", "理", "open"]),
        ("🚀 50€", ["🚀", "50", "€"]),
        ("𠮷野家", ["𠮷埜", "埜家", "家"]),
        ("カタカナ 한국", ["カタ", "タカ", "カナ", "ナ", "한국", "국"]),
        ("a‖b，。！\x00\x01 ", ["a", "b"]),
        ("1,000,000 12,34", ["1000000", "12", "34"]),
        ("5.5.1 .5 a.5 5.", ["5.5.1", ".5", "a", ".", "5", "5"]),
        ("。https://Www.A.com/b-c?d=1，e", [*SITES, "⌁https", "⌁www", "⌁a", "⌁com", *PATH, "e"]),
        ("www.a.com", [*SITES, "⌁www", "⌁a", "⌁com"]),
        ("x" * (MAX_TOKEN_CHARS + 1), ["x" * MAX_TOKEN_CHARS, "x"]),
    ],
)
def test_tokens_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(TEXTS)
def test_tokens_have_offsets_in_the_original_and_no_space(text: str) -> None:
    text_tokens = list(tokens(text))
    assert [token.start for token in text_tokens] == sorted({token.start for token in text_tokens})
    for token in text_tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.text
        assert not set(token.text) & {" ", "\n", "\0", '"', PART}
        # A range gives the same token when it is read alone.
        assert words(text[token.start : token.end])[:1] in ([token.text], []) or token.text in "+#."


@given(TEXTS, TEXTS)
def test_script_case_and_width_do_not_matter(before: str, after: str) -> None:
    for written, variant in (("昇騰", "昇腾"), ("GPT", "ｇｐｔ"), ("é", "e")):
        assert words(f"{before}{written}{after}") == words(f"{before}{variant}{after}")


def test_a_stream_ends_at_its_limit_of_bytes() -> None:
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
        ("gpt-4", True, " gpt 4"),
        ("昇騰", True, " 升腾 "),
    ],
)
def test_a_stream_contains_the_needle_of_a_phrase(text: str, prefix: bool, needle: str) -> None:
    searched = phrase(text, prefix=prefix)
    assert searched
    assert searched.needle == needle
    assert needle in stream([f"關於{text}之外"], 1_000) or prefix or text.startswith("GPT")


def test_symbols_alone_are_no_phrase() -> None:
    assert phrase("，- …") is None


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "+",
        "a+",
        ".",
        "推",
        "\u0301",
        "a\u0301",
        "推\u200b",
        "🚀",
        "\ud800",
        "1,",
        "1.",
        "a://",
        "1,111",
    ],
)
def test_long_texts_take_linear_time(unit: str) -> None:
    # Quadratic time would take minutes at this length.
    text = unit * (LONG_TEXT_CHARS // len(unit))
    began = time.process_time()
    sum(1 for _ in tokens(text))
    assert time.process_time() - began < 2
