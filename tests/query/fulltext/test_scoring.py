"""BM25 scores against the formula, worked out by hand."""

import pytest

from app.query.fulltext.language import parse_query
from app.query.fulltext.scoring import (
    EXACT,
    EXACT_NAME_BONUS,
    EXACT_TITLE_BONUS,
    K1,
    NAME_PREFIX_BONUS,
    OTHER,
    PREFIX,
    TYPICAL_TOKENS,
    WEIGHTS,
    B,
    NameRanks,
    Scorer,
)


def scorer(q: str, *weights: float) -> Scorer:
    return Scorer(parse_query(q), weights)


def test_each_column_is_weighted() -> None:
    titles = scorer("gpu", 1.0).head_score("item", " gpu news ", "")
    summaries = scorer("gpu", 1.0).head_score("item", "", " gpu news ")
    assert titles == pytest.approx(WEIGHTS["title"])
    assert summaries == pytest.approx(WEIGHTS["summary"])


def test_a_title_that_is_exactly_a_term_gets_a_bonus() -> None:
    exact = scorer("gpu", 1.0).head_score("item", " gpu ", "")
    assert exact == pytest.approx(WEIGHTS["title"] + EXACT_TITLE_BONUS)


def test_repeated_words_count_less_each_time() -> None:
    head_score = scorer("gpu", 1.0).head_score("item", " gpu x gpu y gpu ", "")
    assert head_score == pytest.approx(WEIGHTS["title"] * 3 * (K1 + 1) / (3 + K1))


def test_a_long_body_counts_less() -> None:
    saturation = K1 * (1 - B + B * 3)
    score = scorer("gpu", 1.0).score(0.0, 3 * TYPICAL_TOKENS, " gpu ")
    assert score == pytest.approx((K1 + 1) / (1 + saturation))


def test_rare_terms_weigh_more() -> None:
    both = scorer("gpu news", 2.0, 0.5)
    assert both.head_score("item", " gpu x ", "") == 4 * both.head_score("item", " news x ", "")


def test_a_ranked_hit_never_scores_zero() -> None:
    assert scorer("gpu", 1.0).score(0.0, 10, " news ") > 0


def test_no_body_adds_more_than_the_bound() -> None:
    bounded = scorer("gpu", 2.0)
    assert bounded.score(0.0, 0, " gpu" * 500 + " ") < bounded.max_body


def test_an_entity_with_the_name_comes_first_and_one_that_begins_with_it_gains_a_title() -> None:
    qwen = scorer("qwen", 1.0)
    exact = qwen.head_score("entity", " qwen ", "")
    assert exact == pytest.approx(WEIGHTS["title"] + EXACT_NAME_BONUS)
    longer = qwen.head_score("entity", " qwen 3 ", "")
    assert longer == pytest.approx(WEIGHTS["title"] + NAME_PREFIX_BONUS)
    assert qwen.head_score("entity", " new qwen ", "") == pytest.approx(WEIGHTS["title"])


def test_names_are_ranked_without_spaces() -> None:
    for q, names, rank in (
        ("Deep Seek", " deepseek ", EXACT),
        ("deepseek", " deep seek ‖ 深度 度求 求索 索 ", EXACT),
        ("深度", " deep seek ‖ 深度 度求 求索 索 ", PREFIX),
        ("seek", " deep seek ", OTHER),
        ("qwen -3", " qwen ", OTHER),
        ("qwen*", " qwen ", OTHER),
    ):
        assert NameRanks(parse_query(q)).rank(names) == rank, q
