"""What is taken off a name, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.entities.spelling import initials, parse_name, split_bracket


def core(name: str) -> str:
    return parse_name(name).core


@pytest.mark.parametrize(
    ("name", "maker", "short"),
    [
        ("NVIDIA H100", "nvidia", "H100"),
        ("OpenAI's o3", "openai", "o3"),
        ("openai/whisper", "openai", "whisper"),
        ("Aurora (xAI)", "xai", "Aurora"),
        ("華為昇騰", "huawei", "昇騰"),
    ],
)
def test_a_maker_is_taken_off(name: str, maker: str, short: str) -> None:
    assert parse_name(name).maker == maker
    assert core(name) == core(short)


@pytest.mark.parametrize(
    "name", ["Google Search", "Mistral 7B", "Mistral Large 2", "DeepSeek V3", "Microsoft", "谷歌"]
)
def test_a_maker_stays_where_the_rest_names_nothing(name: str) -> None:
    assert parse_name(name).maker == ""


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Acme Inc.", "Acme"),
        ("摩卡集團", "摩卡"),
        ("Cursor AI", "Cursor"),
        ("Carnegie Mellon University", "Carnegie Mellon"),
        ("University of Oxford", "Oxford"),
        ("Blackwell 架構", "Blackwell"),
        ("H100 GPU", "H100"),
        ("AI hallucination", "hallucination"),
        ("Qwen3-235B-A22B", "qwen3-moe-235b"),
    ],
)
def test_suffixes_that_add_nothing_are_taken_off(name: str, short: str) -> None:
    assert core(name) == core(short)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Meta AI", "Meta"),
        ("New York University", "New York"),
        ("Voyage models", "Voyage"),
        ("defense AI", "defense"),
        ("Perplexity Labs", "Perplexity"),
        ("Zorb (Italy)", "Zorb"),
    ],
)
def test_suffixes_that_tell_things_apart_stay(name: str, other: str) -> None:
    assert core(name) != core(other)


def test_further_makers_and_brands_may_be_given() -> None:
    assert parse_name("Acme Zorb", {"acme": "acme"}).maker == "acme"
    assert parse_name("acme zorb", {"acme": "acme"}).maker == ""
    assert parse_name("文星 4.5", brands={"文星": "Xylo"}).core == core("Xylo 4.5")


def test_a_tail_says_which_member_without_the_family() -> None:
    spelling = parse_name("Claude Opus 4")
    assert (spelling.head, spelling.tail) == ("claude", parse_name("Opus 4").bare)
    assert parse_name("Claude 4").tail == ""
    assert parse_name("LFM2-ColBERT").tail == ""


def test_brackets() -> None:
    assert split_bracket("大型語言模型（LLM）") == ("大型語言模型", "LLM")
    assert split_bracket("FLUX.2 [dev]") == ("FLUX.2 [dev]", "")
    assert core("大型語言模型（LLM）") == core("LLM")


def test_initials() -> None:
    assert initials(["chain", "of", "thought"]) == {"cot", "ct"}
    assert initials(["ai", "generated", "items"]) == {"aigi"}
    assert initials(["gpt", "4"]) == initials(["alone"]) == set()


@given(st.text(min_size=1).filter(str.strip))
def test_keys_are_never_empty(name: str) -> None:
    spelling = parse_name(name)
    assert spelling.key
    assert spelling.full
    assert spelling.core
    assert spelling.order
