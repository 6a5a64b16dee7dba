"""Documents of foreign layouts: every item, source and day is found without a dialect."""

import json
from pathlib import Path

import pytest

from app.parse.briefing import parse_briefing
from tests.eval.layouts import OWN_LAYOUTS, score_own_layout

LAYOUTS = sorted(OWN_LAYOUTS.glob("*.md"))


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_the_items_of_a_layout_are_found(path: Path) -> None:
    score = score_own_layout(path)
    assert (score.missed, score.spurious) == ([], [])
    assert score.dates == 1.0


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_no_line_of_a_layout_is_lost(path: Path) -> None:
    assert not parse_briefing(path.read_bytes(), path.name).coverage.unassigned


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_every_layout_has_an_expected_outline(path: Path) -> None:
    assert json.loads(path.with_suffix(".json").read_text())["items"]
