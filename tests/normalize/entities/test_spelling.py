"""Names taken apart: cores, tails, brackets, initials."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.normalize.entities.names import with_width
from app.normalize.entities.spelling import initials, parse_name, split_bracket


def core(name: str) -> str:
    return parse_name(name).core


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("摩卡集團", "摩卡"),
        ("University of Oxford", "Oxford"),
        ("AI hallucination", "hallucination"),
        ("Qwen3-235B-A22B", "qwen3-moe-235b"),
    ],
)
def test_the_core_has_no_words_that_add_nothing(name: str, short: str) -> None:
    assert core(name) == core(short)


def test_a_bracket_that_tells_names_apart_stays() -> None:
    assert core("Zorb (Italy)") != core("Zorb")


def test_the_caller_may_name_further_makers_and_brands() -> None:
    assert parse_name("Acme Zorb", {"acme": "acme"}).maker == "acme"
    assert parse_name("acme zorb", {"acme": "acme"}).maker == ""
    assert parse_name("文星 4.5", brands={"文星": "Xylo"}).core == core("Xylo 4.5")


def test_a_tail_identifies_a_member_without_its_family() -> None:
    spelling = parse_name("Claude Opus 4")
    assert (spelling.head, spelling.tail) == ("claude", parse_name("Opus 4").bare)
    assert parse_name("Claude 4").tail == ""
    assert parse_name("LFM2-ColBERT").tail == ""


def test_a_bracket_is_split_off() -> None:
    assert split_bracket("大型語言模型（LLM）") == ("大型語言模型", "LLM")
    assert split_bracket("FLUX.2 [dev]") == ("FLUX.2 [dev]", "")
    assert core("大型語言模型（LLM）") == core("LLM")


def test_initials_with_and_without_small_words() -> None:
    assert initials(["chain", "of", "thought"]) == {"cot", "ct"}
    assert initials(["ai", "generated", "items"]) == {"aigi"}
    assert initials(["gpt", "4"]) == initials(["alone"]) == set()


@given(st.text(min_size=1).filter(lambda name: with_width(name).strip()))
@example("\xad甲")
def test_keys_of_visible_names_are_never_empty(name: str) -> None:
    spelling = parse_name(name)
    assert spelling.key
    assert spelling.full
    assert spelling.core
    assert spelling.order
