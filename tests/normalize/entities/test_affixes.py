"""Rules that remove makers and suffixes, each with its example."""

import pytest

from app.normalize.entities.affixes import REDUCTIONS, SUFFIX_RULES, Reduction, SuffixRule
from app.normalize.entities.name_words import letters_of, read_tokens, read_words, texts_of
from app.normalize.entities.spelling import parse_name


def core(name: str) -> str:
    return parse_name(name).core


def last_word(name: str) -> str:
    words = read_words(read_tokens(name), name)
    return words[-1].text


@pytest.mark.parametrize("rule", SUFFIX_RULES, ids=lambda rule: rule.example[0])
def test_a_suffix_rule_removes_the_suffix_of_its_example(rule: SuffixRule) -> None:
    name, shorter_name = rule.example
    assert last_word(name) in rule.suffixes
    assert core(name) == core(shorter_name)


@pytest.mark.parametrize("rule", SUFFIX_RULES, ids=lambda rule: rule.counterexample[0])
def test_a_suffix_rule_keeps_the_suffix_of_its_counterexample(rule: SuffixRule) -> None:
    name, other_name = rule.counterexample
    assert last_word(name) in rule.suffixes
    assert core(name) != core(other_name)


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=lambda reduction: reduction.example[0])
def test_a_reduction_removes_the_words_of_its_example(reduction: Reduction) -> None:
    name, shorter_name = reduction.example
    words = read_words(read_tokens(name), name)
    reduced = reduction.reduce(words, {})
    assert reduced != words
    shorter = read_words(read_tokens(shorter_name), shorter_name)
    assert texts_of(reduced) == texts_of(shorter)
    assert letters_of(reduced) == letters_of(shorter)


@pytest.mark.parametrize(
    ("name", "maker", "short"),
    [
        ("NVIDIA H100", "nvidia", "H100"),
        ("OpenAI's o3", "openai", "o3"),
        ("openai/whisper", "openai", "whisper"),
        ("Aurora (xAI)", "xai", "Aurora"),
        ("華為昇騰", "huawei", "昇騰"),
        ("The Zorblax", "", "Zorblax"),
    ],
)
def test_a_maker_and_an_article_are_removed(name: str, maker: str, short: str) -> None:
    assert parse_name(name).maker == maker
    assert core(name) == core(short)


@pytest.mark.parametrize(
    "name", ["Google Search", "Mistral 7B", "Mistral Large 2", "DeepSeek V3", "Microsoft", "谷歌"]
)
def test_a_maker_stays_if_the_rest_is_no_name(name: str) -> None:
    assert parse_name(name).maker == ""


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Perplexity Labs", "Perplexity"),
        ("defense AI", "defense"),
        ("Zorb Quasar Frame University", "Zorb Quasar Frame"),
    ],
)
def test_words_that_tell_names_apart_stay(name: str, other: str) -> None:
    assert core(name) != core(other)
