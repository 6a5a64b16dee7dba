from typing import get_args

import pytest

from app.query import salience
from app.query.schemas.shared import Level, MentionKind, SectionKind


def test_every_kind_section_and_level_has_a_weight() -> None:
    assert set(salience.KINDS) == set(get_args(MentionKind))
    assert set(salience.SECTIONS) == set(get_args(SectionKind))
    assert set(salience.LEVELS) == {*get_args(Level), "none"}


def test_the_weights_in_the_answer_are_those_counted_with() -> None:
    shown = salience.WEIGHTS
    by_hand = shown.kind["title"] * shown.section["headlines"] * shown.importance["high"] * (1 + shown.headline_position / 2)
    assert salience.of_item(["body", "title"], "headlines", 2, "high") == pytest.approx(by_hand)
    assert salience.of_item(["body"], "market", 2, None) == pytest.approx(shown.kind["body"] * shown.importance["none"])
    assert salience.of_briefing(["tag", "insight", "tag"]) == pytest.approx(shown.kind["tag"] + shown.kind["insight"])


def test_more_prominent_is_more() -> None:
    first, second = (salience.of_item(["title"], "headlines", n, "high") for n in (1, 2))
    elsewhere = salience.of_item(["title"], "tools", 1, "high")
    assert first > second > elsewhere > salience.of_item(["title"], "tools", 1, "low") > salience.of_item(["body"], "tools", 1, "low")
